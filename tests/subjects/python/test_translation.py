"""What is translated means the same: random functions, run in Python and, translated, as Dafny runs them."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from random_programs import random_program

from pellucid.subjects.dafny.dafny_program import DafnyProgram
from pellucid.subjects.dafny.running.execution import Runner
from pellucid.subjects.dafny.running.values import DafnyArray, Undefined
from pellucid.subjects.python.module import read_functions
from pellucid.subjects.python.running import OutOfSteps, Runs
from pellucid.subjects.python.translation import text_of, translated


def both(source: str, inputs: dict[str, Any], name: str = "f") -> tuple[Any, Any]:
    """(results, lists afterwards) in Python and of the translation; "fails" where there are none."""
    functions = read_functions(source)
    function = next(each for each in functions if each.name == name)
    given = {key: list(value) if isinstance(value, list) else value for key, value in inputs.items()}
    try:
        result = Runs(functions).call(function, given)
        python: Any = (_plain(result if isinstance(result, tuple) else (result,)), _plain(tuple(given.values())))
    except (ArithmeticError, LookupError, OutOfSteps):
        python = "fails"
    return python, _translated(text_of(functions), name, inputs)


def _translated(text: str, name: str, inputs: dict[str, Any]) -> Any:
    program = DafnyProgram(text)
    assert not program.reading.unread, program.reading.unread
    routine = next(each for each in program.routines if each.name == name)
    kinds = dict(routine.inputs)
    values = {n: DafnyArray(list(v)) if kinds[n].startswith("array") else _plain(v) for n, v in inputs.items()}
    try:
        Runner(program, Random(0), most_steps=40_000).run(routine, values)
    except Undefined:
        return "fails"
    return tuple(_plain(values[n]) for n, _ in routine.outputs), tuple(_plain(values[n]) for n in inputs)


def _plain(value: Any) -> Any:
    if isinstance(value, DafnyArray):
        value = value.items
    return tuple(_plain(item) for item in value) if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("seed", range(120))
def test_random_functions_do_the_same_in_dafny(seed: int):
    random = Random(f"translation/{seed}")
    source = random_program(random)
    for _ in range(4):
        length = random.randint(0, 4)
        items = [random.randint(-3, 5) for _ in range(length)]
        inputs = {"x": random.randint(-6, 6), "y": random.randint(-6, 6), "flag": random.random() < 0.5, "a": items}
        python, dafny = both(source, inputs)
        assert dafny in (python, "fails"), source  # Dafny may refuse more: an index below zero
        assert python != "fails" or dafny == "fails", source


REFUSED = [
    ("def f(n: int) -> int:\n  return g(n)", "what this calls"),
    ("def f(n):\n  return n", "annotate"),
    ("def f(n: float) -> int:\n  return 1", "type 'float'"),
    ("def f(n: int) -> int:\n  return n / 2", "not understood"),
    ("def f(n: int) -> int:\n  if n > 0:\n    m = 1\n  return m", "'m' need not have a value"),
    ("def f(n: int) -> int:\n  if n > 0:\n    n = n + 1\n    return n", "may end without a return"),
    ("def f(n: int) -> int:\n  for i in range(n):\n    pass\n  return i", "'i' need not have a value"),
    ("def f(n: int) -> int:\n  i = 0\n  for i in range(n):\n    pass\n  return i", "'i' need not have a value"),
    ("def f(n: int) -> int:\n  s = 0\n  for i in range(n):\n    i = 2\n  return s", "sets its own variable"),
    ("def f(a: list[int]) -> list[int]:\n  b = a\n  b[0] = 1\n  return a[:]", "copy it with"),
    ("def f(a: list[int]) -> list[int]:\n  a[0] = 1\n  return a", "copy it with"),
    ("def f(a: list[int]) -> int:\n  a.append(1)\n  return 1", "only lists that the function made"),
    ("def f(n: int) -> int:\n  b = [n]\n  c = d = b\n  return 1", "gives one list two names"),
    ("def f(n: int) -> int:\n  b = [[n]]\n  c = b[0]\n  c.append(1)\n  return 1", "not known here"),
    ("def f(n: int) -> int:\n  b = [n]\n  b += [1]\n  return 1", "use append"),
    ("def f(a: list[int]) -> int:\n  b = [1]\n  for x in b:\n    b.append(x)\n  return 1", "loop changes 'b'"),
    ("M = 2\ndef f(n: int) -> int:\n  return n", "'M = 2' is no function"),
    ("import math\ndef f(n: int) -> int:\n  return n", "is no function"),
    ("@wrapped\ndef f(n: int) -> int:\n  return n", "decorated"),
    ("def f(n: int = 2) -> int:\n  return n", "plain arguments"),
    ("def f(n: int) -> int:\n  return n\ndef f(n: int) -> int:\n  return 1", "mean two things"),
    ("def len(a: list[int]) -> int:\n  return 1", "mean two things"),
    ("def f(max: int) -> int:\n  return max(max, 1)", "mean two things"),
    ("def f(n: int) -> int:\n  return 1\n  # ensures: result == 1", "stands at no function"),
    ("def f(n: int) -> int:\n  # ensures: result is\n  return 1", "no Python expression"),
    ("def f(n: int) -> int:\n  global m\n  return n", "not understood"),
    ("def f(n: int) -> int:\n  def g() -> int:\n    return 1\n  return n", "not understood"),
    ("def f(n: int) -> int:\n  return (lambda: 1)()", "not known here"),
    ("def f(n: int) -> int:\n  assert old(n) == n\n  return n", "contracts only"),
    ("def f(n: int) -> bool:\n  return n or True", "is int, not bool"),
    ("def f(n: int) -> int:\n  return True + n", "not understood"),
    ("def f(n: int) -> int:\n  m = 1\n  m = True\n  return n", "use another name"),
    ("x = f(1", "not Python"),
    ("", "holds no function"),
]


@pytest.mark.parametrize(("source", "why"), REFUSED)
def test_what_is_not_understood_is_refused_with_its_line(source: str, why: str):
    with pytest.raises(ValueError, match=why.replace("[", r"\[").replace("(", r"\(")):
        translated(source)


def test_one_list_returned_twice_is_refused():
    source = "def f(n: int) -> tuple[list[int], list[int]]:\n  b = [n]\n  b.append(1)\n  return b, b"
    with pytest.raises(ValueError, match="returned twice"):
        translated(source)


def test_a_callee_that_changes_its_list_is_called_before_the_rest():
    source = (
        "def g(a: list[int]) -> int:\n  a[0] = 5\n  return 1\n"
        "def f(a: list[int]) -> int:\n  a[0] = 2\n  return a[0] + g(a)"
    )
    with pytest.raises(ValueError, match="stand by itself"):
        translated(source)


def test_a_loop_counts_to_where_it_was_told_first():
    source = "def f(n: int) -> int:\n  s = 0\n  for i in range(n):\n    n = n - 1\n    s += 1\n  return s"
    assert both(source, {"n": 5}) == (((5,), (5,)), ((5,), (5,)))


def test_continue_inside_a_choice_is_refused_since_more_of_the_pass_follows():
    source = (
        "def f(n: int) -> int:\n  s = 0\n  for i in range(n):\n    if i > 1:\n      if i > 2:\n        continue\n"
        "      s += 1\n    s += 10\n  return s"
    )
    with pytest.raises(ValueError, match="'continue' is not understood"):
        translated(source)
    flat = source.replace(
        "    if i > 1:\n      if i > 2:\n        continue\n      s += 1\n", "    if i > 2:\n      continue\n"
    )
    assert both(flat, {"n": 5}) == (((30,), (5,)), ((30,), (5,)))


BUMP = "def bump(a: list[int]) -> int:\n  a[0] += 1\n  return 1\n"


def test_the_end_of_a_range_that_a_call_changes_is_read_once():
    source = (
        BUMP + "def f(a: list[int]) -> int:\n  s = 0\n  for i in range(a[0]):\n    s += 1\n    t = bump(a)\n  return s"
    )
    assert "stop_1_ := a[0]" in translated(source)
    assert both(source, {"a": [3]}) == (((3,), ((6,),)), ((3,), ((6,),)))


@pytest.mark.parametrize(
    "last", ["u, v = a[0], bump(a)\n  return u, v", "return a[0], bump(a)", "u = a[0] + bump(a)\n  return u, u"]
)
def test_what_is_read_beside_a_call_that_changes_it_is_refused(last: str):
    with pytest.raises(ValueError, match="stand by itself"):
        translated(BUMP + "def f(a: list[int]) -> tuple[int, int]:\n  a[0] = 2\n  " + last)


def test_minus_zero_counts_from_the_start():
    with pytest.raises(ValueError, match="-0 is 0"):
        translated("def f(a: list[int]) -> list[int]:\n  return a[-0:]")


def test_contracts_may_begin_with_a_capital():
    assert "ensures" in translated("def f(n: int) -> int:\n  # Ensures: result == n\n  return n")


def test_an_index_that_reads_what_was_set_just_before_reads_the_new_value():
    source = "def f(a: list[int]) -> int:\n  a[0], a[a[0]] = a[a[0]], a[0]\n  return 100 * a[0] + 10 * a[1] + a[2]"
    assert both(source, {"a": [2, 1, 0]}) == (((210,), ((2, 1, 0),)), ((210,), ((2, 1, 0),)))
