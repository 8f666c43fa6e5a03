"""Any step(state, x) -> (state, output) to a program, and a proof that the program is what one thinks it is."""

import numpy as np

from pellucid.artifacts import read_program
from pellucid.distill import MIPS
from pellucid.prove import prove_equivalent
from pellucid.subjects import Alphabet, Recurrence


def step(state, x):
    """Someone's black box: a point on the circle, turned by a third for every 1 that is read."""
    angle = 2 * np.pi / 3 * x
    turned = np.concatenate(
        [
            np.cos(angle) * state[:, :1] - np.sin(angle) * state[:, 1:],
            np.sin(angle) * state[:, :1] + np.cos(angle) * state[:, 1:],
        ],
        1,
    )
    return turned, turned[:, :1] > 0.5


finding = MIPS().explain(Recurrence(step, np.array([1.0, 0.0]), Alphabet((0,), (1,))), seed=0)
print(finding.artifact.to_python())

guess = """
def multiple_of_three(steps):
    ones = 0
    for x in steps:
        ones += x
        yield ones % 3 == 0
"""
proof = prove_equivalent(finding.artifact, read_program(guess, finding.artifact.inputs))
print(proof.claim.strength, "-", proof.claim.statement, "-", proof.claim.evidence)
