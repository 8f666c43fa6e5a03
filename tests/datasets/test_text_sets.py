"""The built-in sets of labelled texts: each can be listed and drawn by its name."""

import pytest

from pellucid.datasets.text_sets import TEXT_SETS


def test_all_that_are_told_of_are_there():
    assert {"additions", "cities", "days", "larger_than", "months", "numbers", "people", "places"} <= set(TEXT_SETS)
    with pytest.raises(ValueError, match="set of texts 'colours' is unknown; known are"):
        TEXT_SETS["colours"]


@pytest.mark.parametrize("name", ["additions", "days", "larger_than", "months", "numbers", "smaller_than"])
def test_each_is_the_same_for_the_same_seed(name):
    drawn = TEXT_SETS[name].draw(40, 1)
    assert drawn.fingerprint() == TEXT_SETS[name].draw(40, 1).fingerprint()
    assert len(drawn.texts) == len(drawn.y) > 20
