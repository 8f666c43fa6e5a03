"""Recursion: a table is reduced to a smaller one, distilled there, and the answer substituted back.

AI Feynman (arXiv 1905.11481, section II.B; 2006.10782, section 2.2): whatever symmetry.py finds in a surrogate of the
target takes a feature away (an invariant, a scaling), divides a factor out, or splits the table in two (a separation).
Whatever was read off the surrogate is checked in the end: every formula is refitted to the whole original table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np
import sympy
from numpy.typing import NDArray

from ....subjects.tables.samples import Samples
from ....subjects.tables.units import Units
from ..expression.candidate import Candidate
from ..expression.description import description_bits
from ..expression.free_constants import free_constants
from ..expression.polish import polish
from ..expression.tape import CannotCompile, compile_expression
from ..expression.unit_check import unit_of
from .settings import SEARCH
from .surrogate import Surrogate, fit_surrogate
from .symmetry import Invariant, Measured, Scaling, Separation, factors, invariants, measure, scalings, separations

Values = NDArray[np.float64]
Distiller = Callable[[Samples], list[Candidate]]


@dataclass(frozen=True)
class Reduction:
    """A smaller `table`, and how a formula for its target becomes one for the original target."""

    name: str
    table: Samples
    restore: Callable[[sympy.Expr], sympy.Expr]
    score: float

    def then(self, other: Reduction) -> Reduction:
        """This one, and `other` on its table."""
        restore = self.restore
        return Reduction(
            f"{self.name}, {other.name}" if self.name else other.name,
            other.table,
            lambda expression: restore(other.restore(expression)),
            max(self.score, other.score),
        )


def reductions(samples: Samples, surrogate: Surrogate, seed: int = 0) -> list[Reduction]:
    """Every reduction to one table with fewer features that the surrogate allows, the surest and simplest first.

    Factors are divided out all at once; then come invariants, which take one feature or more away; then scalings.
    """
    measured = measure(surrogate, samples, seed)
    found: list[Reduction] = []
    if (alone := factors(measured)) and (divided := divide(samples, alone)) is not None:
        found.append(divided)
    seen: set[tuple[int, ...]] = set()
    for one in invariants(measured):
        if one.features not in seen and (joined := join(samples, one)) is not None:
            seen.add(one.features)
            found.append(joined)
    found += [scaled for one in scalings(measured) if (scaled := scale(samples, one)) is not None]
    if (fewer := without_idle(samples, measured)) is not None:
        found.append(fewer)
    return found


def direct(samples: Samples, surrogate: Surrogate, seed: int = 0) -> list[sympy.Expr]:
    """Formulas that need no search: a constant times all factors, or times an invariant of all features."""
    measured = measure(surrogate, samples, seed)
    product = sympy.Mul(*(_symbol(samples, f.features[0]) ** _rational(f.degree) for f in factors(measured)))
    joined = [one.expression for one in invariants(measured) if len(one.features) == samples.features]
    forms = [form for form in (product, *joined) if form.free_symbols]
    found: list[sympy.Expr] = []
    for form in forms:
        column = _column(form, samples)
        if column is not None and column @ column > 0:
            found.append(sympy.Float(float(column @ samples.y / (column @ column))) * form)
    return found


def divide(samples: Samples, alone: list[Scaling]) -> Reduction | None:
    """y / prod x_i^k_i as a function of the other features; None where no other is left."""
    features = [one.features[0] for one in alone]
    product = sympy.Mul(*(_symbol(samples, one.features[0]) ** _rational(one.degree) for one in alone))
    rest = [i for i in range(samples.features) if i not in features]
    value = _column(product, samples)
    if not rest or value is None or (value == 0).any():
        return None
    table = _smaller(samples, rest, {}, product)
    worst = max(one.score for one in alone)
    return None if table is None else Reduction(f"y / ({product})", table, lambda e: product * e, worst)


def join(samples: Samples, invariant: Invariant) -> Reduction | None:
    """The features of an invariant replaced by its value, as the last column."""
    column = _column(invariant.expression, samples)
    if column is None or np.ptp(column) == 0 or np.array_equal(column, samples.y):
        return None
    rest = [i for i in range(samples.features) if i not in invariant.features]
    name = _fresh(samples, "h")
    back: dict[sympy.Basic, sympy.Expr] = {sympy.Symbol(name, real=True): invariant.expression}
    table = _smaller(samples, rest, {name: invariant.expression})
    if table is None:
        return None

    def restore(e: sympy.Expr) -> sympy.Expr:
        return e.xreplace(back)  # pyright: ignore[reportReturnType]

    return Reduction(f"{name} = {invariant.expression}", table, restore, invariant.score)


def scale(samples: Samples, scaling: Scaling) -> Reduction | None:
    """One feature of a scaling divided out of the target and the others: f = x^(d/w) g(x_j / x^(w_j/w))."""
    base = min(range(len(scaling.features)), key=lambda k: _roughness(scaling, k))
    x = _symbol(samples, scaling.features[base])
    weight = scaling.weights[base]
    factor = x ** _rational(scaling.degree / weight)
    rest = [i for i in range(samples.features) if i not in scaling.features]
    ratios = {
        _fresh(samples, f"r{feature}"): _symbol(samples, feature) / x ** _rational(w / weight)
        for feature, w in zip(scaling.features, scaling.weights, strict=True)
        if feature != scaling.features[base]
    }
    table = _smaller(samples, rest, ratios, factor)
    if table is None:
        return None
    back = {sympy.Symbol(name, real=True): ratio for name, ratio in ratios.items()}
    text = ", ".join(map(str, ratios.values()))
    return Reduction(f"y / ({factor}) of {text}", table, lambda e: factor * e.xreplace(back), scaling.score)


def _roughness(scaling: Scaling, base: int) -> int:
    """How many roots are needed when everything is measured in that feature."""
    ratios = [scaling.degree / scaling.weights[base], *(w / scaling.weights[base] for w in scaling.weights)]
    return sum(ratio.denominator for ratio in ratios)


def without_idle(samples: Samples, measured: Measured) -> Reduction | None:
    """The table without the features that the target does not seem to depend on."""
    slope = np.median(np.abs(measured.slope), 0)
    doubt = np.median(np.sqrt(np.mean(measured.slope_doubt**2, 0)), 0)
    moves = slope * samples.X.std(0)
    kept = [i for i in range(samples.features) if slope[i] > doubt[i] and moves[i] > 1e-3 * moves.max()]
    if not kept or len(kept) == samples.features:
        return None
    table = _smaller(samples, kept, {})
    if table is None:
        return None
    left = ", ".join(name for name in samples.names if name not in table.names)
    return Reduction(f"without {left}", table, lambda e: e, 1.0)


def chain(samples: Samples, seed: int = 0, *, depth: int = 6, sure: float = 0.6) -> list[Reduction]:
    """Reductions one after the other, each the surest on what the one before left; the last has the fewest features.

    Only those with a score below `sure` are followed. Empty where there is none.
    """
    found: list[Reduction] = []
    table = samples
    while len(found) < depth and table.features > 1:
        options = [r for r in reductions(table, fit_surrogate(table, seed), seed) if r.score < sure]
        if not options:
            break
        found.append(found[-1].then(options[0]) if found else options[0])
        table = found[-1].table
    return found


def distil_recursively(
    samples: Samples,
    distiller: Distiller,
    seed: int = 0,
    *,
    depth: int = 4,
    width: int = 2,
) -> list[Candidate]:
    """What `distiller` finds on the table and on every table that it can be reduced to; the best first.

    At each of `depth` levels the `width` surest reductions are followed, then a separation; the search ends with the
    first formula that is exact to 1e-9. Every candidate is refitted to and judged on `samples` itself.
    """
    found = distiller(samples)
    if depth == 0 or samples.features == 1 or samples.rows < 8 or _exact(found, samples):
        return _best_first(found, samples)
    surrogate = fit_surrogate(samples, seed)
    found += _restored(
        [Candidate(e, "symmetry", 0.0, 0.0) for e in direct(samples, surrogate, seed)], _same, samples, ""
    )
    for reduction in reductions(samples, surrogate, seed)[:width]:
        below = distil_recursively(reduction.table, distiller, seed, depth=depth - 1, width=width)
        found += _restored(below, reduction.restore, samples, reduction.name)
        if _exact(found, samples):
            return _best_first(found, samples)
    for separation in separations(surrogate, samples, seed)[:1]:
        found += _separately(samples, surrogate, separation, distiller, seed, depth, width)
    return _best_first(found, samples)


def _separately(
    samples: Samples,
    surrogate: Surrogate,
    separation: Separation,
    distiller: Distiller,
    seed: int,
    depth: int,
    width: int,
) -> list[Candidate]:
    """The smallest part of a separation from the surrogate; the rest from the table, once that part is taken out."""
    part = min(separation.parts, key=len)
    rest = [i for i in range(samples.features) if i not in part]
    joined = _Joined(separation.lens, float(np.sign(samples.y[0])))
    share = share_of(samples, surrogate, separation.lens, part)
    if share is None or not rest:
        return []
    table = _part_of(samples, list(part), share)
    found: list[Candidate] = []
    for mine in distil_recursively(table, distiller, seed, depth=depth - 1, width=width)[: SEARCH.followed]:
        left = joined.left(samples.y, _column(mine.expression, samples))
        if left is None:
            continue
        theirs = _part_of(samples, rest, left)
        below = distil_recursively(theirs, distiller, seed, depth=depth - 1, width=width)
        found += _restored(below, partial(joined.whole, mine.expression), samples, f"{separation.lens} parts")
        if _exact(found, samples):
            break
    return found


@dataclass(frozen=True)
class _Joined:
    """How two parts make a target of this `sign`: seen through a lens it is their product (of a "log") or sum."""

    lens: str
    sign: float

    def left(self, y: Values, part: Values | None) -> Values | None:
        """What the other part must be, (rows,); None where one part has no value, or is a factor of 0, on some row."""
        seen = {"plain": y, "log": y, "square": y**2}.get(self.lens, 1 / y)
        if part is None or self.lens != "log":
            return None if part is None else seen - part
        return None if (part == 0).any() else seen / part

    def whole(self, one: sympy.Expr, other: sympy.Expr) -> sympy.Expr:
        """The target of both parts, all constants free: some come from a surrogate, and so may be wrong."""
        both = one * other if self.lens == "log" else one + other
        return _unlensed(free_constants(both), self.lens, self.sign)


def _part_of(samples: Samples, columns: list[int], y: Values) -> Samples:
    return _table(samples.X[:, columns], y, [samples.names[i] for i in columns], samples.target)


def share_of(samples: Samples, surrogate: Surrogate, lens: str, part: tuple[int, ...]) -> Values | None:
    """What the features of `part` contribute, by the surrogate, with all others held at some rows in the middle."""
    spread = np.where(np.ptp(samples.X, 0) > 0, samples.X.std(0), 1.0)
    middle = np.argsort((((samples.X - np.median(samples.X, 0)) / spread) ** 2).sum(1))[: SEARCH.reference_rows]
    total = np.zeros(samples.rows)
    for row in middle:
        X = np.tile(samples.X[row], (samples.rows, 1))
        X[:, list(part)] = samples.X[:, list(part)]
        with np.errstate(all="ignore"):
            value = surrogate(X)[0]
            if lens == "log":
                total += value / surrogate(samples.X[row : row + 1])[0]
            else:
                total += {"plain": value, "square": value**2}.get(lens, 1 / value)
    return total / len(middle) if np.isfinite(total).all() else None


def _unlensed(expression: sympy.Expr, lens: str, sign: float) -> sympy.Expr:
    if lens == "square":
        return int(sign) * sympy.sqrt(expression)
    return 1 / expression if lens == "inverse" else expression


def _restored(
    below: list[Candidate], restore: Callable[[sympy.Expr], sympy.Expr], samples: Samples, name: str
) -> list[Candidate]:
    """The best candidates of a smaller table as formulas for this one, refitted to it."""
    found: list[Candidate] = []
    for candidate in below[: SEARCH.followed]:
        try:
            whole = polish(restore(candidate.expression), samples.X, samples.y, samples.names)
        except CannotCompile:
            continue
        if whole is not None:
            found.append(replace(whole, route=f"{name}; {candidate.route}" if name else candidate.route))
    return found


def _same(expression: sympy.Expr) -> sympy.Expr:
    return expression


def _exact(found: list[Candidate], samples: Samples) -> bool:
    size = float(np.sqrt(np.mean(samples.y**2)))
    return any(candidate.error <= SEARCH.exact * size for candidate in found)


def _best_first(found: list[Candidate], samples: Samples) -> list[Candidate]:
    size = float(np.sqrt(np.mean(samples.y**2)))
    unique = {candidate.expression: candidate for candidate in reversed(found)}
    return sorted(
        unique.values(), key=lambda c: (description_bits(c.expression, c.error, samples.rows, size), str(c.expression))
    )


def _smaller(
    samples: Samples, kept: list[int], new: dict[str, sympy.Expr], divisor: sympy.Expr = sympy.S.One
) -> Samples | None:
    """The `kept` columns, then `new` ones, and the target over `divisor`.

    None where that has no finite value on some row, has a column that is the target, or goes against the units.
    """
    columns = [samples.X[:, i] for i in kept]
    for expression in (*new.values(), divisor):
        column = _column(expression, samples)
        if column is None:
            return None
        columns.append(column)
    divisors = columns.pop()
    names = [*(samples.names[i] for i in kept), *new]
    if not names or (divisors == 0).any():
        return None
    try:
        units = None if samples.units is None else _units(samples, samples.units, kept, new, divisor)
        return replace(_table(np.column_stack(columns), samples.y / divisors, names, samples.target), units=units)
    except ValueError:
        return None


def _units(
    samples: Samples, units: Units, kept: list[int], new: dict[str, sympy.Expr], divisor: sympy.Expr
) -> Units | None:
    """The units of the smaller table, None where a fitted constant leaves one open; raises ValueError."""
    made = [unit_of(expression, units, samples.names) for expression in (*new.values(), divisor)]
    known = [unit for unit in made if unit is not None]
    if len(known) < len(made):
        return None
    target = tuple(a - b for a, b in zip(units.target, known[-1], strict=True))
    return Units(units.base, (*(units.features[i] for i in kept), *known[:-1]), target)


def _table(X: Values, y: Values, names: list[str], target: str) -> Samples:
    while target in names:
        target += "_"
    return Samples(X, y, tuple(names), target)


def _symbol(samples: Samples, feature: int) -> sympy.Symbol:
    return sympy.Symbol(samples.names[feature], real=True)


def _column(expression: sympy.Expr, samples: Samples) -> Values | None:
    """The expression at every row; None where it is not a finite real number at all of them."""
    with np.errstate(all="ignore"):
        tape = compile_expression(expression, samples.names)
        value = np.array(tape(samples.X))
    return value if np.isfinite(value).all() else None


def _rational(fraction: Fraction) -> sympy.Expr:
    return sympy.Rational(fraction.numerator, fraction.denominator)


def _fresh(samples: Samples, stem: str) -> str:
    taken = {*samples.names, samples.target}
    number = 0
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
