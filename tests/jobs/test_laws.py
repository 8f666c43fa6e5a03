"""Equations in, proved conserved quantities out: with real systems, small ones."""

from __future__ import annotations

import json
import runpy

import pytest

pytest.importorskip("flint")

from pellucid.core import Measured, Proved, load_finding
from pellucid.datasets.field_equations import field_equations
from pellucid.jobs.laws import latex_files, open_laws
from pellucid.jobs.subjects.equations import find_system
from pellucid.prove.check import check_folder
from pellucid.report import report_html, summary, title


@pytest.fixture(scope="module")
def kepler():
    return open_laws(find_system("kepler_2d"), seed=1)


@pytest.fixture(scope="module")
def kdv():
    return open_laws(find_system("kdv"), order=1, degree=3)


def test_options_of_the_other_kind_are_refused():
    with pytest.raises(ValueError, match="order is for field equations"):
        open_laws(find_system("lorenz"), order=2)
    with pytest.raises(ValueError, match="basis is for equations of motion"):
        open_laws(find_system("kdv"), basis=("u",))


def test_the_strongest_claims_come_first(kepler):
    kinds = [type(claim) for claim in kepler.claims]
    assert kinds == [Proved] * 4 + [Measured] * 5
    assert kepler.provenance.settings["system"] == "kepler_2d"


def test_what_is_written_is_read_back_and_holds(kepler, kdv, tmp_path):
    for finding in (kepler, kdv):
        folder = finding.save(tmp_path / finding.artifact.kind, latex_files(finding))
        assert load_finding(folder) == finding
        assert all(entry.ok for entry in check_folder(folder))
    functions = runpy.run_path(str(tmp_path / "invariants" / "invariants.py"))
    assert functions["H1"](1, 2, 3, 4, 5) == 2
    assert functions["H2"](3, 4, 1, 1, 5) == 0
    assert runpy.run_path(str(tmp_path / "densities" / "densities.py"))["J1"](2, 1) == -11
    assert (tmp_path / "densities" / "densities.tex").read_text().count("&=") == 6


def change(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("invariants.py", "a*y - b*x", "a*y + b*x"),
        ("proofs/identity.json", '"seed": 1', '"seed": 2'),
        ("finding.json", "exactly 4 dimensions", "exactly 3 dimensions"),
        ("finding.json", '"vectors": 4', '"vectors": 3'),
        ("finding.json", '"a*y - b*x"', '"a*y + b*x"'),
        ("proofs/manifest.json", '"a*y - b*x"', '"a*y + b*x"'),
    ],
)
def test_what_was_changed_does_not_hold(kepler, tmp_path, file, old, new):
    folder = kepler.save(tmp_path / "kepler")
    path = folder / file
    path.write_text(change(path.read_text(), old, new))
    assert not all(entry.ok for entry in check_folder(folder))


def test_a_lie_told_everywhere_does_not_hold(kepler, tmp_path):
    """Finding, manifest, certificates, functions and fingerprints all say the same wrong thing."""
    import hashlib

    folder = kepler.save(tmp_path / "kepler")
    for file in ("finding.json", "invariants.py", *(f"proofs/{p}.json" for p in ("identity", "completeness"))):
        path = folder / file
        path.write_text(path.read_text().replace("a*y - b*x", "a*y + b*x"))
    manifest = json.loads((folder / "proofs/manifest.json").read_text().replace("a*y - b*x", "a*y + b*x"))
    manifest["files"] = {f: hashlib.sha256((folder / f).read_bytes()).hexdigest() for f in manifest["files"]}
    (folder / "proofs/manifest.json").write_text(json.dumps(manifest))
    failed = [entry for entry in check_folder(folder) if not entry.ok]
    assert any("a*y + b*x is not conserved" in entry.detail for entry in failed)


def test_an_interrupted_run_goes_on(tmp_path, monkeypatch):
    from pellucid.discover import Invariants

    subject = find_system("oscillator")
    first = open_laws(subject, checkpoint=tmp_path)
    monkeypatch.setattr(Invariants, "explain", None)
    assert open_laws(subject, checkpoint=tmp_path) == first
    with pytest.raises(ValueError, match="belongs to another job"):
        open_laws(subject, seed=1, checkpoint=tmp_path)


def test_the_page_shows_the_laws_and_the_orbits(kepler):
    page = report_html(kepler)
    assert title(kepler) == "Kepler problem in the plane"
    assert summary(kepler).startswith("4 equations have 3 independent invariants up to degree 3. 4 claims are proved")
    assert page.count("<math") == 3
    assert page.count("<svg") == 4
    assert "3 functionally independent invariants, 4 linearly independent conserved polynomials" in page
    assert "1 more that depends on these" in page
    assert "<script" not in page
    assert report_html(kepler) == page


def test_the_page_shows_densities_with_their_fluxes(kdv):
    page = report_html(kdv)
    assert page.count("<math") == 6
    assert "<msubsup><mi>u</mi><mi>x</mi><mn>2</mn></msubsup>" in page
    assert "3 conserved densities of degree ≤ 3" in page
    assert page.count("<svg") == 1  # a wave, and its integrals


def test_nothing_conserved_has_a_page_too():
    finding = open_laws(find_system("x' = v; v' = (1 - x^2)*v - x"))
    assert "0 functionally independent invariants" in report_html(finding)
    assert finding.artifact.files() == {}


@pytest.mark.parametrize("name", ["transport", "burgers", "gardner", "kaup_kupershmidt", "shallow_water"])
def test_fields_have_as_many_densities_as_are_known(name):
    field = field_equations()[name]
    assert open_laws(find_system(name)).artifact.dimension == field.known
