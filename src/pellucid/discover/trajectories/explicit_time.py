"""Terms that hold the time: t, t^2, and cos(w t), sin(w t) by themselves and times a variable, of unknown w.

A frequency is looked for among the residuals that the best sums without it leave in the weak equations, all frequencies
at once; later it is corrected together with all coefficients, by the terms d/dw of those that hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from ...algebra.expressions.text import symbols_of
from .candidates import Candidate, Data, eliminated, shortest, summed
from .models import Model, trimmed
from .multiple_shooting import fit
from .settings import CLOCK
from .smoothing import Smoothed, median_step, timescale
from .term_library import Library
from .weak_form import bumps_on, supports, weak_equations

Array = NDArray[np.float64]


def timed(library: Library, data: Data, before: Candidate | None) -> Candidate | None:
    """The best equations with terms that hold the time, where they are better than those `before`; else None."""
    clock = symbols_of(library.names)[library.names[-1]]
    best, speeds = before, ()
    powers = replace(library, terms=(*library.terms, *(clock**k for k in range(1, CLOCK.degree + 1))))
    powers = replace(powers, title=f"{library.title}, with powers of the time")
    best = shortest((best, _candidate(powers, data)))
    found = library
    for _ in range(CLOCK.most_waves):
        speeds = (*speeds, _speed(found, data.smoothed))
        waves = _waves(speeds[-1], library)
        found = replace(found, terms=(*found.terms, *waves), title=f"{library.title}, with waves in time")
        candidate = _candidate(found, data)
        candidate = None if candidate is None else _pruned(candidate, speeds, data)
        better = shortest((best, candidate))
        if better is best:
            break
        best = better
    return None if best is before else best


def _waves(speed: float, library: Library) -> list[sympy.Expr]:
    """cos(w t) and sin(w t), by themselves and times each variable and input."""
    *moving, clock = symbols_of(library.names).values()
    waves: list[Any] = [wave(sympy.Float(speed, 17) * clock) for wave in (sympy.cos, sympy.sin)]
    return [*waves, *(wave * one for wave in waves for one in moving)]


def _pruned(found: Candidate, speeds: Sequence[float], data: Data) -> Candidate:
    """At the best frequencies, and without terms that only made up for wrong ones."""
    best = corrected(replace(found, speeds=_held(found, speeds)), data.scale)
    while True:
        kept, values = eliminated(best.fitted.values, best.fitted.covariance, best.penalty)
        if len(kept) == len(best.fitted.values):
            return best
        fewer = best.again(trimmed(best.model.without(kept)), values, data.scale)
        if fewer is None:
            return best
        fewer = corrected(replace(fewer, speeds=_held(fewer, _numbers(best.speeds))), data.scale)
        if fewer.score > best.score:
            return best
        best = fewer


def _held(candidate: Candidate, speeds: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Those frequencies that a term still holds, of which nothing is known yet."""
    atoms = {float(number) for term in candidate.model.library.terms for number in term.atoms(sympy.Float)}
    return tuple((speed, np.inf) for speed in speeds if speed in atoms)


def _candidate(library: Library, data: Data) -> Candidate | None:
    right, left = data.weak(library)
    return summed(library, supports(right, left, data.allowed(library)), right, left, data)


def _speed(library: Library, smoothed: Smoothed) -> float:
    """The frequency of waves, alone and times a variable, that explain most of what sums of the terms leave over."""
    right, left = weak_equations(library, smoothed)
    basis = np.linalg.qr(right / np.maximum(np.sqrt((right**2).mean(0)), 1e-300))[0]
    rest = left - basis @ (basis.T @ left)
    rest = rest / np.maximum(left.std(0), 1e-300)
    times = [piece.t for piece in smoothed.pieces]
    span = max(float(t[-1]) for t in times) - min(float(t[0]) for t in times)
    step = np.pi / 2 / span
    highest = 2 * np.pi / (CLOCK.samples_a_turn * median_step(times))
    speeds = np.arange(1, min(CLOCK.most_speeds, int(highest / step)) + 1) * step
    parts = _parts(library, smoothed)
    explained = [_explained(speed, parts, basis, rest) for speed in speeds]
    middle = float(speeds[int(np.argmax(explained))])
    found = minimize_scalar(lambda speed: -_explained(speed, parts, basis, rest), bounds=(middle - step, middle + step),
                            method="bounded")  # fmt: skip
    return float(found.x)


def _parts(library: Library, smoothed: Smoothed) -> list[tuple[Array, Array, Array]]:
    """For each piece the times, the test functions, and 1 and all variables and inputs (points, 1 + variables)."""
    scale, found = timescale(smoothed), []
    for piece in smoothed.pieces:
        test = bumps_on(piece, scale)
        everything = piece.everything(test.times)
        found.append((test.times, test.weights, np.hstack([np.ones((len(test.times), 1)), everything[:, :-1]])))
    return found


def _explained(speed: float, parts: Sequence[tuple[Array, Array, Array]], basis: Array, rest: Array) -> float:
    """How much of the squared residuals (rows, states) waves of this frequency explain beside the basis."""
    rows, sizes = [], []
    for times, weights, factors in parts:
        sizes.append(weights.sum(1))
        waves = np.stack([np.cos(speed * times), np.sin(speed * times)], 1)
        rows.append(weights @ (waves[:, :, None] * factors[:, None, :]).reshape(len(times), -1))
    columns = np.concatenate(rows)
    seen = np.sqrt((columns[:, [0, factors.shape[1]]] ** 2).sum(1).mean() / (np.concatenate(sizes) ** 2).mean())
    if seen < CLOCK.faintest:
        return 0.0
    columns = columns / np.maximum(np.sqrt((columns**2).mean(0)), 1e-300)
    columns = columns - basis @ (basis.T @ columns)
    turned, values, _ = np.linalg.svd(columns, full_matrices=False)
    turned = turned[:, values > CLOCK.dependent * max(float(values[0]), np.sqrt(len(columns)))]
    return float(((turned.T @ rest) ** 2).sum())


def corrected(found: Candidate, scale: Array) -> Candidate:
    """The same equations at their best frequencies, but for those that are exact; what is not known of the others is
    part of the uncertainties of all coefficients. scale (variables,)."""
    best, moving = found, [place for place, (_, doubt) in enumerate(found.speeds) if doubt > 0]
    for _ in range(CLOCK.rounds if moving else 0):
        before = _numbers(best.speeds)
        model = _with_corrections(best.model, best.fitted.values, [before[place] for place in moving])
        size = len(best.fitted.values)
        fitted = fit(model, np.concatenate([best.fitted.values, np.zeros(len(moving))]), best.fitted.segments, scale)
        if fitted is None:
            return best
        steps, doubts = fitted.values[size:], np.sqrt(np.maximum(np.diag(fitted.covariance)[size:], 0))
        speeds = list(best.speeds)
        for place, step, doubt in zip(moving, steps, doubts, strict=True):
            speeds[place] = (before[place] + float(step), float(doubt))
        there = at_speeds(best.model, before, _numbers(speeds))
        score = fitted.criterion(scale, best.penalty)  # a penalty for each frequency is among them
        kept = replace(fitted, values=fitted.values[:size], covariance=fitted.covariance[:size, :size])
        best = replace(best, model=there, fitted=kept, score=score, speeds=tuple(speeds))
        if (np.abs(steps) <= CLOCK.settled * doubts).all():
            break
    return best


def _numbers(speeds: Sequence[tuple[float, float]]) -> list[float]:
    """The frequencies without their uncertainties."""
    return [speed for speed, _ in speeds]


def fitted_again(found: Candidate, model: Model, values: Array, scale: Array) -> Candidate | None:
    """Other equations from these values (parameters,) on, with their frequencies fitted beside the coefficients;
    scale (variables,)."""
    again = found.again(model, values, scale)
    return None if again is None else corrected(again, scale)


def at_speeds(model: Model, before: Sequence[float], after: Sequence[float]) -> Model:
    """The same equations with other frequencies."""
    table = {sympy.Float(old, 17): sympy.Float(new, 17) for old, new in zip(before, after, strict=True)}
    library = replace(model.library, terms=tuple(term.xreplace(table) for term in model.library.terms))
    return Model(library, model.base, model.pattern)


def _with_corrections(model: Model, values: Array, speeds: Sequence[float]) -> Model:
    """With a parameter more for each frequency: its small change, by the derivatives of the terms that hold it."""
    coefficients, terms = model.coefficients(values), list(model.library.terms)
    base, pattern = model.base, model.pattern
    for speed in speeds:
        number = sympy.Float(speed, 17)
        slopes = [_slope(term, number) for term in model.library.terms]
        moving = [i for i, slope in enumerate(slopes) if slope != 0]
        more = np.zeros((1, len(base), base.shape[1] + len(moving)))
        more[0, :, base.shape[1] :] = coefficients[:, moving]
        wide = np.zeros((len(pattern), len(base), len(moving)))
        base = np.hstack([base, np.zeros((len(base), len(moving)))])
        pattern = np.concatenate([np.concatenate([pattern, wide], 2), more])
        terms += [slopes[i] for i in moving]
    return Model(replace(model.library, terms=tuple(terms)), base, pattern)


def _slope(term: sympy.Expr, number: sympy.Float) -> sympy.Expr:
    """The derivative by a frequency that stands in the term as a number."""
    speed = sympy.Symbol("speed_", positive=True)
    named: Any = term.xreplace({number: speed})
    return named.diff(speed).xreplace({speed: number})
