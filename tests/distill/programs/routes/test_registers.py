import numpy as np
import pytest

from pellucid.distill import Registers
from pellucid.distill.programs.observations import Observations
from pellucid.subjects import Alphabet

COUNTERS = ("max_seen", "min_seen", "majority_0_1", "majority_0_2", "balanced_parenthesis", "evens_counter")


@pytest.mark.parametrize("name", ["binary_addition", *COUNTERS])
def test_registers_are_found_from_the_data_alone(propose, seen, right_far_beyond, name):
    found = propose(Registers(), seen(name))
    assert found
    best = min(found, key=lambda c: c.program.description_length)
    assert right_far_beyond(best.program, name)


def test_symbols_need_not_begin_at_zero(propose):
    """Which of two symbols 3 and 4 was read more often so far: counters that an alphabet of 0 and 1 has too."""
    inputs = np.random.default_rng(0).integers(3, 5, (300, 8, 1))
    outputs = ((inputs == 3).cumsum(1) > (inputs == 4).cumsum(1)).astype(np.int64)
    mask = np.ones(inputs.shape[:2], dtype=bool)
    few = Registers(runs=600, pool=200, largest_update=3, most_found=1)
    found = propose(few, Observations(inputs, outputs, mask, Alphabet((3,), (4,))))
    assert found
    assert all((candidate.program.run(inputs) == outputs).all() for candidate in found)
