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
