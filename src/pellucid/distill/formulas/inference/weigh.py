"""Formulas weighed: their constants estimated under each noise model, snapped where that is shorter, and their length.

This is the one scale on which the formulas of all engines are compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import sympy
from jaxtyping import Float

from ....run.cpu_limit import cut_off, is_over
from ....subjects.tables.samples import Samples
from ..expression.free_constants import free_constants
from ..expression.parametrised import parametrise
from ..expression.rewriting import with_powers
from ..expression.tape import CannotCompile
from .description import description_nats
from .estimate import Estimate, Rows, estimate
from .fast_waves import is_too_fast
from .kinks import kink_forms, without_idle_kinks
from .limits import with_logarithms
from .noise import NOISES, Noise, outliers, rounding_of
from .phases import with_phases
from .quotients import quotient_forms
from .snapping import snap
from .ties import with_ties


@dataclass(frozen=True, eq=False)
class Weighed:
    """An estimate with its description length in nats."""

    estimate: Estimate
    nats: float

    @property
    def expression(self) -> sympy.Expr:
        return self.estimate.expression()


def estimated(expression: sympy.Expr, rows: Rows, noises: Sequence[Noise]) -> list[Weighed]:
    """The expression with its constants estimated, free, under each noise model where it has a value on every row.

    Empty where it is nothing that is computed over real numbers.
    """
    form = parametrise(with_powers(without_idle_kinks(expression, rows.X, rows.names)))
    if is_too_fast(form, rows):
        return []
    try:
        found = [estimate(form, rows, noise) for noise in noises]
    except CannotCompile:
        return []
    weighed = [Weighed(one, description_nats(one, rows)) for one in found if one is not None]
    return [entry for entry in weighed if np.isfinite(entry.nats)]


def weigh_all(
    entries: Sequence[Weighed], rows: Rows, shortest: float = math.inf, snapping_gains: float = 25.0
) -> list[Weighed]:
    """The estimates with their constants snapped, as far as they are near the shortest, of them or elsewhere.

    `snapping_gains` nats are what exact numbers hardly ever save where rows are noisy: estimates further behind than
    that are left out, unless their constants are known to so many digits that exact numbers may save more.
    """
    if not entries:
        return []
    best = min(shortest, *(entry.nats for entry in entries))
    done = []
    for entry in sorted(entries, key=lambda entry: entry.nats):
        found = entry.estimate
        if entry.nats > best + max(snapping_gains, found.digits()):
            break
        if done and is_over():
            done.append(entry)  # as it is: a free constant says no less than the exact one that it might be
            continue
        with cut_off():
            entry = _shortest(found, rows)
        best = min(best, entry.nats)
        done.append(entry)
    return done


def weighed_on(weighed: Weighed, rows: Rows) -> Weighed | None:
    """The same form, noise and exact numbers on other rows; None where it has no value there."""
    found = weighed.estimate
    again = estimate(found.form, rows, found.noise, found.theta, found.held)
    return None if again is None else Weighed(again, description_nats(again, rows))


def _shortest(found: Estimate, rows: Rows) -> Weighed:
    ways = (tied for way in with_phases(found, rows) for tied in with_ties(way, rows))
    return min((_snapped(one, rows) for one in ways), key=lambda entry: round(entry.nats, 6))  # of equals the first


def _snapped(found: Estimate, rows: Rows) -> Weighed:
    found = snap(found, rows)
    return Weighed(found, description_nats(found, rows))


def weigh_formulas(
    expressions: Sequence[sympy.Expr], rows: Rows, noises: Sequence[Noise] | None = None
) -> list[Weighed]:
    """Expressions of any engine, as they stand and with their numbers estimated anew, the shortest description first.

    An exact number of an engine keeps its place only where the rows would have put it there: each expression competes
    with itself with all its numbers free, and those are snapped again. Of a budget that ends meanwhile the first
    expressions have the use, so that those come first which an engine thinks best. Without `noises`, these are
    all that y may have, with outliers where they deserve a hearing.
    """
    weighed_under = likely_noises(rows.y) if noises is None else list(noises)
    entries = _estimated(expressions, rows, weighed_under)
    if noises is None and entries and not is_over() and may_have_outliers(entries, rows):
        outlying = outlying_noises(rows.y)
        entries += _estimated(expressions, rows, outlying)
        weighed_under += outlying
    done = weigh_all(entries, rows)
    if is_over():
        return distinct(sorted(done, key=lambda entry: entry.nats))
    others = [form for each in done for form in _written_otherwise(each.expression, rows)]  # squares show once snapped
    for form in others:
        done += weigh_all(_as_it_stands_and_free(form, rows, weighed_under), rows)
    return distinct(sorted(done, key=lambda entry: entry.nats))


def _written_otherwise(expression: sympy.Expr, rows: Rows) -> list[sympy.Expr]:
    """The same with its kinks and quotients written otherwise, without the kinks and powers that its constants have
    carried beyond the rows, or to a limit."""
    plain = without_idle_kinks(expression, rows.X, rows.names)
    limit = with_logarithms(plain, rows.X, rows.names)
    forms = [form for form in dict.fromkeys((plain, limit)) if form != expression]
    return [*forms, *list(kink_forms(plain))[1:], *quotient_forms(plain)]


def _estimated(expressions: Iterable[sympy.Expr], rows: Rows, noises: Sequence[Noise]) -> list[Weighed]:
    entries: list[Weighed] = []
    for expression in expressions:
        if not entries:  # the first is fitted whatever the time: as it stands it may be worse than the mean
            entries = _as_it_stands_and_free(expression, rows, noises)
        elif is_over():
            break
        else:
            with cut_off():
                entries += _as_it_stands_and_free(expression, rows, noises)
    return entries


def _as_it_stands_and_free(expression: sympy.Expr, rows: Rows, noises: Sequence[Noise]) -> list[Weighed]:
    entries: list[Weighed] = []
    for free in (False, True):
        with suppress(ArithmeticError, TypeError, ValueError, AttributeError, RecursionError):  # no real numbers
            form = free_constants(expression) if free else expression
            entries += [] if free and form == expression else estimated(form, rows, noises)
    return entries


def likely_noises(y: Float[np.ndarray, " rows"]) -> list[Noise]:
    """The noise models that y (rows,) may have, without outliers.

    >>> [noise.name for noise in likely_noises(np.array([1.0, 2.0, 3.0]))]
    ['Gauss', 'relative']
    """
    return [noise for noise in NOISES if not noise.has_outliers and noise.applies(y)]


def outlying_noises(y: Float[np.ndarray, " rows"]) -> list[Noise]:
    """Those with outliers.

    >>> [noise.name for noise in outlying_noises(np.linspace(-1, 1, 20))]
    ['Student', 'Gauss with gross errors']
    """
    return [noise for noise in NOISES if noise.has_outliers and noise.applies(y)]


def may_have_outliers(weighed: Sequence[Weighed], rows: Rows) -> bool:
    """Whether outliers deserve a hearing, after the best formulas without them.

    So they do where rows lie too far off the best one (`is_heavy`); where it spends constants on single rows
    (`follows_rows`), for it may go through outliers by narrow poles; and where a formula with fewer constants, and
    gross errors beside it, makes a shorter whole. Of each number of constants the one is estimated anew under such
    noise that comes nearest to it as its constants stand.
    """
    best = min(weighed, key=lambda entry: entry.nats)
    if is_heavy(best, rows) or follows_rows(best, rows):
        return True
    for noise in outlying_noises(rows.y):
        nearest: dict[int, tuple[float, Estimate]] = {}
        for entry in weighed:
            guess, count = _guess(entry, rows, noise), len(entry.estimate.free)
            if count < len(best.estimate.free) and guess < nearest.get(count, (math.inf,))[0]:
                nearest[count] = guess, entry.estimate
        for _, found in nearest.values():
            if is_over():
                return False
            again = estimate(found.form, rows, noise, found.theta, found.held)
            if again is not None and description_nats(again, rows) < best.nats:
                return True
    return False


def _guess(entry: Weighed, rows: Rows, noise: Noise) -> float:
    """The length of an estimate, were the noise another one and its constants as they are."""
    found = entry.estimate
    with np.errstate(all="ignore"):
        r = noise.residuals(found.values, rows.y)
    if not np.isfinite(r).all():
        return np.inf
    scatter = noise.scatter(r, rows.y, rows.weights, noise.smallest(rows.y, rows.rounding))
    return entry.nats - found.scatter.nats - found.noise.price + scatter.nats + noise.price


def is_heavy(best: Weighed, rows: Rows) -> bool:
    """Whether some row lies so far off, for the noise that suits the best formula, that outliers deserve a hearing."""
    found = best.estimate
    residuals = found.residuals
    scale = 1.4826 * float(np.median(np.abs(residuals - np.median(residuals)))) or found.scatter.s
    return bool(outliers(residuals, max(scale, found.noise.smallest(rows.y, rows.rounding))).any())


def follows_rows(best: Weighed, rows: Rows, itself: float = 0.99, least: int = 5) -> bool:
    """Whether the best formula goes through some row whatever its value: a constant spent on one row says nothing of
    the others.

    So it does where `itself` of a row's fitted value is that value (its leverage), of `least` rows a constant or more:
    where there are fewer, any row may have that much say. Not where all rows are met to their rounding.
    """
    found = best.estimate
    if rows.count < least * len(found.free):
        return False
    typical = 1.4826 * float(np.median(np.abs(found.residuals)))
    if typical <= 3 * found.noise.smallest(rows.y, rows.rounding):
        return False
    return bool((found.leverages > itself).any())


def rows_of(samples: Samples) -> Rows:
    """The rows of a table, with weights of mean 1."""
    weights = np.ones(samples.rows) if samples.weights is None else samples.weights / samples.weights.mean()
    return Rows(samples.X, samples.y, weights, samples.names, rounding_of(samples.y))


def distinct(weighed: list[Weighed]) -> list[Weighed]:
    """The first of each expression, up to the sixth digit of its constants."""
    first: dict[str, Weighed] = {}
    for entry in weighed:
        first.setdefault(rounded_text(entry.expression), entry)
    return list(first.values())


def rounded_text(expression: sympy.Expr, digits: int = 6) -> str:
    """The expression as text, its floating constants to so many digits.

    >>> rounded_text(sympy.Float("1.23456789") * sympy.Symbol("x"), 3)
    '1.23*x'
    """
    return str(expression.xreplace({number: sympy.Float(number, digits) for number in expression.atoms(sympy.Float)}))
