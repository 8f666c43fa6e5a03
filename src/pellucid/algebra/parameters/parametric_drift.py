"""The drifts of monomials as an exact matrix over polynomials in the parameters.

sum_i c_i b_i is conserved where sum_i c_i (grad b_i . f) = 0. Each drift is sum_a k^a d_ia with functions d_ia free of
parameters; rows are coordinates of these functions. Quotients in the equations go by multiplying f with a common
denominator, which changes no invariant. Where roots, sines or constraints relate functions, the relations are found at
points modulo a prime, turned into fractions, and proved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from ..arithmetic.finite_field import PRIME, Residues, fraction, null_space, rank
from ..arithmetic.parametric_rank import Row, TooLarge, irreducible
from ..arithmetic.polynomials import Polynomial, by_power
from ..auxiliaries.auxiliary import FUNCTIONS, Auxiliary
from ..systems.monomials import Monomials
from ..systems.polynomial_system import PolynomialSystem
from ..systems.sampling import SPARE_POINTS, sample_points


class NotCovered(ValueError):
    """Parameters stand where the relations between functions depend on them."""


@dataclass(frozen=True)
class ParametricDrift:
    """`rows` over the ring of the `parameters`; `columns` monomials, of which `trivial` are constant by meaning."""

    rows: tuple[Row, ...]
    columns: int
    trivial: int
    parameters: tuple[str, ...]
    ring: Any
    excluded: tuple[Polynomial, ...]
    """Irreducible polynomials that are not 0 where the equations are defined."""


def parametric_drift(
    system: PolynomialSystem, candidates: Monomials, generator: np.random.Generator, most: int = 600
) -> ParametricDrift:
    """The matrix of the drifts of `candidates`; raises NotCovered, or TooLarge for more than `most` of them.

    Elimination over polynomials, to which the matrix goes, takes minutes where there are more.
    """
    if len(candidates) > most:
        raise TooLarge(f"{len(candidates):,} monomials, more than {most}")
    names = tuple(symbol.name for symbol in system.parameters)
    ring = fmpq_mpoly_ctx.get(list(names), Ordering.degrevlex)
    _refuse_uncovered(system, candidates)
    flow, denominators = _whole_flow(system, candidates)
    shared = [f for q in denominators for f in irreducible(_content(q, system, ring))]
    functions, entries = _pieces(flow, candidates, system)
    related = _related(system, candidates)
    coordinates = _coordinates(functions, system, generator) if related else _terms(functions)
    rows = _rows(coordinates, entries, ring)
    trivial = _trivial(system, candidates, generator) if related else 0
    return ParametricDrift(rows, len(candidates), trivial, names, ring, tuple(shared))


def _rows(
    coordinates: Sequence[dict[Any, Any]], entries: Mapping[tuple[int, tuple[int, ...]], int], ring: Any
) -> tuple[Row, ...]:
    """A row for each coordinate: in each candidate's column its polynomial in the parameters."""
    table: dict[Any, Row] = {}
    for (piece, power), column in entries.items():
        monomial = ring.from_dict({power: fmpq(1)}) if power else ring.constant(1)
        for place, number in coordinates[piece].items():
            row = table.setdefault(place, {})
            row[column] = row.get(column, ring.constant(0)) + number * monomial
    return tuple({c: e for c, e in row.items() if e != 0} for row in table.values())


def _refuse_uncovered(system: PolynomialSystem, candidates: Monomials) -> None:
    parameters = set(system.parameters)
    for a in system.auxiliaries:
        if a.function is FUNCTIONS["power"]:
            raise NotCovered(f"{a.definition} holds a parameter in its exponent; give that one as a number")
        if (
            a.function.relation_holds_argument
            and _is_related(a, system, candidates)
            and a.argument.free_symbols & parameters
        ):
            raise NotCovered(f"{a.definition} holds parameters")
    for constraint in system.constraints:
        if constraint.free_symbols & parameters:
            raise NotCovered(f"the constraint {constraint} holds parameters")


def _related(system: PolynomialSystem, candidates: Monomials) -> bool:
    return bool(system.constraints) or any(_is_related(a, system, candidates) for a in system.auxiliaries)


def _is_related(auxiliary: Auxiliary, system: PolynomialSystem, candidates: Monomials) -> bool:
    """Whether the candidates may hold a symbol with a relation to others; quotients go, but for those asked for."""
    if auxiliary.function.is_quotient and auxiliary.symbol not in candidates.symbols:
        return False
    return auxiliary.function.relation(auxiliary, system) is not None


def _whole_flow(system: PolynomialSystem, candidates: Monomials) -> tuple[dict[str, Polynomial], list[Polynomial]]:
    """The flow of the candidates' symbols times a common denominator, without quotients; and what it was times."""
    flow = {s.name: system.flow[system.symbols.index(s)] for s in candidates.symbols}
    denominators = []
    for a in reversed(system.auxiliaries):
        if a.function.is_quotient and a.symbol not in candidates.symbols:
            parts = {name: by_power(f, a.symbol.name) for name, f in flow.items()}
            top = max((max(part, default=0) for part in parts.values()), default=0)
            if top:
                denominators.append(system.polynomial(a.argument))
                flow = {name: _times(part, denominators[-1], top) for name, part in parts.items()}
    return flow, denominators


def _times(parts: Mapping[int, Polynomial], q: Polynomial, top: int) -> Polynomial:
    """sum_k parts_k w^k times q^top, for w = 1/q."""
    return sum((part * q ** (top - k) for k, part in parts.items()), q * 0)


def _content(polynomial: Polynomial, system: PolynomialSystem, ring: Any) -> Polynomial:
    """What all coefficients share, as polynomials in the parameters."""
    width = len(system.symbols)
    parts: dict[Any, dict[Any, Any]] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        parts.setdefault(tuple(exponents[:width]), {})[tuple(exponents[width:])] = coefficient
    shared = ring.constant(0)
    for terms in parts.values():
        shared = shared.gcd(ring.from_dict(terms))
    return shared


def _pieces(
    flow: Mapping[str, Polynomial], candidates: Monomials, system: PolynomialSystem
) -> tuple[list[Polynomial], dict[tuple[int, tuple[int, ...]], int]]:
    """Functions without parameters, and for (function, exponents of parameters) the column that they belong to."""
    width = len(system.symbols)
    places = {s.name: i for i, s in enumerate((*system.symbols, *system.parameters))}
    generators = system.ring.gens()
    functions: list[Polynomial] = []
    entries: dict[tuple[int, tuple[int, ...]], int] = {}
    rest = (0,) * len(system.parameters)
    for column, row in enumerate(candidates.exponents):
        powers = [0] * (width + len(rest))
        for symbol, exponent in zip(candidates.symbols, row, strict=True):
            powers[places[symbol.name]] = int(exponent)
        monomial = system.ring.from_dict({tuple(powers): fmpq(1)})
        drift = system.ring.constant(0)
        for symbol, exponent in zip(candidates.symbols, row, strict=True):
            if exponent:
                drift = drift + int(exponent) * (monomial / generators[places[symbol.name]]) * flow[symbol.name]
        parts: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
        for exponents, coefficient in drift.to_dict().items():
            parts.setdefault(tuple(exponents[width:]), {})[(*exponents[:width], *rest)] = coefficient
        for power, terms in parts.items():
            entries[len(functions), power] = column
            functions.append(system.ring.from_dict(terms))
    return functions, entries


def _terms(functions: Sequence[Polynomial]) -> list[dict[Any, Any]]:
    return [{tuple(e): c for e, c in function.to_dict().items()} for function in functions]


def _coordinates(
    functions: Sequence[Polynomial], system: PolynomialSystem, generator: np.random.Generator, most: int = 1500
) -> list[dict[Any, Any]]:
    """Each function in terms of independent ones among them: an identity that is proved. Raises TooLarge."""
    if len(functions) > most:
        raise TooLarge(f"{len(functions):,} functions whose relations would have to be found")
    if not functions:
        return []
    points = sample_points(system, len(functions) + SPARE_POINTS, generator)
    values = np.stack([points.evaluate(f) for f in functions], 1)
    found: list[dict[Any, Any]] = [{i: fmpq(1)} for i in range(len(functions))]
    for vector in null_space(values):
        last = int(np.flatnonzero(vector)[-1])
        found[last] = _in_terms_of(vector, last)
        total = functions[last] - sum((c * functions[i] for i, c in found[last].items()), functions[last] * 0)
        if not system.vanishes(total):
            raise TooLarge("a relation between functions that is none over the rationals")
    return found


def _in_terms_of(vector: Residues, last: int) -> dict[int, fmpq]:
    """The function number `last` as a combination of others, where the null vector says that there is one."""
    scale, terms = pow(int(vector[last]), -1, PRIME), {}
    for i in map(int, np.flatnonzero(vector)):
        number = fraction(int(vector[i]) * scale % PRIME)
        if number is None:
            raise TooLarge("a relation between functions without small fractions")
        if i != last:
            terms[i] = -fmpq(number.numerator, number.denominator)
    return terms


def _trivial(system: PolynomialSystem, candidates: Monomials, generator: np.random.Generator) -> int:
    """How many combinations of the candidates are constant by what their symbols mean."""
    points = sample_points(system, len(candidates) + SPARE_POINTS, generator)
    values = candidates.values(points)
    return len(candidates) + 1 - rank(np.concatenate([np.ones((len(values), 1), dtype=np.int64), values], 1))
