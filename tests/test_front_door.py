"""What a newcomer types first: `import pellucid`, its rooms, `python -m pellucid`."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pellucid

ROOMS = ["compress", "discover", "distill", "learn", "look", "plot", "prove", "report", "sklearn"]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_named(room):
    assert getattr(pellucid, room).__name__ == f"pellucid.{room}"
    assert room in dir(pellucid)


def test_nothing_else_is_listed():
    assert all(name == "__version__" or not name.startswith("_") for name in dir(pellucid))
    with pytest.raises(AttributeError, match="has no attribute 'looks'"):
        pellucid.looks  # noqa: B018


def test_it_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "pellucid", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"pellucid {pellucid.__version__}\n"
