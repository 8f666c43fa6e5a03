"""Whatever is read as a fold gives what Python gives when it runs the same text: on thousands of random files."""

from __future__ import annotations

import builtins
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from specification_texts import Writer

from pellucid.artifacts import Input, NotAFold, Program, read_program
from pellucid.artifacts.programs.expression import evaluate, obligations


def run_python(text: str, steps: list[Any]) -> list[Any] | None:
    """What Python gives, or None where the file or the function fails. What the file does to builtins is undone."""
    before = dict(vars(builtins))
    namespace: dict[str, Any] = {"__name__": "specification"}
    try:
        exec(compile(text, "specification.py", "exec"), namespace)
        return list(namespace["f"](steps))
    except Exception:
        return None
    finally:
        for name, meaning in before.items():
            setattr(builtins, name, meaning)


def run_as_read(program: Program, steps: list[tuple[int, ...]]) -> list[tuple[int, ...]] | None:
    """What the program gives, step by step in integers of any size; None from where an expression has no value."""
    needed = [needed for expression in program.expressions for needed in obligations(expression)]
    state, outputs = tuple(np.array([r.initial], dtype=object) for r in program.registers), []
    for step in steps:
        now = tuple(np.array([value], dtype=object) for value in step)
        names = [*(r.name for r in program.registers), *(i.name for i in program.inputs)]
        values = dict(zip(names, (*state, *now), strict=True))
        try:
            if not all(bool(evaluate(condition, values)) for condition in needed):
                return None
        except (ArithmeticError, IndexError):
            return None  # what is needed has itself no value
        after, output = program.step(state, now)
        state = tuple(np.array([int(np.ravel(value)[0])], dtype=object) for value in after)
        outputs.append(tuple(int(np.ravel(value)[0]) for value in output))
    return outputs


def compared(seed: int) -> str:
    """What became of one file: "refused", "undefined" or "same"; anything else is a fault."""
    writer = Writer(seed)
    text = writer.module()
    inputs = [Input("x", -2, 3), Input("y", 0, 1)][: writer.width]
    try:
        program = read_program(text, inputs, function="f")
    except NotAFold:
        return "refused"
    own = read_program(program.to_python(), inputs)
    draw, known = np.random.default_rng(seed), "undefined"
    for length in (1, 4, 9):
        steps = [tuple(int(draw.integers(i.low, i.high + 1)) for i in inputs) for _ in range(length)]
        mine = run_as_read(program, steps)
        if mine is None:
            continue
        theirs = run_python(text, [step if writer.width > 1 else step[0] for step in steps])
        if theirs is None:
            return f"Python fails where the fold gives {mine} for {steps}:\n{text}"
        if mine != [tuple(map(int, y)) if isinstance(y, tuple) else (int(y),) for y in theirs]:
            return f"on {steps} the fold gives {mine}, Python {theirs}:\n{text}"
        if run_as_read(own, steps) != mine:
            return f"its own text reads otherwise:\n{program.to_python()}"
        known = "same"
    return known


def became(first: int, last: int) -> list[str]:
    found = [compared(seed) for seed in range(first, last)]
    faults = [told for told in found if told not in ("refused", "undefined", "same")]
    assert not faults, f"{len(faults)} files are misread; the first: {faults[0]}"
    return found


def test_what_is_read_is_what_runs() -> None:
    found = became(0, 300)
    assert found.count("same") >= 40
    assert found.count("refused") >= 60


def test_a_shared_value_is_written_before_what_reads_it() -> None:
    """This file has one that is found after the others, and read by one of them."""
    assert compared(1753) in ("undefined", "same")


@pytest.mark.slow
@pytest.mark.parametrize(("first", "last"), list(pairwise(range(300, 10_400, 1_000))))
def test_what_is_read_is_what_runs_on_ten_thousand_files(first: int, last: int) -> None:
    assert became(first, last).count("same") >= 150
