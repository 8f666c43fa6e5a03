"""Specifications that users write: folds are read, other functions are run, and faults are named."""

from __future__ import annotations

import pytest
from pairs_of_programs import BIT, program

from pellucid.artifacts import Input, Program
from pellucid.core import Exhausted, Refuted, Tested
from pellucid.prove import Specification, check_specification, load_specification
from pellucid.prove.programs import specification
from pellucid.subjects import Alphabet

INPUTS = [Input("x", 0, 1)]
BITS = Alphabet((0,), (1,))
ONES = program(BIT, "n = 0", "x", "n = n + x", "yield n")


def load(tmp_path, text: str):
    path = tmp_path / "spec.py"
    path.write_text(text)
    return load_specification(path, INPUTS)


def check(tmp_path, text: str, **more):
    specification = load(tmp_path, text)
    assert isinstance(specification, Specification)
    return check_specification(ONES.run, specification, BITS, cases_limit=300, samples=50, **more)


RUNNING_SUM = "def reference(steps):\n  n = 0\n  for x in steps:\n    n += x\n    yield n\n"


def test_a_fold_is_read_and_not_executed(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specification, "_execute", lambda *arguments: pytest.fail("it was executed"))
    assert isinstance(load(tmp_path, RUNNING_SUM), Program)


def test_what_changes_the_meaning_of_a_fold_leaves_it_to_be_run(tmp_path) -> None:
    """M = 2; M += 1 counts modulo 3: read as modulo 2, it was proved equal to parity."""
    text = "M = 2\nM += 1\ndef reference(steps):\n  s = 0\n  for x in steps:\n    s = (s + x) % M\n    yield s\n"
    loaded = load(tmp_path, text)
    assert isinstance(loaded, Specification)
    assert "bound more than once" in loaded.not_a_fold
    parity = program(BIT, "s = 0", "x", "s = s ^ x", "yield s")
    (claim,) = check_specification(parity.run, loaded, BITS, cases_limit=300, samples=50)
    assert isinstance(claim, Refuted)


def test_a_specification_that_ends_the_process_is_a_fault_of_the_file(tmp_path) -> None:
    with pytest.raises(ValueError, match="raised SystemExit when loaded"):
        load(tmp_path, "raise SystemExit\n" + RUNNING_SUM)


def test_a_function_of_the_whole_sequence(tmp_path) -> None:
    text = "from itertools import accumulate\ndef reference(inputs):\n    return list(accumulate(inputs))\n"
    exhausted, tested = check(tmp_path, text)
    assert isinstance(exhausted, Exhausted)
    assert exhausted.cases == 2**9 - 2
    assert exhausted.domain == "all sequences of up to 8 steps of 0..1"
    assert isinstance(tested, Tested)
    assert (tested.cases, tested.failures) == (50, 0)


def test_a_wrong_function_is_answered_by_a_shortest_sequence(tmp_path) -> None:
    (claim,) = check(
        tmp_path, "def ones(inputs):\n    return [min(2, sum(inputs[:i + 1])) for i in range(len(inputs))]\n"
    )
    assert isinstance(claim, Refuted)
    assert claim.counterexample == "inputs 1 1 1: the program gives 1 2 3, the specification 1 2 2"


def test_a_predicate(tmp_path) -> None:
    claims = check(tmp_path, "def holds(inputs, outputs):\n    return outputs[-1] == sum(inputs)\n")
    assert [type(claim) for claim in claims] == [Exhausted, Tested]
    (claim,) = check(tmp_path, "def holds(inputs, outputs):\n    return outputs[-1] < 2\n")
    assert isinstance(claim, Refuted)
    assert claim.counterexample == "inputs 1 1: outputs 1 2 do not hold"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "holds no function"),
        ("def f(a): return a\ndef g(a): return a\n", "call one of them reference or holds"),
        ("def f(:\n", "is not Python"),
        ("import nothing_of_that_name\ndef f(a): return a\n", "raised ModuleNotFoundError"),
    ],
)
def test_files_that_hold_no_specification(tmp_path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def reference(inputs):\n    return [1 // x for x in inputs]\n", r"raised ZeroDivisionError.*on inputs \[0\]"),
        ("def reference(inputs):\n    return [0] * 3\n", "gave 3 outputs for 1 inputs"),
        ("def reference(inputs):\n    return ['a' for x in inputs]\n", "gave 'a'"),
        ("def reference(inputs):\n    return 7\n", "raised TypeError"),
        ("def holds(inputs, outputs):\n    return None\n", "give True or False"),
    ],
)
def test_specifications_that_fail(tmp_path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(tmp_path, text)


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"nowhere\.py' cannot be read"):
        load_specification(tmp_path / "nowhere.py", INPUTS)
