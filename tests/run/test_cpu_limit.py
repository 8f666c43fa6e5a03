"""A budget of CPU time, asked about many calls down."""

import importlib
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.run.cpu_limit import (
    check_budget,
    cpu_limit,
    cut_off,
    ends_on_interrupt,
    is_over,
    seconds_left,
    was_interrupted,
)


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


# ------------------------------------------------------------------------------------------------ cut in the midst


def unless_cut(step, otherwise, grace=0.1):
    """What the step returns, or `otherwise` where it is cut."""
    with cut_off(grace):
        return step()
    return otherwise


def forever(seen: list[str] | None = None) -> str:
    try:
        while True:
            pass
    finally:
        if seen is not None:
            seen.append("left")


def test_what_does_not_ask_is_cut_after_its_time_and_cleans_up():
    seen: list[str] = []
    began = process_time()
    with cpu_limit(0.05):
        assert unless_cut(lambda: forever(seen), "cut", grace=0.05) == "cut"
    assert 0.05 < process_time() - began < 1.0
    assert seen == ["left"]


def test_what_ends_in_time_is_returned_and_errors_pass():
    with cpu_limit(5.0):
        assert unless_cut(lambda: "done", "cut") == "done"
        with pytest.raises(KeyError):
            unless_cut(lambda: {}[1], "cut")
    assert unless_cut(lambda: "done", "cut") == "done"


def test_nobody_takes_the_cut_for_a_failure():
    def careless():
        while True:
            with suppress(Exception):
                forever()

    with cpu_limit(0.02):
        assert unless_cut(careless, "cut", grace=0.02) == "cut"


def test_of_cuts_within_each_other_the_inner_is_cut_first_and_the_outer_goes_on():
    def outer():
        with cpu_limit(0.02):
            return [unless_cut(forever, "inner", grace=0.02), "outer"]

    with cpu_limit(2.0):
        assert unless_cut(outer, ["nothing"]) == ["inner", "outer"]


def test_an_outer_cut_comes_through_inner_ones_that_have_time():
    with cpu_limit(0.05):
        assert unless_cut(lambda: [unless_cut(forever, "inner", grace=50), forever()], ["cut"], 0.05) == ["cut"]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(0.001, 0.02), min_size=1, max_size=3))
def test_no_timer_is_left_behind(limits):
    for seconds in limits:
        with cpu_limit(seconds):
            unless_cut(forever, None, grace=0.001)
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


def test_blocks_that_follow_closely_neither_let_a_cut_out_nor_keep_it_from_those_around():
    done, began = 0, process_time()
    while process_time() < began + 0.5:
        with cpu_limit(1e-3), cut_off(grace=0.0):
            for _ in range(20_000):
                with cut_off(grace=10.0):
                    sum(range(1_000))
            done += 1
    assert done == 0


def test_an_import_ends_before_the_cut(tmp_path, monkeypatch):
    (tmp_path / "slowly_made.py").write_text(
        "from time import process_time\nended = process_time() + 0.15\nwhile process_time() < ended:\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    began = process_time()

    def step():
        importlib.import_module("slowly_made")
        forever()

    with cpu_limit(0.02):
        assert unless_cut(step, "cut", grace=0.02) == "cut"
    assert sys.modules.pop("slowly_made").ended < process_time() < began + 1.0


def test_a_signal_that_comes_too_early_cuts_nobody():
    def outer():
        signal.raise_signal(signal.SIGPROF)
        return "done"

    with cpu_limit(5.0):
        assert unless_cut(outer, "cut") == "done"
    signal.raise_signal(signal.SIGPROF)


def test_in_other_threads_a_step_runs_to_its_end():
    results = []

    def work():
        with cpu_limit(1e-6):
            results.append(unless_cut(lambda: sum(range(2_000_000)), -1, grace=0.0))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == [sum(range(2_000_000))]


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C as it is at a terminal: a process that was started in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_the_first_interrupt_ends_the_time_and_the_second_raises():
    with ends_on_interrupt():
        signal.raise_signal(signal.SIGINT)
        assert (is_over(), was_interrupted(), seconds_left()) == (True, True, 0.0)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert (is_over(), was_interrupted()) == (False, False)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("ctrl_c")
def test_an_interrupt_cuts_a_step_that_has_no_limit():
    def interrupted():
        signal.raise_signal(signal.SIGINT)
        forever()

    with ends_on_interrupt():
        assert unless_cut(interrupted, "cut", grace=0.02) == "cut"


@pytest.mark.usefixtures("ctrl_c")
def test_blocks_within_each_other_are_one():
    with ends_on_interrupt():
        with ends_on_interrupt():
            signal.raise_signal(signal.SIGINT)
        assert was_interrupted()
    assert not was_interrupted()
