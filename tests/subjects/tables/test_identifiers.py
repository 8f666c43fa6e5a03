"""Names of columns as names in formulas."""

import keyword

from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.tables.identifiers import identifiers


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=6), max_size=8))
def test_all_are_different_and_may_stand_in_a_formula(names):
    found = identifiers(names)
    assert len(set(found)) == len(found) == len(names)
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in found)
