"""Equations in, proved symmetries out; monomials in, proved families out; and what was tampered with is found."""

import hashlib
import json

import pytest

pytest.importorskip("flint")

from pellucid.core import Measured, Proved, load_finding
from pellucid.discover import OptPDE
from pellucid.jobs.families import open_families
from pellucid.jobs.laws import open_laws
from pellucid.jobs.subjects.equations import find_system
from pellucid.jobs.symmetries import open_symmetries
from pellucid.prove.check import check_folder
from pellucid.report import report_html, summary, title
from pellucid.subjects import Dynamics, PdeFamily


@pytest.fixture(scope="module")
def findings():
    springs = Dynamics.parse("x' = p; y' = q; p' = -a*x; q' = -b*y", parameters="a, b")
    method = OptPDE(order=1, degree=3, starts=0, terms=2)
    return {
        "laws": open_laws(springs, degree=2),
        "densities": open_laws(find_system("kdv"), order=1, degree=3),
        "symmetries": open_symmetries(find_system("kdv"), degree=1),
        "families": open_families(PdeFamily.parse("u_xxx, u*u_x, u_x**3"), method=method),
    }


NAMES = ("laws", "densities", "symmetries", "families")


@pytest.mark.parametrize("name", NAMES)
def test_every_proof_is_run_again(findings, name, tmp_path):
    finding = findings[name]
    folder = finding.save(tmp_path / "out")
    assert load_finding(folder) == finding
    checked = check_folder(folder)
    assert all(entry.ok for entry in checked), [entry for entry in checked if not entry.ok]
    certificates = {claim.certificate for claim in finding.claims if isinstance(claim, Proved)}
    assert len(certificates) == sum(isinstance(claim, Proved) for claim in finding.claims) >= 2
    assert certificates < {entry.path for entry in checked}


def tampered(folder, old, new):
    """The same lie in every file, with the fingerprints made anew."""
    for path in folder.rglob("*"):
        if path.suffix in (".json", ".py") and path.name != "manifest.json":
            path.write_text(path.read_text().replace(old, new))
    manifest = json.loads((folder / "proofs/manifest.json").read_text().replace(old, new))
    manifest["files"] = {f: hashlib.sha256((folder / f).read_bytes()).hexdigest() for f in manifest["files"]}
    (folder / "proofs/manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("laws", "p*y - q*x", "p*y + q*x"),
        ("laws", "b = a", "b = 3*a"),
        ("densities", "2*u**3 + u_x**2", "2*u**3 - u_x**2"),
        ("symmetries", '"6*t"', '"7*t"'),
        ("families", "u_x**2", "3*u_x**2"),
        ("families", "exactly 3", "exactly 2"),
    ],
)
def test_a_lie_told_everywhere_is_found(findings, name, old, new, tmp_path):
    folder = findings[name].save(tmp_path / "out")
    assert any(old in path.read_text() for path in folder.rglob("*.json"))
    tampered(folder, old, new)
    assert any(entry.status == "fails" for entry in check_folder(folder))


@pytest.mark.parametrize("name", NAMES)
def test_certificates_alone_cannot_be_changed(findings, name, tmp_path):
    folder = findings[name].save(tmp_path / "out")
    for claim in findings[name].claims:
        if isinstance(claim, Proved):
            path = folder / claim.certificate
            path.write_text(path.read_text().replace('"seed": 0', '"seed": 1'))
    failed = {entry.path for entry in check_folder(folder) if not entry.ok}
    assert failed == {claim.certificate for claim in findings[name].claims if isinstance(claim, Proved)}


def test_pages(findings):
    page = report_html(findings["laws"])
    assert "Special values of the parameters" in page
    assert "Where b = a: 3 independent, 4 conserved polynomials (2 in general)" in page
    assert "No other case for all values of a, b but 0" in page
    page = report_html(findings["symmetries"])
    assert title(findings["symmetries"]) == "Korteweg and de Vries' equation"
    assert summary(findings["symmetries"]).startswith("1 equation has 4 point symmetries up to degree 1. 2 claims")
    assert page.count("<math") == 4
    assert "<svg" in page
    page = report_html(findings["families"])
    assert "Equations that conserve much" in page
    assert "KdV" in page
    assert "<svg" in page
    assert report_html(findings["densities"]).count("<svg") == 1


def test_constraints_are_refused():
    circle = Dynamics.parse("x' = y; y' = -x", constraints="x**2 + y**2 - 1")
    with pytest.raises(ValueError, match="constraints are not covered"):
        open_symmetries(circle)


def test_maps_are_refused_by_what_they_are():
    with pytest.raises(ValueError, match="symmetries are found for"):
        open_symmetries(find_system("x[n+1] = 2*x[n]"))


@pytest.mark.parametrize(("text", "count"), [("u_xt = sin(u)", 3), ("u_t + u u_x + u_xxx + u_xyy = 0", 5)])
def test_field_equations_of_any_form_are_covered(text, count):
    finding = open_symmetries(find_system(text))
    assert finding.artifact.dimension == count
    assert [claim.strength for claim in finding.claims[:2]] == ["Proved", "Proved"]
    assert f"{count} point symmetries" in report_html(finding)


def test_a_field_whose_powers_are_in_the_equation_is_positive_where_it_is_watched():
    finding = open_symmetries(find_system("u_t = (u^n u_x)_x", parameters="n"))
    values = [claim.value for claim in finding.claims if isinstance(claim, Measured) and "miss" in claim.statement]
    assert len(finding.artifact.generators) == 4
    assert len(values) == 4
    assert all(value < 1e-3 for value in values)  # of the terms; powers are no polynomials at the nodes
