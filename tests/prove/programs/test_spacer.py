"""Invariants that no template has, and differences that no run meets."""

from __future__ import annotations

from pairs_of_programs import BIT, PAIRS, program

from pellucid.prove.effort import Effort
from pellucid.prove.programs.inductive_invariant import inductive
from pellucid.prove.programs.product import product_of
from pellucid.prove.programs.reachability import differs_on
from pellucid.prove.programs.spacer import bounded_difference, spacer_invariant


def test_spacer_finds_an_invariant_that_is_inductive() -> None:
    product = product_of(*PAIRS["balanced, lowest"])
    found = spacer_invariant(product, Effort.of_seconds(10))
    assert found is not None
    assert inductive(product, [found], Effort.of_seconds(10)) is not None


def test_unrolling_finds_a_difference_and_nothing_where_there_is_none() -> None:
    wrong = program(BIT, "n = 0", "x", "n = n + x", "yield int(n >= 3)")
    right = program(BIT, "n = 0", "x", "n = n + x", "yield int(n >= 4)")
    product = product_of(wrong, right)
    sequence = bounded_difference(product, Effort.of_seconds(10))
    assert sequence is not None
    assert len(sequence) == 3
    assert differs_on(product, sequence)
    assert bounded_difference(product_of(wrong, wrong), Effort.of_seconds(10), longest=5) is None
