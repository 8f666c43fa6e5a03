"""Quotients of sums as expressions over the table's own columns, for the description length to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import sympy
from jaxtyping import Float

from ..inference.estimate import Rows
from ..regression.quotients import QuotientSearch, monomials_of, quotient_expressions
from .natural import scaling_of


def quotient_forms(
    rows: Rows,
    columns: Sequence[int],
    weights: Float[np.ndarray, " rows"],
    is_over: Callable[[], bool] = lambda: False,
    most: int = 6,
) -> list[list[sympy.Expr]]:
    """The `most` best quotients over some columns, by Schwarz's criterion, the best first, each in all the ways in
    which it is written; without those whose coefficients leave the range of floats. Five columns have 21 monomials."""
    X = rows.X[:, list(columns)]
    scaling = scaling_of(X, rows.y)
    search, z = QuotientSearch(), scaling.apply(X)
    floor = max(rows.rounding / scaling.size, 1e-12)
    found = search.run(z, rows.y / scaling.size, weights, is_over, floor)
    symbols = [sympy.Symbol(rows.names[j], real=True) for j in columns]
    shifted = [s - sympy.Float(by, 17) if by else s for s, by in zip(symbols, scaling.shift, strict=True)]
    exponents = monomials_of(len(columns), search.degree(len(columns)))
    written = [
        quotient_expressions(one, exponents, shifted, scaling.scale, scaling.size)
        for one in sorted(found, key=lambda one: one.nats(rows.count, floor))[:most]
    ]
    return [ways for ways in written if ways]
