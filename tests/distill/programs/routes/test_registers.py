import pytest

from pellucid.distill import Registers

COUNTERS = ("max_seen", "min_seen", "majority_0_1", "majority_0_2", "balanced_parenthesis", "evens_counter")


@pytest.mark.parametrize("name", ["binary_addition", *COUNTERS])
def test_registers_are_found_from_the_data_alone(propose, seen, right_far_beyond, name):
    found = propose(Registers(), seen(name))
    assert found
    best = min(found, key=lambda c: c.program.description_length)
    assert right_far_beyond(best.program, name)
