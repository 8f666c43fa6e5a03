"""A formula against the equation that its table was drawn from, where that is known."""

from __future__ import annotations

import numpy as np

from ....artifacts.formulas.formula import Formula
from ....core.claim import Claim, Tested, Undecided


def reference_claim(
    formula: Formula,
    reference: Formula,
    generator: np.random.Generator,
    *,
    rows: int = 1_000,
    tolerance: float = 1e-9,
) -> Claim:
    """Whether both agree to the relative `tolerance` at `rows` points of a box twice as wide as the data's.

    Key "reference". Four times as many points are drawn, as the equation may have no value outside its range. The
    tolerance is above what rounding does to formulas of a few dozen operations (1e-13), below any wrong constant.
    """
    low, high = np.array(reference.box).T
    X = low + (high - low) * generator.uniform(-0.5, 1.5, (4 * rows, len(low)))
    expected = reference(X)
    X, expected = (values[np.isfinite(expected)][:rows] for values in (X, expected))
    statement = "formula = the equation that the table was drawn from, on a box twice as wide"
    if not len(X):
        return Undecided(statement, "the equation has no real value there", key="reference")
    names = [reference.names.index(name) for name in formula.names]
    wrong = ~(np.abs(formula(X[:, names]) - expected) <= tolerance * np.maximum(np.abs(expected), 1e-300))
    return Tested(statement, len(X), int(wrong.sum()), key="reference")
