"""Two programs side by side: what they must share, and the inputs that are tried on them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs_of_programs import BITS, PAIRS, program

from pellucid.artifacts import Input, read_program
from pellucid.prove.programs.product import (
    as_printed,
    domain_text,
    letters_of,
    product_of,
    safe,
    sequences_of,
    signature,
)

WIDE = ([(-50, 60), (0, 100)], "s = 0", "a, b", "s = s + a - b", "yield s")
GENERATOR = 7


def test_inputs_and_outputs_must_match() -> None:
    left, right = PAIRS["adder in bits"]
    one = program(BITS[:1], "n = 0", "x", "yield n")
    two = program(BITS, "n = 0", "a, b", "yield n, a")
    with pytest.raises(ValueError, match="reads 2 inputs a step and program 1"):
        product_of(left, one)
    with pytest.raises(ValueError, match="gives 1 outputs a step and program 2"):
        product_of(left, two)
    assert product_of(left, right).letters == 4


@pytest.mark.parametrize(
    ("low", "high", "fits"), [(0, 1, True), (-1, 1, True), (0, 2, True), (1, 1, False), (0, 0, False)]
)
def test_the_reference_takes_every_input(low: int, high: int, fits: bool) -> None:
    left = program([(0, 1)], "n = 0", "x", "yield x")
    right = program([(low, high)], "n = 0", "x", "yield x")
    if fits:
        assert product_of(left, right).inputs[0].values == range(2)
        return
    with pytest.raises(ValueError, match="give both the same range"):
        product_of(left, right)


def test_what_is_said_of_a_program() -> None:
    left, _ = PAIRS["adder in bits"]
    inputs = [{"name": name, "low": 0, "high": 1} for name in ("a", "b")]
    assert signature(left) == {"function": "program", "inputs": inputs}
    expected = "sequences of any length with a in 0..1, b in 0..1 at each step; integers of any size"
    assert domain_text(left) == domain_text(product_of(left, left)) == expected
    assert as_printed(left).to_python() == left.to_python()


@given(st.text(max_size=6), st.text(max_size=6))
@settings(max_examples=60, deadline=None)
def test_names_stay_apart(a: str, b: str) -> None:
    assert set(safe(a)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
    assert (safe(a) == safe(b)) == (a == b) or "_u" in a + b


def test_a_step_runs_both() -> None:
    product = product_of(*PAIRS["adder in bits"])
    states = np.array([[0, 0], [1, 1], [1, 0]])
    steps = product.step(states, np.array([[1, 1], [1, 1], [0, 0]]))
    assert steps.states.tolist() == [[1, 1], [1, 1], [0, 0]]
    assert steps.left.tolist() == [[0], [1], [1]]
    assert steps.differs.tolist() == [False, False, True]
    assert steps.defined.tolist() == [True] * 3
    assert product.step(states[:1], np.array([[2, 1]])).defined.tolist() == [False]  # bits only


@pytest.mark.parametrize(("limit", "complete"), [(4, True), (3, False)])
def test_few_letters_are_all_there(limit: int, complete: bool) -> None:
    letters, all_there = letters_of(product_of(*PAIRS["adder in bits"]), limit, np.random.default_rng(GENERATOR))
    assert all_there == complete
    if complete:
        assert letters.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_of_many_letters_the_extreme_ones_are_there() -> None:
    product = product_of(program(*WIDE), program(*WIDE))
    letters, all_there = letters_of(product, 64, np.random.default_rng(GENERATOR))
    assert not all_there
    assert product.letters == 111 * 101
    found = set(map(tuple, letters.tolist()))
    assert {(a, b) for a in (-50, -1, 0, 1, 60) for b in (0, 1, 100)} <= found
    assert 40 < len(found) <= 64
    assert letters.tolist() == sorted(map(list, found))
    assert letters[:, 0].min() >= -50
    assert letters[:, 0].max() <= 60
    assert letters[:, 1].min() >= 0
    assert letters[:, 1].max() <= 100


@pytest.mark.parametrize("length", [1, 7, 8])
def test_sequences_are_of_four_kinds(length: int) -> None:
    product = product_of(program(*WIDE), program(*WIDE))
    found = sequences_of(product, np.random.default_rng(GENERATOR), 40, length)
    assert found.shape == (40, length, 2)
    assert found[:, :, 0].min() >= -50
    assert found[:, :, 0].max() <= 60
    few = [len(set(map(tuple, rows))) for rows in found[1::4].tolist()]
    assert max(few) <= 2
    np.testing.assert_array_equal(found[3::4], found[3::4, ::-1])
    special = set(map(tuple, letters_of(product, 64, np.random.default_rng(GENERATOR))[0].tolist()))
    assert {tuple(step) for rows in found[2::4].tolist() for step in rows} <= special
    if length > 1:
        assert max(len(set(map(tuple, rows))) for rows in found[0::4].tolist()) > 2
        assert (found[0::4] != found[0::4, ::-1]).any()


def test_no_sequence_holds_what_no_input_is() -> None:
    """Of 0..9 only six may come, and all of them do."""
    gaps = [Input("x", 0, 9, missing=(3, 4, 6, 7)), Input("y", 0, 99)]
    given = read_program("def f(s):\n  n = 0\n  for x, y in s:\n    n = n + x\n    yield n\n", gaps)
    product = product_of(given, given)
    generator = np.random.default_rng(GENERATOR)
    letters, complete = letters_of(product, 64, generator)
    assert not complete
    for found in (letters, sequences_of(product, generator, 40, 8).reshape(-1, 2)):
        assert set(found[:, 0].tolist()) == {0, 1, 2, 5, 8, 9}
        assert 0 <= found[:, 1].min() < found[:, 1].max() <= 99
