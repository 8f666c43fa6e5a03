"""Sums of terms under an output transform, fitted to y itself and snapped."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.distill.formulas.expression.transforms import TRANSFORMS
from pellucid.distill.formulas.regression.noisy_fit import fit, least_squares


@pytest.mark.parametrize("name", ["identity", "square", "inverse"])
def test_fits_are_to_y_itself_and_snap(name):
    transform = TRANSFORMS[name]
    generator = np.random.default_rng(0)
    E = generator.uniform(1, 3, (500, 2))
    y = transform.inverse(E @ np.array([2.0, 0.5]))
    y = y + 0.02 * np.sqrt(np.mean(y**2)) * generator.normal(size=500)
    assert least_squares(E, y, transform, 0.05) == pytest.approx([2.0, 0.5], rel=0.1)
    fitted = fit(E, y, transform, 0.05)
    assert fitted is not None
    assert fitted.coefficients == pytest.approx([2.0, 0.5], rel=1e-9)
