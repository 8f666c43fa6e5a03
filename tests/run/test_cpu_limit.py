"""A budget of CPU time, asked about many calls down."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.run.cpu_limit import check_budget, cpu_limit, is_over, seconds_left


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=5))
def test_of_limits_within_each_other_the_shortest_holds(limits):
    def within(rest):
        if not rest:
            return seconds_left()
        with cpu_limit(rest[0]):
            return within(rest[1:])

    assert within(limits) <= min(limits)
    assert within(limits) > min(limits) - 1
    assert seconds_left() == float("inf")


def test_a_limit_ends_with_its_block_even_after_an_error():
    with pytest.raises(KeyError), cpu_limit(1e-9):
        raise KeyError(is_over())
    assert not is_over()


def test_no_limit_within_a_limit_changes_nothing():
    with cpu_limit(1e-9), cpu_limit(None):
        assert is_over()


@pytest.mark.parametrize("seconds", [0, 0.0, -1, -0.5, float("nan")])
def test_a_budget_of_no_time_is_refused(seconds):
    with pytest.raises(ValueError, match=r"budget_seconds=.*give CPU seconds above 0, or None"):
        check_budget(seconds)


def test_a_budget_and_none_are_taken():
    check_budget(None)
    check_budget(0.1)
