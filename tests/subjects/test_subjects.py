"""Every subject says how it is made, in calls that there are; every method refuses what it does not open."""

from __future__ import annotations

import importlib
import re

import numpy as np
import pytest
import torch

import pellucid
from pellucid.core import Method, Subject, import_all
from pellucid.distill import MIPS, Algebraic

ROOMS = ("subjects", "look")


def descendants(kind):
    return [kind, *(each for child in kind.__subclasses__() for each in descendants(child))]


def subjects():
    for room in ROOMS:
        import_all(f"pellucid.{room}")
    return [kind for kind in descendants(Subject)[1:] if kind.__module__.startswith(pellucid.__name__)]


def called(sentence):
    """The names that a sentence tells the reader to call."""
    return re.findall(r"\b([A-Za-z_]+)(?:\.\w+)?\(", sentence)


@pytest.mark.parametrize("kind", subjects(), ids=lambda kind: kind.__name__)
def test_each_says_how_it_is_made(kind):
    names = called(kind.made_by)
    assert names
    for name in names:
        assert any(hasattr(importlib.import_module(f"pellucid.{room}"), name) for room in ROOMS), name


def test_what_methods_open_is_a_subject():
    import_all("pellucid.discover")
    import_all("pellucid.look")
    closed = [
        method.__name__
        for method in descendants(Method)
        for kind in getattr(method.opens, "__args__", (method.opens,))
        if method.__module__.startswith("pellucid.discover")
        and kind is not object
        and not (isinstance(kind, type) and hasattr(kind, "made_by"))
    ]
    assert not closed


@pytest.mark.parametrize(
    "given", [{"x": [1.0]}, np.eye(3), torch.nn.RNN(1, 2), 3, None], ids=lambda one: type(one).__name__
)
def test_a_wrong_subject_is_a_type_error_with_a_remedy(given):
    with pytest.raises(TypeError, match=r"^Algebraic opens Samples, not \w+; make one by Samples\(X, y, names\)"):
        Algebraic().explain(given)


def test_a_network_is_no_sequences():
    with pytest.raises(TypeError, match=r"^MIPS opens .*, not RNN; make one by .*read_sequences"):
        MIPS().explain(torch.nn.RNN(1, 2))  # type: ignore[arg-type]
