"""Tidying: the same function, written the usual way, and never longer."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Name, Number, apply, evaluate, read_program
from pellucid.distill.programs.synthesis.tidy import tidy, without_idle_registers


def integers(depth: int) -> st.SearchStrategy:
    leaves = st.sampled_from("xy").map(Name) | st.integers(-2, 3).map(Number)
    if depth == 0:
        return leaves
    inner = integers(depth - 1)
    operators = st.sampled_from(["+", "-", "*", "min", "max"])
    tests = st.builds(apply, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner)
    tests |= tests.map(lambda test: apply("not", test))
    return leaves | st.builds(apply, operators, inner, inner) | tests.map(lambda test: apply("int", test))


@settings(max_examples=200, deadline=None)
@given(integers(3))
def test_the_same_function_and_never_longer(expression):
    x, y = np.meshgrid(np.arange(-3, 4), np.arange(-3, 4))
    tidied = tidy(expression)
    assert (evaluate(tidied, {"x": x, "y": y}) == evaluate(expression, {"x": x, "y": y})).all()
    assert tidied.size <= expression.size


def test_registers_that_feed_no_output_go_and_those_that_feed_others_stay():
    source = "def f(steps):\n  s = t = 0\n".replace("s = t = 0", "s = 0\n  t = 0\n  u = 0")
    source += "  for x in steps:\n    u = u + t\n    yield s\n    s = t\n    t = x\n"
    program = without_idle_registers(read_program(source, [(0, 1)]))
    assert [register.name for register in program.registers] == ["s", "t"]
