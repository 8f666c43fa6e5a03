"""Guesses are facts: each holds in every state that it was made from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs_of_programs import BITS, program

from pellucid.artifacts.programs.expression import Expression, Name, evaluate
from pellucid.artifacts.programs.python_text import to_python
from pellucid.prove.programs.candidates import bounds, equalities, linear, listed, quadratic, richer, tabulated
from pellucid.prove.programs.product import Product, product_of

ONE = program(BITS, "a = 0; b = 0; c = 0", "x, y", "a = x", "b = (b + y) % 3", "c = c + x", "yield c")
PRODUCT = product_of(ONE, ONE)
STATES = st.integers(1, 9).flatmap(
    lambda count: st.lists(st.tuples(*[st.integers(-3, 6)] * len(PRODUCT.registers)), min_size=count, max_size=count)
)


def holds(product: Product, guess: Expression, states: np.ndarray) -> bool:
    values = {name: states[:, k] for k, name in enumerate(product.registers)}
    try:
        return bool(np.all(evaluate(guess, values)))
    except IndexError:  # beyond a table
        return False


@settings(max_examples=30)
@given(STATES, st.integers(0, 2))
def test_every_guess_holds_in_all_states_that_were_met(rows, tied) -> None:
    states = np.array(rows, dtype=object)
    for k in range(tied):
        states[:, -1 - k] = 2 * states[:, k] - 3
    guesses = [*linear(PRODUCT.registers, states), *richer(PRODUCT, states), *quadratic(PRODUCT, states)]
    assert guesses
    wrong = [to_python(guess) for guess in guesses if not holds(PRODUCT, guess, states)]
    assert not wrong


@given(STATES)
def test_a_list_of_states_holds_in_these_alone(rows) -> None:
    states = np.array(sorted(set(rows)), dtype=object)
    known = {tuple(row) for row in states.tolist()}
    others = {(*row[1:], row[0]) for row in known} | {tuple(map(abs, row)) for row in known}
    table = tabulated(PRODUCT, states)
    for guess in (listed(PRODUCT, states), *([] if table is None else [table])):
        assert {row for row in known | others if holds(PRODUCT, guess, np.array([row], dtype=object))} == known


def test_what_is_guessed_is_written_as_people_write_it() -> None:
    columns = np.array([[0, 3, 5], [1, 1, 3], [2, -1, 1]], dtype=object)
    terms = [Name("a"), Name("b"), Name("c")]
    assert [to_python(e) for e in equalities(terms, columns)] == ["b == -(2 * a) + 3", "c == -(2 * a) + 5"]
    assert [to_python(e) for e in bounds([Name("a")], columns[:1])] == []  # an equality says more
    assert bounds([Name("a")], columns[:0]) == []


@pytest.mark.parametrize("far", [50, 10**6])
def test_an_end_of_a_wide_range_is_a_bound_only_where_it_was_met_often(far) -> None:
    once = np.array([[7], [far], [20]], dtype=object)
    often = np.array([[7], [far], [far], [far]], dtype=object)
    assert f"n <= {far}" not in [to_python(e) for e in bounds([Name("n")], once)]
    assert f"n <= {far}" in [to_python(e) for e in bounds([Name("n")], often)]
