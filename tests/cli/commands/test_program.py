"""`pellucid program`: how a step's alphabet is written; the command itself is tested beside all that commands share."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer import Exit

from pellucid.artifacts import TrainingCurve
from pellucid.cli.commands.program import _end, parse_alphabet
from pellucid.cli.options import split_list
from pellucid.core import Finding, Provenance, Refuted, Tested


def test_alphabets():
    assert parse_alphabet("3..5").values[:, 0].tolist() == [3, 4, 5]
    assert parse_alphabet("0, 1").symbols == ()
    assert parse_alphabet("0,1,#").symbols == (("0", "1", "#"),)
    for text in ("", "a,", "a,a", "1..0", "0..1,a", "0...1"):
        with pytest.raises(ValueError, match="alphabet"):
            parse_alphabet(text)


def ended(*claims):
    """The exit code after these claims."""
    source = Provenance("MIPS", {}, 0, "")
    try:
        _end(Finding(TrainingCurve([0], [1.0], [0.5]), claims, source))
    except Exit as stop:
        return stop.exit_code
    return 0


def test_the_exit_code_says_whether_anything_is_known_to_be_wrong(capsys):
    right = Tested("program = labels on held-out sequences", 100, 0, key="program_held_out")
    assert ended(right) == 0
    assert ended(Tested("program = labels on held-out sequences", 500, 5, key="program_held_out")) == 1
    assert "not exact: program = labels on held-out sequences" in capsys.readouterr().err
    assert ended(right, Refuted("network = program", "inputs 1 1 1")) == 1
    assert "refuted: network = program" in capsys.readouterr().err


RANGES = st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 9)), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(RANGES)
def test_an_alphabet_is_read_as_it_is_written(ranges):
    text = ",".join(f"{low}..{low + size}" for low, size in ranges)
    found = parse_alphabet(text)
    assert found.low == tuple(low for low, _ in ranges)
    assert found.high == tuple(low + size for low, size in ranges)
    assert str(found) == text.replace(",", " x ")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["x", "f(a, b)", "[1, 2]", "g((u, v), w)"]), max_size=5))
def test_lists_are_joined_and_split_again(entries):
    assert split_list(", ".join(entries), ",") == tuple(entries)
