"""Equations on their way: fitted, without the terms that are not worth their bits, and with a score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...algebra.expressions.text import to_text
from ...core.claim import Measured
from .given_terms import Known, Sign
from .models import Model, free_model, trimmed
from .multiple_shooting import Fitted, fit
from .segments import NoEquations, Segments
from .settings import RECOVERY, SHOOTING, WEAK_FORM
from .smoothing import Smoothed
from .term_library import Library
from .weak_form import price, supports, weak_equations

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Data:
    """What equations are fitted to; `scale` (variables,) are the spreads of the variables."""

    smoothed: Smoothed
    segments: Segments
    scale: Array
    known: tuple[Known, ...] = ()
    signs: tuple[Sign, ...] = ()

    def weak(self, library: Library) -> tuple[Array, Array]:
        """The weak equations, less what is known of the rates: right (rows, terms), left (rows, variables)."""
        right, left = weak_equations(library, self.smoothed)
        return right, unknown_part(library, right, left, self.known)

    def given_terms(self, state: int) -> set[Any]:
        """The terms of a state's rate whose coefficients are known."""
        return {term for one in self.known if one.state == state for term, _ in one.terms}

    def allowed(self, library: Library) -> Array:
        """The signs (states, terms) that coefficients may have; 0 where nothing is said."""
        found = np.zeros((library.width, len(library)))
        for one in self.signs:
            if one.term in library.terms:
                found[one.state, library.terms.index(one.term)] = one.sign
        return found

    def wrong(self, model: Model, values: Array) -> NDArray[np.bool_]:
        """Which parameters have a sign that they must not have; values (parameters,)."""
        if not self.signs:
            return np.zeros(len(values), dtype=bool)
        sized = values[:, None, None] * model.pattern[:, : model.width]
        return np.asarray((sized * self.allowed(model.library) < 0).any((1, 2)))

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


def improved(
    title: str, choices: int, model: Model, values: Array, data: Data, finest: int = SHOOTING.most_substeps
) -> Candidate | None:
    """The equations of one model, without terms that are not worth their bits; None where they run away, or need more
    than the `finest` steps between samples.

    All such terms go at once; where that makes the description longer, as it may where coefficients make up for each
    other, the least useful one alone. values, of shape (parameters,).
    """
    penalty = price(data.samples, choices)
    best, most = None, len(values)
    for _ in range(RECOVERY.rounds):
        segments = data.segments if best is None else best.fitted.segments
        model, fitted = _within_signs(model, values, segments, data, finest)
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


def _within_signs(
    model: Model, values: Array, segments: Segments, data: Data, finest: int
) -> tuple[Model, Fitted | None]:
    """The fit, without terms whose coefficients come out with a sign that they must not have, and the model of it.

    The best coefficients within the signs have those at 0 that would pass through it; the worst one leaves first.
    """
    while True:
        fitted = fit(model, values, segments, data.scale, finest=finest)
        if fitted is None or not (wrong := data.wrong(model, fitted.values)).any():
            return model, fitted
        certain = fitted.values**2 / np.maximum(np.diag(fitted.covariance), 1e-300)
        kept = np.delete(np.arange(len(wrong)), int(np.argmax(np.where(wrong, certain, -1.0))))
        model, values = trimmed(model.without(kept.tolist())), fitted.values[kept]


def shares(library: Library, data: Data, draws: int, generator: np.random.Generator) -> Array:
    """How often each term is chosen for each state (states, terms) when the data are drawn again, of all draws.

    Blocks of the weak equations, two test functions long in time, are drawn with replacement: neighbours share their
    samples, and so their noise (ensemble SINDy: arXiv 2111.10992).
    """
    right, left = data.weak(library)
    block = np.arange(len(right)) // (2 * WEAK_FORM.overlap)
    count, found = int(block[-1]) + 1, np.zeros((library.width, len(library)))
    for _ in range(draws):
        often = np.bincount(generator.integers(0, count, count), minlength=count)
        weight = np.sqrt(often.astype(np.float64))[block, None]
        for state, support in enumerate(supports(right * weight, left * weight, data.allowed(library))):
            found[state, support] += 1
    return found / draws


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


def sign_conflicts(
    best: Candidate, data: Data, names: tuple[str, ...], freely: Callable[[], Candidate]
) -> tuple[Measured, ...]:
    """Where a term whose sign was told is missing: its coefficient in the equations that are found `freely`, without
    signs, where these are the shorter description and it has the other sign."""
    if all(_coefficient_of(one, best)[0] != 0 for one in data.signs):
        return ()
    try:
        free = freely()
    except NoEquations:
        return ()
    if free.score >= best.score:
        return ()
    return tuple(_against(one, free, names) for one in data.signs if _coefficient_of(one, free)[0] * one.sign < 0)


def _coefficient_of(one: Sign, found: Candidate) -> tuple[float, float]:
    """Of the term in equations that are sums, with its standard deviation; 0 where they do not hold it."""
    terms = found.model.library.terms
    if found.model.fraction or one.term not in terms:
        return 0.0, 0.0
    place = one.state, terms.index(one.term)
    row = found.model.pattern[:, *place]
    value = found.model.coefficients(found.fitted.values)[place]
    return float(value), float(np.sqrt(max(row @ found.fitted.covariance @ row, 0.0)))


def _against(one: Sign, free: Candidate, names: tuple[str, ...]) -> Measured:
    value, doubt = _coefficient_of(one, free)
    told = "at least" if one.sign > 0 else "at most"
    statement = f"{to_text(one.term)} in {names[one.state]}', told to be {told} 0, has by the data the coefficient"
    return Measured(statement, value, "", uncertainty=doubt)
