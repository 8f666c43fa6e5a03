"""Every sequence is run, none twice, and a difference that is found is a shortest one."""

from __future__ import annotations

import numpy as np
import pytest
from pairs_of_programs import BITS, PAIRS, program

from pellucid.artifacts import Automaton
from pellucid.core import Exhausted, Refuted
from pellucid.prove import Stepwise, choose_length, stepwise
from pellucid.prove.programs.exhaust import exhaust
from pellucid.subjects import Alphabet, Recurrence

LETTERS = Alphabet((0, 0), (1, 1)).values
CARRIES = Automaton(np.array([[0, 0, 0, 1], [0, 1, 1, 1]]), np.array([[0, 1, 1, 0], [1, 0, 0, 1]])[:, :, None], LETTERS)


def adder_network(carry_from: float = 1.5) -> Recurrence:
    def step(state, inputs):
        total = state[:, :1] + inputs.sum(1, keepdims=True)
        carry = (total > carry_from).astype(float)
        return carry, total - 2 * carry

    return Recurrence(step, np.zeros(1), Alphabet((0, 0), (1, 1)))


def test_a_million_sequences_of_the_adder() -> None:
    left, right = PAIRS["adder in bits"]
    claim = exhaust(stepwise(left), stepwise(right), LETTERS, 10)
    assert claim == Exhausted("program = reference", "all sequences of up to 10 steps from an alphabet of 4", 4**10)


def test_every_sequence_is_run_once() -> None:
    seen: list[tuple[int, ...]] = []

    def step(states, inputs):
        states = states * 3 + inputs + 1
        seen.extend(states[:, 0].tolist())
        return states, states

    counted, other = (
        Stepwise(np.zeros(1, dtype=np.int64), step),
        Stepwise(np.zeros(1, dtype=np.int64), lambda s, i: (s * 3 + i + 1, s * 3 + i + 1)),
    )
    letters = np.array([[0], [1], [2]])
    assert isinstance(exhaust(counted, other, letters, 6, rows=64), Exhausted)  # so that batches are split
    assert len(seen) == len(set(seen)) == sum(3**t for t in range(1, 7))


def test_program_automaton_and_network_agree() -> None:
    program_ = PAIRS["adder in bits"][0]
    assert isinstance(exhaust(stepwise(adder_network()), stepwise(CARRIES), LETTERS, 6), Exhausted)
    assert isinstance(exhaust(stepwise(CARRIES), stepwise(program_), LETTERS, 6), Exhausted)


def test_a_shortest_difference_is_told() -> None:
    claim = exhaust(stepwise(adder_network(2.5)), stepwise(CARRIES), LETTERS, 8)
    assert isinstance(claim, Refuted)
    assert claim.counterexample == "inputs (1,1): network gives 2, automaton gives 0 at step 1"
    late = program(BITS, "n = 0", "a, b", "n = n + a", "yield int(n == 5)", name="late")
    never = program(BITS, "", "a, b", "yield 0", name="never")
    claim = exhaust(stepwise(late), stepwise(never), LETTERS, 8)
    assert isinstance(claim, Refuted)
    assert claim.counterexample.endswith("late gives 1, never gives 0 at step 5")


def test_numbers_beyond_64_bits_do_not_wrap() -> None:
    left = program([(0, 1)], "n = 3", "x", "n = n * n", "yield int(n > 0)")
    right = program([(0, 1)], "", "x", "yield 1")
    assert isinstance(exhaust(stepwise(left), stepwise(right), np.array([[0], [1]]), 9), Exhausted)


def test_nothing_to_run_is_refused() -> None:
    left = stepwise(CARRIES)
    with pytest.raises(ValueError, match="hold no case"):
        exhaust(left, left, LETTERS, 0)
    with pytest.raises(ValueError, match="too many to run"):
        exhaust(left, left, LETTERS, 64)
    with pytest.raises(ValueError, match="compare systems with the same outputs"):
        exhaust(left, stepwise(program(BITS, "", "a, b", "yield a, b")), LETTERS, 2)


def test_choose_length() -> None:
    assert choose_length(4, 4**10) == 10
    assert choose_length(100, 99) == 0
    assert choose_length(1, 10) == 64
    with pytest.raises(ValueError, match="at least one symbol"):
        choose_length(0)


def test_a_counterexample_is_told_in_order() -> None:
    never = program([(0, 1)], "p = 0", "x", "yield 0", "p = x")
    fall = program([(0, 1)], "p = 0", "x", "yield int(p == 1 and x == 0)", "p = x")
    claim = exhaust(stepwise(never, "never"), stepwise(fall, "fall"), np.array([[0], [1]]), 4)
    assert isinstance(claim, Refuted)
    assert claim.counterexample == "inputs 1 0: never gives 0, fall gives 1 at step 2"


@pytest.mark.parametrize(("cases", "length"), [(1, 0), (2, 1), (7, 2), (8, 3), (15, 3), (16, 4)])
def test_as_many_steps_as_there_may_be_cases(cases: int, length: int) -> None:
    assert choose_length(2, cases) == length


class Counting:
    """A reporter that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple] = []

    def start(self, *what) -> None:
        self.told.append(("start", *what))

    def advance(self, *what) -> None:
        self.told.append(("advance", *what))

    def finish(self) -> None:
        self.told.append(("finish",))


def test_progress_is_told_once_a_letter() -> None:
    reporter = Counting()
    left, right = PAIRS["adder in bits"]
    exhaust(stepwise(left), stepwise(right), LETTERS, 3, reporter=reporter)  # type: ignore[arg-type]
    assert reporter.told == [("start", "all sequences of 3 steps", 4), ("advance", 4), ("finish",)]


def test_more_sequences_than_can_be_counted_are_refused() -> None:
    system, letters = stepwise(PAIRS["parity"][0]), np.array([[0], [1]])
    with pytest.raises(ValueError, match=r"2\^62 sequences are too many"):
        exhaust(system, system, letters, 62)
    for wrong, length in ((letters[:, 0], 3), (letters[:0], 3), (letters, 0)):
        with pytest.raises(ValueError, match="hold no case"):
            exhaust(system, system, wrong, length)
    assert isinstance(exhaust(system, system, letters, 1), Exhausted)
