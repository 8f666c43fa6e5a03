"""Progress bars fit the terminal and keep to standard error."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pellucid.run import ProgressBars


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_and_notes_give_way(width):
    stream = io.StringIO()
    with ProgressBars(Console(file=stream, force_terminal=True, color_system=None, width=width)) as bars:
        bars.start("training [64] networks of hidden size 2", 10)
        bars.advance(3, "loss 0.1 and a note that is much longer than any terminal is wide " * 3)
        bars.advance(3)
        bars.finish()
        bars.advance(1)  # outside any stage: nothing to tell
        bars.finish()
    last = stream.getvalue().split("\x1b[2K")[-1].splitlines()
    assert last[0].startswith("training [64] networks")
    assert "━" in last[0]
    assert "loss 0.1" in last[0]
    assert all(len(line) <= width for line in last)
