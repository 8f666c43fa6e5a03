"""The length of a formula and the data together, in nats: what decides between formulas.

    L = -ln p(y | f, s)                           the data, given the formula and the noise
      + structure                                 which form it is (`structure`)
      + sum ln(2 + 2 |theta_k| p_k / sqrt 3)      digits of the free constants that the rows can tell (`digits`)
      + sum price(number)                         each exact number (`numbers`); one that stands twice, once (`ties`)
      + sum ln((1 + |n|) / 3)                     each free exponent n beyond 2
      + K (K + 1) / (2 max(n - K - 1, 1/2))       few rows: the second-order term of Hurvich and Tsai (1989)
      + 1/2 ln n                                  the scale of the noise

K counts the free constants and the scale. The digits are those of exhaustive symbolic regression (arXiv 2211.11461,
equation 8), never negative, with a precision that does not pay twice for constants that are only known together.
exp(-L) are weights over formulas.
"""

from __future__ import annotations

import math
from typing import Any

import sympy

from .estimate import Estimate, Rows
from .numbers import number_price
from .structure import PRICES, structure_nats
from .ties import repeated


def _repetitions(found: Estimate) -> float:
    """What constants cost that stand in several places; an exact one is written down once."""
    total = 0.0
    for k, symbol in enumerate(found.form.symbols):
        beside, elsewhere = repeated(found.form.template, symbol)
        if beside + elsewhere:
            written = number_price(found.held[k]) if k in found.held else 0.0
            total += beside * (PRICES.shared - written) + elsewhere * (PRICES.again - written)
    return total


def _exponents(found: Estimate) -> float:
    """How large free exponents are: a whole number n costs 2 ln(1 + n) in a universal code, and the digits of a
    constant are one such logarithm already. Up to 2, where most are, it costs nothing: T**30 imitates exp(-b/T), and is
    no law. That it begins at 2 was chosen by hand."""
    sizes = [abs(float(found.theta[k])) for k in found.free if found.form.exponents[k]]
    return sum(max(0.0, math.log((1 + size) / 3)) for size in sizes)


def description_nats(found: Estimate, rows: Rows) -> float:
    """L of an estimate; infinite where it has no value on some row, or at its exact numbers."""
    n, K = rows.count, len(found.free) + 1
    free = [found.form.symbols[k] for k in found.free]
    exact = dict(zip(found.form.symbols, map(found.held.get, range(len(found.theta))), strict=True))
    template: Any = found.form.template.xreplace(
        {symbol: number for symbol, number in exact.items() if number is not None}
    )
    if template.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        return math.inf  # what is held at 0 stands beside 1/0
    structure = structure_nats(template, free, rows.X.shape[1])
    structure += _repetitions(found) + _exponents(found)
    told_free = math.log(2) * len(free)  # the other half of the ln 2 by which `numbers` says that one is exact
    few = K * (K + 1) / (2 * max(n - K - 1, 0.5))
    return float(
        found.scatter.nats + structure + told_free + found.digits() + few + 0.5 * math.log(n) + found.noise.price
    )
