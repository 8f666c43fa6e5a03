"""The paper's own linear route (arXiv 2402.05110, section 4 and appendix): normalise the weights, then read them.

A network with affine update and readout is brought to real Jordan form, freed of its bias, given unit inputs or
readouts (Toeplitz), scaled, and rounded. If all weights are near integers, and the integer system gives every label,
it is the program, one register for each hidden coordinate. Where the eigenvalues are no integers (of Gauss, for pairs)
there is no such form, and nothing is proposed: `Linear` finds those in other coordinates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ....artifacts.programs.program import Program
from ..candidates import Candidate
from ..observations import Observations
from ..weights.jordan import jordan_blocks
from ..weights.normalise import (
    Array,
    LayeredRecurrence,
    change_basis,
    debias,
    layered,
    real_jordan,
    round_weights,
    toeplitz,
)
from .linear import program_of


@dataclass(frozen=True)
class NormalForm:
    """Propose the program that the weights of a linear network spell out in their normal form.

    `tolerance` is the largest distance of a normalised weight from an integer, `largest_scale` the largest factor by
    which a Jordan block is scaled to make its weights integers, `precisions` what may count as zero in the transition
    matrix, from weights in closed form to weights that were trained. `rough` is how far from its Jordan form a
    transition matrix may be: the rest is rounded away, and the labels decide.

    Source: arXiv 2402.05110, section 4 and appendix (normalisers).
    """

    tolerance: float = 0.1
    precisions: tuple[float, ...] = (1e-5, 1e-4, 1e-3, 1e-2)
    largest_scale: int = 12
    largest_state: int = 16
    rough: float = 0.05

    def propose(self, observations: Observations, generator: np.random.Generator) -> list[Candidate]:
        """The shortest program among the normal forms that round to integers and give every label; or none."""
        system = layered(observations.recurrence) if observations.recurrence is not None else None
        if system is None or not is_linear(system) or system.hidden_size > self.largest_state:
            return []
        if system.readout[0][0].shape[1] != observations.outputs.shape[2]:
            return []  # outputs that are decoded otherwise than by rounding
        found = [
            candidate
            for precision in self.precisions
            for normal in normal_forms(system, precision, self.largest_scale, self.rough)
            if (candidate := self._candidate(normal, observations)) is not None
        ]
        return sorted(found, key=lambda candidate: candidate.program.description_length)[:1]

    def _candidate(self, normal: LayeredRecurrence, observations: Observations) -> Candidate | None:
        """The program of a normal form that rounds to integers and gives every label."""
        rounded = round_weights(normal, self.tolerance)
        if rounded is None:
            return None
        program = read_program_off(rounded[0], observations)
        if observations.errors(program)[0]:
            return None
        return Candidate(program, "normal form", None, {"integrality_error": rounded[1]})


def is_linear(system: LayeredRecurrence) -> bool:
    """Whether update and readout are affine."""
    return len(system.update) == 1 and len(system.readout) == 1


def normal_forms(
    system: LayeredRecurrence, precision: float = 1e-5, largest_scale: int = 12, rough: float = 0.05
) -> Iterator[LayeredRecurrence]:
    """A linear system in real Jordan form, with unit inputs and with unit readouts, with and without its bias; scaled.

    Each is the same function. The bias is taken away in Jordan coordinates, where what remains of it lies on the
    blocks of eigenvalue 1; it stays in the other form, where a block that only it drives needs it as its input. None
    at all where the weights have no Jordan form within `precision` that is well enough conditioned.
    """
    jordan = real_jordan(system, precision)
    for simple in ("input", "readout"):
        with suppress(ValueError):
            yield scaled(toeplitz(jordan, simple, rough), largest_scale, rough)
            yield scaled(debias(toeplitz(jordan, simple, rough), rough), largest_scale, rough)
            yield scaled(toeplitz(debias(jordan, rough), simple, rough), largest_scale, rough)


def scaled(system: LayeredRecurrence, largest: int = 12, rough: float = 0.05) -> LayeredRecurrence:
    """Each Jordan block scaled by the smallest integer that makes its inputs and initial state integers, if one does.

    Raises:
        ValueError: an update that is not affine and in real Jordan form.
    """
    scales = np.ones(system.hidden_size)
    drives = np.concatenate([system.driving, system.initial[None]])
    for block in jordan_blocks(system.transition, rough):
        part = slice(block.start, block.start + block.width * block.length)
        distances = [np.abs(q * drives[:, part] - np.rint(q * drives[:, part])).max() for q in range(1, largest + 1)]
        fitting = [q for q, distance in enumerate(distances, 1) if distance <= rough]
        scales[part] = fitting[0] if fitting else 1
    return change_basis(system, np.diag(scales))


def read_program_off(system: LayeredRecurrence, observations: Observations) -> Program:
    """The program of a linear system of integers: one register for each hidden coordinate that an output ever reads.

    With h' = h A + u [B; b] and y = h' C + r, where u = [x, 1], the output of a step is y = h (A C) + u ([B; b] C + r).
    """
    transition, driving = system.transition, system.driving
    weight, bias = system.readout[0]
    output, direct = transition @ weight, driving @ weight
    direct[-1] += bias
    kept = _observed(transition, output)
    a, b, c, d = (
        [[Fraction(int(v)) for v in row] for row in matrix.T]
        for matrix in (transition[np.ix_(kept, kept)], driving[:, kept], output[kept], direct)
    )
    program = program_of(observations, a, b, c, d)
    initial = system.initial[kept]
    registers = tuple(replace(r, initial=int(v)) for r, v in zip(program.registers, initial, strict=True))
    return replace(program, registers=registers)


def _observed(transition: Array, output: Array) -> list[int]:
    """The coordinates that an output reads, or that drive one which it reads."""
    observed = (output != 0).any(1)
    for _ in range(len(transition)):
        observed |= (transition[:, observed] != 0).any(1)
    return np.flatnonzero(observed).tolist()
