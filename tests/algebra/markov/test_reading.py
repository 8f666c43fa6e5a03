"""Worlds out of JSON: what is read exactly, and what is refused in one line."""

from fractions import Fraction

import pytest

from pellucid.algebra.markov.reading import load_exactly, world_from


def world(**changes):
    rows = {
        "a": {"go": {"b": Fraction(9, 10), "bad": Fraction(1, 10)}, "wait": {"a": 1}},
        "b": {"bad": "1/3", "a": "2/3"},
    }
    return {"start": "a", "transitions": rows, **changes}


def test_decimals_are_the_fractions_that_are_written():
    read = load_exactly('{"start": "a", "transitions": {"a": {"b": 0.1, "c": 0.9}}}')
    assert world_from(read).choices[0][0].low == (Fraction(1, 10), Fraction(9, 10))


def test_what_is_written_is_read_again():
    whole = world(
        labels={"end": ["bad"]}, costs={"a": {"go": 2}, "b": "1/2"}, observations=dict.fromkeys("ab", 3) | {"bad": 0}
    )
    first = world_from(whole)
    assert world_from(first.to_dict()) == first
    assert first.choices[1][0].cost == Fraction(1, 2)
    assert first.resolve(["end"]) == {2}


def test_intervals_and_their_kind():
    found = world_from({"start": "a", "transitions": {"a": {"b": [0.1, "1/2"], "c": [0, 1]}}})
    assert found.describe() == "interval Markov chain, 3 states, 2 transitions"
    assert world_from(found.to_dict()) == found


def test_probabilities_are_divided_by_their_sum_only_if_asked():
    rows = {"a": {"b": "0.333", "c": "0.333", "d": "0.333"}}
    with pytest.raises(ValueError, match=r"state 'a': the probabilities add to 999/1000, not to 1; .*--normalise"):
        world_from({"start": "a", "transitions": rows})
    assert world_from({"start": "a", "transitions": rows}, normalise=True).choices[0][0].low == (Fraction(1, 3),) * 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "a world needs"),
        ({"transitions": {"a": {"b": 1}}}, "start is None"),
        (world(start="c"), "start is 'c'"),
        (world(states=3, colour=1), "unknown entries"),
        ({"start": "a", "transitions": {"a": [1]}}, "give {state: probability}"),
        ({"start": "a", "transitions": {"a": {"go": {"b": 1}, "b": 1}}}, "mixes actions and states"),
        ({"start": "a", "transitions": {"a": {"go": {}}}}, "leads nowhere"),
        ({"start": "a", "transitions": {"a": {"b": "x"}}}, "is 'x', which is no number"),
        ({"start": "a", "transitions": {"a": {"b": True}}}, "no number"),
        ({"start": "a", "transitions": {"a": {"b": [0.1, 0.2, 0.3]}}}, "no interval"),
        ({"start": "a", "transitions": {"a": {"b": ["1/2", "1/4"], "c": [0, 1]}}}, "low <= high"),
        ({"start": "a", "transitions": {"a": {"b": [0, "1/4"], "c": [0, "1/4"]}}}, "no distribution fits"),
        ({"start": "a", "transitions": {"a": {"b": "-1/2", "c": "3/2"}}}, "give low <= high within 0 and 1"),
        ({"start": "a", "transitions": {"a": {"b": 0, "c": 0}}}, "add to 0, not to 1; mend them"),
        (world(labels={"end": ["c"]}), "'c', which is no state"),
        (world(labels={"b": ["a"]}), "also the name of a state"),
        (world(costs={"c": 1}), "costs name 'c'"),
        (world(costs={"a": {"fly": 1}}), "costs name action 'fly'"),
        (world(costs={"a": -1}), "negative"),
        (world(observations={"a": 1}), "observations of 'b'"),
        (world(observations={"a": [1], "b": [1, 2], "bad": [1]}), "differ in length"),
    ],
)
def test_what_is_no_world(given, words):
    with pytest.raises(ValueError, match=words):
        world_from(given)


@pytest.mark.parametrize(
    ("text", "words"), [("{", "not JSON"), ('{"a": NaN}', "NaN is no probability"), ('{"a": 1, "a": 2}', "given twice")]
)
def test_what_is_no_json(text, words):
    with pytest.raises(ValueError, match=words):
        load_exactly(text)
