import numpy as np

from pellucid.artifacts import read_program
from pellucid.distill import MIPS, Linear, Registers, Window
from pellucid.distill.programs.candidates import Candidate
from pellucid.distill.programs.observations import Observations
from pellucid.distill.programs.routes.product import product
from pellucid.subjects import Alphabet


def test_outputs_of_different_kinds_come_by_different_routes():
    inputs = np.random.default_rng(0).integers(0, 50, (600, 8, 1))
    outputs = np.concatenate([inputs.cumsum(1), np.maximum.accumulate(inputs, 1)], 2)
    mask = np.ones(inputs.shape[:2], dtype=bool)
    seen = Observations(inputs, outputs, mask, Alphabet((0,), (49,)))
    found = MIPS(routes=(Linear(), Window(), Registers()))._product(seen, np.random.default_rng(0))
    assert found is not None
    assert found.route.startswith("product of")
    assert (found.program.run(inputs) == outputs).all()
    assert {register.name for register in found.program.registers} == {"total", "largest"}


def test_a_register_that_both_need_is_kept_once():
    sources = ("yield total", "yield total % 3")
    text = "def f(steps):\n  total = 0\n  for x in steps:\n    total += x\n    {}\n"
    programs = [read_program(text.format(last), [(0, 9)]) for last in sources]
    both = product([Candidate(program, "registers") for program in programs]).program
    assert [register.name for register in both.registers] == ["total"]
    words = np.random.default_rng(0).integers(0, 10, (20, 6, 1))
    expected = np.concatenate([program.run(words) for program in programs], 2)
    assert (both.run(words) == expected).all()
