"""Blocks on a terminal and where none is: whatever fits stands beside each other, nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pellucid.cli.terminal import Code, Lines, Pairs, Rows, Terminal, Verdicts, shortened, without_middle

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=40).map(" ".join)
QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(WORDS, st.integers(12, 60))
def test_a_long_statement_keeps_its_first_and_its_last_words(text, longest):
    short = without_middle(text, longest)
    assert (short == text) == (len(text) <= longest)
    if short != text:
        first, last = short.split(" ... ")
        assert text.startswith(first)
        assert text.endswith(last)
        assert len(short) <= longest + len(" ... ")


@QUICK
@given(WORDS, st.integers(4, 60))
def test_shortened_text_fits(text, longest):
    assert len(shortened(text, longest)) <= max(longest, len("..."))


@QUICK
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4))
def test_without_a_terminal_every_pair_is_one_whole_line(capsys, pairs):
    capsys.readouterr()
    Terminal().print(Pairs(pairs))
    lines = capsys.readouterr().out.splitlines()
    assert [re.split(r"  +", line) for line in lines] == [list(pair) for pair in pairs]


def test_blocks_stand_apart_and_empty_ones_leave_no_trace(capsys):
    Terminal().print(Lines([]), Lines(["one", "two"]), Pairs([]), Rows((), []), Verdicts([]), Code("x = 1\n"))
    assert capsys.readouterr().out == "one\ntwo\n\nx = 1\n"


@pytest.mark.parametrize(("width", "lines"), [(2000, 1), (20, 3)])
def test_verdicts_are_folded_where_the_terminal_is_narrow(capsys, width, lines):
    terminal = Terminal()
    terminal.console.width = width
    terminal.print(Verdicts([("Tested", "magenta", ("p = q on all words", "10 cases", ""))]))
    out = capsys.readouterr().out
    assert len(out.splitlines()) == lines
    for text in ("Tested", "p = q", "10 cases"):
        assert text in out
