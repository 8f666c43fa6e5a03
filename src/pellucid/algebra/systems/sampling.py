"""Points of a polynomial system modulo a prime: random, but with every auxiliary and constraint as it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.constraint_ideal import solve_at
from ..arithmetic.finite_field import PRIME, Residues
from ..arithmetic.polynomials import Polynomial
from ..arithmetic.residue_points import Points
from .polynomial_system import PolynomialSystem

SPARE_POINTS = 10
"""Points beyond the number of columns: a false null vector survives with probability 2^-300 or so."""


def gradients_of(polynomials: Sequence[Polynomial], system: PolynomialSystem, points: Points) -> Residues:
    """d/dx_i of each at the first point, by the variables alone, through what auxiliaries are functions of.

    Shape (polynomials, variables).
    """
    first = Points({name: value[:1] for name, value in points.values.items()}, points.prime)
    rows = [[int(first.evaluate(p.derivative(polynomial))[0]) for p in system.partials] for polynomial in polynomials]
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(system.variables))


def sample_points(
    system: PolynomialSystem,
    count: int,
    generator: np.random.Generator,
    prime: int = PRIME,
    parameters: Mapping[str, int] | None = None,
    rounds: int = 200,
) -> Points:
    """`count` points of the system's variety, with given parameters, or with random ones at every point.

    Half of all points are lost for each square root, so that `rounds` batches are enough for some six of them.

    Raises ValueError where the variety has (nearly) no points modulo the prime.
    """
    batches: list[dict[str, Residues]] = []
    found = 0
    for _ in range(rounds):
        batch, good = _batch(system, parameters, max(64, 2 * (count - found)), generator, prime)
        kept = np.flatnonzero(good)[: count - found]
        batches.append({name: value[kept] for name, value in batch.items()})
        found += len(kept)
        if found == count:
            return Points({name: np.concatenate([b[name] for b in batches]) for name in batches[0]}, prime)
    raise ValueError("the constraints leave no points to compute with; check that they can hold together")


def _batch(
    system: PolynomialSystem,
    parameters: Mapping[str, int] | None,
    size: int,
    generator: np.random.Generator,
    prime: int,
) -> tuple[dict[str, Residues], NDArray[np.bool_]]:
    """Random values, and which of the points are good ones: the auxiliaries have values there, the constraints hold.

    Constraints are solved for variables between the auxiliaries that do not hold these and those that do.
    """
    points = Points(_drawn(system, parameters, size, generator, prime), prime)
    linear = [(constraint, symbol.name) for constraint, symbol in reversed(system.solved)]
    solved = linear if system.is_linear else system.triangular
    solved_for = {name for _, name in solved}
    late = [a for a in system.auxiliaries if set(map(str, a.argument.free_symbols)) & solved_for]
    good = np.ones(size, dtype=bool)
    for auxiliary in system.auxiliaries:
        if auxiliary not in late:
            good &= auxiliary.function.sample(auxiliary, system, points, generator)
    for constraint, name in solved:
        points.values[name], found = solve_at(constraint, name, points, generator)
        good &= found
    for auxiliary in late:
        good &= auxiliary.function.sample(auxiliary, system, points, generator)
    return points.values, good


def _drawn(
    system: PolynomialSystem,
    parameters: Mapping[str, int] | None,
    size: int,
    generator: np.random.Generator,
    prime: int,
) -> dict[str, Residues]:
    """Random variables, parameters as given or random, and 0 for the auxiliaries, which come later."""
    values = {s.name: generator.integers(1, prime, size) for s in system.variables}
    for symbol in system.parameters:
        random = generator.integers(1, prime, size)
        values[symbol.name] = random if parameters is None else np.full(size, parameters[symbol.name])
    return values | {a.symbol.name: np.zeros(size, dtype=np.int64) for a in system.auxiliaries}
