"""Formulas weighed: their constants estimated under each noise model, snapped where that is shorter, and their length.

This is the one scale on which the formulas of all engines are compared.
"""

from __future__ import annotations

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
from .kinks import kink_forms
from .noise import NOISES, STUDENT, Noise, rounding_of
from .phases import with_phases
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
    form = parametrise(with_powers(expression))
    if is_too_fast(form, rows):
        return []
    try:
        found = [estimate(form, rows, noise) for noise in noises]
    except CannotCompile:
        return []
    weighed = [Weighed(one, description_nats(one, rows)) for one in found if one is not None]
    return [entry for entry in weighed if np.isfinite(entry.nats)]


def weigh_all(entries: Sequence[Weighed], rows: Rows, snapping_gains: float = 25.0) -> list[Weighed]:
    """The estimates with their constants snapped, as far as they are near the shortest.

    `snapping_gains` nats are what exact numbers hardly ever save where rows are noisy: estimates further behind than
    that are left out, unless their constants are known to so many digits that exact numbers may save more.
    """
    if not entries:
        return []
    best = min(entry.nats for entry in entries)
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


def _shortest(found: Estimate, rows: Rows) -> Weighed:
    ways = (tied for way in with_phases(found, rows) for tied in with_ties(way, rows))
    return min((_snapped(one, rows) for one in ways), key=lambda entry: round(entry.nats, 6))  # of equals the first


def _snapped(found: Estimate, rows: Rows) -> Weighed:
    found = snap(found, rows)
    return Weighed(found, description_nats(found, rows))


def weigh_formulas(expressions: Iterable[sympy.Expr], rows: Rows, noises: Sequence[Noise]) -> list[Weighed]:
    """Expressions of any engine, as they stand and with their numbers estimated anew, the shortest description first.

    An exact number of an engine keeps its place only where the rows would have put it there: each expression competes
    with itself with all its numbers free, and those are snapped again. Of a budget that ends meanwhile the first
    expressions have the use, so that those come first which an engine thinks best.
    """
    entries: list[Weighed] = []
    for expression in expressions:
        if not entries:  # the first is fitted whatever the time: as it stands it may be worse than the mean
            entries = _as_it_stands_and_free(expression, rows, noises)
        elif is_over():
            break
        else:
            with cut_off():
                entries += _as_it_stands_and_free(expression, rows, noises)
    done = weigh_all(entries, rows)
    if is_over():
        return distinct(sorted(done, key=lambda entry: entry.nats))
    kinks = [form for each in done for form in list(kink_forms(each.expression))[1:]]  # squares show once snapped
    for form in kinks:
        done += weigh_all(_as_it_stands_and_free(form, rows, noises), rows)
    return distinct(sorted(done, key=lambda entry: entry.nats))


def _as_it_stands_and_free(expression: sympy.Expr, rows: Rows, noises: Sequence[Noise]) -> list[Weighed]:
    entries: list[Weighed] = []
    for free in (False, True):
        with suppress(ArithmeticError, TypeError, ValueError, AttributeError, RecursionError):  # no real numbers
            form = free_constants(expression) if free else expression
            entries += [] if free and form == expression else estimated(form, rows, noises)
    return entries


def likely_noises(y: Float[np.ndarray, " rows"]) -> list[Noise]:
    """The noise models that y (rows,) may have, without outliers."""
    return [noise for noise in NOISES if noise is not STUDENT and noise.applies(y)]


def is_heavy(best: Weighed, rows: Rows) -> bool:
    """Whether some row lies so far off, for the noise that suits the best formula, that outliers deserve a hearing."""
    found = best.estimate
    residuals = found.noise.residuals(found.values, rows.y)
    scale = 1.4826 * float(np.median(np.abs(residuals - np.median(residuals)))) or found.scatter.s
    return bool(STUDENT.outliers(residuals, max(scale, found.noise.smallest(rows.y, rows.rounding))).any())


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
