"""Running two programs side by side: differences are real and shortest, and all states are all states."""

from __future__ import annotations

from dataclasses import replace
from itertools import product as sequences

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pairs_of_programs import BIT, BITS, PAIRS, program

from pellucid.artifacts import Program
from pellucid.prove.programs.product import product_of
from pellucid.prove.programs.reachability import differs_on, random_difference, reach, samples, shortened, trace
from pellucid.prove.programs.settings import SEARCH


def counter(modulus: int, wrong: int = 0) -> Program:
    """The sum of bits modulo a number, wrong by one after so many steps with a 1."""
    off = f"int(k == {wrong})" if wrong else "0"
    return program(BIT, "n = 0; k = 0", "x", f"n = (n + x) % {modulus}", "k = min(k + x, 9)", f"yield n + {off}")


@given(st.integers(2, 5), st.integers(1, 6))
def test_a_difference_is_a_shortest_one(modulus, wrong) -> None:
    found = reach(product_of(counter(modulus), counter(modulus, wrong)), np.random.default_rng(0))
    assert found.difference is not None
    assert found.difference.ravel().tolist() == [1] * wrong
    assert differs_on(product_of(counter(modulus), counter(modulus, wrong)), found.difference)


@pytest.mark.parametrize("name", ["adder in bits", "adder 5", "division 3"])
def test_where_it_is_closed_no_run_meets_another_state(name) -> None:
    product = product_of(*PAIRS[name])
    found = reach(product, np.random.default_rng(0))
    assert found.closed
    known = {tuple(row) for row in found.states.tolist()}
    assert len(known) == len(found.states)
    assert {tuple(map(int, row)) for row in samples(product, np.random.default_rng(1))} <= known


def test_every_state_is_reached_that_some_short_word_leads_to() -> None:
    product = product_of(counter(4), counter(4))
    met = {tuple(row) for row in reach(product, np.random.default_rng(0)).states.tolist()}
    words = np.array(list(sequences((0, 1), repeat=6)))[:, :, None]
    assert {tuple(row) for row in trace(product, words)[0].reshape(-1, 4).tolist()} <= met


@pytest.mark.parametrize("limit", [{"steps": 4}, {"pairs": 2}, {"depth": 1}, {"large": 2}])
def test_a_search_that_meets_a_limit_is_not_closed(limit) -> None:
    product = product_of(counter(5), counter(5))
    found = reach(product, np.random.default_rng(0), replace(SEARCH, **limit))
    assert (found.closed, found.difference, found.undefined) == (False, None, None)
    assert len(found.states) >= 1


@pytest.mark.parametrize("body", ["yield (4, 5)[n]", "yield x // (2 - n)"])
def test_a_step_without_a_value_is_told_by_the_inputs_that_lead_there(body) -> None:
    left = program(BIT, "n = 0", "x", body, "n = n + x")
    found = reach(product_of(left, left), np.random.default_rng(0))
    assert found.undefined is not None
    assert found.undefined[:-1].ravel().tolist() == [1, 1]  # then n is 2, whatever comes


def test_programs_without_registers_have_one_state() -> None:
    left = program(BITS, "", "a, b", "yield a + b")
    found = reach(product_of(left, left), np.random.default_rng(0))
    assert (found.closed, found.states.shape) == (True, (1, 0))


def test_a_random_difference_is_shortened_to_what_it_needs() -> None:
    product = product_of(counter(3), counter(3, 4))
    found = random_difference(product, np.random.default_rng(0))
    assert found is not None
    short = shortened(product, found)
    assert short.ravel().tolist() == [1] * 4
