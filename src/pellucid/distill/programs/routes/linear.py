"""The linear route: integer Markov parameters of the network, realised as the smallest integer state space.

The outputs of a linear recurrence are y_t = sum_k G_k x_{t-k} + (response to the constant 1). The G_k are fitted to the
network's raw outputs and rounded; their Hankel matrix has the rank of the state (Ho and Kalman 1966), and its first
independent rows give integer matrices A, B, C, D with

    y_t = C s_{t-1} + D x_t,      s_t = A s_{t-1} + B x_t,      s_0 = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from jaxtyping import Float, Int

from ....artifacts.programs.expression import Expression, Name
from ....artifacts.programs.fold import Register
from ....artifacts.programs.program import Program
from ..candidates import Candidate
from ..observations import Observations
from ..synthesis.synthesiser import affine_sum
from ..weights.rational import (
    Matrix,
    are_integers,
    combination,
    identity,
    independent_rows,
    inverse,
    matrix_product,
)
from ..wording.naming import name_registers


@dataclass(frozen=True)
class Linear:
    """Propose an integer linear recurrence, if the outputs are one, of at most `largest_state` numbers."""

    largest_state: int = 10

    def propose(self, observations: Observations, generator: np.random.Generator) -> list[Candidate]:
        if not observations.mask.all():
            return []
        fitted = markov_parameters(observations)
        if fitted is None:
            return []
        parameters, error = fitted
        programs = [
            program_of(observations, *matrices)
            for differences in (False, True)
            if (matrices := realise(parameters, self.largest_state, differences)) is not None
        ]
        if not programs:
            return []
        best = min(programs, key=lambda program: program.description_length)
        return [Candidate(best, "linear", None, {"integrality_error": error})]


def markov_parameters(observations: Observations) -> tuple[Int[np.ndarray, "time outputs inputs"], float] | None:
    """G (time, outputs, inputs + 1), the last input being the constant 1, and how far the fit was from integers.

    Fitted to the network's raw outputs where there is a network, to the labels elsewhere; None if the rounded ones do
    not give every label.
    """
    inputs, length = observations.inputs, observations.length
    width = inputs.shape[2]
    history = inputs[:, ::-1].reshape(len(inputs), -1).astype(np.float64)  # x_{T-1}, x_{T-2}, ..., x_0
    if len(inputs) <= 2 * history.shape[1] + 2:
        return None
    raw = _raw_outputs(observations)
    design = np.concatenate([history, np.ones((len(inputs), 1))], 1)
    solution, _, _, _ = np.linalg.lstsq(design, raw[:, -1], rcond=None)
    gains = solution[:-1].reshape(length, width, -1).transpose(0, 2, 1)
    rounded = np.rint(gains)
    if np.abs(rounded).max() > 1e6:
        return None
    driven = np.stack([_convolve(rounded, inputs, t) for t in range(length)], 1)
    offset = np.rint(np.median(observations.outputs - driven, axis=0))
    if not np.array_equal(driven + offset, observations.outputs):
        return None
    constant = np.diff(offset, axis=0, prepend=np.zeros((1, offset.shape[1])))
    error = max(float(np.abs(gains - rounded).max()), 0.0)
    return np.concatenate([rounded, constant[:, :, None]], 2).astype(np.int64), error


def _raw_outputs(observations: Observations) -> Float[np.ndarray, "sequences time outputs"]:
    """What the network gives before it is rounded; the labels where there is none, or its outputs are decoded."""
    if observations.recurrence is None:
        return observations.outputs.astype(np.float64)
    state = observations.recurrence.start(len(observations.inputs))
    raw = []
    for t in range(observations.length):
        state, output = observations.recurrence.step(state, observations.inputs[:, t])
        raw.append(output)
    stacked = np.stack(raw, 1)
    return stacked if stacked.shape == observations.outputs.shape else observations.outputs.astype(np.float64)


def _convolve(
    gains: Float[np.ndarray, "time outputs inputs"], inputs: Int[np.ndarray, "sequences time inputs"], t: int
) -> Float[np.ndarray, "sequences outputs"]:
    """What all inputs up to step t add to the outputs there."""
    return sum(inputs[:, t - k] @ gains[k].T for k in range(t + 1))  # type: ignore[return-value]


def realise(
    parameters: Int[np.ndarray, "time outputs inputs"], largest: int, differences: bool
) -> tuple[Matrix, Matrix, Matrix, Matrix] | None:
    """Integer A, B, C, D with G_0 = D and G_k = C A^(k-1) B; None if the rank is too large or an entry no integer.

    The state is the list of the first independent rows of the Hankel matrix: what the outputs will be if nothing more
    is read. With `differences`, their successive differences instead (position, velocity, ...).
    """
    outputs, inputs = parameters.shape[1:]
    rows = _hankel(parameters)
    basis = independent_rows(rows, largest)
    if basis is None or max(basis, default=-outputs - 1) + outputs >= len(rows):
        return None
    chosen = [rows[b] for b in basis]
    a = _combinations(chosen, [rows[b + outputs] for b in basis])
    c = _combinations(chosen, rows[:outputs])
    if a is None or c is None:
        return None
    b = [row[:inputs] for row in chosen]
    d = _as_fractions(parameters[0])
    if differences:
        a, b, c = _in_differences(a, b, c, outputs)
    return (a, b, c, d) if are_integers(a, b, c) else None


def _as_fractions(matrix: Int[np.ndarray, "rows columns"]) -> Matrix:
    return [[Fraction(int(value)) for value in row] for row in matrix]


def _hankel(parameters: Int[np.ndarray, "time outputs inputs"]) -> Matrix:
    """Row (i, output), column (j, input): what an input at step 0 adds to the output at step i + j + 1."""
    length, outputs, inputs = parameters.shape
    half = length // 2
    return [
        [Fraction(int(parameters[i + j + 1, o, u])) for j in range(half) for u in range(inputs)]
        for i in range(half)
        for o in range(outputs)
    ]


def _combinations(basis: Matrix, rows: Matrix) -> Matrix | None:
    """Each of the rows as a combination of the basis; None where one is none."""
    found = [solved for row in rows if (solved := combination(basis, row)) is not None]
    return found if len(found) == len(rows) else None


def _in_differences(a: Matrix, b: Matrix, c: Matrix, outputs: int) -> tuple[Matrix, Matrix, Matrix]:
    """The same system in the state s_0, s_1 - s_0, s_2 - 2 s_1 + s_0, ... of each output."""
    size = len(a)
    transform = identity(size)
    for level in range(1, size):
        for i in range(size - 1, level * outputs - 1, -1):
            transform[i] = [x - y for x, y in zip(transform[i], transform[i - outputs], strict=True)]
    back = inverse(transform)
    return (
        matrix_product(matrix_product(transform, a), back),
        matrix_product(transform, b),
        matrix_product(c, back),
    )


def program_of(observations: Observations, a: Matrix, b: Matrix, c: Matrix, d: Matrix) -> Program:
    """The state space as a program with one register per coordinate."""
    states = [f"s{i + 1}" for i in range(len(a))]
    names = [Name(n) for n in observations.input_names]

    def affine(state_row: list[Fraction], input_row: list[Fraction]) -> Expression:
        terms = [(int(v), name) for v, name in zip(input_row[:-1], names, strict=True) if v]
        terms += [(int(v), Name(s)) for v, s in zip(state_row, states, strict=True) if v]
        return affine_sum(terms, int(input_row[-1]))

    registers = tuple(Register(s, 0, affine(a[i], b[i])) for i, s in enumerate(states))
    outputs = tuple(affine(c[o], d[o]) for o in range(len(d)))
    return name_registers(Program(observations.program_inputs, registers, outputs))
