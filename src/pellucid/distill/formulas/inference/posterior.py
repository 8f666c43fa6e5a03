"""The posterior over formulas that were weighed on the same rows: exp(-L), with the covariance of the constants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from jaxtyping import Float

from ....algebra.expressions.text import to_text
from ....artifacts.formulas.formula import make_formula
from ....artifacts.formulas.posterior import Posterior, WeighedFormula
from ....core.claim import Claim, Measured
from ....subjects.tables.identifiers import identifiers
from .estimate import Estimate
from .weigh import Weighed, distinct, rounded_text


def posterior_of(
    weighed: Sequence[Weighed],
    names: tuple[str, ...],
    target: str,
    box: tuple[tuple[float, float], ...],
    X: Float[np.ndarray, "rows features"] | None = None,
    *,
    within: float = 14.0,
    most: int = 12,
) -> Posterior:
    """At most `most` formulas, the shortest first, of those `within` so many nats of the shortest: e^-14 is 1e-6.

    The rows of X, where they are given, tell which columns are categories (`cases_of`).
    """
    kept = likely(weighed, within, most)
    return Posterior(tuple(_entry(each.estimate, each.nats, names, target) for each in kept), box, cases_of(X))


def likely(weighed: Sequence[Weighed], within: float = 14.0, most: int = 12) -> list[Weighed]:
    """Those that share the weight, the shortest first, each expression once."""
    ranked = distinct(sorted(weighed, key=lambda entry: entry.nats))
    return [entry for entry in ranked if entry.nats <= ranked[0].nats + within][:most]


def weights_of(weighed: Sequence[Weighed], digits: int = 3) -> dict[str, float]:
    """How likely each formula is among all, by its text to so many digits: under several noise models it is one.

    They are those of the posterior, summed.
    """
    kept = likely(weighed)
    shares = np.exp(kept[0].nats - np.array([entry.nats for entry in kept]))
    weights: dict[str, float] = {}
    for entry, share in zip(kept, shares / shares.sum(), strict=True):
        text = rounded_text(entry.expression, digits)
        weights[text] = weights.get(text, 0.0) + float(share)
    return weights


def front_figures(members: Sequence[Weighed], weighed: Sequence[Weighed], digits: int = 3) -> dict[str, Any]:
    """What a front says of its members beside bits and errors: `nats`, `weights` and `constants`."""
    weights = weights_of(weighed, digits)
    return {
        "nats": tuple(entry.estimate.scatter.nats for entry in members),
        "weights": tuple(weights.get(rounded_text(entry.expression, digits), 0.0) for entry in members),
        "constants": tuple(_constants(entry.estimate) for entry in members),
    }


def _constants(found: Estimate) -> tuple[tuple[float, float | None], ...]:
    """The free constants with their standard errors, None where the rows do not tell them."""
    values = found.theta[found.free]
    return tuple(
        (float(value), float(error) if math.isfinite(error) else None)
        for value, error in zip(values, found.errors, strict=True)
    )


def cases_of(X: Float[np.ndarray, "rows features"] | None, most: int = 16) -> tuple[tuple[float | None, ...], ...]:
    """The combinations that columns of 0 and 1 have in X (rows, features), None for other columns; at most so many.

    >>> cases_of(np.array([[0.0, 2.5], [1.0, 3.5], [1.0, 4.5]]))
    ((0.0, None), (1.0, None))
    """
    binary = [] if X is None else [j for j, x in enumerate(X.T) if np.isin(x, (0.0, 1.0)).all()]
    if X is None or not binary:
        return ()
    combinations = np.unique(X[:, binary], axis=0)[:most]
    return tuple(
        tuple(float(row[binary.index(j)]) if j in binary else None for j in range(X.shape[1])) for row in combinations
    )


def _entry(found: Estimate, nats: float, names: tuple[str, ...], target: str) -> WeighedFormula:
    """With exact numbers in the template, and the free constants called c0, c1, ... or as the user called them."""
    free = [found.form.symbols[k] for k in found.free]
    given = [symbol.name if symbol.name.isidentifier() else f"c{i}" for i, symbol in enumerate(free)]
    called = tuple(identifiers([*names, *given])[len(names) :])
    exact = {found.form.symbols[k]: number for k, number in found.held.items()}
    renamed = {symbol: sympy.Symbol(name, real=True) for symbol, name in zip(free, called, strict=True)}
    template: Any = found.form.template.xreplace({**exact, **renamed})
    return WeighedFormula(
        make_formula(found.expression(), names, target),
        to_text(template, (*names, *called)),
        called,
        tuple(map(float, found.theta[found.free])),
        tuple(tuple(map(float, row)) for row in found.spread),
        nats,
        found.noise.name,
        found.scatter.s,
    )


def next_point_claims(posterior: Posterior) -> list[Claim]:
    """Where the formulas disagree most, in noise levels; key "measure_next". None where nothing is open."""
    found = posterior.next_point()
    if not math.isfinite(found.spread) or found.noise_levels <= 0:
        return []
    where = ", ".join(f"{name} = {value:.4g}" for name, value in zip(posterior.names, found.x, strict=True))
    what = "between the formulas" if found.between else "from its constants"
    statement = f"spread of {posterior.target} {what} at {where}, where it is largest: measure there next"
    return [Measured(statement, found.noise_levels, "noise levels", key="measure_next")]
