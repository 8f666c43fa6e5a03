"""Equations of motion from trajectories, sparse ones, with noise allowed for (SINDy, arXiv 1509.03580).

    x_j' = sum_i c_ij theta_i(x), few c_ij not 0

1. `smoothing`: splines through the samples, and the level of the noise.
2. `weak_form`: which terms there are, for each library of `term_library` (weak SINDy, arXiv 2005.04339).
3. `multiple_shooting`: the most likely coefficients and their uncertainties; terms that are not worth their bits go.
4. The library with the shortest description; equal coefficients are tied and simple fractions taken
   (`coefficient_snapping`); what remains becomes a parameter with a value and an uncertainty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.text import to_text
from ...artifacts.laws.invariants import numbered
from ...artifacts.laws.recovered_dynamics import RecoveredDynamics
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.equations.trajectories import Trajectories
from .coefficient_snapping import equal_groups, simple_fraction, standard_errors
from .multiple_shooting import Fitted, Model, Segments, cut_segments, fit, free_model
from .prediction import predict, prediction_claims
from .settings import RECOVERY
from .smoothing import Smoothed, smooth
from .term_library import Library, libraries
from .weak_form import supports, weak_equations

Array = NDArray[np.float64]


class NoEquations(ValueError):
    """No equations of these terms follow the trajectories; the message says what was tried."""


@dataclass(frozen=True)
class SINDy(Method[Trajectories, RecoveredDynamics]):
    """Sparse equations of motion that the trajectories obey, as far as their noise can tell.

    Right-hand sides are polynomials up to `degree`, which may be joined by sines and cosines of the variables, or by
    x/r^n, r^2 = x^2 + y^2, for pairs of them; for positions also by x/r^n in space, and between bodies. `basis` names
    other expressions that the polynomials may be in. A share `held_out` of the trajectories is kept for the claims.

    >>> t = np.linspace(0.0, 6.0, 60)
    >>> circles = Trajectories(t, [np.stack([r * np.cos(2 * t), -r * np.sin(2 * t)], 1) for r in (1, 2, 3)], ("x", "v"))
    >>> SINDy().explain(circles).artifact.rhs
    ('2*v', '-2*x')
    """

    degree: int = 3
    basis: tuple[str, ...] = ()
    held_out: float = 0.25

    def _find(self, subject: Trajectories, context: Context) -> Found[RecoveredDynamics]:
        """The equations; raises NoEquations where none can be simulated, ValueError for what cannot be split."""
        generator, reporter = np.random.default_rng(context.seed), context.reporter
        seen, held = subject.split(self.held_out, generator)
        scale = subject.scale
        smoothed = smooth(seen)
        choices = libraries(subject.names, self.degree, self.basis, positions(subject.names, smoothed))
        reporter.start("equations", len(choices) + 2)
        segments = cut_segments(smoothed, generator)
        found = []
        for library in choices:
            candidate = _candidate(library, smoothed, segments, scale)
            found += [candidate] if candidate is not None else []
            reporter.advance(1, library.title)
        if not found:
            titles = ", ".join(library.title for library in choices)
            raise NoEquations(f"no equations of these terms follow the trajectories: {titles}; name a basis")
        best = _snapped(min(found, key=lambda one: one.score), scale)
        reporter.advance(1, "coefficients")
        artifact = _artifact(best, subject, smoothed, scale)
        orbits = predict(best.model, best.fitted.values, held, best.fitted.segments)
        claims = prediction_claims(best.model, best.fitted.values, held, orbits, smoothed.noise, scale)
        reporter.finish()
        return Found(artifact, claims, {"orbits": orbits}, route=best.library.title)


def positions(names: tuple[str, ...], smoothed: Smoothed) -> tuple[str, ...]:
    """The variables that change at the rate of another one, as a position does at that of its velocity."""
    rates = np.concatenate([np.asarray(piece.curve.derivative()(piece.t)) for piece in smoothed.pieces])
    states = np.concatenate([piece.smooth for piece in smoothed.pieces])
    both = np.corrcoef(rates.T, states.T)[: len(names), len(names) :]
    np.fill_diagonal(both, 0.0)
    return tuple(name for name, row in zip(names, np.abs(both), strict=True) if row.max() > RECOVERY.rate_correlation)


@dataclass(frozen=True)
class _Candidate:
    library: Library
    model: Model
    fitted: Fitted
    score: float


def _penalty(samples: int, terms: int) -> float:
    """What a coefficient costs, in twice nats: its digits, and the choice of its term."""
    return float(np.log(samples) + 2 * np.log(terms))


def _candidate(library: Library, smoothed: Smoothed, segments: Segments, scale: Array) -> _Candidate | None:
    """The equations of one library, without terms that are not worth their bits."""
    right, left = weak_equations(library, smoothed)
    chosen = supports(right, left)
    starts = [np.linalg.lstsq(right[:, s], left[:, j], rcond=None)[0] for j, s in enumerate(chosen)]
    values: Any = np.concatenate(starts)
    model = free_model(library, chosen)
    penalty = _penalty(segments.x.shape[0] * segments.x.shape[1], len(library))
    for _ in range(RECOVERY.rounds):
        fitted = fit(model, values, segments, scale)
        if fitted is None:
            return None
        segments = fitted.segments
        kept, values = _eliminated(fitted.values, fitted.covariance, penalty)
        if len(kept) == len(fitted.values):
            return _Candidate(library, model, fitted, fitted.criterion(scale, penalty))
        chosen, order = _by_variable(model.pattern[kept])
        model, values = free_model(model.library, chosen), values[order]
    return None


def _by_variable(pattern: Array) -> tuple[list[list[int]], list[int]]:
    """The terms of each variable in a pattern (coefficients, variables, terms), and the coefficients in that order."""
    places = np.argwhere(pattern != 0)
    places = places[np.argsort(places[:, 1], kind="stable")]
    chosen = [places[places[:, 1] == variable, 2].tolist() for variable in range(pattern.shape[1])]
    return chosen, places[:, 0].tolist()


def _eliminated(values: Array, covariance: Array, penalty: float) -> tuple[list[int], Array]:
    """The coefficients that are worth `penalty`, the least useful left out one by one (Wald); and their values then."""
    kept = list(range(len(values)))
    while kept:
        useful = values**2 / np.maximum(np.diag(covariance), 1e-300)
        worst = int(np.argmin(useful))
        if useful[worst] > penalty:
            break
        column, variance = covariance[:, worst], max(covariance[worst, worst], 1e-300)
        rest = np.arange(len(kept)) != worst
        values = (values - column * (values[worst] / variance))[rest]
        covariance = (covariance - np.outer(column, column) / variance)[np.ix_(rest, rest)]
        del kept[worst]
    return kept, values


def _snapped(found: _Candidate, scale: Array) -> _Candidate:
    """The same equations with equal coefficients tied and simple ones exact, where the data have nothing against it."""
    if not len(found.fitted.values):
        return found
    penalty = _penalty(found.fitted.samples, len(found.library))
    return _with_fractions(_with_ties(found, scale, penalty), scale, penalty)


def _with_ties(found: _Candidate, scale: Array, penalty: float) -> _Candidate:
    """Coefficients of equal size become one parameter, where the description is no longer for it."""
    model, fitted = found.model, found.fitted
    ties = equal_groups(fitted.values, fitted.covariance)
    joined = Model(model.library, model.base, np.tensordot(ties.T, model.pattern, 1))
    sizes = [abs(fitted.values[column != 0]).mean() for column in ties.T]
    signs = [np.sign(fitted.values[np.flatnonzero(column)[0]]) for column in ties.T]
    again = fit(joined, np.array(sizes) * np.array(signs), fitted.segments, scale)
    if again is None or again.criterion(scale, penalty) > found.score:
        return found
    return _Candidate(found.library, joined, again, again.criterion(scale, penalty))


def _simple_values(values: Array, spread: Array) -> dict[int, float]:
    """By place, the values (coefficients,) that a simple fraction matches within their spread."""
    exact = [simple_fraction(float(v), float(s)) for v, s in zip(values, spread, strict=True)]
    return {p: float(fraction) for p, fraction in enumerate(exact) if fraction is not None}


def _with_fractions(found: _Candidate, scale: Array, penalty: float) -> _Candidate:
    """Coefficients that are simple fractions become these, where the description is no longer for it."""
    model, values = found.model, found.fitted.values
    known = _simple_values(values, standard_errors(values, found.fitted.covariance))
    free = [p for p in range(len(values)) if p not in known]
    base = model.base + sum((value * model.pattern[p] for p, value in known.items()), 0 * model.base)
    fixed = Model(model.library, base, model.pattern[free])
    again = fit(fixed, values[free], found.fitted.segments, scale)
    if not known or again is None:
        return found
    score = again.criterion(scale, penalty)
    better = score <= found.score or _at_rounding(again, scale)
    return _Candidate(found.library, fixed, again, score) if better else found


def _at_rounding(fitted: Fitted, scale: Array) -> bool:
    """Whether the equations hold but for integration errors, which snapping may shift a little."""
    return bool((fitted.noise < 0.1 * RECOVERY.exact * scale).all())


def _artifact(found: _Candidate, subject: Trajectories, smoothed: Smoothed, scale: Array) -> RecoveredDynamics:
    model, fitted = found.model, found.fitted
    names = numbered("k", len(fitted.values), subject.names)
    spread = standard_errors(fitted.values, fitted.covariance)
    symbols = [sympy.Symbol(name, real=True) for name in names]
    signs = [1 if value >= 0 else -1 for value in fitted.values]
    rhs = [
        to_text(
            sympy.Add(*(_coefficient(model, j, i, symbols, signs) * term for i, term in enumerate(model.library.terms)))
        )
        for j in range(len(scale))
    ]
    return RecoveredDynamics(
        subject.names,
        tuple(rhs),
        names,
        tuple(float(abs(value)) for value in fitted.values),
        tuple(map(float, spread)),
        tuple(map(float, fitted.noise)),
        misfit(fitted.noise, smoothed.noise, scale),
        found.library.title,
    )


def misfit(left: Array, noise: Array, scale: Array) -> float:
    """What equations leave over, over the noise. The worst variable; 1 where both are rounding.

    All three of shape (variables,).

    >>> misfit(np.array([0.2]), np.array([0.1]), np.array([1.0]))
    2.0
    """
    return float((np.maximum(left, RECOVERY.exact * scale) / np.maximum(noise, RECOVERY.exact * scale)).max())


def _coefficient(model: Model, j: int, i: int, symbols: Sequence[sympy.Symbol], signs: Sequence[int]) -> sympy.Expr:
    total: sympy.Expr = sympy.nsimplify(sympy.Float(model.base[j, i], 17), rational=True, tolerance=1e-12)
    for symbol, sign, pattern in zip(symbols, signs, model.pattern, strict=True):
        if pattern[j, i]:
            total += int(sign * pattern[j, i]) * symbol
    return total
