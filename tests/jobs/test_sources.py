"""Measurements of saved findings are made again; whatever is altered in a claim is noticed, digests anew or not."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pellucid.artifacts import TrainingCurve
from pellucid.core import Finding, Provenance
from pellucid.core.finding import claim_digests
from pellucid.distill import Algebraic
from pellucid.distill.formulas.race import Race
from pellucid.jobs.formula import open_formula
from pellucid.jobs.laws import open_laws
from pellucid.jobs.network_comparison import NetworkComparison
from pellucid.jobs.program import find_subject, open_program
from pellucid.jobs.sources import measure_folder, open_again, source
from pellucid.jobs.subjects.equations import find_system
from pellucid.jobs.subjects.tables import find_samples
from pellucid.jobs.symmetries import open_symmetries
from pellucid.prove.check import Checked, check_folder, resting_on_trust
from pellucid.subjects import DiscreteMap, Dynamics, Evolution, FieldEquations

EQUATIONS = {
    "motion": lambda: open_laws(Dynamics.parse("x' = v; v' = -k*x", "k"), degree=2, special=0),
    "cases": lambda: open_laws(Dynamics.parse("x' = p; y' = q; p' = -a*x; q' = -b*y", "a, b"), degree=2, special=1),
    "map": lambda: open_laws(DiscreteMap.parse("x[n+1] = y; y[n+1] = (1 + y)/x"), degree=1),
    "field": lambda: open_laws(Evolution.parse("u_t = 6*u*u_x - u_xxx"), degree=3, order=1),
    "implicit": lambda: open_laws(FieldEquations.parse("u_t + u_x + u*u_x = u_xxt"), degree=1, order=1),
    "symmetries": lambda: open_symmetries(Dynamics.parse("x' = v; v' = -x"), degree=1),
}


def formula_of(tmp_path: Path) -> tuple[Finding[Any], Path]:
    """A noisy table in a file, and what a quick race finds in it."""
    random = np.random.default_rng(0)
    x, z = random.uniform(1, 3, (2, 80))
    y = x * z**2 + random.normal(0, 0.02, 80)
    table = tmp_path / "table.csv"
    table.write_text("x,z,y\n" + "\n".join(f"{a:.5f},{b:.5f},{c:.6f}" for a, b, c in zip(x, z, y, strict=True)))
    finding = open_formula(find_samples(str(table))[0], name="table", methods=(Algebraic(refits=0, held_out=0.0),))
    return with_source(finding, "formula", str(table)), table


def with_source(finding: Finding[Any], reader: str, name: str, **options: Any) -> Finding[Any]:
    return replace(finding, provenance=replace(finding.provenance, source=source(reader, name, **options)))


def all_of(folder: Path, data: Path | None = None) -> list[Checked]:
    return [*check_folder(folder), *measure_folder(folder, data)]


@pytest.mark.parametrize("name", EQUATIONS)
def test_what_is_measured_of_equations_is_measured_again_from_the_folder_alone(name, tmp_path):
    finding = EQUATIONS[name]()
    folder = finding.save(tmp_path / "out")
    again = measure_folder(folder)
    assert [one for one in again if not one.measured] == []
    assert len(again) == sum(claim.strength != "Proved" for claim in finding.claims)
    assert not any("not measured again" in words for words in resting_on_trust(folder, measured=True))
    assert any("not measured again: --measure" in words for words in resting_on_trust(folder))


def test_a_formula_is_measured_again_on_its_table(tmp_path):
    finding, table = formula_of(tmp_path)
    folder = finding.save(tmp_path / "out")
    assert {one.status for one in measure_folder(folder) if one.path == "distill.formula"} == {"unchecked"}
    again = measure_folder(folder, table)
    assert [one for one in again if not one.measured] == []
    assert {one.path for one in again} == {"distill.formula", "distill.next_point"}
    table.write_text(table.read_text() + "\n2,2,8")
    with pytest.raises(ValueError, match="not those that the finding was made from"):
        measure_folder(folder, table)


def test_a_built_in_table_needs_no_file(tmp_path):
    samples, name, reference = find_samples("I.12.1", rows=100)
    methods = (Algebraic(refits=0, held_out=0.0),)
    finding = open_formula(samples, name=name, reference=reference, methods=methods)
    folder = with_source(finding, "formula", "I.12.1", rows=100).save(tmp_path / "out")
    again = measure_folder(folder)
    assert [one for one in again if not one.measured] == []
    assert "jobs.reference" in {one.path for one in again}


@pytest.mark.parametrize(
    ("reader", "given"), [("algorithm", "given.pt"), ("importance", "given.csv"), ("narrow", "given.csv")]
)
def test_no_code_is_run_that_only_the_finding_names(reader, given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = Path("evil.py")
    code.write_text("from pathlib import Path\nPath('ran').touch()\nclass Net: pass\ndef Rows(rows): return rows\n")
    Path("given.csv").write_text("a,y\n" + "".join(f"{k},{k % 7}\n" for k in range(80)))
    torch.save({"weight": torch.zeros(2, 2)}, "given.pt")
    for option in ("code", "model"):
        options = {option: "evil.py:Net" if option == "code" else "evil.py:Rows"}
        told = Provenance("x", {}, 0, "", source={"reader": reader, "name": given, "options": options})
        with suppress(ValueError):
            open_again(Finding(TrainingCurve([0], [1.0], [0.5]), (), told), given)
        assert not Path("ran").exists()


@pytest.mark.parametrize("name", ["/etc/passwd", "../table.csv", "table.csv", "table", "a b", ""])
def test_no_file_is_opened_that_only_the_finding_names(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table").write_text("x,y\n1,2\n")
    (tmp_path / "table.csv").write_text("x,y\n1,2\n")
    told = {"reader": "formula", "name": name, "options": {}}
    finding = Race(methods=(Algebraic(refits=0),)).explain(find_samples("I.12.1", rows=60)[0])
    assert open_again(replace(finding, provenance=replace(finding.provenance, source=told))) is None


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, inner in pairs for leaf in leaves(inner, (*path, key))]
    return [path]


def other(value: Any) -> Any:
    """Something else of the same type: what a forger would write."""
    if isinstance(value, bool) or value is None:
        return 0.125 if value is None else not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return 1e-30 if value else 0.5
    return {"Measured": "Exhausted", "Tested": "Exhausted", "Proved": "Tested"}.get(value, f"{value} for all inputs")


def altered(folder: Path, path: tuple[Any, ...], sign: bool) -> None:
    data = json.loads((folder / "finding.json").read_text())
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = other(place[path[-1]])
    if sign:
        data["digests"] = claim_digests(data)
    (folder / "finding.json").write_text(json.dumps(data))


@pytest.mark.parametrize("which", ["motion", "formula", pytest.param("field", marks=pytest.mark.slow)])
def test_nothing_altered_in_a_finding_passes_silently(which, tmp_path):
    """Every leaf of finding.json is altered: without new digests it fails; with them, every claim is measured again."""
    finding, data = formula_of(tmp_path) if which == "formula" else (EQUATIONS[which](), None)
    folder = finding.save(tmp_path / "out")
    written = json.loads((folder / "finding.json").read_text())
    for path in leaves(written):
        altered(folder, path, sign=False)
        assert not all(one.ok for one in check_folder(folder)), path
        (folder / "finding.json").write_text(json.dumps(written))
    for path in leaves(written["claims"], ("claims",)):
        claim = written["claims"][path[1]]
        altered(folder, path, sign=True)
        silent = all(one.ok for one in [*check_folder(folder)]) and all(one.ok for one in measured(folder, data))
        trusted = resting_on_trust(folder, measured=True)
        edited = json.loads((folder / "finding.json").read_text())["claims"][path[1]]
        told = any(edited["statement"] in words for words in trusted)
        derived = path[-1] in ("failure_bound", "key") or claim["strength"] == "Proved"
        assert not silent or told or derived, path
        (folder / "finding.json").write_text(json.dumps(written))


def measured(folder: Path, data: Path | None) -> list[Checked]:
    try:
        return measure_folder(folder, data)
    except (TypeError, ValueError):
        return [Checked("finding.json", "it can be read", "fails")]


def test_a_claim_that_is_left_out_or_loses_its_measurement_is_noticed(tmp_path):
    folder = EQUATIONS["motion"]().save(tmp_path / "out")
    written = json.loads((folder / "finding.json").read_text())
    last = len(written["claims"]) - 1
    for change in (lambda claims: claims.pop(last), lambda claims: claims[last].pop("measurement")):
        data = deepcopy(written)
        change(data["claims"])
        data["digests"] = claim_digests(data)
        (folder / "finding.json").write_text(json.dumps(data))
        failed = [one.detail for one in measure_folder(folder) if not one.ok]
        assert failed == ["the measurement says this too, the finding does not"]


@pytest.mark.slow
def test_equations_of_trajectories_are_recovered_again_from_the_table(tmp_path):
    t, random = np.linspace(0, 8, 80), np.random.default_rng(0)
    rows = [
        f"{s:.4f},{k},{a * np.cos(1.5 * s) + 0.005 * random.normal():.6f},"
        f"{-1.5 * a * np.sin(1.5 * s) + 0.005 * random.normal():.6f}"
        for k, a in enumerate((0.5, 1.0, 1.5, 2.0))
        for s in t
    ]
    table = tmp_path / "orbits.csv"
    table.write_text("t,trajectory,x,v\n" + "\n".join(rows))
    finding = with_source(open_laws(find_system(str(table)), degree=2), "laws", str(table))
    folder = finding.save(tmp_path / "out")
    again = measure_folder(folder, table)
    assert [one for one in again if not one.measured] == []
    assert {"discover.recovery", "discover.orbit_dimension"} <= {one.path for one in again}
    told = measure_folder(folder)
    assert {one.status for one in told if one.path == "discover.recovery"} == {"unchecked"}
    assert {one.status for one in told if one.path == "discover.held_out"} <= {"holds"}


@pytest.mark.slow
def test_the_equation_of_a_field_is_recovered_again_from_its_samples(tmp_path):
    t, x = np.linspace(0, 2, 60), np.linspace(0, 9, 80)
    u = sum(np.exp(-k * k * t[:, None]) * np.cos(k * x + k) for k in (0.5, 1.0, 1.6))
    grid = tmp_path / "heat.npz"
    np.savez(grid, t=t, x=x, u=u)
    finding = with_source(open_laws(find_system(str(grid)), degree=2, order=0), "laws", str(grid))
    again = measure_folder(finding.save(tmp_path / "out"), grid)
    assert [one for one in again if not one.measured] == []
    assert "discover.field_recovery" in {one.path for one in again}


@pytest.mark.slow
def test_a_program_and_its_network_are_run_again(tmp_path):
    subject, name, task = find_subject("parity_all", sequences=2000)
    finding = open_program(subject, name=name, task=task)
    folder = with_source(finding, "program", "parity_all", sequences=2000).save(tmp_path / "out")
    again = measure_folder(folder)
    assert [one for one in again if not one.measured] == []
    assert {one.path for one in again} == {"distill.program", "jobs.network"}
    fewer = NetworkComparison(tested_sequences=20_000)
    finding = open_program(subject, name=name, task=task, comparison=fewer)
    folder = with_source(finding, "program", "parity_all", sequences=2000).save(tmp_path / "fewer")
    assert {one.path for one in measure_folder(folder)} == {"distill.program"}  # of others it is not told how many
