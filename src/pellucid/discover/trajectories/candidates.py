"""Equations on their way: fitted, without the terms that are not worth their bits, and with a score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .models import Model, free_model, trimmed
from .multiple_shooting import Fitted, fit
from .segments import Segments
from .settings import RECOVERY
from .smoothing import Smoothed
from .term_library import Library
from .weak_form import price

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """Terms of the rate of one state that are known, with their coefficients; and whether there are no others."""

    state: int
    terms: tuple[tuple[sympy.Expr, float], ...]
    whole: bool


@dataclass(frozen=True)
class Data:
    """What equations are fitted to; `scale` (variables,) are the spreads of the variables."""

    smoothed: Smoothed
    segments: Segments
    scale: Array
    known: tuple[Known, ...] = ()

    @property
    def samples(self) -> int:
        """Of all segments together."""
        return self.segments.x.shape[0] * self.segments.x.shape[1]


@dataclass(frozen=True)
class Candidate:
    """Equations with their fit; `choices` is how many terms there were to choose from, `score` twice the description
    length. `speeds` are the frequencies of terms such as cos(w*t), with their uncertainties."""

    title: str
    choices: int
    model: Model
    fitted: Fitted
    score: float
    speeds: tuple[tuple[float, float], ...] = ()

    @property
    def penalty(self) -> float:
        """What a coefficient costs, in twice nats."""
        return price(self.fitted.samples, self.choices)

    def again(self, model: Model, values: Array, scale: Array) -> Candidate | None:
        """Other equations from these values (parameters,) on, fitted to the same stretches; scale (variables,)."""
        fitted = fit(model, values, self.fitted.segments, scale)
        if fitted is None:
            return None
        score = fitted.criterion(scale, self.penalty) + self.penalty * sum(doubt > 0 for _, doubt in self.speeds)
        return replace(self, model=model, fitted=fitted, score=score)


def shortest(found: Iterable[Candidate | None]) -> Candidate | None:
    """The first of those with the shortest description; None where there is none."""
    return min((one for one in found if one is not None), key=lambda one: one.score, default=None)


def summed(
    library: Library, chosen: Sequence[Sequence[int]], right: Array, left: Array, data: Data
) -> Candidate | None:
    """The sums of these terms, beside what is known, fitted to the weak equations and then improved.

    right (rows, terms) and left (rows, variables), of which `unknown_part` has taken what is known.
    """
    starts: list[Any] = [np.linalg.lstsq(right[:, s], left[:, j], rcond=None)[0] for j, s in enumerate(chosen)]
    model = free_model(library, chosen)
    if data.known:
        model = _beside(model, data.known)
    return improved(library.title, len(library), model, np.concatenate(starts), data)


def unknown_part(library: Library, right: Array, left: Array, known: Sequence[Known]) -> Array:
    """The rates (rows, variables) of the weak equations less what is known of them; 0 where that is all.

    right (rows, terms), left (rows, variables). Every known term is one of the library's.
    """
    left = left.copy()
    for one in known:
        for term, coefficient in one.terms:
            left[:, one.state] -= coefficient * right[:, library.terms.index(term)]
        if one.whole:
            left[:, one.state] = 0.0
    return left


def _beside(model: Model, known: Sequence[Known]) -> Model:
    """The model with the known terms in its base."""
    more = [term for one in known for term, _ in one.terms]
    terms = tuple(dict.fromkeys((*model.library.terms, *more)))
    wide = len(terms) - len(model.library)
    base = np.hstack([model.base, np.zeros((len(model.base), wide))])
    pattern = np.concatenate([model.pattern, np.zeros((*model.pattern.shape[:2], wide))], 2)
    for one in known:
        for term, coefficient in one.terms:
            base[one.state, terms.index(term)] += coefficient
    return Model(replace(model.library, terms=terms), base, pattern)


def improved(title: str, choices: int, model: Model, values: Array, data: Data) -> Candidate | None:
    """The equations of one model, without terms that are not worth their bits; None where they run away.

    All such terms go at once; where that makes the description longer, as it may where coefficients make up for each
    other, the least useful one alone. values, of shape (parameters,).
    """
    penalty = price(data.samples, choices)
    best, most = None, len(values)
    for _ in range(RECOVERY.rounds):
        segments = data.segments if best is None else best.fitted.segments
        fitted = fit(model, values, segments, data.scale)
        score = np.inf if fitted is None else fitted.criterion(data.scale, penalty)
        if fitted is not None and (best is None or score <= best.score):
            best, most = Candidate(title, choices, model, fitted, score), len(fitted.values)
        elif best is None:
            return None
        elif most > 1:
            most = 1
        else:
            break
        kept, values = eliminated(best.fitted.values, best.fitted.covariance, penalty, most)
        if len(kept) == len(best.fitted.values):
            break
        model = trimmed(best.model.without(kept))
    return best


def eliminated(values: Array, covariance: Array, penalty: float, most: int | None = None) -> tuple[list[int], Array]:
    """The coefficients that are worth `penalty`, the least useful, and at most so many, left out one by one (Wald); and
    their values then.

    values (parameters,), covariance (parameters, parameters).

    >>> eliminated(np.array([5.0, 0.1]), np.eye(2), 9.0)
    ([0], array([5.]))
    """
    kept = list(range(len(values)))
    fewest = 0 if most is None else len(kept) - most
    while len(kept) > fewest:
        with np.errstate(over="ignore"):
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
