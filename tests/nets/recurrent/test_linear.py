import numpy as np
import pytest

from pellucid.nets import smallest_network


@pytest.mark.parametrize("sequences", [700, 3000, 6000])
def test_every_lag_is_seen_whatever_the_number_of_sequences(sequences):
    forces = np.random.default_rng(0).integers(-10, 11, (sequences, 10, 1))
    found = smallest_network(forces, (forces - 1).cumsum(1).cumsum(1), seed=0)
    assert found.perfect
    assert found.shape.hidden_size == 2
