"""A stranger's function runs elsewhere, within limits, and its faults are told."""

from __future__ import annotations

import os
import time

import pytest

from pellucid.run.child_function import ChildError, ChildFunction, Limits


def test_values_come_back_plain():
    source = """
import numpy as np
def pairs(steps): return [tuple(step) for step in steps]
def array(steps): return np.cumsum(np.array(steps))
def some(steps):
    for x in steps: yield x % 2 == 0
def holds(steps, outputs): return np.bool_(steps == outputs)
def process(steps): import os; print("noise"); return os.getpid()
"""
    for name, arguments, wanted in (
        ("pairs", ([(1, 2), (3, 4)],), [[1, 2], [3, 4]]),
        ("array", ([1, 2, 3],), [1, 3, 6]),
        ("some", ([1, 2],), [False, True]),
        ("holds", ([1], [1]), True),
    ):
        assert ChildFunction(source, name)(*arguments) == wanted
    assert ChildFunction(source, "process")([]) != os.getpid()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return 1 // 0", "ZeroDivisionError"),
        ("import sys; sys.exit()", "SystemExit"),
        ("import os; os._exit(3)", "the process ended"),
        ("return bytearray(64 << 30)", "MemoryError"),
        ("open('much', 'w').write('x' * 9999)", "OSError|the process ended"),
        ("while True: pass", "no answer within 0.5 s"),
    ],
)
def test_faults_are_told_and_the_next_call_is_answered(body, told):
    source = f"def f(steps):\n  if steps:\n    {body}\n  return [1]\n"
    child = ChildFunction(source, "f", limits=Limits(seconds=0.5 if "while" in body else 20))
    began = time.monotonic()
    with pytest.raises(ChildError, match=told):
        child([1])
    assert child([]) == [1]
    child.close()
    assert time.monotonic() - began < 15


def test_a_file_that_fails_is_told_on_loading():
    with pytest.raises(ChildError, match="NameError"):
        ChildFunction("unknown_name", "f").load()
