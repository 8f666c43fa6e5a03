"""Python functions are proved for the file that was given, or fail when they are run; nothing false is proved."""

from __future__ import annotations

import pytest
from certificate_examples import Example, Forgeries, example

from pellucid.artifacts.programs.python_functions import PythonFunctions
from pellucid.core.claim import Proved, Refuted, Undecided
from pellucid.jobs.verify import open_python
from pellucid.prove.hints.python_certificate import INPUTS, RETURNS, PythonCertificate
from pellucid.prove.programs.dafny_run import dafny_path
from pellucid.prove.proof import CertificateError
from pellucid.subjects.python.python_program import PythonProgram

UP = """def up(n: int) -> int:
    # requires: n >= 0
    # ensures: result == n
    i = 0
    while i < n:
        # invariant: i <= n
        i += 1
    return i
"""
NEEDS_DAFNY = pytest.mark.skipif(dafny_path() is None, reason="no dafny program")


def made(source: str, translated: str = "") -> PythonFunctions:
    """The artifact with the translation of a file, or of another one."""
    return PythonFunctions("up", source, PythonProgram(translated or source).dafny)


def signed(source: str, text: str = "", statement: str = RETURNS, domain: str = INPUTS) -> Example:
    """As a dishonest writer would make it: no translation, no Dafny."""
    artifact = PythonFunctions("up", source, text or PythonProgram(source).dafny)
    return Example(artifact, [PythonCertificate().build("proofs/program.dfy", artifact.text, statement, domain)])


def _forgeries() -> Forgeries:
    true = PythonProgram(UP).dafny
    yield "a contract that is broken", signed(UP.replace("result == n", "result == n + 1"))
    yield "another function's translation", signed(UP.replace("i += 1", "i += 2"), true)
    yield "a weaker contract in Dafny", signed(UP, true.replace("result == n", "result <= n"))
    yield "an assumption", signed(UP, true.replace("var i := 0;", "var i := 0; assume i == n;"))
    yield "a function that is not translated", signed(UP + "\n\nM = 2\n", true)
    yield "a stronger statement", signed(UP, statement="the function halts within 3 steps")
    yield "a larger domain", signed(UP, domain="all arguments")


@example("python_functions", _forgeries)
def _functions() -> Example:
    return Example(made(UP), [PythonCertificate().prove(made(UP))])


MUTANTS = [
    UP.replace("i < n", "i <= n"),
    UP.replace("n >= 0", "n >= -1"),
    UP.replace("i += 1", "i += 2"),
    UP.replace("return i", "return i - 0 if n != 7 else 6"),
    "def f(a: list[int]) -> int:\n  # ensures: result == a[0]\n  return a[0]",
    "def f(a: list[int], i: int) -> int:\n  # requires: 0 <= i <= len(a)\n  return a[i]",
    "def f(x: int, y: int) -> int:\n  # ensures: result * y <= x\n  return x // y",
    "def f(x: int) -> int:\n  # ensures: result >= 0\n  return x % -3",
    "def f(x: int) -> int:\n  # ensures: result == 0 - (-x // 2)\n  return x // 2",
    "def f(a: list[int]) -> int:\n  # requires: len(a) > 1\n  # ensures: a[0] == old(a)[0]\n  a[0] += a[1]\n  return 1",
    "def f(n: int) -> int:\n  assert n != 3\n  return n",
    "def f(a: list[int]) -> None:\n  # ensures: sorted(a) == sorted(old(a))\n  if len(a) > 1:\n    a[0] = a[1]",
]


@pytest.mark.parametrize("source", MUTANTS)
def test_what_is_false_fails_when_it_is_run(source: str):
    claim = open_python(PythonProgram(source)).claims[0]
    assert isinstance(claim, Refuted)
    assert "false" in claim.counterexample or "raises" in claim.counterexample


@NEEDS_DAFNY
def test_what_no_run_shows_is_not_proved():
    beyond_the_runs = "def f(n: int) -> int:\n  # ensures: result < 1000\n  return n"
    claims = open_python(PythonProgram(beyond_the_runs)).claims
    (undecided,) = (claim for claim in claims if isinstance(claim, Undecided))
    assert "postcondition" in undecided.reason
    assert not any(isinstance(claim, Proved) for claim in claims)


@NEEDS_DAFNY
def test_a_function_without_a_hint_gets_it():
    finding = open_python(PythonProgram(UP.replace("        # invariant: i <= n\n", "")))
    assert any(isinstance(claim, Proved) for claim in finding.claims)
    assert [hint.text for hint in finding.artifact.hints] == ["invariant i <= n"]


def test_another_translation_is_not_certified():
    with pytest.raises(CertificateError, match="stands in the place"):
        PythonCertificate().prove(made(UP, UP.replace("i += 1", "i += 2")))


@NEEDS_DAFNY
def test_a_contract_that_nothing_meets_is_told():
    claims = open_python(PythonProgram(UP.replace("n >= 0", "n < 0 and n > 0"))).claims
    assert any(isinstance(claim, Undecided) and "none meets what up requires" in claim.reason for claim in claims)
