"""Quotients of sums as expressions over the table's own columns, for the description length to choose from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy
from jaxtyping import Float

from ..inference.estimate import Rows
from ..regression.quotients import QuotientSearch, monomials_of, quotient_expressions
from .columns import choose_columns
from .natural import scaling_of


def quotient_forms(
    rows: Rows,
    weights: Float[np.ndarray, " rows"],
    is_over: Callable[[], bool] = lambda: False,
    *,
    most_columns: int = 5,
    most: int = 6,
) -> list[list[sympy.Expr]]:
    """The `most` best quotients by Schwarz's criterion, the best first, each in all the ways in which it is written.

    Of more than `most_columns` columns those that tell most of y are looked at: five have 21 monomials up to squares.
    """
    columns = choose_columns(rows.X, rows.y, most_columns)
    X = rows.X[:, columns]
    scaling = scaling_of(X, rows.y)
    search, z = QuotientSearch(), scaling.apply(X)
    floor = max(rows.rounding / scaling.size, 1e-12)
    found = search.run(z, rows.y / scaling.size, weights, is_over, floor)
    symbols = [sympy.Symbol(rows.names[j], real=True) for j in columns]
    shifted = [s - sympy.Float(by, 17) if by else s for s, by in zip(symbols, scaling.shift, strict=True)]
    exponents = monomials_of(len(columns), search.degree(len(columns)))
    return [
        quotient_expressions(one, exponents, shifted, scaling.scale, scaling.size)
        for one in sorted(found, key=lambda one: one.nats(rows.count, floor))[:most]
    ]
