"""The integer-lattice route: an affine map that turns hidden states into integer vectors, then their update laws.

Networks that compute with integers keep them on a lattice in hidden space (arXiv 2402.05110, section 4.1): h = B z
+ h_0 with integer z. A reduced basis B is grown from the differences of hidden states by approximate Euclidean
reduction, z is read by rounding, and each coordinate's update z' = e(z, x) and each output y = o(z', x) are
synthesised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ....artifacts.programs.expression import Expression
from ....artifacts.programs.fold import Register
from ....artifacts.programs.program import Program
from ..candidates import Candidate
from ..observations import Observations
from ..synthesis.outputs import all_or_none, output_expression
from ..synthesis.synthesiser import Synthesiser, distinct_rows, is_functional
from ..wording.naming import name_registers

Points = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class LatticeMap:
    """z = round((h - origin) @ reader): hidden states to integers; `error` is the largest distance from an integer."""

    origin: Points
    basis: Points
    reader: Points
    error: float

    def integers(self, states: Float[np.ndarray, "... hidden"]) -> Int[np.ndarray, "... rank"]:
        """Integer coordinates (..., rank) of hidden states (..., hidden)."""
        return np.rint((states - self.origin) @ self.reader).astype(np.int64)


@dataclass(frozen=True)
class IntegerLattice:
    """Propose the program over the integer coordinates of the hidden states, if they lie on a lattice.

    `tolerance` is the largest distance from the lattice, as a share of its shortest basis vector; `noises` are
    distances that may count as noise, as shares of the largest distance between hidden states: the coarsest that works
    is taken. At most `most_states` states are looked at.
    """

    tolerance: float = 0.2
    noises: tuple[float, ...] = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 3e-4, 1e-4, 1e-5)
    largest_rank: int = 4
    most_states: int = 2000

    def propose(self, observations: Observations, generator: np.random.Generator) -> list[Candidate]:
        recurrence = observations.recurrence
        if recurrence is None:
            return []
        states, _ = recurrence.trace(observations.inputs)
        flat = states.reshape(-1, states.shape[2])
        lattice = fit_lattice(flat, flat[0], self, generator)
        if lattice is None:
            return []
        integers = lattice.integers(states)
        first = _initial_integers(integers, observations, lattice.integers(recurrence.initial))
        if first is None:
            return []
        start = np.broadcast_to(first, (len(integers), 1, integers.shape[2]))
        history = np.concatenate([start, integers], 1) - first  # counted from the initial state, and mostly upwards
        program = self._program(observations, history * np.where(history.sum((0, 1)) < 0, -1, 1))
        if program is None:
            return []
        notes = {"rank": float(lattice.basis.shape[0]), "lattice_error": lattice.error}
        return [Candidate(name_registers(program), "integer lattice", None, notes)]

    def _program(self, observations: Observations, integers: Int[np.ndarray, "sequences times rank"]) -> Program | None:
        """Updates and outputs over the integer coordinates, where each is a function of the old ones and the input."""
        names = [f"z{i + 1}" for i in range(integers.shape[2])]
        inputs = _columns(observations.input_names, observations.inputs)
        before, after = _columns(names, integers[:, :-1]), _columns(names, integers[:, 1:])
        synthesiser = _synthesiser(observations, integers)
        updates = {name: _function({**inputs, **before}, after[name], synthesiser) for name in names}
        starts = dict(zip(names, integers[0, 0].tolist(), strict=True))
        registers = [Register(n, starts[n], update) for n, update in updates.items() if update is not None]
        if len(registers) < len(names):
            return None
        inputs, before, after = (_labelled(part, observations) for part in (inputs, before, after))
        moved = {r.name: (r.update, after[r.name]) for r in registers}
        targets = map(observations.rows, np.moveaxis(observations.outputs, 2, 0))
        outputs = all_or_none(output_expression(inputs, before, moved, target, synthesiser) for target in targets)
        return None if outputs is None else Program(observations.program_inputs, tuple(registers), outputs)


def _columns(names: Sequence[str], series: Int[np.ndarray, "sequences times columns"]) -> dict[str, Any]:
    """Each column as one row, all sequences behind each other."""
    return {name: series[:, :, i].reshape(-1) for i, name in enumerate(names)}


def _synthesiser(observations: Observations, integers: Int[np.ndarray, "sequences times rank"]) -> Synthesiser:
    """With the constants at which a coordinate that wraps around may do so."""
    spans = {int(np.ptp(integers[:, :, i])) + 1 for i in range(integers.shape[2])}
    constants = {*observations.constants(), *(span for span in spans if span <= 64)}
    return Synthesiser(constants=tuple(sorted(constants)), limit=20_000)


def _initial_integers(
    integers: NDArray[np.int64], observations: Observations, nearest: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Coordinates that the initial state may stand for: the nearest, or a visited point that moves as it does.

    Networks start at h_0 = 0, which need not lie on the lattice that their states settle on.
    """
    inputs = observations.inputs
    firsts = {tuple(x): tuple(z) for x, z in zip(inputs[:, 0].tolist(), integers[:, 0].tolist(), strict=True)}
    moves: dict[tuple[int, ...], dict[tuple[int, ...], tuple[int, ...]]] = {}
    for t in range(1, min(inputs.shape[1], 6)):
        rows = zip(integers[:, t - 1].tolist(), inputs[:, t].tolist(), integers[:, t].tolist(), strict=True)
        for before, x, after in rows:
            moves.setdefault(tuple(before), {})[tuple(x)] = tuple(after)
    points = sorted(moves, key=lambda z: (tuple(z) != tuple(nearest.tolist()), sum(abs(v) for v in z)))
    for point in points[:200]:
        known = moves[point]
        common = known.keys() & firsts.keys()
        if len(common) >= min(len(firsts), 3) and all(known[x] == firsts[x] for x in common):
            return np.array(point)
    return nearest if tuple(nearest.tolist()) not in moves else None


def _labelled(columns: dict[str, NDArray[np.int64]], observations: Observations) -> dict[str, NDArray[np.int64]]:
    """The columns at the steps that have labels."""
    return {name: column[observations.known] for name, column in columns.items()}


def _function(columns: dict[str, NDArray[np.int64]], target: NDArray[np.int64], how: Synthesiser) -> Expression | None:
    if not is_functional(columns, target)[0]:
        return None
    rows, values = distinct_rows(columns, target)
    return how.find(rows, values)


def fit_lattice(
    states: Points, origin: Points, settings: IntegerLattice, generator: np.random.Generator
) -> LatticeMap | None:
    """The lattice of all `states` (n, hidden) up to the tolerance, seen from `origin`; None if there is none."""
    chosen = generator.permutation(len(states))[: settings.most_states]
    points = states[chosen] - origin
    scale = float(np.abs(points).max())
    if scale == 0 or not np.isfinite(scale):
        return None
    active = _principal(points)
    for spread in settings.noises:
        basis = _reduced_basis(points @ active, spread * scale, settings.largest_rank)
        if basis is None:
            continue
        flat = _refined(points @ active, basis)
        coordinates = points @ active @ np.linalg.pinv(flat)
        error = float(np.abs(coordinates - np.rint(coordinates)).max())
        if error <= settings.tolerance:
            return LatticeMap(origin, flat @ active.T, active @ np.linalg.pinv(flat), error)
    return None


def _principal(points: Points) -> Points:
    """An orthonormal basis (hidden, directions) of what the points span, leaving out directions without motion."""
    _, strengths, axes = np.linalg.svd(points, full_matrices=False)
    return axes[strengths > 1e-3 * strengths[0]].T


def _reduced_basis(points: Points, noise: float, largest: int) -> Points | None:
    """Vectors whose integer combinations reach every point within `noise`: Euclid's algorithm on vectors.

    Each point is reduced by the basis so far; a rest that is no noise joins the basis, and the basis is reduced again.
    """
    basis = np.zeros((0, points.shape[1]))
    cells = np.unique(np.rint(points / noise), axis=0, return_index=True)[1]  # one point for each place, noise apart
    apart = points[cells]
    near = apart[np.argsort(np.linalg.norm(apart, axis=1))][:400]
    for count, point in enumerate(near):
        for _ in range(40):
            rest = _remainder(point, basis)
            if np.linalg.norm(rest) <= max(noise, 1e-9):
                break
            merged = _merge(basis, rest, noise)
            if merged is None or len(merged) > largest:
                return None
            basis = merged
        if len(basis) and count % 8 == 7:  # an error in the basis grows with the distance: correct it before going on
            basis = _refined(near[: count + 1], basis)
    return basis if len(basis) else None


def _remainder(point: Points, basis: Points) -> Points:
    """What is left of `point` after the nearest lattice point (Babai's rounding) is taken away."""
    if len(basis) == 0:
        return point
    coordinates = np.linalg.lstsq(basis.T, point, rcond=None)[0]
    return point - np.rint(coordinates) @ basis


def _merge(basis: Points, vector: Points, noise: float) -> Points | None:
    """A basis of the lattice that `basis` and `vector` span together; pairs are reduced until none shortens another."""
    vectors = [*basis, vector]
    for _ in range(200):
        vectors.sort(key=lambda v: float(np.linalg.norm(v)))
        changed = False
        for i in range(len(vectors) - 1, 0, -1):
            others = np.stack(vectors[:i])
            shorter = _remainder(vectors[i], others)
            if np.linalg.norm(shorter) < np.linalg.norm(vectors[i]) - 1e-9:
                vectors[i] = shorter
                changed = True
        vectors = [v for v in vectors if np.linalg.norm(v) > noise]
        if not changed:
            return np.stack(vectors) if vectors else None
    return None


def _refined(points: Points, basis: Points) -> Points:
    """Least squares for the basis, given the integer coordinates it assigns; twice, as rounding may change."""
    for _ in range(2):
        coordinates = np.rint(points @ np.linalg.pinv(basis))
        if np.linalg.matrix_rank(coordinates) < len(basis):
            return basis
        basis = np.linalg.lstsq(coordinates, points, rcond=None)[0]
    return basis
