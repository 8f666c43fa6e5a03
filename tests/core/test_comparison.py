"""Two findings side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts import Formula
from pellucid.core import Finding, Measured, Provenance, Tested
from pellucid.core.comparison import compare

SOURCE = Provenance("m", {}, 0, "abc")


def finding(*claims):
    return Finding(Formula("a", ("a",), "y"), claims, SOURCE)


def test_claims_are_paired_by_their_words_and_then_by_their_key():
    first = finding(
        Tested("y is right", 10, 0), Measured("error on 10 rows", 0.1, "", key="error"), Measured("a", 1, "")
    )
    second = finding(Tested("y is right", 10, 1), Measured("error on 20 rows", 0.1, "", key="error"))
    pairs = compare(first, second)
    assert [(pair.first is None, pair.second is None, pair.is_same) for pair in pairs] == [
        (False, False, False),
        (False, False, True),
        (False, True, False),
    ]


def test_two_claims_of_one_key_are_not_guessed_at():
    first = finding(Measured("constant a", 1, "", key="constant"), Measured("constant b", 2, "", key="constant"))
    second = finding(Measured("constant c", 1, "", key="constant"))
    assert [pair.second is None for pair in compare(first, second)] == [True, True, False]


@given(st.lists(st.sampled_from("abcde"), max_size=6), st.lists(st.sampled_from("abcde"), max_size=6))
def test_every_claim_is_in_one_pair(left, right):
    one, two = (finding(*(Measured(text, 1, "", key="k") for text in texts)) for texts in (left, right))
    pairs = compare(one, two)
    assert [pair.first for pair in pairs if pair.first] == list(one.claims)
    assert sorted(pair.second.statement for pair in pairs if pair.second) == sorted(right)
