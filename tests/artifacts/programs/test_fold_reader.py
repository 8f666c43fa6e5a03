"""Reading folds: what is not understood is refused, never taken for something else."""

import pytest

from pellucid.artifacts import Input, NotAFold, read_program
from pellucid.artifacts.programs.fold_reader import read_fold

LOOP = "  for x in s:\n    yield {}\n"
BIT = [Input("x", 0, 1)]


@pytest.mark.parametrize(
    ("above", "head", "value", "below"),
    [
        ("K = 3\nK = g()\n", "", "x + K", ""),
        ("K = 3\nK += 1\n", "", "x + K", ""),
        ("K = 3\nif K:\n  K = 4\n", "", "x + K", ""),
        ("K = 3\ndef g():\n  global K\n  K = 4\n", "", "x + K", ""),
        ("K = 3\nfrom m import *\n", "", "x + K", ""),
        ("K = 3\nimport m as K\n", "", "x + K", ""),
        ("def abs(x):\n  return 0\n", "", "abs(x)", ""),
        ("from m import min\n", "", "min(x, 0)", ""),
        ("", "  max = 0\n", "max(x, 1)", ""),
        ("@g\n", "", "x", ""),
        ("", "", "x", "f = g(f)\n"),
        ("", "", "x", "class f:\n  pass\n"),
        ("", "  yield 1\n", "x", ""),
        ("K = 3\n", "", "x + K\n    K = x", ""),  # a local name, which is read before it is set
        ("T = (1, 2)\n", "  s = T\n", "x", ""),  # the loop runs over something else
        ("", "  x = 1\n", "x\n    x = 2", ""),  # an input and a register of one name
        ("T = ((1, 2), (3, 4))\n", "", "T[x]", ""),  # a row, no number
    ],
)
def test_a_name_with_more_than_one_meaning_is_refused(above, head, value, below):
    text = f"{above}def f(s):\n{head}{LOOP.format(value)}{below}"
    with pytest.raises(NotAFold):
        read_program(text, BIT)


@pytest.mark.parametrize("arguments", ["s, t", "s, *K", "s, *, K=4", "s, **K", "*s", ""])
def test_a_function_takes_the_steps_and_nothing_else(arguments):
    with pytest.raises(NotAFold):
        read_program(f"K = 3\ndef f({arguments}):\n{LOOP.format('x + K')}", BIT)


def test_a_loop_that_yields_nothing_is_refused_though_something_was_yielded_before_it():
    with pytest.raises(NotAFold, match="before its loop"):
        read_program("def f(s):\n  yield 1\n  for x in s:\n    pass", BIT)


def test_a_register_hides_the_constant_of_its_name():
    text = "total = 7\ndef f(s):\n  total = 0\n  for x in s:\n    total += x\n    yield total"
    assert [(r.name, r.initial) for r in read_fold(text, BIT).registers] == [("total", 0)]


def test_a_name_of_python_may_be_a_variable_where_it_is_not_called():
    text = "def f(s):\n  max = 0\n  for x in s:\n    max = x if x > max else max\n    yield max"
    assert read_program(text, BIT).registers[0].name == "max"


def test_constants_of_a_script_are_read_beside_other_functions():
    text = "import sys\nK = 3\ndef main():\n  K = sys.argv\ndef f(s):\n" + LOOP.format("x + K")
    text += "if __name__ == '__main__':\n  main()\n"
    assert read_program(text, BIT, function="f").to_python().endswith("yield x + 3\n")


@pytest.mark.parametrize(
    "statement",
    [
        "exec('K = 4')",
        "globals()['K'] = 4",
        "globals().update(K=4)",
        "setattr(sys.modules[__name__], 'K', 4)",
        "K += 1",
        "K = K * 5",
        "T[0] = 100",
        "T.append(1)",
        "if True:\n  K = 4",
        "for K in (1, 2): pass",
        "while False: pass",
        "with open('x') as K: pass",
        "try:\n  K = 4\nexcept ValueError: pass",
        "assert list(f([1])) == [4]",
        "del K",
        "class A:\n  exec('K = 4', globals())",
        "def g(a=exec('K = 4', globals())): pass",
        "def g(a: exec('K = 4', globals())): pass",
        "def g() -> exec('K = 4', globals()): pass",
        "@exec\ndef g(): pass",
        "def g(a=(K := 4)): pass",
        "A = exec('K = 4')",
        "A = [K := 4]",
        "A = B = 4",
        "A, K = 4, 4",
        "A: exec('K = 4') = 3",
        "import evil",
        "from . import evil",
        "from evil import x",
        "import sys as min",
        "__builtins__ = {}",
        "raise SystemExit",
        "if __name__ == '__main__':\n  pass\nelse:\n  K = 4",
        "match 1:\n  case K: pass",
        "print(K)",
        "import sys; sys.setrecursionlimit(9)",
    ],
)
def test_a_module_is_read_whole_or_refused(statement):
    text = f"import sys\nK = 3\nT = [1, 2]\n{statement}\ndef f(s):\n{LOOP.format('min(x + K, T[x])')}"
    with pytest.raises(NotAFold):
        read_program(text, BIT, function="f")


@pytest.mark.parametrize(
    "statement",
    [
        "'a text'",
        "from __future__ import annotations",
        "import itertools as it",
        "WIDTH: int = 4",
        "LAST = K - 1",
        "NAME = 'counter'",
        "HALF = 0.5",
        "def g(a: list[int] | None = None, *b, c: 'x' = -1) -> tuple[int, ...]: return exec(a)",
        "if __name__ == '__main__':\n  print(list(f([1])))",
        "__version__ = '1'",
        "pass",
    ],
)
def test_what_changes_nothing_is_read(statement):
    text = f"{statement}\ndef f(s):\n{LOOP.format('x + K')}\nK = 3\n"
    text = text if "LAST" not in statement else f"K = 3\n{text.removesuffix('K = 3' + chr(10))}"
    assert "x + 3" in read_program(text, BIT, function="f").to_python()


def test_one_input_is_not_unpacked():
    with pytest.raises(NotAFold, match="cannot read"):
        read_program("def f(s):\n  for (x,) in s:\n    yield x", BIT)


def test_local_names_may_say_their_type():
    text = "def f(s):\n  n: int = 2\n  for x in s:\n    n: int = n + x\n    yield n"
    assert [(r.name, r.initial) for r in read_fold(text, BIT).registers] == [("n", 2)]


@pytest.mark.parametrize("line", ["n = 3 // x", "n = (1, 2)[x + 1]", "n = K % 0", "if 3 // x: pass", "n = (1, 2)[7]"])
def test_a_value_that_is_not_used_may_still_have_none(line):
    """Python fails where it divides by 0, though nothing is made of it: such a function is no total one."""
    with pytest.raises(NotAFold, match="not used"):
        read_program(f"K = 3\ndef f(s):\n  for x in s:\n    {line}\n    yield x", BIT)
