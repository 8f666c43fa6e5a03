"""What is proved about a program, and about the network that it was read from, for every length."""

from __future__ import annotations

from dataclasses import replace

from ..artifacts.programs.automaton import Automaton
from ..artifacts.programs.network import Network
from ..artifacts.programs.program import Program
from ..core.claim import Refuted
from ..core.finding import Finding
from ..core.reporter import Reporter
from ..datasets import SequenceTask
from ..prove.networks.enclosure import prove_network, table_of
from ..prove.programs.dafny import prove_theorem
from ..prove.programs.equivalence import prove_equivalent
from ..prove.programs.equivalence_certificate import AUTOMATON, SPECIFICATION
from ..prove.programs.specification import Specification
from ..prove.programs.theorems import Theorem
from ..prove.proof import Proof


def program_proofs(
    finding: Finding[Program], task: SequenceTask | None, spec: Program | Specification | None, reporter: Reporter
) -> dict[str, Proof]:
    """Proofs by what the program is compared with; an automaton that differs from it proves nothing.

    Each claim has the key "program_" and that name.
    """
    program, automaton = finding.artifact, finding.parts.get("automaton")
    proofs: dict[str, Proof] = {}
    reporter.start("proving", 3)
    if isinstance(automaton, Automaton):
        machine = automaton.to_program(program.inputs)
        proof = prove_equivalent(program, machine, statement=AUTOMATON[0])
        if not isinstance(proof.claim, Refuted):
            proofs["automaton"] = proof
    reporter.advance(1, "specification")
    if (reference := _reference(task, spec)) is not None:
        path = "proofs/specification.smt2"
        proofs["specification"] = prove_equivalent(program, reference, path=path, statement=SPECIFICATION)
    reporter.advance(1, "theorem")
    if task is not None and task.theorem is not None and spec is None:
        proofs["theorem"] = prove_theorem(program, Theorem(*task.theorem))
    reporter.finish()
    proofs |= {"automaton": proofs.pop("automaton")} if "automaton" in proofs else {}  # the least that is shown
    return {name: _with_key(proof, f"program_{name}") for name, proof in proofs.items()}


def network_proof(finding: Finding[Program], reporter: Reporter) -> Proof | None:
    """The network itself, for every length: boxes that its hidden states never leave. None for unbounded programs."""
    network = finding.parts.get("network")
    if not isinstance(network, Network) or table_of(finding.artifact) is None:
        return None
    reporter.start("enclosing the network", 1)
    proof = prove_network(network, finding.artifact)
    reporter.finish()
    return _with_key(proof, "network_enclosed")


def _reference(task: SequenceTask | None, spec: Program | Specification | None) -> Program | None:
    """The program that a user wrote, or else the task's; a specification of another kind takes the task's place."""
    if isinstance(spec, Program):
        return spec
    return task.reference if task is not None and spec is None else None


def _with_key(proof: Proof, key: str) -> Proof:
    return replace(proof, claim=replace(proof.claim, key=key))
