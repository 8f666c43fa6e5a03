"""Runs of functions against their contracts, which end."""

from __future__ import annotations

from pellucid.subjects.python.module import read_functions
from pellucid.subjects.python.running import OutOfSteps, Runs, failures


def failure(source: str) -> str:
    """How the last function of a text fails."""
    return [said for _, _, said in failures(read_functions(source), 0)][-1]


def test_what_never_ends_is_no_counterexample():
    assert not failure("def f(n: int) -> int:\n  # ensures: result > n\n  while True:\n    n += 1\n")
    assert not failure("def f(n: int) -> int:\n  # ensures: result > n\n  return f(n)\n")


def test_steps_and_depth_are_counted():
    functions = read_functions("def f(n: int) -> int:\n  return f(n + 1)\n")
    runs = Runs(functions)
    try:
        runs.call(functions[0], {"n": 0})
    except OutOfSteps:
        return
    raise AssertionError("it should not end")


def test_old_lists_are_those_before_the_call():
    source = "def f(a: list[int], k: int) -> None:\n  # requires: 0 <= k < len(a)\n  # ensures: a[k] == old(a[k]) + 1\n"
    assert not failure(source + "  a[k] += 1\n")
    assert "is false" in failure(source + "  a[k] += 2\n")


def test_nothing_but_the_functions_can_be_reached():
    runs = Runs(read_functions("def f(n: int) -> int:\n  return n\n"))
    assert "open" not in runs.scope["__builtins__"]
    assert "__import__" not in runs.scope["__builtins__"]
