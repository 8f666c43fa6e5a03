"""`pellucid list` finds methods where they are defined; no list of them is kept."""

from __future__ import annotations

import pellucid.discover
import pellucid.distill
import pellucid.look
from pellucid.cli.commands.list_methods import methods
from pellucid.core import Method


def test_every_method_of_every_door_is_listed_once_with_its_line():
    listed = [name for name, _ in methods()]
    assert len(listed) == len(set(listed))
    assert all(line for _, line in methods())
    for room in (pellucid.distill, pellucid.discover, pellucid.look):
        for name in room.__all__:
            kind = getattr(room, name)
            if isinstance(kind, type) and issubclass(kind, Method):
                assert f"{room.__name__.rpartition('.')[2]}.{name}" in listed


def test_a_method_defined_outside_of_the_package_is_not_listed():
    class Elsewhere(Method[object, object]):  # type: ignore[type-var]
        """A method of a test."""

    assert not any("Elsewhere" in name for name, _ in methods())
