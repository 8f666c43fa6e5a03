"""The words of any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.dafny.dafny_program import DafnyProgram
from pellucid.subjects.dafny.tokens import UnreadableDafny, tokens_of


@settings(max_examples=200)
@given(st.text(alphabet="while(){}<>=!|&:;.,+-*/[]ab1 \n\"'_", max_size=80))
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        reading, problem = DafnyProgram(text).reading, ""
    except UnreadableDafny as error:
        reading, problem = None, str(error)
    assert "\n" not in problem
    assert reading is None or [t.text for t in reading.tokens] == [t.text for t in tokens_of(text)]


def test_comments_nest_and_end_at_every_kind_of_line():
    assert [token.text for token in tokens_of("a /* /* b */ c */ d // e\rf")] == ["a", "d", "f", ""]
    with pytest.raises(UnreadableDafny, match="line 2: a comment has no end"):
        tokens_of("a\n/* /* */")


@pytest.mark.parametrize("text", ["#if X\na\n#endif", "a /*\n #else */", "b\r#endif"])
def test_directives_are_not_read(text):
    with pytest.raises(UnreadableDafny, match="is a directive"):
        tokens_of(text)
