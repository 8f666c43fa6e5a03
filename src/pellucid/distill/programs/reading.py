"""Whether a program's registers are in the network: can they be read off its hidden states?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.program import Program
from .observations import Observations


@dataclass(frozen=True)
class Reading:
    """How well a register's value is read from the hidden state after the same step, on states not used to learn how.

    `nearest`: by the nearest known state; `affine`: by rounding an affine map, z = round(h w + b); `chance`: by always
    answering the most frequent value.
    """

    register: str
    nearest: float
    affine: float
    chance: float
    cases: int


def read_registers(program: Program, observations: Observations, most: int = 1500) -> list[Reading]:
    """One reading for each register that moves. Half of the states teach, the other half (other sequences) test."""
    if observations.recurrence is None or not program.registers:
        return []
    inputs = observations.inputs[: max(2, 2 * most // observations.length)]
    hidden, _ = observations.recurrence.trace(inputs)
    registers, _ = program.trace(inputs)
    values = registers[:, 1:].astype(np.int64)
    half = len(inputs) // 2
    known, asked = hidden[:half].reshape(-1, hidden.shape[2]), hidden[half:].reshape(-1, hidden.shape[2])
    if not (np.isfinite(known).all() and np.isfinite(asked).all()):
        return []
    scale = known.std(0) + 1e-9
    neighbour = _nearest(known / scale, asked / scale)
    design = np.concatenate([known, np.ones((len(known), 1))], 1)
    test = np.concatenate([asked, np.ones((len(asked), 1))], 1)
    readings = []
    for i, register in enumerate(program.registers):
        taught, truth = values[:half, :, i].reshape(-1), values[half:, :, i].reshape(-1)
        weights = np.linalg.lstsq(design, taught.astype(np.float64), rcond=None)[0]
        affine = float((np.rint(test @ weights) == truth).mean())
        nearest = float((taught[neighbour] == truth).mean())
        commonest = np.unique(taught, return_counts=True)
        chance = float((truth == commonest[0][commonest[1].argmax()]).mean())
        readings.append(Reading(register.name, nearest, affine, chance, len(truth)))
    return readings


def _nearest(known: NDArray[np.float64], asked: NDArray[np.float64]) -> NDArray[np.int64]:
    from scipy.spatial import KDTree

    return np.asarray(KDTree(known).query(asked)[1])
