"""Reactions in, proofs out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pellucid.artifacts import Invariants, ReactionStructure
from pellucid.core import Measured, Proved, load_finding
from pellucid.jobs.laws import latex_files, open_laws
from pellucid.jobs.sources import measure_folder
from pellucid.jobs.subjects.equations import find_system
from pellucid.prove.check import check_folder
from pellucid.report import report_html, summary
from pellucid.subjects import ReactionNetwork


def test_what_is_a_network(tmp_path):
    assert isinstance(find_system("E + S <=> C; C => E + P").equations, ReactionNetwork)
    (tmp_path / "cycle.txt").write_text("# a cycle\nA -> B\nB -> C : q\nC -> A\n")
    cycle = find_system(str(tmp_path / "cycle.txt"))
    equations: Any = cycle.equations
    assert (cycle.name, equations.parameters) == ("cycle", ("k1", "q", "k3"))
    with pytest.raises(ValueError, match="reactions say their own"):
        find_system("A -> B", parameters=["k1"])
    with pytest.raises(ValueError, match="without arrows"):
        find_system("x' => v")
    with pytest.raises(ValueError, match="unknown"):
        find_system("enzyme")


def test_from_text_to_proofs(tmp_path):
    finding = open_laws(find_system("S + I -> 2I; I -> R"))
    assert isinstance(finding.artifact, ReactionStructure)
    assert isinstance(finding.parts["laws"], Invariants)
    proved = [claim.statement for claim in finding.claims if isinstance(claim, Proved)]
    assert any(text.startswith("S + I + R: conserved whatever the rates are") for text in proved)
    assert any("R*k1 + k2*log(S)" in text for text in proved)
    finding.save(tmp_path / "out", {"report.html": report_html(finding).encode(), **latex_files(finding)})
    checked = check_folder(tmp_path / "out")
    assert len(checked) > 10
    assert all(one.ok for one in checked)
    assert load_finding(tmp_path / "out").artifact == finding.artifact
    page = report_html(finding)
    assert "Conserved totals" in page
    assert "<svg" in page
    assert summary(finding).startswith("3 species in 2 reactions have 1 conserved total; deficiency 0.")


@pytest.mark.parametrize(
    ("text", "degree"), [("S + I -> 2I; I -> R", 2), ("A <-> B : A*k/(1 + A), B*q", None), ("A -> B", 0)]
)
def test_what_was_measured_along_orbits_is_measured_again_from_the_folder(text, degree, tmp_path):
    finding = open_laws(find_system(text), degree=degree)
    again = measure_folder(finding.save(tmp_path / "out"))
    assert [one.statement for one in again if one.status != "holds"] == []
    assert len(again) == sum(isinstance(claim, Measured) for claim in finding.claims)
    wrong = replace(
        finding, claims=[replace(c, value=2 * c.value + 1) if isinstance(c, Measured) else c for c in finding.claims]
    )
    assert not any(one.ok for one in measure_folder(wrong.save(tmp_path / "wrong")))


def test_options_of_other_equations_are_refused():
    misplaced: list[dict[str, Any]] = [
        {"basis": ["A"]},
        {"order": 2},
        {"order": 0},
        {"explicit": True},
        {"terms": ["A"]},
    ]
    misplaced += [{"known": ["A' = ..."]}, {"signs": ["A': A <= 0"]}, {"ensembles": 5}, {"special": 1}]
    for options in misplaced:
        with pytest.raises(ValueError, match="leave"):
            open_laws(find_system("A -> B"), **options)
    laws: Any = open_laws(find_system("A <-> B"), degree=1, special=0).parts["laws"]
    assert laws.degree == 1
    with pytest.raises(ValueError, match="special is for the parameters of equations"):
        open_laws(find_system("x[n+1] = a*x[n]", parameters=["a"]), special=1)
