"""Free constants that are held at short exact numbers, one after the other, where that shortens the whole.

A number is tried only inside three standard errors, the others are fitted again with it held, and it stays only where
L (`description`) falls: a constant that ten rows know to two digits stays 2.4 +- 0.1, one that a table without noise
knows to ten digits becomes 12/5. Nothing else makes a number exact.
"""

from __future__ import annotations

import math

from ....run.cpu_limit import is_over
from .description import description_nats
from .estimate import Estimate, Rows, estimate
from .numbers import ShortNumber, short_numbers


def snap(found: Estimate, rows: Rows) -> Estimate:
    """The estimate with constants held at short numbers while that shortens the description."""
    length = description_nats(found, rows)
    for _ in range(len(found.theta)):
        if is_over():
            return found
        best = None
        for k, short in _promising(found):
            held = estimate(found.form, rows, found.noise, found.theta, {**found.held, k: short.number})
            if held is None:
                continue
            shorter = description_nats(held, rows)
            if shorter < length - 1e-9:
                best, length = held, shorter
                break
        if best is None:
            return found
        found = best
    return found


def _promising(found: Estimate, tried: int = 3, reach: float = 0.35) -> list[tuple[int, ShortNumber]]:
    """What to hold, by what it should gain: the digits saved less the price and the misfit, to second order.

    Of each constant so many are `tried`, the most promising first. Exponents are tried at the nearest fraction up to
    `reach` off even where the error is smaller: L decides.
    """
    errors = found.errors
    ranked = []
    for at, k in enumerate(found.free):
        value, error = float(found.theta[k]), float(errors[at])
        if not math.isfinite(error):
            error = abs(value)
        digits = math.log1p(abs(value) / (math.sqrt(3) * error)) if error else 40.0
        is_exponent = found.form.exponents[k]
        numbers = short_numbers(value, max(error, reach / 3) if is_exponent else error, is_exponent)
        gains = []
        for short in numbers:
            misfit = 0.5 * ((short.value - value) / max(error, 1e-300)) ** 2 if error else math.inf
            gain = digits - short.price - misfit
            if gain > -2.0:
                gains.append((gain, k, short))
        ranked += sorted(gains, key=lambda entry: -entry[0])[:tried]
    return [(k, short) for _, k, short in sorted(ranked, key=lambda entry: -entry[0])]
