import ast
import subprocess
import sys

import numpy as np
import pytest

from pellucid.artifacts import Automaton, Input, NotAFold, Program, read_program
from pellucid.datasets import mips_tasks

ADDER = """
def adder(steps):
    carry = 0
    for a, b in steps:
        total = a + b + carry
        carry = total // 2
        yield total % 2
"""


@pytest.mark.parametrize("task", mips_tasks().values(), ids=lambda task: task.name)
def test_every_reference_is_read_printed_and_read_back(task):
    program = task.reference
    again = read_program(program.to_python(), program.inputs, description=program.description)
    inputs = task.inputs(20, np.random.default_rng(0), 12)
    assert (again.run(inputs) == program.run(inputs)).all()
    assert Program.from_dict(program.to_dict(), {}).run(inputs).tolist() == program.run(inputs).tolist()


def test_shared_sums_are_named_once():
    assert read_program(ADDER, [(0, 1), (0, 1)]).to_python().count("a + b + carry") == 1


def test_registers_that_swap_change_together():
    source = "def fib(steps):\n  p, q = 0, 1\n  for x in steps:\n    p, q = q, p + q\n    yield p\n"
    program = read_program(source, [(0, 1)])
    assert program.run(np.zeros((1, 8, 1), int))[0, :, 0].tolist() == [1, 1, 2, 3, 5, 8, 13, 21]
    namespace: dict = {}
    exec(program.to_python(), namespace)
    assert list(namespace["fib"]([0] * 8)) == [1, 1, 2, 3, 5, 8, 13, 21]


def test_numbers_grow_beyond_64_bits():
    source = "def double(steps):\n  p = 1\n  for x in steps:\n    p = 2 * p\n    yield p\n"
    assert read_program(source, [(0, 1)]).run(np.zeros((1, 200, 1), int))[0, -1, 0] == 2**200


def test_the_script_runs_by_itself(tmp_path):
    (tmp_path / "program.py").write_bytes(read_program(ADDER, [(0, 1), (0, 1)]).files()["program.py"])
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py"],
        input="1 1\n1 0\n0 0\n\n1 0\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0", "0", "1", "1"]


def test_the_script_speaks_in_symbols(tmp_path):
    source = "def flip(steps):\n  for x in steps:\n    yield 1 - x\n"
    program = read_program(source, [Input("x", 0, 1, ("no", "yes"))])
    program = Program(program.inputs, (), program.outputs, "flip", output_symbols=("down", "up"))
    (tmp_path / "p.py").write_bytes(program.files()["program.py"])
    command = [sys.executable, tmp_path / "p.py"]
    assert subprocess.run(command, input="no\nyes\n", capture_output=True, text=True, check=True).stdout == "up\ndown\n"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("    yield y\n", "read before it is set"),
        ("    s = [x]\n    yield x\n", "cannot read"),
        ("    s = x\n", "yields nothing"),
        ("    yield x\n    yield x\n", "second yield"),
        ("    while x:\n      x = x - 1\n    yield x\n", "cannot read"),
        ("    if x:\n      yield x\n", "every path"),
    ],
)
def test_what_is_no_fold_is_refused_with_its_reason(body, reason):
    with pytest.raises(NotAFold, match=reason):
        read_program(f"def f(steps):\n  for x in steps:\n{body}", [(0, 1)])


def test_the_width_of_the_inputs_is_checked():
    with pytest.raises(NotAFold, match="reads 2 inputs"):
        read_program(ADDER, [(0, 1)])
    with pytest.raises(ValueError, match="has shape"):
        read_program(ADDER, [(0, 1), (0, 1)]).run(np.zeros((3, 4, 1), int))


def test_minimisation_keeps_the_behaviour_and_loses_the_copies():
    generator = np.random.default_rng(0)
    small = Automaton(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    copies = np.array([0, 1, 0, 1, 1])
    transitions = np.array(
        [[generator.choice(np.flatnonzero(copies == target)) for target in small.transitions[c]] for c in copies]
    )
    large = Automaton(transitions, small.outputs[copies], small.symbols)
    words = generator.integers(0, 2, (50, 30))
    assert large.minimised().size == 2
    assert (large.minimised().run(words) == large.run(words)).all()
    program = large.to_program([Input("x", 0, 1)])
    assert (program.run(words[:, :, None]) == large.run(words)).all()


def test_automata_must_be_whole():
    with pytest.raises(ValueError, match="leaves the states"):
        Automaton(np.array([[2, 0]]), np.zeros((1, 2, 1), int), np.array([[0], [1]]))


def test_what_is_saved_is_written_the_same_when_it_is_read():
    """A register that never changes is read as a constant: a checker writes the script again, and compares."""
    program = read_program("def f(s):\n  k = 3\n  n = 0\n  for x in s:\n    k = k\n    n += k\n    yield n\n", [(0, 1)])
    again = Program.from_dict(program.to_dict(), {})
    assert again.to_dict() == program.to_dict()
    assert again.files() == program.files()


@pytest.mark.parametrize("said", ['x"""', 'a "word"', "C:\\new", '"""\nimport os\n"""', '\\"""\nimport os\n"""'])
def test_a_description_is_never_more_than_a_text(said):
    program = read_program("def f(s):\n  for x in s:\n    yield x\n", [(0, 1)], description=said)
    script = ast.parse(program.files()["program.py"].decode())
    assert [type(node).__name__ for node in script.body] == [
        "Expr",
        "Import",
        "FunctionDef",
        "FunctionDef",
        "FunctionDef",
        "If",
    ]
    assert said in ast.get_docstring(script, clean=False)
    assert Program.from_dict(program.to_dict(), {}).files() == program.files()
