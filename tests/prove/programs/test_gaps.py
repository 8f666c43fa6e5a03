"""Inputs with gaps: nothing is refuted on a symbol that no step holds, and the domain says which there are."""

import json

import numpy as np

from pellucid.artifacts import Automaton, Input, Program, read_program
from pellucid.core import Finding, Proved, Provenance, Refuted
from pellucid.prove import certificate_files, check_folder, prove_equivalent

COINS = [Input("x", 0, 5, missing=(3, 4))]
LEFT = read_program("def f(s):\n  n = 0\n  for x in s:\n    n = (n + x) % 3\n    yield n\n", COINS)
RIGHT = "def g(s):\n  n = 0\n  for x in s:\n    n = (n + (x if x < 3 else {})) % 3\n    yield n\n"


def test_programs_that_differ_only_where_no_input_is_are_the_same(tmp_path) -> None:
    right = read_program(RIGHT.format(2), COINS)
    proof = prove_equivalent(LEFT, right)
    assert isinstance(proof.claim, Proved), proof.claim
    assert "x in {0..2, 5} at each step" in proof.claim.domain
    everywhere = [Input("x", 0, 5)]
    refuted = prove_equivalent(
        read_program(LEFT.to_python(), everywhere), read_program(RIGHT.format(2), everywhere)
    ).claim
    assert isinstance(refuted, Refuted)
    finding = Finding(LEFT, (proof.claim,), Provenance("test", {}, 0, ""))
    folder = finding.plus(proofs=certificate_files(LEFT, [proof])).save(tmp_path / "found")
    assert all(entry.ok for entry in check_folder(folder)), check_folder(folder)
    assert Program.from_dict(json.loads((folder / "finding.json").read_text())["artifact"]["data"], {}) == LEFT


def test_a_gap_that_is_left_out_is_noticed(tmp_path) -> None:
    """The proof does not hold on 3 and 4: a folder that says it does is refused."""
    proof = prove_equivalent(LEFT, read_program(RIGHT.format(2), COINS))
    finding = Finding(LEFT, (proof.claim,), Provenance("test", {}, 0, ""))
    folder = finding.plus(proofs=certificate_files(LEFT, [proof])).save(tmp_path / "found")
    for name in ("finding.json", "proofs/manifest.json"):
        data = json.loads((folder / name).read_text())
        text = json.dumps(data).replace('"missing": [3, 4]', '"missing": []').replace("{0..2, 5}", "0..5")
        (folder / name).write_text(text)
    assert any(entry.status == "fails" for entry in check_folder(folder))


def test_an_automaton_with_gaps_is_written_as_a_program() -> None:
    values = np.array([[0], [1], [2], [5]])
    machine = Automaton(
        np.array([[0, 1, 2, 2], [1, 2, 0, 0], [2, 0, 1, 1]]), values[[[0, 1, 2, 2], [1, 2, 0, 0], [2, 0, 1, 1]]], values
    )
    proof = prove_equivalent(machine.to_program(COINS), LEFT)
    assert isinstance(proof.claim, Proved), proof.claim
