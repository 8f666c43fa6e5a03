"""Reactions as they are typed, in every notation; and what is not understood is told in one line."""

from __future__ import annotations

import pytest

from pellucid.subjects import ReactionNetwork
from pellucid.subjects.reactions.reaction_text import is_of_reactions

read = ReactionNetwork.from_text
PLAIN = read("A + B ->{f} C; C ->{b} A + B")


@pytest.mark.parametrize(
    "text",
    [
        "A + B <-> C : f, b",
        "A+B<=>C : f, b",
        "A + B ⇌ C : f, b",
        "A + B <->{f, b} C",
        "A + B <->[f][b] C",
        "(f, b), A + B <--> C",
        "r1: A + B -> C : f\nr2: C -> A + B : b  # both ways",
        "f, A + B --> C; b, C --> A + B",
        "A + B -> C : f*A*B // whole rates\nC -> A + B : b*[C]",
        r"A + B \rightleftharpoons C : f, b",
        "A + B ->{f} C ->{b} A + B",
        "C <-{f} A + B; A + B <-{b} C; ",
    ],
)
def test_one_network_in_many_notations(text):
    found = read(text)
    assert set(found.reactions) == set(PLAIN.reactions)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A <-> B : k", "2 directions and 1 rate"),
        ("0.5 O2 -> A", "whole numbers"),
        ("x' = v -> A", "without arrows"),
        ("x' => v", "without arrows"),
        ("A -> B; C", "neither a reaction nor a number"),
        ("A -> B; x' = 3*x", "neither a reaction nor a number"),
        ("A -> B; q = 2", "no species, and in no rate"),
        ("A B -> C", "not understood"),
        ("A + -> B", "not understood"),
        ("(A) -> B", "not understood"),
        ("A -> A", "changes nothing"),
        ("0 -> 0", "changes nothing"),
        ("0 A -> B", "0 times"),
        ("A ->{k} B : q", "at its arrow and beside it"),
        ("A -> B : ", "empty rate"),
        ("A -> B, k, B -> C, q", "semicolons"),
        ("A -> B : k*(", "rate of A -> B"),
        ("# nothing", "no reaction"),
    ],
)
def test_what_is_not_understood_is_told_in_one_line(text, words):
    with pytest.raises(ValueError, match=words) as error:
        read(text)
    assert "\n" not in str(error.value)


def test_equations_are_no_reactions():
    assert not any(map(is_of_reactions, ["x' = v; v' = -x", "u_t = u_xx", "x[n+1] = x", "x' = -(a<b) # ->"]))
