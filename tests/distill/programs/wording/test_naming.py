import pytest

from pellucid.artifacts import read_program
from pellucid.datasets import mips_task
from pellucid.distill.programs.wording.description import describe
from pellucid.distill.programs.wording.naming import name_registers


@pytest.mark.parametrize(
    ("task", "names", "sentence"),
    [
        ("binary_addition", ["carry"], "Keeps what carries over in base 2 (carry)."),
        ("base_7_addition", ["carry"], "Keeps what carries over in base 7 (carry)."),
        ("parity_all", ["parity"], "Keeps the parity of x so far (parity)."),
        ("evens_counter", ["count"], "Keeps how often x % 2 == 0 so far (count)."),
        ("max_seen", ["largest"], "Keeps the largest x so far (largest)."),
        ("min_seen", ["smallest"], "Keeps the smallest x so far (smallest)."),
        ("sum_all", ["total"], "Keeps the sum of x so far (total)."),
        ("div_5", ["remainder"], "Keeps a number modulo 5 (remainder)."),
        ("add_mod_6", ["residue"], "Keeps a number modulo 6 (residue)."),
        ("prev1", ["previous"], "Keeps the x before (previous)."),
        ("bitwise_or", [], "Keeps nothing: each output follows from the input of its step."),
        ("majority_0_2", ["count_0", "count_1", "count_2"], None),
    ],
)
def test_registers_are_named_after_what_they_do(task, names, sentence):
    program = name_registers(mips_task(task).reference)
    assert [register.name for register in program.registers] == names
    if sentence is not None:
        assert describe(program) == sentence


def test_names_do_not_clash_and_nothing_else_changes():
    source = "def f(steps):\n  p = 0\n  q = 1\n  for x in steps:\n    p = p ^ x\n    q = q ^ x\n    yield p + q\n"
    program = read_program(source, [(0, 1)])
    renamed = name_registers(program)
    assert [register.name for register in renamed.registers] == ["parity", "parity_2"]
    import numpy as np

    words = np.random.default_rng(0).integers(0, 2, (20, 10, 1))
    assert (renamed.run(words) == program.run(words)).all()
