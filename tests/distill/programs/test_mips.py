"""The contest of routes: labels that a user gave come before shortness."""

from dataclasses import dataclass

import numpy as np

from pellucid.artifacts import read_program
from pellucid.core import Exhausted, Refuted
from pellucid.distill import MIPS
from pellucid.distill.programs.candidates import Candidate
from pellucid.subjects import Sequences


@dataclass(frozen=True)
class Wrong:
    """Proposes a short program that is wrong on every sequence with three ones in a row."""

    def propose(self, observations, generator):
        text = "def f(steps):\n  p = 0\n  for x in steps:\n    p = x\n    yield p\n"
        return [Candidate(read_program(text, observations.program_inputs), "wrong")]


def ones_in_a_row(bits: np.ndarray) -> np.ndarray:
    """The input, but 2 for each third one or more in a row: rarely met, and so cheap to be wrong on."""
    run, outputs = np.zeros(len(bits), dtype=int), np.zeros_like(bits)
    for t in range(bits.shape[1]):
        run = np.where(bits[:, t, 0] == 1, run + 1, 0)
        outputs[:, t, 0] = np.where(run >= 3, 2, bits[:, t, 0])
    return outputs


def test_a_machine_that_is_right_on_all_given_sequences_comes_before_a_shorter_one() -> None:
    draw = np.random.default_rng(0)
    bits = (draw.random((600, 6, 1)) < 0.2).astype(int)
    given = Sequences(bits, ones_in_a_row(bits))
    finding = MIPS(routes=(Wrong(),), members=2, budget_seconds=0.5).explain(given)
    assert (finding.artifact.run(bits) == given.outputs).all()
    claim = finding.claim("program_given")
    assert isinstance(claim, Exhausted)
    assert claim.cases == 600
    assert finding.parts["automaton"].size == 3  # type: ignore[attr-defined]


def test_what_is_wrong_on_given_sequences_is_told() -> None:
    """Where no machine is exact, the shortest program remains, and its claim counts every row."""
    draw = np.random.default_rng(0)
    bits = np.unique(draw.integers(0, 2, (400, 16, 1)), axis=0)
    noise = draw.integers(0, 2, bits.shape)
    finding = MIPS(routes=(Wrong(),), members=2, budget_seconds=0.5).explain(
        Sequences(bits, noise, np.arange(16) == np.full(bits.shape[:2], 15))
    )
    claim = finding.claim("program_given")
    wrong = int((finding.artifact.run(bits)[:, -1] != noise[:, -1]).sum())
    assert isinstance(claim, Refuted)
    assert claim.counterexample.startswith(f"{wrong} of {len(bits)}, as sequence ")


def test_symbols_that_never_occur_are_no_part_of_the_program_s_domain() -> None:
    coins = np.array([0, 1, 2, 5])[np.random.default_rng(0).integers(0, 4, (400, 6, 1))]
    finding = MIPS(routes=(Wrong(),), members=2, budget_seconds=0.5).explain(Sequences(coins, coins.cumsum(1) % 3))
    assert [i.domain for i in finding.artifact.inputs] == ["x in {0..2, 5}"]
    assert (finding.artifact.run(coins) == coins.cumsum(1) % 3).all()
