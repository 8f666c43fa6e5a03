"""Trajectories in, proofs about the recovered equations and measured claims about the data out."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("flint")

from pellucid.artifacts import Invariants
from pellucid.artifacts.laws.empirical_invariants import EmpiricalInvariants
from pellucid.core import Proved, Undecided
from pellucid.jobs.laws import open_laws
from pellucid.jobs.subjects.equations import find_system
from pellucid.plot import draw, to_svg
from pellucid.prove.check import check_folder
from pellucid.report import report_html
from pellucid.subjects.equations.trajectories import Trajectories


def circles(noise=0.01):
    generator, t = np.random.default_rng(0), np.linspace(0, 8, 100)
    states = [np.stack([r * np.cos(t + r), -r * np.sin(t + r)], 1) for r in (0.5, 0.8, 1.0, 1.3, 1.6, 2.0)]
    return Trajectories(t, [x + noise * generator.standard_normal(x.shape) for x in states], ("x", "v"))


@pytest.fixture(scope="module")
def finding(tmp_path_factory):
    data = circles()
    path = tmp_path_factory.mktemp("data") / "springs.csv"
    lines = [f"{i},{s},{a},{b}" for i, x in enumerate(data.x) for s, (a, b) in zip(data.t[i], x, strict=True)]
    path.write_text("\n".join(["id,t,x,v", *lines]))
    return open_laws(find_system(str(path)), degree=2)


def test_the_recovered_equations_have_their_invariant_proved(finding, tmp_path):
    assert isinstance(finding.artifact, Invariants)
    assert finding.artifact.expressions == ("v**2 + x**2",)
    assert finding.artifact.title == "Equations recovered from springs"
    proved = [claim for claim in finding.claims if isinstance(claim, Proved)]
    assert len(proved) == 3
    assert any(isinstance(claim, Undecided) and "no finite data prove" in claim.reason for claim in finding.claims)
    assert finding.parts["counted"].count == 1
    finding.save(tmp_path / "out")
    assert {one.status for one in check_folder(tmp_path / "out")} == {"holds"}


def test_everything_on_the_page_is_drawn(finding):
    page = report_html(finding)
    headings = ("H1 along held-out samples", "Drift along held-out samples", "Dimension of an orbit")
    places = [page.index(f"<h2>{heading}</h2>") for heading in headings]
    assert places == sorted(places)
    assert "<svg" in to_svg(draw(finding.parts["equations"]))


def test_without_equations_the_data_speak_alone():
    t = np.linspace(0, 6.3, 120)
    states = [
        np.stack([r * np.cos(t), r * np.sign(np.sin(t)) * np.abs(np.sin(t)) ** 0.5], 1) for r in (1, 1.5, 2, 2.5, 3)
    ]
    found = open_laws(Trajectories(t, states, ("x", "y")), degree=2)
    assert isinstance(found.artifact, EmpiricalInvariants)
    assert any(isinstance(claim, Undecided) and claim.statement == "the equations of motion" for claim in found.claims)
    assert not any(isinstance(claim, Proved) for claim in found.claims)


@pytest.mark.parametrize("options", [{"order": 1}])
def test_options_of_field_equations_are_refused(options):
    with pytest.raises(ValueError, match="field equations"):
        open_laws(circles(), **options)
