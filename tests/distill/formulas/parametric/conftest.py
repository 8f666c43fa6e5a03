import numpy as np
import pytest


@pytest.fixture
def columns():
    """Two scaled columns (2, 30)."""
    return np.ascontiguousarray(np.random.default_rng(3).uniform(0.3, 2.2, (2, 30)))
