"""What the checker of equivalences refuses though solvers say unsat: other words, other machines, solvers at fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pairs_of_programs import PAIRS

from pellucid.artifacts import Automaton, Program
from pellucid.core import Finding, Provenance
from pellucid.prove import CERTIFICATES, Proof, certificate_files, check_folder
from pellucid.prove.programs import equivalence_certificate
from pellucid.prove.programs.certificate import QUERIES, assemble
from pellucid.prove.programs.equivalence_certificate import AUTOMATON, SPECIFICATION
from pellucid.prove.programs.product import as_printed, domain_text, product_of, signature
from pellucid.prove.programs.solvers import Answers

PARITY = Automaton(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
WRITTEN = PARITY.to_program(PAIRS["parity"][0].inputs)
SAME = """(define-fun invariant ((left_state Int) (right_state Int)) Bool
  (and (<= 0 left_state 1) (= left_state right_state)))"""


def stated(reference: Program, statement: str) -> Proof:
    """The certificate that the automaton of parity, as a program, and `reference` agree."""
    product, beside = product_of(as_printed(WRITTEN), as_printed(reference)), "proofs/equivalence.reference.py"
    return CERTIFICATES["equivalence"]().build(
        "proofs/equivalence.smt2",
        assemble(product, SAME, statement),
        statement,
        domain_text(product),
        by="z3",
        beside={beside: as_printed(reference).to_python()},
        reference={"path": beside, **signature(as_printed(reference))},
    )


def refused(folder: Path, statement: str, part: Automaton = PARITY, reference: Program = WRITTEN) -> str:
    """What is wrong with the certificate in a folder where nothing else is; empty where it holds."""
    proof = stated(reference, statement)
    finding = Finding(WRITTEN, (proof.claim,), Provenance("test", {}, 0, "", versions={}), {"automaton": part})
    saved = finding.plus(proofs=certificate_files(WRITTEN, [proof])).save(folder)
    return "; ".join(entry.detail for entry in check_folder(saved) if not entry.ok)


@pytest.mark.parametrize("statement", [SPECIFICATION, *AUTOMATON, f"{WRITTEN.name} = {WRITTEN.name}"])
def test_that_two_programs_agree_may_be_claimed(statement: str, tmp_path: Path) -> None:
    assert not refused(tmp_path, statement)


@pytest.mark.parametrize("statement", ["program = reference, in constant time", "P = NP", ""])
def test_nothing_else_may_be_claimed(statement: str, tmp_path: Path) -> None:
    assert f"it claims {statement!r}, which is more than" in refused(tmp_path, statement)


@pytest.mark.parametrize("statement", AUTOMATON)
def test_the_automaton_is_the_one_of_the_finding(statement: str, tmp_path: Path) -> None:
    other = Automaton(PARITY.transitions, 1 - PARITY.outputs, PARITY.symbols)
    assert refused(tmp_path / "other", statement, part=other) == "the reference is not the finding's automaton"
    assert not refused(tmp_path / "specification", SPECIFICATION, part=other)  # which is not about the automaton


def test_a_solver_that_proves_everything_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers unsat to each query, and so it does for a program that is wrong on purpose."""
    asked = []

    def agree(solver: str, text: str, seconds: float) -> Answers:
        asked.append(text)
        return Answers(solver, ("unsat",) * QUERIES)

    monkeypatch.setattr(equivalence_certificate, "ask", agree)
    assert refused(tmp_path, SPECIFICATION) == "the same invariant proves a program that is wrong on purpose"
    assert len(asked) == 2
    assert asked[0] != asked[1]
