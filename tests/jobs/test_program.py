"""The job from a subject to a finding: small subjects, tiny budgets, real proofs."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from unittest.mock import Mock

import numpy as np
import pytest

from pellucid.artifacts import Automaton, Network, read_program
from pellucid.core import Finding
from pellucid.datasets import mips_task
from pellucid.jobs import program
from pellucid.jobs.network_comparison import NetworkComparison
from pellucid.jobs.program import _identifier
from pellucid.prove import Specification
from pellucid.subjects import Alphabet, Recurrence, Sequences

BITS = np.random.default_rng(0).integers(0, 2, (400, 8, 1))
PARITY = "def reference(steps):\n  s = 0\n  for x in steps:\n    s = s ^ x\n    yield s"
WRONG = "def reference(steps):\n  s = 0\n  for x in steps:\n    s = max(s, x)\n    yield s"


# fewer random sequences than in earnest, so that the tests are quick
open_program = partial(program.open_program, comparison=NetworkComparison(tested_sequences=10_000))


def parity_step(state, inputs):
    """Parity, kept in a hidden state that is not the bit itself."""
    bit = (state[:, 0] > 0) != (inputs[:, 0] > 0)
    return np.where(bit, 1.5, -1.5)[:, None], bit.astype(float)[:, None]


PARITY_NETWORK = Recurrence(parity_step, np.array([-1.5]), Alphabet((0,), (1,)), horizon=8)


def strengths(finding: Finding) -> dict[str, str]:
    """Strength by statement, without the lengths and counts that end a statement."""
    return {claim.statement.split(" on ")[0]: claim.strength for claim in finding.claims}


@pytest.fixture(scope="module")
def from_words() -> Finding:
    """Sequences of words: whether b was read an odd number of times."""
    alphabet = Alphabet((0,), (1,), (("a", "b"),))
    sequences = Sequences(BITS, BITS.cumsum(1) % 2, None, alphabet, ("even", "odd"))
    return open_program(sequences, name="parity of b", budget_seconds=20)


@pytest.fixture(scope="module")
def from_task() -> Finding:
    """A task that has a reference and a theorem."""
    task = mips_task("parity_all")
    return open_program(task.sample(2000, 0), name=task.name, task=task, budget_seconds=20)


def test_sequences_become_a_proved_program(from_words):
    program = from_words.artifact
    assert program.name == "parity_of_b"
    assert (program.run(BITS) == BITS.cumsum(1) % 2).all()
    known = strengths(from_words)
    assert known["program = automaton (both made here), every input, every length"] == "Proved"
    assert isinstance(from_words.parts["automaton"], Automaton)
    assert isinstance(from_words.parts["network"], Network)
    assert [claim.statement for claim in from_words.claims if getattr(claim, "failures", 0)] == []


def test_the_script_reads_and_prints_the_words_of_the_data(from_words, tmp_path):
    from_words.save(tmp_path / "found")

    def run(text: str) -> subprocess.CompletedProcess[str]:
        script = [sys.executable, str(tmp_path / "found/program.py")]
        return subprocess.run(script, input=text, capture_output=True, text=True)

    assert run("a\nb\nb\n\nb\n").stdout == "even\nodd\neven\nodd\n"
    wrong = run("a\nc\n")
    assert (wrong.returncode, wrong.stderr) == (1, "line 2 is 'c'; give x, one of a, b\n")


def test_strongest_claims_come_first(from_task):
    order = ["Proved", "Exhausted", "Tested", "Measured", "Refuted", "Undecided"]
    places = [order.index(claim.strength) for claim in from_task.claims]
    assert places == sorted(places)


def test_a_task_is_proved_against_its_reference(from_task):
    known = strengths(from_task)
    assert known["program = specification, every input, every length"] == "Proved"
    assert known[next(statement for statement in known if statement.startswith("program satisfies: "))] in (
        "Proved",
        "Undecided",  # where Dafny is not installed
    )
    assert "proofs/specification.smt2" in from_task.proofs


def test_the_same_seed_gives_the_same_finding(from_words):
    again = open_program(
        Sequences(BITS, BITS.cumsum(1) % 2, None, Alphabet((0,), (1,), (("a", "b"),)), ("even", "odd")),
        name="parity of b",
        budget_seconds=20,
    )
    assert again.claims == from_words.claims
    assert again.artifact.to_python() == from_words.artifact.to_python()


def test_a_recurrence_is_opened_without_training():
    finding = open_program(PARITY_NETWORK, name="parity", spec=read_program(PARITY, [(0, 1)], function="reference"))
    known = strengths(finding)
    assert known["program = specification, every input, every length"] == "Proved"
    assert known["network = automaton"] == "Exhausted"
    assert "training" not in finding.parts


def test_a_wrong_specification_is_refuted_by_an_input_that_fails():
    wrong = read_program(WRONG, [(0, 1)], function="reference")
    finding = open_program(PARITY_NETWORK, name="parity", spec=wrong)
    (claim,) = [claim for claim in finding.claims if claim.strength == "Refuted"]
    assert claim.statement == "program = specification, every input, every length"
    assert claim.counterexample == "inputs 1 1: parity gives 0, reference gives 1 at step 2"
    inputs = np.array([[[1], [1]]])
    assert (finding.artifact.run(inputs) != wrong.run(inputs)).any()


@pytest.mark.parametrize(
    ("holds", "strength"),
    [(lambda xs, ys: ys[-1] == sum(xs) % 2, "Exhausted"), (lambda xs, ys: sum(ys) < 3, "Refuted")],
)
def test_a_predicate_is_tried_on_every_short_sequence(holds, strength):
    finding = open_program(PARITY_NETWORK, name="parity", spec=Specification(holds, True, ""))
    assert strengths(finding)["program meets the specification"] in (strength, "Tested")
    assert strength in {c.strength for c in finding.claims if c.statement.startswith("program meets")}


def test_an_automaton_that_is_right_for_short_sequences_only_is_left_out():
    def count(state, inputs):
        total = state[:, 0] + 2 * inputs[:, 0] - 1
        return total[:, None], (total > 0).astype(float)[:, None]

    finding = open_program(Recurrence(count, np.zeros(1), Alphabet((0,), (1,)), horizon=10), name="majority")
    assert "automaton" not in finding.parts
    assert not any("automaton" in claim.statement for claim in finding.claims)
    long = np.random.default_rng(1).integers(0, 2, (50, 200, 1))
    assert (finding.artifact.run(long)[:, :, 0] == ((2 * long - 1).cumsum(1) > 0)[:, :, 0]).all()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (read_program("def f(s):\n  for x in s:\n    yield x, x", [(0, 1)]), "gives 2 outputs a step, not 1"),
        (Specification(lambda xs: [1 // 0], False, ""), "raised ZeroDivisionError"),
        (Specification(lambda xs, ys: None, True, ""), "give True or False"),
    ],
)
def test_a_specification_that_does_not_fit_is_told_before_the_training(spec, message, monkeypatch):
    monkeypatch.setattr("pellucid.jobs.program.MIPS", lambda **_: pytest.fail("training began"))
    with pytest.raises(ValueError, match=message):
        open_program(Sequences(BITS, BITS), name="x", spec=spec)


def test_what_proves_may_be_missing(monkeypatch):
    monkeypatch.setattr("pellucid.prove.programs.equivalence.installed", dict)
    monkeypatch.setattr("pellucid.prove.programs.dafny.dafny_path", lambda: None)
    task = mips_task("sum_last2")
    finding = open_program(
        Recurrence(lambda s, x: (x, s + x), np.zeros(1), Alphabet((0,), (1,)), 8), name="sum", task=task
    )
    undecided = {claim.statement: claim.evidence for claim in finding.claims if claim.strength == "Undecided"}
    assert len(undecided) == 3
    assert all("not found (" in evidence and "install" in evidence for evidence in undecided.values())
    assert finding.proofs == {}


def test_names_that_python_or_the_script_needs_are_not_taken(tmp_path):
    assert [_identifier(name) for name in ("class", "3 a", "sys", "Int")] == [
        f"program_{name}" for name in ("class", "3_a", "sys", "int")
    ]
    open_program(PARITY_NETWORK, name="main").save(tmp_path / "found")
    script = [sys.executable, str(tmp_path / "found/program.py")]
    assert subprocess.run(script, input="1\n", capture_output=True, text=True).stdout == "1\n"


class Interrupt:
    """Somebody presses Ctrl-C after some of the training."""

    def __init__(self, after: int) -> None:
        self.left = after

    def start(self, label: str, total: int) -> None: ...

    def advance(self, steps: int = 1, note: str = "") -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt

    def finish(self) -> None: ...


def test_an_interrupted_run_goes_on_to_the_same_end(tmp_path, from_words):
    sequences = Sequences(BITS, BITS.cumsum(1) % 2, None, Alphabet((0,), (1,), (("a", "b"),)), ("even", "odd"))
    options = {"name": "parity of b", "budget_seconds": 20, "checkpoint": tmp_path / "kept"}
    with pytest.raises(KeyboardInterrupt):
        open_program(sequences, reporter=Interrupt(6), **options)
    assert any((tmp_path / "kept").rglob("*"))
    resumed = open_program(sequences, **options)
    assert resumed.claims == from_words.claims
    networks = [finding.parts["network"] for finding in (resumed, from_words)]
    assert networks[0].files() == networks[1].files()


def test_what_was_distilled_is_not_distilled_again_after_an_interrupt_of_the_proofs(tmp_path, monkeypatch):
    options = {"name": "parity", "checkpoint": tmp_path / "kept"}
    with monkeypatch.context() as patch:
        patch.setattr("pellucid.jobs.program.program_proofs", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            open_program(PARITY_NETWORK, **options)
    with monkeypatch.context() as patch:
        patch.setattr("pellucid.distill.programs.mips.MIPS._find", lambda *_: pytest.fail("distilled again"))
        resumed = open_program(PARITY_NETWORK, **options)
    assert resumed.claims == open_program(PARITY_NETWORK, name="parity").claims
    with pytest.raises(ValueError, match="belongs to another job"):
        open_program(PARITY_NETWORK, seed=1, **options)


def test_code_finds_claims_by_their_keys(from_task):
    keys = {"program_automaton", "program_specification", "program_theorem", "program_held_out", "network_held_out"}
    assert keys | {"network_short", "network_long"} <= {claim.key for claim in from_task.claims}
    assert all(claim.key for claim in from_task.claims)
