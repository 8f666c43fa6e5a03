"""The words of any text."""

from __future__ import annotations

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
