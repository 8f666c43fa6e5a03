"""Signs that were told and that the data are against: other terms may stand in for one that has to be left out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...algebra.expressions.text import to_text
from ...core.claim import Measured
from .candidates import Candidate, Data
from .given_terms import Sign
from .segments import NoEquations


def sign_conflicts(
    best: Candidate, data: Data, names: tuple[str, ...], freely: Callable[[], Candidate]
) -> tuple[Measured, ...]:
    """Where a term whose sign was told is missing: its coefficient in the equations that are found `freely`, without
    signs, where these are the shorter description and it has the other sign."""
    if all(_coefficient(one, best)[0] != 0 for one in data.signs):
        return ()
    try:
        free = freely()
    except NoEquations:
        return ()
    if free.score >= best.score:
        return ()
    return tuple(_told(one, free, names) for one in data.signs if _coefficient(one, free)[0] * one.sign < 0)


def _coefficient(one: Sign, found: Candidate) -> tuple[float, float]:
    """Of the term in equations that are sums, with its standard deviation; 0 where they do not hold it."""
    terms = found.model.library.terms
    if found.model.fraction or one.term not in terms:
        return 0.0, 0.0
    place = one.state, terms.index(one.term)
    row = found.model.pattern[:, *place]
    value = found.model.coefficients(found.fitted.values)[place]
    return float(value), float(np.sqrt(max(row @ found.fitted.covariance @ row, 0.0)))


def _told(one: Sign, free: Candidate, names: tuple[str, ...]) -> Measured:
    value, doubt = _coefficient(one, free)
    told = "at least" if one.sign > 0 else "at most"
    statement = f"{to_text(one.term)} in {names[one.state]}', told to be {told} 0, has by the data the coefficient"
    return Measured(statement, value, "", uncertainty=doubt)
