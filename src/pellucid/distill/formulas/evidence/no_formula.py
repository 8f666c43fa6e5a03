"""Where no formula beats the mean: how large an effect would have been seen."""

from __future__ import annotations

import math

from ....core.claim import Claim, Measured
from ....subjects.tables.samples import Samples


def no_formula_claim(samples: Samples, line_price: float = 12.0) -> Claim:
    """The share of the spread that a formula would have had to explain to be shorter than the mean; key "no_formula".

    n/2 ln 1/(1 - R^2) nats are what a formula saves that explains the share R^2 of n rows; a line over one column
    costs some 12: structure, two constants to two digits, the choice.

    >>> import numpy as np
    >>> round(no_formula_claim(Samples(np.arange(100.0), np.cos(np.arange(100.0)))).value, 1)
    21.3
    """
    share = 1 - math.exp(-2 * line_price / samples.rows)
    seen = "what one had to explain of the spread to be seen"
    statement = f"no formula of {samples.target} that was tried beats its mean: {seen}"
    return Measured(statement, 100 * share, "% of the variance", key="no_formula")
