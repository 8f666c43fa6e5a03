"""Programs as Dafny's text; what of it is the same letter for letter, `test_certificate` says."""

from __future__ import annotations

import pytest

from pellucid.artifacts.programs.expression import Number
from pellucid.prove.programs.dafny_text import relation_of, to_dafny


@pytest.mark.parametrize("body", ["", "true }", "{ true"])
def test_a_relation_that_could_hide_something_is_not_read(body: str) -> None:
    with pytest.raises(ValueError, match="no relation"):
        relation_of(f"\npredicate Related(s: Program, r: Reference) {{\n  {body}\n}}\n")


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1, "1"), (-1, "(-1)"), (-20, "(-20)")])
def test_numbers_below_0_stand_in_brackets(value: int, text: str) -> None:
    assert to_dafny(Number(value)) == text
