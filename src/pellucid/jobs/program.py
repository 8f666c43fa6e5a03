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

from ..artifacts.programs.program import Program
from ..core.context import Context
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..datasets import SequenceTask
from ..distill.programs.mips import MIPS
from ..prove.manifest import certificate_files
from ..prove.programs.specification import Specification, check_specification, try_specification
from ..prove.proof import Proof
from ..run.cached import cached
from ..run.threads import one_thread
from ..subjects.sequences.alphabet import Alphabet
from ..subjects.sequences.recurrence import Recurrence
from ..subjects.sequences.sequences import Sequences
from .network_comparison import NetworkComparison, trained_network
from .program_proofs import network_proof, program_proofs
from .sources import READERS
from .subjects.program_subject import find_subject, list_tasks

__all__ = ["find_subject", "list_tasks", "open_program"]


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
    comparison: NetworkComparison | None = None,
) -> Finding[Program]:
    """Distil `subject`, prove what can be proved of the program, and compare it with the network.

    `task` or `spec` says what the program should do; neither is seen before the program is chosen. Raises ValueError.
    """
    _refuse_misfit(spec, subject)
    method = MIPS() if budget_seconds is None else MIPS(budget_seconds=budget_seconds)
    finding = cached(method, subject, seed, folder=checkpoint, reporter=reporter)
    finding = replace(finding, artifact=replace(finding.artifact, name=_identifier(name)))
    proofs = program_proofs(finding, task, spec, reporter)
    finding = _without_bounded_automaton(finding, proofs)
    claims = [proof.claim for proof in proofs.values()]
    if isinstance(spec, Specification):
        statement = "program meets the specification"
        met = check_specification(finding.artifact.run, spec, subject.alphabet, statement=statement)
        claims += [replace(claim, key="specification") for claim in met]
    recurrence = subject if isinstance(subject, Recurrence) else trained_network(finding, subject)
    with one_thread():
        if isinstance(subject, Sequences) and (enclosed := network_proof(finding, reporter)) is not None:
            proofs["network"] = enclosed
            claims.insert(0, enclosed.claim)
        claims += (comparison or NetworkComparison()).claims(finding, recurrence, Context(seed, reporter))
    return finding.plus(*claims, proofs=certificate_files(finding.artifact, list(proofs.values())))


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


def _without_bounded_automaton(finding: Finding[Program], proofs: Mapping[str, Proof]) -> Finding[Program]:
    """An automaton that is only right within the network's horizon explains less than the program: it is left out."""
    if "automaton" in proofs:
        return finding
    return replace(finding, parts={name: part for name, part in finding.parts.items() if name != "automaton"})


@READERS.add("program")
def _read_again(text: str, seed: int, *, alphabet: Mapping[str, Any] | None = None, **options: Any) -> Any:
    """The sequences or the network; `alphabet` are the fields of one."""
    steps = None if alphabet is None else Alphabet(**{name: _tuples(value) for name, value in alphabet.items()})
    return find_subject(text, steps, seed=seed, **options)[0]


def _tuples(value: Any) -> Any:
    """Lists as JSON has them, as tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def _identifier(name: str, reserved: tuple[str, ...] = ("main", "read", "sys")) -> str:
    """`name` as a Python identifier that means nothing else in program.py, which needs the `reserved` names itself."""
    text = re.sub(r"\W+", "_", name).strip("_").lower()
    free = text.isidentifier() and not keyword.iskeyword(text) and text not in {*reserved, *dir(builtins)}
    return text if free else f"program_{text}".rstrip("_")
