"""Folders that the first version of the format wrote are still read, and hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pellucid.artifacts.laws.invariants import Invariants
from pellucid.prove import check_folder
from pellucid.prove.laws.conserved import check_conserved, prove_conserved

FOLDERS = json.loads((Path(__file__).parent / "format_1.json").read_text())
"""Name of the folder -> path inside it -> text."""


@pytest.mark.parametrize("name", FOLDERS)
def test_it_holds(name: str, tmp_path: Path) -> None:
    for path, text in FOLDERS[name].items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    checked = check_folder(tmp_path)
    assert len(checked) > 3
    assert all(entry.ok for entry in checked), checked


def test_a_scope_may_be_unsaid_only_where_nothing_with_time_was_looked_for():
    """As certificates were written before laws that hold the time were looked for; one of today says its scope."""
    spring = Invariants(("x", "v"), ("v", "-k*x"), ("k",), ("k*x**2 + v**2",), 2, ("x", "v"), vectors=1)
    for found, holds in ((spring, True), (replace(spring, searched=("Darboux polynomials of degree <= 2",)), False)):
        text = prove_conserved(found)[2].files["proofs/completeness.json"]
        assert check_conserved(text, found).holds
        text = text.replace(", for general k", "")  # which the domain alone said then
        assert check_conserved(text, found).holds
        assert check_conserved(text.replace(", without explicit time,", ""), found).holds == holds
        assert not check_conserved(text.replace("degree <= 2 in", "degree <= 3 in"), found).holds
