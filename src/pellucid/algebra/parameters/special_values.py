"""From equations of motion to the values of their parameters at which more polynomials are conserved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from ..arithmetic.polynomials import to_expression
from ..expressions.text import to_text
from ..systems.monomials import monomials
from ..systems.polynomial_system import PolynomialSystem
from .assumptions import Assumptions
from .parametric_drift import parametric_drift
from .special_parameters import Condition, Walk, special_parameters

Values = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SpecialValues:
    """How many polynomials are conserved in general, and at which values of parameters how many more are."""

    vectors: int
    cases: tuple[tuple[Values, int], ...]
    left: tuple[tuple[str, ...], ...]
    deeper: bool
    tried: tuple[str, ...] = ()
    """Values of a parameter in exponents that were put in, one after the other."""


def special_values(
    system: PolynomialSystem,
    basis: Sequence[sympy.Symbol],
    degree: int,
    depth: int,
    most: int,
    seed: int,
    assumed: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda eliminations, branches: None,
) -> SpecialValues:
    """Every set of at most `depth` conditions on the parameters, none of them 0, that leaves more conserved.

    At most `most` terms are multiplied; what is not looked at for that is in `left`. `assumed` are inequalities between
    parameters, and cases that contradict them are none. Raises NotCovered where
    parameters stand in roots, and TooLarge where the matrix is.
    """
    drift = parametric_drift(system, monomials(basis, degree), np.random.default_rng(seed))
    known = Assumptions(drift.parameters, tuple(assumed))
    walk = special_parameters(drift.rows, drift.excluded, depth, most, seed, known.excludes, told)
    return found_in(walk, drift.columns - drift.trivial, known)


def found_in(walk: Walk, columns: int, known: Assumptions) -> SpecialValues:
    """What a walk over a matrix of so many columns found, without what contradicts the assumptions."""
    cases = ((values_of(branch.conditions), columns - branch.rank) for branch in walk.branches)
    left = (entry for entry in walk.left if not any(map(known.excludes, entry)))
    return SpecialValues(
        columns - walk.rank,
        tuple((values, count) for values, count in cases if not known.contradicts(values)),
        tuple(tuple(to_text(to_expression(p)) for p in entry) for entry in left),
        walk.deeper,
    )


def values_of(conditions: Sequence[Condition]) -> Values:
    """The solved parameters in terms of those that are left, in the order of their names in the equations."""
    solved: dict[sympy.Symbol, sympy.Expr] = {}
    for condition in reversed(conditions):
        value = to_expression(condition.above) / to_expression(condition.below)
        solved[sympy.Symbol(condition.name, real=True)] = sympy.cancel(value.xreplace(solved))
    return tuple((symbol.name, to_text(value)) for symbol, value in reversed(solved.items()))
