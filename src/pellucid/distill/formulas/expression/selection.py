"""Selection: the front of candidates, and the one with the shortest description of formula and data together.

    total = L(formula) + n/2 log2 max(mse / scale^2, floor^2)   over training and held-out rows together

A candidate without a finite real value on some held-out row is out. One that has a pole inside the box of the data,
although the data show none, pays `BITS.pole` bits: rational approximations have such poles where the law they imitate
has not. Nothing is random: the same candidates give the same choice, in whatever order they come.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import sympy
from numpy.typing import NDArray

from ....artifacts.formulas.formula import Formula
from ....artifacts.formulas.front import Front
from ....subjects.tables.samples import Samples
from .candidate import Candidate
from .description import data_bits, formula_bits
from .errors import error_of, formula_or_none
from .settings import BITS, EFFORTS, TOLERANCES
from .tape import CannotCompile, compile_expression

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluated:
    """A candidate with its error on all rows, its total bits, and whether it has a pole inside the box."""

    candidate: Candidate
    error: float
    total: float
    pole: bool


def front(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that no other beats in both bits and error, simplest first; equal ones by their text.

    >>> x = sympy.Symbol("x")
    >>> short, useless, exact = (Candidate(x, "", e, b) for e, b in ((2.0, 4.0), (3.0, 9.0), (1.0, 9.0)))
    >>> [candidate.bits for candidate in front([short, useless, exact])]
    [4.0, 9.0]
    """
    kept: list[Candidate] = []
    for candidate in sorted(_finite(candidates), key=_simplest):
        if not kept or candidate.error < kept[-1].error:
            kept.append(candidate)
    return kept


def choose(candidates: Iterable[Candidate], train: Samples, held: Samples | None = None) -> Candidate:
    """The candidate with the fewest total bits; raises ValueError where none is finite on every row."""
    return rank(candidates, train, held)[0].candidate


def rank(candidates: Iterable[Candidate], train: Samples, held: Samples | None = None) -> tuple[Evaluated, ...]:
    """The best candidates on training rows, by total bits on all rows; those not finite are left out.

    Raises ValueError where no candidate is finite on every row.
    """
    ordered = sorted(_finite(candidates), key=_simplest, reverse=True)
    distinct = list({candidate.expression: candidate for candidate in ordered}.values())
    X, y = _all_rows(train, held)
    scale = float(np.sqrt(np.mean(y * y)))

    def on_training(candidate: Candidate) -> tuple[float, float, str]:
        total = candidate.bits + data_bits(candidate.error**2, train.rows, scale)
        return round(total, 6), candidate.bits, str(candidate.expression)

    best = sorted(distinct, key=on_training)
    evaluated: list[Evaluated] = []
    for start in range(0, len(best), EFFORTS.checked):
        entries = (evaluate(candidate, X, y, train.names) for candidate in best[start : start + EFFORTS.checked])
        evaluated = [entry for entry in entries if entry is not None]
        if evaluated:
            break
    if not evaluated:
        raise ValueError(
            f"none of {len(distinct)} candidates is finite on all {len(y)} rows; give more rows or allow more functions"
        )
    return tuple(sorted(evaluated, key=lambda entry: (round(entry.total, 6), *_simplest(entry.candidate))))


def evaluate(candidate: Candidate, X: Array, y: Array, names: Sequence[str]) -> Evaluated | None:
    """The candidate on rows X (rows, features), y (rows,); None where it is not finite on every one."""
    try:
        values = compile_expression(candidate.expression, names)(X)
    except CannotCompile:
        return None
    with np.errstate(all="ignore"):
        error = float(np.sqrt(np.mean((values - y) ** 2)))
    if not math.isfinite(error):
        return None
    pole = has_pole(candidate.expression, names, X, y)
    scale = float(np.sqrt(np.mean(y * y)))
    total = candidate.bits + data_bits(error**2, len(y), scale) + (BITS.pole if pole else 0.0)
    return Evaluated(candidate, error, total, pole)


def has_pole(expression: sympy.Expr, names: Sequence[str], X: Array, y: Array) -> bool:
    """Whether the expression exceeds 10,000 times the largest |y| between two rows of X (rows, features).

    Where a denominator has both signs, its zero is found by bisection on the line between two rows; what stays finite
    there, such as sin(x) / x, has none.

    >>> x = sympy.Symbol("x", real=True)
    >>> X = np.linspace(0.5, 2, 20)[:, None]
    >>> has_pole(1 / (x - 1), ["x"], X, np.ones(20)), has_pole(1 / (x + 1), ["x"], X, np.ones(20))
    (True, False)
    """
    denominators = sorted({e.base for e in expression.atoms(sympy.Pow) if _divides(e)}, key=str)
    largest = TOLERANCES.explodes * float(np.abs(y).max(initial=0.0))
    points = X[: min(len(X), EFFORTS.pole_points)]
    value = compile_expression(expression, names)
    for denominator in denominators:
        below = compile_expression(denominator, names)
        signs = below(points)
        low, high = np.flatnonzero(signs < 0), np.flatnonzero(signs > 0)
        count = min(len(low), len(high), 16)
        if not count:
            continue
        a, b = points[low[:count]], points[high[:count]]
        for _ in range(40):
            middle = (a + b) / 2
            negative = below(middle)[:, None] < 0
            a, b = np.where(negative, middle, a), np.where(negative, b, middle)
        near = np.abs(np.concatenate([value(a), value(b)]))
        if (near[np.isfinite(near)] > largest).any():
            return True
    return False


def as_front(candidates: Iterable[Candidate], chosen: Candidate, samples: Samples) -> Front:
    """The front of the candidates as an artifact, with the chosen one in it."""
    members = sorted({*front(candidates), chosen}, key=_simplest)
    made = [
        (member, formula)
        for member in members
        if (formula := formula_or_none(member.expression, samples.names, samples.target, samples.box)) is not None
    ]
    members, formulas = [member for member, _ in made], [formula for _, formula in made]
    errors, bits = tuple(member.error for member in members), tuple(member.bits for member in members)
    return Front(tuple(formulas), errors, bits, members.index(chosen))


def joint_front(chosen: Formula, others: Iterable[Formula], samples: Samples) -> Front:
    """The formulas of which none is both longer and worse than another on `samples`, and the chosen one.

    Those that cannot be computed on every row are left out.

    >>> samples = Samples([[1.0], [2.0], [3.0]], [1.0, 4.0, 9.0], ("x",))
    >>> square, line, longer = (Formula(text, ("x",)) for text in ("x**2", "x", "3*x"))
    >>> [formula.expression for formula in joint_front(square, [line, longer], samples).formulas]
    ['x', 'x**2']
    """
    entries: dict[str, tuple[float, float, Formula]] = {}
    for formula in (chosen, *others):
        entries[formula.expression] = (formula_bits(formula.sympy()), error_of(formula, samples), formula)
    kept: list[tuple[float, float, Formula]] = []
    for entry in sorted(entries.values(), key=lambda entry: (entry[0], entry[1], entry[2].expression)):
        better = not kept or entry[1] < kept[-1][1]
        if math.isfinite(entry[1]) and (better or entry[2].expression == chosen.expression):
            kept.append(entry)
    bits, errors, formulas = zip(*kept, strict=True)
    place = [formula.expression for formula in formulas].index(chosen.expression)
    return Front(tuple(replace(formula, box=()) for formula in formulas), errors, bits, place)


def _all_rows(train: Samples, held: Samples | None) -> tuple[Array, Array]:
    """X (rows, features) and y (rows,) of both."""
    parts = [train] if held is None else [train, held]
    return np.concatenate([part.X for part in parts]), np.concatenate([part.y for part in parts])


def _finite(candidates: Iterable[Candidate]) -> list[Candidate]:
    return [c for c in candidates if math.isfinite(c.error) and math.isfinite(c.bits)]


def _simplest(candidate: Candidate) -> tuple[float, float, str]:
    return round(candidate.bits, 6), candidate.error, str(candidate.expression)


def _divides(power: sympy.Pow) -> bool:
    return bool(power.free_symbols) and power.exp.is_number and bool(power.exp.is_negative)
