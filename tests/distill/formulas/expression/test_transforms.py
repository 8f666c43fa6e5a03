"""Output transforms and their inverses."""

import numpy as np
import pytest

from pellucid.distill.formulas.expression.transforms import TRANSFORMS


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=lambda transform: transform.name)
def test_a_transform_and_its_inverse_cancel(transform):
    y = np.linspace(0.2, 1.4, 7)
    assert np.allclose(transform.inverse(transform.forward(y)), y)
    assert np.isfinite(transform.weight(y, 0.1)).all()
