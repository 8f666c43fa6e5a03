"""One constant in two places: a (1 - cos x), where offset and amplitude are equal; a cosh(x/a).

Two constants that agree within their errors, up to sign or as one and its inverse, are written as one where that is
shorter: a constant less is to be told, and `description` charges what it costs to say which one is meant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import sympy

from .estimate import Estimate, Rows, estimate


@dataclass(frozen=True)
class TieLimits:
    """Which constants are tried as one."""

    errors: float = 3.0
    """Standard errors of their difference: once in 370 they are further off though they are equal."""
    tried: int = 3
    """The most promising pairs."""


LIMITS = TieLimits()


@dataclass(frozen=True)
class _Tie:
    """Constant `i` written as `sign` times constant `j` to the `power` 1 or -1; `off` squared errors apart."""

    i: int
    j: int
    sign: int
    power: int
    off: float


def with_ties(found: Estimate, rows: Rows) -> Iterator[Estimate]:
    """The estimate, and the same with two of its constants as one."""
    yield found
    for tie in sorted(_ties(found), key=lambda tie: tie.off)[: LIMITS.tried]:
        tied = _tied(found, rows, tie)
        if tied is not None:
            yield tied


def _ties(found: Estimate) -> Iterator[_Tie]:
    place = {k: at for at, k in enumerate(found.free)}
    cov = found.spread
    for pair in combinations(found.free, 2):
        i, j = sorted(pair, key=lambda k: float(found.theta[k]))  # the one that is kept is positive where one is
        a, b = float(found.theta[i]), float(found.theta[j])
        if found.form.exponents[i] or found.form.exponents[j] or not a or not b:
            continue
        sign = int(math.copysign(1, a * b))
        for power in (1, -1):
            gradient = np.array([1.0, -sign * power * b ** (power - 1)])
            apart = a - sign * b**power
            block = cov[np.ix_([place[i], place[j]], [place[i], place[j]])]
            error = float(gradient @ block @ gradient)
            if min(a * a / max(block[0, 0], 1e-300), b * b / max(block[1, 1], 1e-300)) < LIMITS.errors**2:
                continue  # what may as well be 0 is like anything
            if math.isfinite(error) and error > 0 and apart * apart <= LIMITS.errors**2 * error:
                yield _Tie(i, j, sign, power, apart * apart / error)


def _tied(found: Estimate, rows: Rows, tie: _Tie) -> Estimate | None:
    form = found.form
    one, other = form.symbols[tie.i], form.symbols[tie.j]
    template: Any = form.template.xreplace({one: tie.sign * other**tie.power})
    if not template.has(other) or template.count(other) < 2:
        return None  # sympy made one place of the two
    left = [k for k in range(len(form.symbols)) if k != tie.i]
    values = np.array(found.theta)
    shorter = replace(
        form,
        template=template,
        symbols=tuple(form.symbols[k] for k in left),
        values=values[left],
        exponents=tuple(form.exponents[k] for k in left),
        without=tuple(-np.inf if k == tie.j else form.without[k] for k in left),
        unit=tuple(form.unit[k] for k in left),
    )
    held = {left.index(k): number for k, number in found.held.items()}
    return estimate(shorter, rows, found.noise, values[left], held)


def repeated(template: sympy.Expr, symbol: sympy.Symbol) -> tuple[int, int]:
    """How often a constant stands where it has stood before: as a factor of another term of the same sum, elsewhere.

    >>> c, x = sympy.symbols("c x", real=True)
    >>> repeated(c - c * sympy.cos(x), c), repeated(c * sympy.cosh(x / c), c)
    ((1, 0), (0, 1))
    """
    more = max(0, int(template.count(symbol)) - 1)
    sums: Any = template.atoms(sympy.Add)
    beside = sum(max(0, sum(symbol in sympy.Mul.make_args(term) for term in each.args) - 1) for each in sums)
    return min(beside, more), max(0, more - beside)
