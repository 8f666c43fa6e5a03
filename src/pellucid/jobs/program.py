"""The job `program`: a network, a task or a table of sequences becomes a program with proofs.

subject -> MIPS -> program -> proofs (automaton, specification, theorem) -> comparison with the network -> finding
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..artifacts.programs.automaton import Automaton
from ..artifacts.programs.network import Network
from ..artifacts.programs.program import Program
from ..core.claim import STRENGTHS, Claim, Refuted, Tested
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..datasets import SequenceTask, mips_task, mips_tasks
from ..distill.programs.mips import MIPS
from ..distill.programs.opened_network import network_of, recurrence_of
from ..prove.manifest import certificate_files
from ..prove.networks.enclosure import prove_network, table_of
from ..prove.programs.dafny import prove_theorem
from ..prove.programs.equivalence import prove_equivalent
from ..prove.programs.exhaust import choose_length, exhaust, stepwise
from ..prove.programs.specification import Specification, check_specification, try_specification
from ..prove.programs.theorems import Theorem
from ..prove.proof import Proof
from ..run.threads import one_thread
from ..subjects.sequences.alphabet import Alphabet
from ..subjects.sequences.recurrence import Recurrence
from ..subjects.sequences.sequence_files import SUFFIXES as DATA_FILES
from ..subjects.sequences.sequence_files import read_sequences
from ..subjects.sequences.sequences import Sequences
from ..subjects.sequences.torch_recurrence import SUFFIXES as WEIGHT_FILES
from ..subjects.sequences.torch_recurrence import read_recurrence

TRAINING_SEQUENCES = 20_000
EXHAUSTED_CASES = 1_100_000
TESTED_SEQUENCES = 100_000
LENGTHS_BEYOND = 10
"""Networks are compared with programs at this many times the length that they were trained on."""
RESERVED = ("main", "read", "sys")
"""Names that program.py needs for itself."""


def list_tasks() -> list[tuple[str, str]]:
    """Every built-in task with its one line."""
    return [(task.name, task.title) for task in mips_tasks().values()]


def find_subject(
    text: str, alphabet: Alphabet | None = None, horizon: int | None = None, seed: int = 0, **options: Any
) -> tuple[Sequences | Recurrence, str, SequenceTask | None]:
    """What `text` names: a data file, a weights file, or a task. With a name for the results. Raises ValueError."""
    path = Path(text)
    ending = path.suffix.lower()
    if ending in DATA_FILES:
        return read_sequences(path, alphabet=alphabet), path.stem, None
    if ending in WEIGHT_FILES:
        if alphabet is None:
            raise ValueError(f"{text} holds weights, which do not say what they read; add, e.g., --alphabet 0..1")
        return read_recurrence(path, alphabet=alphabet, horizon=horizon or 10, **options), path.stem, None
    if ending:
        endings = ", ".join((*DATA_FILES, *WEIGHT_FILES))
        raise ValueError(f"{text} has an unknown ending; give {endings}, or a task name")
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
    _refuse_misfit(spec, subject)
    method = MIPS() if budget_seconds is None else MIPS(budget_seconds=budget_seconds)
    finding = method.explain(subject, seed, reporter=reporter, checkpoint=checkpoint)
    finding = replace(finding, artifact=replace(finding.artifact, name=_identifier(name)))
    proofs = _proofs(finding, task, spec, reporter)
    finding = _without_bounded_automaton(finding, proofs)
    claims = [proof.claim for proof in proofs.values()]
    if isinstance(spec, Specification):
        statement = "program meets the specification"
        claims += check_specification(finding.artifact.run, spec, subject.alphabet, statement=statement)
    recurrence = subject if isinstance(subject, Recurrence) else _network(finding, subject)
    with one_thread():
        if isinstance(subject, Sequences) and (enclosed := _enclosed(finding, reporter)) is not None:
            proofs["network"] = enclosed
            claims.append(enclosed.claim)
        claims += network_claims(finding, recurrence, seed, reporter)
    finding = finding.plus(*claims, proofs=certificate_files(finding.artifact, list(proofs.values())))
    return replace(finding, claims=tuple(sorted(finding.claims, key=_strength)))


def _refuse_misfit(spec: Program | Specification | None, subject: Sequences | Recurrence) -> None:
    """A specification that cannot be about the subject is told before the training, not after it."""
    if isinstance(subject, Recurrence):
        inputs = subject.alphabet.sample(np.random.default_rng(0), 4, 2)
        outputs = subject.run(inputs)
    else:
        assert subject.mask is not None
        whole = np.flatnonzero(subject.mask[:, 0])[:4]  # a first step with its label is a sequence of one step
        inputs, outputs = subject.inputs[whole, :1], subject.outputs[whole, :1]
    width = outputs.shape[2]
    if isinstance(spec, Specification):
        try_specification(spec, inputs, outputs)
    elif spec is not None and len(spec.outputs) != width:
        raise ValueError(f"the specification gives {len(spec.outputs)} outputs a step, not {width}; give {width}")


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
    reporter.start(f"sequences of {length} steps", TESTED_SEQUENCES // batch)
    for _ in range(TESTED_SEQUENCES // batch):
        inputs = recurrence.alphabet.sample(generator, batch, length)
        failures += int((recurrence.run(inputs) != program.run(inputs)).any((1, 2)).sum())
        reporter.advance(1, f"{failures:,} differ")
    reporter.finish()
    return Tested(f"network = program on random sequences of length {length}", TESTED_SEQUENCES, failures)


def _proofs(
    finding: Finding[Program], task: SequenceTask | None, spec: Program | Specification | None, reporter: Reporter
) -> dict[str, Proof]:
    """What is proved about the program for every length; an automaton that differs from it proves nothing."""
    program, automaton = finding.artifact, finding.parts.get("automaton")
    reference = spec if isinstance(spec, Program) else task.reference if task and spec is None else None
    proofs: dict[str, Proof] = {}
    reporter.start("proving", 3)
    if isinstance(automaton, Automaton):
        machine = automaton.to_program(program.inputs)
        proof = prove_equivalent(program, machine, statement="program = automaton, every input, every length")
        if not isinstance(proof.claim, Refuted):
            proofs["automaton"] = proof
    reporter.advance(1, "specification")
    if reference is not None:
        statement = "program = specification, every input, every length"
        proofs["specification"] = prove_equivalent(
            program, reference, path="proofs/specification.smt2", statement=statement
        )
    reporter.advance(1, "theorem")
    if task is not None and task.theorem is not None and spec is None:
        proofs["theorem"] = prove_theorem(program, Theorem(*task.theorem))
    reporter.finish()
    return proofs


def _enclosed(finding: Finding[Program], reporter: Reporter) -> Proof | None:
    """The network itself, for every length: boxes that its hidden states never leave. None for unbounded programs."""
    network = finding.parts.get("network")
    if not isinstance(network, Network) or table_of(finding.artifact) is None:
        return None
    reporter.start("enclosing the network", 1)
    proof = prove_network(network, finding.artifact)
    reporter.finish()
    return proof


def _without_bounded_automaton(finding: Finding[Program], proofs: Mapping[str, Proof]) -> Finding[Program]:
    """An automaton that is only right within the network's horizon explains less than the program: it is left out."""
    if "automaton" in proofs:
        return finding
    return replace(finding, parts={name: part for name, part in finding.parts.items() if name != "automaton"})


def _network(finding: Finding[Any], subject: Sequences) -> Recurrence:
    """The network that was trained, as it is saved: what is compared is what the folder will hold."""
    network = finding.parts["network"]
    shape: Mapping[str, int] = network.shape  # type: ignore[attr-defined]
    return recurrence_of(network_of(network.weights, shape), subject.alphabet, subject.length)  # type: ignore[attr-defined]


def _identifier(name: str) -> str:
    """`name` as a Python identifier that means nothing else in program.py."""
    text = re.sub(r"\W+", "_", name).strip("_").lower()
    free = text.isidentifier() and not keyword.iskeyword(text) and text not in {*RESERVED, *dir(builtins)}
    return text if free else f"program_{text}".rstrip("_")


def _strength(claim: Claim) -> int:
    return [kind.strength for kind in STRENGTHS].index(claim.strength)
