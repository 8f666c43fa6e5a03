"""The job `program`: a network, a task or a table of sequences becomes a program with proofs.

    subject -> MIPS -> program -> proofs (automaton, specification, theorem) -> comparison with the network -> finding
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..artifacts.automaton import Automaton
from ..artifacts.program import Program
from ..core.claim import KINDS, Claim, Refuted, Tested
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..datasets import SequenceTask, mips_task, mips_tasks
from ..distill.mips import MIPS
from ..distill.opened_network import network_of, recurrence_of
from ..prove.certificate import manifest
from ..prove.equivalence import Proof, prove_equivalent
from ..prove.exhaust import choose_length, exhaust, stepwise
from ..prove.specification import Specification, check_specification
from ..prove.theorem import Theorem, prove_theorem
from ..subjects.alphabet import Alphabet
from ..subjects.recurrence import Recurrence
from ..subjects.sequence_files import read_sequences
from ..subjects.sequences import Sequences
from ..subjects.torch_recurrence import read_recurrence

TRAINING_SEQUENCES = 20_000
DATA_FILES = (".csv", ".jsonl", ".npz")
WEIGHT_FILES = (".safetensors", ".pt", ".pth")
EXHAUSTED_CASES = 1_100_000
TESTED_SEQUENCES = 100_000
LENGTHS_BEYOND = 10
"""Networks are compared with programs at this many times the length that they were trained on."""


def list_tasks() -> list[tuple[str, str]]:
    """Every built-in task with its one line."""
    return [(task.name, task.title) for task in mips_tasks().values()]


def find_subject(
    text: str, alphabet: Alphabet | None = None, horizon: int | None = None, seed: int = 0, **options: Any
) -> tuple[Sequences | Recurrence, str, SequenceTask | None]:
    """What `text` names: a data file, a weights file, or a task. With a name for the results. Raises ValueError."""
    path = Path(text)
    if path.suffix in DATA_FILES:
        sequences = read_sequences(path)
        return (replace(sequences, alphabet=alphabet) if alphabet else sequences), path.stem, None
    if path.suffix in WEIGHT_FILES:
        if alphabet is None:
            raise ValueError(f"{text} holds weights, which do not say what they read; add --alphabet, e.g. --alphabet 0..1")
        return read_recurrence(path, alphabet=alphabet, horizon=horizon or 10, **options), path.stem, None
    if path.suffix and not path.suffix[1:].isdigit():
        raise ValueError(f"{text} has an unknown ending; give {', '.join((*DATA_FILES, *WEIGHT_FILES))}, or a task name")
    task = mips_task(text)
    return task.sample(TRAINING_SEQUENCES, seed), task.name, task


def open_program(
    subject: Sequences | Recurrence,
    *,
    name: str,
    task: SequenceTask | None = None,
    spec: Program | Specification | None = None,
    seed: int = 0,
    budget_seconds: float | None = None,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Program]:
    """Distil `subject`, prove what can be proved of the program, and compare it with the network.

    `task` or `spec` says what the program should do; neither is seen before the program is chosen. Raises ValueError.
    """
    method = MIPS() if budget_seconds is None else MIPS(budget_seconds=budget_seconds)
    finding = method.explain(subject, seed, reporter=reporter, checkpoint=checkpoint)
    finding = replace(finding, artifact=replace(finding.artifact, name=_identifier(name)))
    finding = _with_automaton(finding)
    for proof in _proofs(finding.artifact, task, spec, reporter):
        finding = finding.plus(proof.claim, proofs=proof.files)
    if isinstance(spec, Specification):
        alphabet = subject.alphabet
        statement = "program meets the specification"
        finding = finding.plus(*check_specification(finding.artifact.run, spec, alphabet, statement=statement))
    recurrence = subject if isinstance(subject, Recurrence) else _network(finding, subject)
    finding = finding.plus(*network_claims(finding, recurrence, seed, reporter))
    finding = replace(finding, claims=tuple(sorted(finding.claims, key=_strength)))
    return finding.plus(proofs=manifest(finding.proofs, finding.artifact))


def network_claims(
    finding: Finding[Program], recurrence: Recurrence, seed: int = 0, reporter: Reporter = SILENT
) -> list[Claim]:
    """The network against the automaton (or the program): all short sequences, and many long ones."""
    automaton = finding.parts.get("automaton")
    other = automaton if isinstance(automaton, Automaton) else finding.artifact
    word = "automaton" if other is automaton else "program"
    claims: list[Claim] = []
    alphabet = recurrence.alphabet
    length = choose_length(alphabet.size, EXHAUSTED_CASES, recurrence.horizon) if alphabet.is_enumerable else 0
    if length:
        inputs = f"all {alphabet.size}^{length} inputs up to length {length}"
        statement = f"network = {word} on {inputs}"
        claims.append(
            exhaust(
                stepwise(recurrence, "network"),
                stepwise(other, word),
                alphabet.values,
                length,
                statement=statement,
                reporter=reporter,
            )
        )
    claims.append(_long_test(finding.artifact, recurrence, np.random.default_rng([seed, 1]), reporter))
    return claims


def _long_test(program: Program, recurrence: Recurrence, generator: np.random.Generator, reporter: Reporter) -> Claim:
    """Network and program on random sequences far longer than those it was trained on."""
    length, batch, failures = LENGTHS_BEYOND * recurrence.horizon, 10_000, 0
    reporter.start(f"running sequences of length {length}", TESTED_SEQUENCES // batch)
    for _ in range(TESTED_SEQUENCES // batch):
        inputs = recurrence.alphabet.sample(generator, batch, length)
        failures += int((recurrence.run(inputs) != program.run(inputs)).any((1, 2)).sum())
        reporter.advance(1, f"{failures:,} differ")
    reporter.finish()
    return Tested(f"network = program, {TESTED_SEQUENCES:,} sequences of length {length}", TESTED_SEQUENCES, failures)


def _with_automaton(finding: Finding[Program]) -> Finding[Program]:
    """Prove program = automaton. An automaton that only holds within the network's horizon is no part of the finding."""
    automaton = finding.parts.get("automaton")
    if not isinstance(automaton, Automaton):
        return finding
    machine = automaton.to_program(finding.artifact.inputs)
    proof = prove_equivalent(finding.artifact, machine, statement="program = automaton, every input, every length")
    if isinstance(proof.claim, Refuted):
        parts = {name: part for name, part in finding.parts.items() if name != "automaton"}
        return replace(finding, parts=parts)
    return finding.plus(proof.claim, proofs=proof.files)


def _proofs(
    program: Program, task: SequenceTask | None, spec: Program | Specification | None, reporter: Reporter
) -> list[Proof]:
    """What is proved about the program for every length."""
    reference = spec if isinstance(spec, Program) else task.reference if task else None
    if reference is None:
        return []
    reporter.start("proving", 2)
    reporter.advance(1, "program = specification")
    statement = "program = specification, every input, every length"
    found = [prove_equivalent(program, reference, path="proofs/specification.smt2", statement=statement)]
    if task is not None and task.theorem is not None and spec is None:
        reporter.advance(0, "Dafny")
        found.append(prove_theorem(program, reference, Theorem(*task.theorem)))
    reporter.finish()
    return found


def _network(finding: Finding[Any], subject: Sequences) -> Recurrence:
    """The network that was trained, as it is saved: what is compared is what the folder will hold."""
    network = finding.parts["network"]
    shape: Mapping[str, int] = network.shape  # type: ignore[attr-defined]
    return recurrence_of(network_of(network.weights, shape), subject.alphabet, subject.length)  # type: ignore[attr-defined]


def _identifier(name: str) -> str:
    """`name` as a Python identifier."""
    text = re.sub(r"\W+", "_", name).strip("_").lower()
    return text if text and not text[0].isdigit() else f"program_{text}".rstrip("_")


def _strength(claim: Claim) -> int:
    return [kind.strength for kind in KINDS].index(claim.strength)
