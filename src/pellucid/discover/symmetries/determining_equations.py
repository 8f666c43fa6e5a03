"""Solving determining equations exactly: a null space modulo a prime, made readable, and then proved as an identity.

The determining equations of Lie point symmetries are linear in the coefficients of a polynomial ansatz;
`algebra.fields.point_symmetries` writes them down, and this file solves them. Cost: one elimination of as many columns
as the ansatz has coefficients, and a small one for each generator.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.arithmetic.finite_field import PRIME, Residues, null_space, rank
from ...algebra.arithmetic.parametric_vectors import Column, Term, parametric_vectors
from ...algebra.arithmetic.polynomials import Polynomial, coefficients, to_expression
from ...algebra.expressions.text import parse, symbols_of, to_text
from ...algebra.fields.evolution_system import evolution_system
from ...algebra.fields.leading_derivatives import field_conditions
from ...algebra.fields.point_symmetries import Conditions, Generator, Ordinary, Partial, commutator
from ...algebra.systems.polynomial_system import polynomial_system
from ...artifacts.laws.invariants import time_name as untaken_time
from ...subjects.equations.dynamics import Dynamics
from ...subjects.equations.evolution import Evolution, jet
from ...subjects.equations.field_equations import FieldEquations, naming_by
from ..conserved.null_vectors import sparsify
from ..conserved.settings import NULL_VECTORS
from ..conserved.stages import Arrays, Stages


@dataclass(frozen=True)
class Solved:
    """The generators found, simplest first, and the dimension of the space that they should span."""

    generators: tuple[Generator, ...]
    dimension: int
    columns: int
    """How many coefficients the ansatz has."""


def conditions_of(subject: Dynamics | Evolution | FieldEquations, first_order: bool = False) -> Conditions:
    """The determining equations of `subject`; raises ValueError for what has no polynomial form.

    Dynamics whose variables come in pairs q' = c v, v' = F are taken as second-order equations for q, unless
    `first_order`.
    """
    if isinstance(subject, Evolution):
        return _partial(subject)
    if isinstance(subject, FieldEquations):
        signs = subject.occurring
        return field_conditions(subject.fields, signs, subject.expressions(), subject.parameters, naming_by(signs))
    return _ordinary(subject, first_order)


def solve(conditions: Conditions, degree: int, generator: np.random.Generator, stages: Stages) -> Solved:
    """Every symmetry within the ansatz of this degree; raises ValueError where that has too many coefficients."""
    ansatz = conditions.ansatz(degree)
    if len(ansatz) > NULL_VECTORS.most_columns:
        unknown = f"degree={degree} gives {len(ansatz):,} unknown coefficients"
        raise ValueError(f"{unknown}, the most are {NULL_VECTORS.most_columns:,}; lower the degree")
    image = cache(lambda k: conditions.image(ansatz[k]))
    values = {name: int(generator.integers(2, PRIME)) for name in conditions.parameters}
    degrees = np.array([_degree(candidate, conditions) for candidate in ansatz])

    def solved() -> Arrays:
        return {"space": null_space(conditions.matrix(list(map(image, range(len(ansatz)))), generator, values))}

    space = stages.arrays("null_space", solved, generator)["space"]
    short = sparsify(space, degrees, PRIME)
    order = sorted(range(len(short)), key=lambda i: _effort(short[i], degrees, ansatz))

    def exact(i: int) -> list[str] | None:
        support = [int(k) for k in np.flatnonzero(short[order[i]])]
        found = exact_generator([ansatz[k] for k in support], list(map(image, support)), conditions, generator)
        return None if found is None else _written(found)

    steps = stages.steps("exact", len(order), exact, generator)
    read = (_read(texts, conditions) for texts in steps if texts is not None)
    return Solved(_independent(read, values), len(space), len(ansatz))


def _independent(generators: Iterable[Generator], values: dict[str, int]) -> tuple[Generator, ...]:
    """Those that are no combination of the ones before them, at these values of the parameters."""
    chosen: list[Generator] = []
    for one in generators:
        if rank(coefficients([*chosen, one], values)) > len(chosen):
            chosen.append(one)
    return tuple(chosen)


def exact_generator(
    candidates: Sequence[Generator],
    images: Sequence[Sequence[Polynomial]],
    conditions: Conditions,
    generator: np.random.Generator,
) -> Generator | None:
    """The combination of `candidates` whose image is 0, its coefficients polynomials in the parameters.

    Found modulo a prime, made whole, and checked as an identity; None where the coefficients are not small.
    """

    def matrix(columns: list[Column]) -> Residues:
        return conditions.matrix([tuple(part * factor for part in images[i]) for i, factor in columns], generator)

    for terms in _combinations(len(candidates), conditions, matrix):
        total = tuple(part * 0 for part in candidates[0])
        for number, i, factor in terms:
            total = tuple(a + number * factor * b for a, b in zip(total, candidates[i], strict=True))
        if any(part != 0 for part in total) and conditions.vanishes(conditions.image(total)):
            return _plain(total)
    return None


def structure_constants(
    generators: Sequence[Generator], conditions: Conditions, generator: np.random.Generator, stages: Stages
) -> dict[tuple[int, int], tuple[sympy.Expr, ...] | None]:
    """Structure constants: [X_i, X_j] = sum_k c_k X_k for i < j; None where the commutator leaves the span."""
    values = {name: int(generator.integers(2, PRIME)) for name in conditions.parameters}
    pairs = list(itertools.combinations(range(len(generators)), 2))

    def constants(k: int) -> list[str] | None:
        i, j = pairs[k]
        bracket = commutator(generators[i], generators[j], conditions.coordinates)
        if all(part == 0 for part in bracket):
            return ["0"] * len(generators)
        if rank(coefficients([*generators, bracket], values)) > len(generators):
            return None
        found = _combination(bracket, generators, conditions)
        return None if found is None else [to_text(c) for c in found]

    rows = stages.steps("commutators", len(pairs), constants)
    names = conditions.parameters
    read = (None if row is None else tuple(parse(text, names) for text in row) for row in rows)
    return dict(zip(pairs, read, strict=True))


def _written(generator: Generator) -> list[str]:
    """The components of a generator as text."""
    return [to_text(to_expression(part)) for part in generator]


def _read(texts: Sequence[str], conditions: Conditions) -> Generator:
    """A generator from its components as text."""
    names = [str(name) for name in conditions.ring.names()]
    return tuple(conditions.polynomial(parse(text, names)) for text in texts)


def _plus(total: Generator, field: Generator, factor: Any) -> Generator:
    return tuple(a + factor * b for a, b in zip(total, field, strict=True))


def _combination(
    bracket: Generator, generators: Sequence[Generator], conditions: Conditions
) -> tuple[sympy.Expr, ...] | None:
    """Coefficients, quotients of polynomials in the parameters, that make `bracket` out of `generators`."""
    fields, size = [*generators, bracket], len(generators)

    def matrix(columns: list[Column]) -> Residues:
        return coefficients([tuple(part * factor for part in fields[i]) for i, factor in columns], {})

    for terms in _combinations(size + 1, conditions, matrix):
        sums: list[sympy.Expr] = [sympy.Integer(0)] * (size + 1)
        total = tuple(part * 0 for part in bracket)
        for number, i, factor in terms:
            sums[i] = sums[i] + number * to_expression(factor)
            total = _plus(total, fields[i], number * factor)
        if sums[size] != 0 and all(part == 0 for part in total):
            return tuple(sympy.cancel(-c / sums[size]) for c in sums[:size])
    return None


def _combinations(
    count: int, conditions: Conditions, matrix: Callable[[list[Column]], Residues]
) -> Iterator[list[Term]]:
    """Combinations of `count` fields, their coefficients polynomials in the parameters, that `matrix` makes 0."""
    gens = dict(zip(map(str, conditions.ring.names()), conditions.ring.gens(), strict=True))
    parameters, limits = [gens[name] for name in conditions.parameters], NULL_VECTORS
    one, degree = conditions.ring.constant(1), limits.parameter_degree
    return parametric_vectors(range(count), parameters, one, matrix, degree, limits.most_columns)


def _plain(generator: Generator) -> Generator:
    """The sign that most terms of the first component have, positive."""
    first = next(part for part in generator if part != 0)
    signs = [1 if coefficient > 0 else -1 for coefficient in first.to_dict().values()]
    return tuple(-part for part in generator) if sum(signs) < 0 else generator


def _degree(generator: Generator, conditions: Conditions) -> int:
    places = [i for i, n in enumerate(map(str, conditions.ring.names())) if n in conditions.coordinates]
    part = next(p for p in generator if p != 0)
    return sum(int(e) for i, e in enumerate(next(iter(part.to_dict()))) if i in places)


def _effort(row: NDArray[np.int64], degrees: NDArray[np.int64], ansatz: list[Generator]) -> tuple[int, int, int]:
    """By degree, then by the number of terms; time translation first."""
    terms = np.flatnonzero(row)
    first = next(i for i, part in enumerate(ansatz[terms[0]]) if part != 0)
    return int(degrees[terms].max()), len(terms), first


def _partial(evolution: Evolution) -> Partial:
    taken = sorted({"t", "x"} & {*evolution.fields, *evolution.parameters})
    if taken:
        raise ValueError(f"{taken} name independent variables; rename the field or parameter")
    system, _ = evolution_system(evolution.fields, evolution.expressions(), ("t", "x", *evolution.parameters), 0, jet)
    return Partial(system)


def time_name(dynamics: Dynamics) -> str:
    """A name for time that no variable has.

    >>> time_name(Dynamics.parse("t' = -t"))
    'time'
    """
    return untaken_time((*dynamics.variables, *dynamics.parameters))


def moving(dynamics: Dynamics) -> tuple[str, tuple[str, ...], tuple[sympy.Expr, ...]]:
    """The name of the time, and the variables that are not the time, with their rates.

    >>> moving(Dynamics.parse("x' = t*x"))[:2]
    ('t', ('x',))
    """
    pairs = list(zip(dynamics.variables, dynamics.expressions(), strict=True))
    if ("t", sympy.Integer(1)) not in pairs:
        return time_name(dynamics), dynamics.variables, dynamics.expressions()
    kept = [pair for pair in pairs if pair[0] != "t"]
    return "t", tuple(name for name, _ in kept), tuple(rate for _, rate in kept)


def _ordinary(dynamics: Dynamics, first_order: bool) -> Ordinary:
    if dynamics.constraints:
        raise ValueError(
            f"constraints {list(dynamics.constraints)} are not supported here; eliminate a variable instead"
        )
    time, variables, rates_of = moving(dynamics)
    names = (time, *variables)
    symbols = symbols_of((*names, *dynamics.parameters))
    pairs = () if first_order else second_order_pairs(dynamics)
    system, _ = polynomial_system(
        [symbols[name] for name in names],
        [sympy.Integer(1), *rates_of],
        [symbols[name] for name in dynamics.parameters],
    )
    places = {name: i for i, name in enumerate(names)}
    rates = [(places[q], places[v], *sympy.fraction(sympy.together(rate))) for q, v, rate in pairs]
    return Ordinary(system, tuple((q, v, system.polynomial(a), system.polynomial(b)) for q, v, a, b in rates))


def second_order_pairs(dynamics: Dynamics) -> tuple[tuple[str, str, sympy.Expr], ...]:
    """(q, v, c) with q' = c v for every second variable, c a quotient of polynomials in parameters; () where none.

    >>> second_order_pairs(Dynamics.parse("x' = 2*v; v' = -x"))
    (('x', 'v', 2),)
    """
    _, names, expressions = moving(dynamics)
    symbols = symbols_of((*dynamics.variables, *dynamics.parameters))
    variables, moved = {symbols[name] for name in dynamics.variables}, {symbols[name] for name in names}
    constants = [symbols[name] for name in dynamics.parameters]
    pairs = []
    for name, expression in zip(names, expressions, strict=True):
        inside = expression.free_symbols & variables
        if len(inside) != 1 or not inside <= moved - {symbols[name]}:
            continue
        (speed,) = inside
        rate = sympy.cancel(expression / speed)
        if not rate.free_symbols & variables and _is_quotient(rate, constants):
            pairs.append((name, str(speed), rate))
    return _matched(pairs, len(names))


def _is_quotient(rate: Any, constants: Sequence[sympy.Symbol]) -> bool:
    """Whether it is a quotient of polynomials in the constants."""
    if not rate.is_rational_function(*constants):
        return False
    return all(part.is_polynomial(*constants) for part in sympy.fraction(sympy.together(rate)))


def _matched(pairs: list[tuple[str, str, Any]], count: int) -> tuple[tuple[str, str, sympy.Expr], ...]:
    """Pairs that use every variable once; where q' = v and v' = q both could be a pair, the first one counts."""
    used: set[str] = set()
    chosen = []
    for q, v, rate in pairs:
        if not {q, v} & used:
            chosen.append((q, v, rate))
            used |= {q, v}
    return tuple(chosen) if len(used) == count else ()
