"""One sentence on what a program keeps from step to step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pellucid.artifacts import read_program
from pellucid.datasets import mips_task
from pellucid.distill.programs.wording.description import describe, with_description
from pellucid.distill.programs.wording.naming import name_registers


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        ("binary_addition", "Keeps what carries over in base 2 (carry)."),
        ("base_7_addition", "Keeps what carries over in base 7 (carry)."),
        ("parity_all", "Keeps the parity of x so far (parity)."),
        ("evens_counter", "Keeps how often x % 2 == 0 so far (count)."),
        ("max_seen", "Keeps the largest x so far (largest)."),
        ("min_seen", "Keeps the smallest x so far (smallest)."),
        ("sum_all", "Keeps the sum of x so far (total)."),
        ("div_5", "Keeps a number modulo 5 (remainder)."),
        ("add_mod_6", "Keeps a number modulo 6 (residue)."),
        ("prev1", "Keeps the x before (previous)."),
        ("bitwise_or", "Keeps nothing: each output follows from the input of its step."),
    ],
)
def test_what_is_kept_is_told(task, sentence):
    assert describe(name_registers(mips_task(task).reference)) == sentence


def test_a_long_sentence_names_the_registers_alone():
    program = name_registers(mips_task("prev3").reference)
    assert describe(program, longest=20).startswith(f"Keeps {len(program.registers)} numbers: ")


def test_a_description_that_is_there_stays():
    program = read_program("def f(steps):\n  p = 0\n  for x in steps:\n    p = p ^ x\n    yield p", [(0, 1)])
    assert with_description(program).description == "Keeps the parity of x so far (p)."
    assert with_description(replace(program, description="Mine.")).description == "Mine."
