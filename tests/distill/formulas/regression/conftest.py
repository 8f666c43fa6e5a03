"""A table of three positive features, for the bank and what it is made of."""

import numpy as np
import pytest


@pytest.fixture
def X():
    return np.random.default_rng(0).uniform(1, 3, (50, 3))
