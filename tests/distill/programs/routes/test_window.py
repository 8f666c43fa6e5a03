import pytest

from pellucid.distill import Window

WINDOWS = (
    "parity_last4",
    "abs_diff",
    "previous_equals_current",
    "perfect_square_detector",
    "prev5",
    "alternating_last4",
)


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_are_as_short_as_the_task_allows(propose, seen, right_far_beyond, name):
    (found,) = propose(Window(), seen(name))
    assert right_far_beyond(found.program, name)
    steps_back = {"parity_last4": 3, "prev5": 5, "alternating_last4": 3, "perfect_square_detector": 0}
    assert len(found.program.registers) == steps_back.get(name, 1)


def test_a_task_with_memory_has_no_window(propose, seen):
    assert propose(Window(), seen("binary_addition")) == []
