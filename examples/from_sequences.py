"""Labelled sequences to a program: what follows from 400 examples of a rule that nobody wrote down."""

import numpy as np

from pellucid.distill import MIPS
from pellucid.subjects import Sequences

inputs = np.random.default_rng(0).integers(0, 50, (400, 8, 1))
previous = np.concatenate([np.zeros((400, 1, 1), int), inputs[:, :-1]], 1)
finding = MIPS().explain(Sequences(inputs, 2 * inputs - previous), seed=0)

print(finding.artifact.to_python())
for claim in finding.claims:
    print(f"{claim.strength:<10} {claim.statement}: {claim.evidence}")
