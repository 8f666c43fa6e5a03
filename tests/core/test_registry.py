"""Registries: one entry a name, found without being named elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.core import Registry


class One:
    """An entry."""


class Other:
    """Another entry."""


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=6))
def test_lists_what_was_registered_in_order(names):
    registry = Registry("thing", home="pellucid.core")
    for name in names:
        registry.register(name, One)
    assert list(registry) == sorted(names)
    assert len(registry) == len(names)
    assert all(name in registry and registry[name] is One for name in names)


def test_a_name_is_given_once():
    registry = Registry("thing", home="pellucid.core")
    registry.register("a", One)
    assert registry.register("a", One) is One  # as when a module is loaded again
    with pytest.raises(ValueError, match="thing 'a' is registered twice"):
        registry.register("a", Other)


def test_an_unknown_name_is_told_what_there_is():
    registry = Registry("thing", home="pellucid.core")
    registry.register("a", One)
    with pytest.raises(ValueError, match=r"thing 'b' is unknown; known are \['a'\]"):
        registry["b"]
