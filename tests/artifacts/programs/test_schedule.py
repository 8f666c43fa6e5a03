"""Schedules: assignments one after the other mean the same as all updates at once, whatever the registers read."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Input, Name, Number, Program, Register, apply, read_program
from pellucid.artifacts.programs.schedule import schedule

NAMES = ("a", "b", "s", "t", "u")


def sums(depth: int) -> st.SearchStrategy:
    """Sums, products, remainders and choices over inputs and registers, with much that may be shared."""
    leaves = st.sampled_from(NAMES).map(Name) | st.integers(-2, 3).map(Number)
    if depth == 0:
        return leaves
    inner = sums(depth - 1)
    return (
        leaves
        | st.builds(apply, st.sampled_from(["+", "-", "*", "min", "max"]), inner, inner)
        | st.builds(lambda e, k: apply("%", e, k), inner, st.integers(1, 3))
        | st.builds(lambda x, y, z: apply("if", apply("<", x, y), y, z), inner, inner, inner)
    )


@st.composite
def programs(draw: st.DrawFn) -> Program:
    registers = tuple(Register(name, draw(st.integers(-1, 1)), draw(sums(2))) for name in ("s", "t", "u"))
    updates = st.sampled_from([register.update for register in registers])
    outputs = tuple(draw(st.lists(sums(2) | updates, min_size=1, max_size=2)))
    return Program((Input("a", 0, 2), Input("b", 0, 2)), registers, outputs)


@settings(max_examples=60, deadline=None)
@given(programs(), st.integers(0, 2**32 - 1))
def test_what_is_printed_does_what_the_program_does(program, seed):
    inputs = np.random.default_rng(seed).integers(0, 3, (5, 4, 2))
    names: dict = {}
    exec(program.to_python(), names)
    printed = [[tuple(np.atleast_1d(y)) for y in names[program.name](steps.tolist())] for steps in inputs]
    assert (program.run(inputs, exact=True) == np.array(printed, dtype=object)).all()


@settings(max_examples=60, deadline=None)
@given(programs(), st.integers(0, 2**32 - 1))
def test_what_is_printed_is_read_back_as_the_same_program(program, seed):
    inputs = np.random.default_rng(seed).integers(0, 3, (5, 4, 2))
    again = read_program(program.to_python(), program.inputs)
    assert (again.run(inputs, exact=True) == program.run(inputs, exact=True)).all()


@settings(max_examples=60, deadline=None)
@given(programs())
def test_every_update_and_output_is_written_once(program):
    written = schedule(program)
    targets = [target for statement in written.statements for target in statement.targets]
    assert sorted(targets) == sorted(r.name for r in program.registers if r.update != Name(r.name))
    assert sum(not statement.targets for statement in written.statements) == 1
