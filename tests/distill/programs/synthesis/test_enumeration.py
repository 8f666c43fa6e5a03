"""The bank of expressions: what it holds has the values that it says, each once, and what is short is found."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Name, Number, apply, evaluate
from pellucid.distill.programs.synthesis.enumeration import Bank

X, Y = (np.random.default_rng(seed).integers(-4, 9, 40) for seed in (0, 1))
COLUMNS = {"x": X, "y": Y}


def grown(size: int) -> Bank:
    bank = Bank(COLUMNS, (0, 1, 2))
    while bank.size < size and bank.grow():
        pass
    return bank


BANK = grown(5)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["+", "-", "*", "min", "max"]),
    st.sampled_from(["+", "-", "*", "min", "max"]),
    *[st.sampled_from([Name("x"), Name("y"), Number(0), Number(1), Number(2)])] * 3,
)
def test_what_is_short_is_found_with_its_values(outer, inner, a, b, c):
    expression = apply(outer, apply(inner, a, b), c)
    values = np.broadcast_to(evaluate(expression, COLUMNS), X.shape)
    found = BANK.find(values)
    assert found is not None
    assert found.size <= expression.size
    assert (np.broadcast_to(evaluate(found, COLUMNS), X.shape) == values).all()


def test_each_behaviour_is_kept_once():
    rows = [values.tobytes() for _, _, values in BANK.entries("int")]
    assert len(rows) == len(set(rows)) > 100


def test_a_sum_of_two_halves_is_found_beyond_the_largest_size():
    wanted = X * X + (Y * Y - 2)
    found = BANK.find_sum(wanted)
    assert found is not None
    assert (evaluate(found, COLUMNS) == wanted).all()
