"""Of guesses that hold where states were met those stay that a solver proves, however many are false."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs_of_programs import PAIRS

from pellucid.artifacts.programs.expression import Name, apply
from pellucid.prove.effort import Effort
from pellucid.prove.programs.certificate import QUERIES, assemble, invariant_definition
from pellucid.prove.programs.inductive_invariant import inductive
from pellucid.prove.programs.product import as_printed, product_of
from pellucid.prove.programs.solvers import ask
from pellucid.prove.proof import RanOut

pytest.importorskip("z3")
PRODUCT = product_of(*map(as_printed, PAIRS["adder in bits"]))
LEFT, RIGHT = (Name(register) for register in PRODUCT.registers)
TRUE = [apply("==", LEFT, RIGHT), apply(">=", RIGHT, 0), apply("<=", RIGHT, 1)]
FALSE = [apply("==", RIGHT, 0), apply("<", apply("+", LEFT, RIGHT), 1), apply("<=", LEFT, apply("negate", RIGHT))]
"""What holds at the start, as every guess does, and not after some step."""
TIED = [apply("<=", apply("*", 2, LEFT), apply("+", RIGHT, 1)), apply(">=", LEFT, RIGHT)]  # true, and of no need


@settings(max_examples=8)
@given(st.permutations([*TRUE, *FALSE, *TIED]))
def test_false_guesses_are_dropped_and_what_is_left_is_a_proof(guesses) -> None:
    found = inductive(PRODUCT, guesses, Effort.of_seconds(20))
    assert found is not None
    text = assemble(PRODUCT, invariant_definition(PRODUCT, found), "program = reference")
    assert ask("z3", text, 10).all_unsat(QUERIES)


@pytest.mark.parametrize("guesses", [[], FALSE, TRUE[1:], TIED])
def test_nothing_is_given_where_the_guesses_do_not_suffice(guesses) -> None:
    assert inductive(PRODUCT, guesses, Effort.of_seconds(20)) is None


def test_a_search_that_may_spend_nothing_says_so() -> None:
    with pytest.raises(RanOut):
        inductive(PRODUCT, TRUE, Effort(0))
