import pytest

from pellucid.artifacts import read_program
from pellucid.datasets import mips_task
from pellucid.distill.programs.wording.naming import name_registers


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("binary_addition", ["carry"]),
        ("base_7_addition", ["carry"]),
        ("parity_all", ["parity"]),
        ("evens_counter", ["count"]),
        ("max_seen", ["largest"]),
        ("min_seen", ["smallest"]),
        ("sum_all", ["total"]),
        ("div_5", ["remainder"]),
        ("add_mod_6", ["residue"]),
        ("prev1", ["previous"]),
        ("bitwise_or", []),
        ("majority_0_2", ["count_0", "count_1", "count_2"]),
    ],
)
def test_registers_are_named_after_what_they_do(task, names):
    program = name_registers(mips_task(task).reference)
    assert [register.name for register in program.registers] == names


def test_names_do_not_clash_and_nothing_else_changes():
    source = "def f(steps):\n  p = 0\n  q = 1\n  for x in steps:\n    p = p ^ x\n    q = q ^ x\n    yield p + q\n"
    program = read_program(source, [(0, 1)])
    renamed = name_registers(program)
    assert [register.name for register in renamed.registers] == ["parity", "parity_2"]
    import numpy as np

    words = np.random.default_rng(0).integers(0, 2, (20, 10, 1))
    assert (renamed.run(words) == program.run(words)).all()
