"""Points of a polynomial system modulo a prime: random, but with every auxiliary and constraint as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .auxiliary import Auxiliary
from .finite_field import PRIME, Residues, inverse, power, residue, square_root
from .polynomial_system import Polynomial, PolynomialSystem

_ROUNDS = 200


@dataclass(frozen=True)
class Points:
    """`values[name]` (points,) for every symbol and every parameter."""

    values: Mapping[str, Residues]
    prime: int

    def evaluate(self, polynomial: Polynomial) -> Residues:
        """The polynomial at every point, (points,). Cost: O(terms * points)."""
        names = polynomial.context().names()
        total = np.zeros_like(next(iter(self.values.values())))
        tables: dict[tuple[str, int], Residues] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            fraction = Fraction(int(coefficient.p), int(coefficient.q))
            term = np.full_like(total, residue(fraction, self.prime))
            for name, exponent in zip(names, exponents, strict=True):
                if exponent:
                    key = (str(name), int(exponent))
                    if key not in tables:
                        tables[key] = power(self.values[key[0]], key[1], self.prime)
                    term = term * tables[key] % self.prime
            total = (total + term) % self.prime
        return total


def sample_points(
    system: PolynomialSystem,
    count: int,
    generator: np.random.Generator,
    prime: int = PRIME,
    parameters: Mapping[str, int] | None = None,
) -> Points:
    """`count` points of the system's variety, with given parameters, or with random ones at every point.

    Raises ValueError where the variety has (nearly) no points modulo the prime.
    """
    batches: list[dict[str, Residues]] = []
    found = 0
    for _ in range(_ROUNDS):
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
    """Random values, and which of the points are good ones."""
    values = {s.name: generator.integers(1, prime, size) for s in system.variables}
    for symbol in system.parameters:
        random = generator.integers(1, prime, size)
        values[symbol.name] = random if parameters is None else np.full(size, parameters[symbol.name])
    values |= {a.symbol.name: np.zeros(size, dtype=np.int64) for a in system.auxiliaries}
    good = np.ones(size, dtype=bool)
    waiting = {symbol.name for _, symbol in system.solved}
    free = [a for a in system.auxiliaries if not set(map(str, a.argument.free_symbols)) & waiting]
    for auxiliary in free:
        good &= _set(auxiliary, system, values, generator, prime)
    for constraint, symbol in reversed(system.solved):
        at_zero = {**values, symbol.name: np.zeros(size, dtype=np.int64)}
        offset = Points(at_zero, prime).evaluate(constraint)
        slope = Points(at_zero, prime).evaluate(constraint.derivative(symbol.name))
        good &= slope != 0
        values[symbol.name] = -offset * inverse(slope, prime) % prime
    for auxiliary in system.auxiliaries:
        if auxiliary not in free:
            good &= _set(auxiliary, system, values, generator, prime)
    return values, good


def _set(
    auxiliary: Auxiliary,
    system: PolynomialSystem,
    values: dict[str, Residues],
    generator: np.random.Generator,
    prime: int,
) -> NDArray[np.bool_]:
    """Give the auxiliary its value at every point; where it has none the point is no good."""
    name = auxiliary.symbol.name
    size = len(values[name])
    if auxiliary.kind in ("inverse", "root"):
        inner = Points(values, prime).evaluate(system.polynomial(auxiliary.argument))
        values[name] = inverse(inner, prime)
        if auxiliary.kind == "inverse":
            return inner != 0
        values[name], square = square_root(values[name], prime)
        return square & (inner != 0)
    if auxiliary.kind == "monomial":
        factors = [power(values[symbol.name], n, prime) for symbol, n in auxiliary.powers]
        values[name] = factors[0]
        for factor in factors[1:]:
            values[name] = values[name] * factor % prime
    elif auxiliary.kind == "sin":
        partner: Any = next(a for a in system.auxiliaries if a.kind == "cos" and a.argument == auxiliary.argument)
        t = generator.integers(1, prime, size)
        below = inverse(1 + t * t % prime, prime)
        values[name] = 2 * t % prime * below % prime
        values[partner.symbol.name] = (1 - t * t % prime) % prime * below % prime
    elif auxiliary.kind != "cos":
        values[name] = generator.integers(1, prime, size)
    return np.ones(size, dtype=bool)
