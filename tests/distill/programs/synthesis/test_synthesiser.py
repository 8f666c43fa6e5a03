import itertools

import numpy as np
import pytest

from pellucid.artifacts import evaluate, read_program, to_python
from pellucid.distill.programs.synthesis.enumeration import Bank
from pellucid.distill.programs.synthesis.synthesiser import Synthesiser, affine_expression
from pellucid.distill.programs.synthesis.tidy import without_idle_registers


def table(function, **domains):
    rows = np.array(list(itertools.product(*domains.values())))
    columns = {name: rows[:, i] for i, name in enumerate(domains)}
    return columns, np.array([int(function(*row)) for row in rows.tolist()])


@pytest.mark.parametrize(
    ("function", "domains", "constants", "largest"),
    [
        (lambda a, b, c: (a + b + c) // 3, {"a": range(3), "b": range(3), "c": range(2)}, (0, 1, 2, 3), 7),
        (lambda a, b, c: (a + b + c) % 7, {"a": range(7), "b": range(7), "c": range(2)}, (0, 1, 2, 7), 7),
        (lambda r, x: (2 * r + x) % 5, {"r": range(5), "x": range(2)}, (0, 1, 2, 5), 7),
        (lambda w, x, y, z: (w + x + y + z) % 2, dict.fromkeys("wxyz", range(2)), (0, 1, 2), 7),
        (lambda w, x, y, z: w != x != y != z, dict.fromkeys("wxyz", range(2)), (0, 1, 2), 12),
        (lambda x: x in (0, 1, 4, 9, 16), {"x": range(20)}, (0, 1, 2, 4, 9, 16), 15),
        (lambda d, x: d if d < 0 else d + 1 - 2 * x, {"d": range(-1, 10), "x": range(2)}, (0, 1, 2), 12),
        (lambda a, b: abs(a) - abs(b), {"a": range(-9, 9), "b": range(-9, 9)}, (0, 1), 5),
        (lambda a, b, c: [a, b, c].index(max(a, b, c)), dict.fromkeys("abc", range(6)), (0, 1, 2), 13),
    ],
)
def test_a_short_expression_is_found_and_is_right_everywhere(function, domains, constants, largest):
    columns, values = table(function, **domains)
    found = Synthesiser(constants=constants).find(columns, values)
    assert found is not None
    assert (evaluate(found, columns) == values).all()
    assert found.size <= largest


def test_affine_maps_are_solved_not_searched():
    columns, values = table(lambda x, y, z: 3 * x - y + 40, x=range(5), y=range(-5, 5), z=range(3))
    found = affine_expression(columns, values)
    assert found is not None
    assert to_python(found) == "3 * x - y + 40"


def test_what_is_not_there_is_not_found():
    columns, values = table(lambda s, x: (s * s * 3 + x * s + 5) % 11 % 4, s=range(9), x=range(6))
    assert Synthesiser(limit=3000).find(columns, values) is None


def test_the_bank_keeps_each_function_once_and_the_shortest():
    points = np.arange(-5, 6)
    bank = Bank({"x": points}, (0, 1, 2), limit=3000)
    while bank.grow() and bank.size < 5:
        pass
    seen = [values.tobytes() for _, _, values in bank.entries("int")]
    assert len(seen) == len(set(seen))
    found = bank.find(2 * points)
    assert found is not None
    assert found.size == 3


def test_sums_of_two_stored_expressions_are_found_without_enumerating_them():
    generator = np.random.default_rng(0)
    columns = {name: generator.integers(0, 9, 40) for name in "abcdefg"}
    bank = Bank(columns, (0, 1), frozenset("+-"), limit=2000)
    while bank.grow():
        pass
    values = sum(columns.values())
    found = bank.find(values) or bank.find_sum(values)
    assert found is None or (evaluate(found, columns) == values).all()
    five = columns["a"] + columns["b"] + columns["c"] - columns["d"] + columns["e"]
    found = bank.find(five) or bank.find_sum(five)
    assert found is not None
    assert (evaluate(found, columns) == five).all()


def test_registers_that_no_output_needs_are_left_out():
    source = "def f(s):\n  a = 0\n  b = 0\n  c = 0\n  for x in s:\n    yield a\n    c = b + c\n    a, b = b, x"
    program = read_program(source, [(0, 1)])
    kept = without_idle_registers(program)
    assert [register.name for register in kept.registers] == ["a", "b"]
    inputs = np.random.default_rng(0).integers(0, 2, (20, 9, 1))
    assert (kept.run(inputs) == program.run(inputs)).all()
    assert without_idle_registers(kept) is kept
