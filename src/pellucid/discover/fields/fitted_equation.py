"""One field's equation: its terms, its coefficients with their covariance, and how well it follows the rows.

Rows r = rate - sum_j c_j column_j have noise with covariance V(c), from `weak_form`. Coefficients solve

    (A' V^-1 A - S) c = A' V^-1 b - s,    S_ij = tr(V^-1 cov(column_i, column_j)),  s_i = tr(V^-1 cov(column_i, b))

where S takes off what noise in the columns themselves adds (errors in variables), without which every coefficient would
be too small.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular

from ..trajectories.weak_form import price
from .differential_polynomials import Monomial
from .settings import CHOICE
from .term_choice import Chosen, Normal, Ranked, choose_terms
from .weak_form import WeakForm

Array = NDArray[np.float64]


@dataclass(eq=False)
class Problem:
    """The rows of one field: its rate, every candidate, and how noise moves each."""

    weak: WeakForm
    which: int
    terms: tuple[Monomial, ...]
    gradients: dict[int, dict[int, Any]] = field(default_factory=dict, repr=False)
    covariances: dict[tuple[int, int], Array] = field(default_factory=dict, repr=False)
    """By the places of two terms (-1: the rate); made when they are asked for."""

    @cached_property
    def columns(self) -> Array:
        """(rows, terms)"""
        found = np.empty((len(self.rate), len(self.terms)))
        for place, term in enumerate(self.terms):
            found[:, place] = self.weak.column(term)
        return found

    @cached_property
    def rate(self) -> Array:
        """(rows,)"""
        return self.weak.rate(self.which)

    def covariance(self, chosen: Chosen, values: Array) -> Array:
        """V (rows, rows), of the noise and of rounding."""
        places = self._shares(chosen, values)
        return self._with_rounding(sum(a * b * self.shared(i, j) for i, a in places for j, b in places), chosen, values)

    def covariance_once(self, chosen: Chosen, values: Array) -> Array:
        """The same for coefficients that do not change: one product, where that takes one for each pair of terms."""
        places = self._shares(chosen, values)
        total = np.zeros((len(self.rate),) * 2)
        for number, noise in enumerate(self.weak.derivatives.noise):
            parts = [share * self._gradient(i)[number] for i, share in places if number in self._gradient(i)]
            if parts:
                moved = reduce(add, parts)
                total += noise**2 * (moved @ moved.T).toarray()
        return self._with_rounding(total, chosen, values)

    def _shares(self, chosen: Chosen, values: Array) -> list[tuple[int, float]]:
        """What the rate (-1) and each term count in what the equation leaves over."""
        return [(-1, 1.0), *((place, -float(c)) for place, c in zip(chosen, values, strict=True))]

    def _with_rounding(self, total: Any, chosen: Chosen, values: Array) -> Array:
        parts = self.columns[:, list(chosen)] * values
        size = float((self.rate**2).mean() + (parts**2).sum(1).mean())
        return total + np.eye(len(self.rate)) * max(CHOICE.rounding**2 * size, 1e-300)

    def shared(self, first: int, second: int) -> Array:
        """cov(first, second) (rows, rows) of two terms, -1 for the rate."""
        if (first, second) not in self.covariances:
            total = np.zeros((len(self.rate),) * 2)
            one, other = self._gradient(first), self._gradient(second)
            for number, noise in enumerate(self.weak.derivatives.noise):
                if number in one and number in other:
                    total += noise**2 * (one[number] @ other[number].T).toarray()
            self.covariances[first, second] = total
            self.covariances[second, first] = total.T
        return self.covariances[first, second]

    def _gradient(self, place: int) -> dict[int, Any]:
        """How the rows of a term, or the rate (-1), change with the samples of each field."""
        if place not in self.gradients:
            make = self.weak.rate_gradient(self.which) if place < 0 else self.weak.gradient(self.terms[place])
            self.gradients[place] = make
        return self.gradients[place]


@dataclass(frozen=True, eq=False)
class FittedEquation:
    """Coefficients `values` (chosen,) with `covariance` of the terms in `places`; others of its length are `rivals`."""

    places: Chosen
    values: Array
    covariance: Array
    misfit: float
    """Root mean square of what is left over, 1 where noise explains it."""
    rivals: tuple[Chosen, ...] = ()


def fit_equation(problem: Problem, smallest: float) -> FittedEquation:
    """The terms with the shortest description, and their coefficients.

    A term that makes up less than the share `smallest` of the largest one is left out.
    """
    chosen: Chosen = ()
    values = np.zeros(0)
    seen: list[Chosen] = []
    ranked: list[Ranked] = []
    for _ in range(CHOICE.rounds):
        factor = cholesky(problem.covariance(chosen, values), lower=True)
        normal = Normal.of(_white(factor, problem.columns), _white(factor, problem.rate))
        ranked = _weighed(problem, _contenders(choose_terms(normal)))
        chosen = _worth(problem, normal, ranked[0].chosen, smallest)
        values = normal.solve(chosen) if chosen else np.zeros(0)
        if chosen in seen:
            break
        seen.append(chosen)
    fitted = estimate(problem, chosen, np.eye(len(chosen)), np.zeros(len(problem.rate)))
    if not np.isfinite(fitted.misfit):
        chosen, fitted = (), estimate(problem, (), np.eye(0), np.zeros(len(problem.rate)))
    near = [r.chosen for r in ranked if r.score - ranked[0].score < CHOICE.rivals and len(r.chosen) <= len(chosen)]
    rivals = tuple(rival for rival in near if rival != chosen)
    return FittedEquation(chosen, fitted.values, fitted.covariance, fitted.misfit, rivals)


def _contenders(ranked: list[Ranked]) -> list[Chosen]:
    """The first few, and the best of every size up to theirs."""
    first = ranked[: CHOICE.contenders]
    most = max(len(one.chosen) for one in first)
    sizes: dict[int, Ranked] = {}
    for one in ranked:
        sizes.setdefault(len(one.chosen), one)
    return list(dict.fromkeys(one.chosen for one in (*first, *(r for size, r in sizes.items() if size <= most))))


def _weighed(problem: Problem, contenders: list[Chosen]) -> list[Ranked]:
    """The shortest description first, where rows have the noise that the terms themselves imply.

    chi^2 alone, without ln det V: samples are most likely at the least correction that makes all rows hold, whose size
    is chi^2, while the volume that noise fills in rows says nothing (it is less for any combination of two equations
    that both hold).
    """
    rows, known = problem.rate.size, np.zeros(problem.rate.size)
    fits = [estimate(problem, chosen, np.eye(len(chosen)), known, CHOICE.rounds - 1) for chosen in contenders]
    unit = max(1.0, min(one.misfit for one in fits) ** 2)
    each = price(rows, len(problem.terms))
    pairs = zip(contenders, fits, strict=True)
    ranked = (Ranked(chosen, one.chi / unit + each * len(chosen)) for chosen, one in pairs)
    return sorted(ranked, key=lambda one: one.score)


def _white(factor: Array, rows: Array) -> Array:
    return solve_triangular(factor, rows, lower=True)


def _worth(problem: Problem, normal: Normal, chosen: Chosen, smallest: float) -> Chosen:
    """Without terms that make up too small a share, the smallest left out first."""
    while chosen:
        sizes = np.sqrt((problem.columns[:, list(chosen)] ** 2).mean(0)) * np.abs(normal.solve(chosen))
        if sizes.min() >= smallest * sizes.max():
            return chosen
        chosen = tuple(c for i, c in enumerate(chosen) if i != int(np.argmin(sizes)))
    return chosen


@dataclass(frozen=True, eq=False)
class Estimate:
    """Parameters `values` (parameters,), their covariance, chi^2, and the misfit; infinite where columns are noise."""

    values: Array
    covariance: Array
    chi: float
    misfit: float


def estimate(problem: Problem, chosen: Chosen, pattern: Array, known: Array, rounds: int = 0) -> Estimate:
    """The coefficients of the `chosen` terms are pattern (chosen, parameters) times the values to be estimated.

    `known` (rows,) is what terms with fixed coefficients make up.
    """
    values, covariance = np.zeros(pattern.shape[1]), np.zeros((pattern.shape[1],) * 2)
    columns, left = problem.columns[:, list(chosen)] @ pattern, problem.rate - known
    chi = misfit = np.inf
    for _ in range(rounds or CHOICE.rounds + 1):
        factor = cholesky(problem.covariance(chosen, pattern @ values), lower=True)
        white, right = _white(factor, columns), _white(factor, left)
        if len(values):
            values, covariance = _corrected(problem, chosen, pattern, factor, white, right)
            if not np.isfinite(covariance).all():
                return Estimate(values, covariance, np.inf, np.inf)
        rest = right - white @ values
        chi = float(rest @ rest)
        misfit = float(np.sqrt(chi / max(len(rest) - len(values), 1)))
    return Estimate(values, covariance * max(misfit, 1.0) ** 2, chi, misfit)


def _corrected(
    problem: Problem, chosen: Chosen, pattern: Array, factor: Array, white: Array, right: Array
) -> tuple[Array, Array]:
    """Values and covariance from weighed rows, without what noise takes off; an infinite one where columns are noise.

    Columns are brought to one size, and a trace of each keeps those that cannot be told apart from being singular.
    """
    size = np.sqrt(np.maximum((white**2).sum(0), 1e-300))
    pattern, white = pattern / size, white / size
    normal, aim = white.T @ white + CHOICE.ridge * np.eye(len(size)), white.T @ right
    inverse = cho_solve((factor, True), np.eye(len(right)))
    terms = np.array([[(inverse * problem.shared(a, b)).sum() for b in chosen] for a in chosen])
    rate = np.array([(inverse * problem.shared(a, -1)).sum() for a in chosen])
    corrected = normal - pattern.T @ terms @ pattern
    shares = np.linalg.eigvals(np.linalg.solve(normal, corrected)).real
    if shares.min() < CHOICE.least_signal:
        return np.zeros(len(size)), np.diag(np.full(len(size), np.inf))
    inverted = np.linalg.inv(corrected)
    return inverted @ (aim - pattern.T @ rate) / size, inverted @ normal @ inverted / np.outer(size, size)
