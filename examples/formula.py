"""A table of numbers to a formula: the period of a pendulum, from 300 noisy measurements with their units."""

import numpy as np

from pellucid.artifacts.formulas.readable import readable
from pellucid.distill import Algebraic
from pellucid.subjects.tables.samples import Samples
from pellucid.subjects.tables.units import units_of

generator = np.random.default_rng(0)
length, gravity = generator.uniform(0.1, 2, 300), generator.uniform(1.6, 24.8, 300)  # from the Moon to Jupiter
mass = generator.uniform(0.05, 1, 300)
period = 2 * np.pi * np.sqrt(length / gravity) * (1 + 0.001 * generator.standard_normal(300))

names = ("length", "gravity", "mass")
units = units_of({"length": "m", "gravity": "m/s^2", "mass": "kg"}, "s", names)
samples = Samples(np.stack([length, gravity, mass], 1), period, names, "period", units)
finding = Algebraic().explain(samples, seed=0)

print(readable(finding.artifact))
print(finding.artifact.latex())
for claim in finding.claims:
    print(f"{claim.strength:<10} {claim.statement}: {claim.evidence}")
