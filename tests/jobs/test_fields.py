"""A file with a field on a grid in, its equation with proved laws out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.io import savemat

from pellucid.artifacts import ConservationLaws, RecoveredEvolution
from pellucid.core import Proved
from pellucid.discover import FieldLaws
from pellucid.jobs.laws import open_laws
from pellucid.jobs.subjects.equations import find_system
from pellucid.prove.check import check_folder
from pellucid.report import report_html
from pellucid.subjects.equations.field_grid import FieldGrid
from pellucid.subjects.equations.trajectory_files import TableReading


def test_a_table_becomes_an_equation_with_laws(tmp_path):
    t, x = np.linspace(0, 2, 40), np.linspace(0, 9, 50)
    u = sum(np.exp(-k * k * t[:, None]) * np.cos(k * x + k) for k in (0.5, 1.0, 1.6))
    rows = [f"{a},{b},{u[i, j]}" for i, a in enumerate(t) for j, b in enumerate(x)]
    (tmp_path / "rod.csv").write_text("\n".join(["t,x,u", *rows]))
    finding = open_laws(find_system(str(tmp_path / "rod.csv")), degree=1, order=0)
    assert finding.artifact.densities == ("u",)
    assert finding.artifact.title == "Equations recovered from rod"
    assert sum(isinstance(claim, Proved) for claim in finding.claims) == 4  # densities and symmetries, two of each
    page = report_html(finding)
    for words in ("Equations recovered from the field", "The field, and what is left over", "Point symmetries"):
        assert words in page
    finding.save(tmp_path / "out")
    assert {one.status for one in check_folder(tmp_path / "out")} == {"holds"}


def test_how_trajectories_are_to_be_read_is_not_passed_over_for_a_grid(tmp_path):
    rows = [f"{t},{x},{np.sin(x - t)}" for t in range(24) for x in range(24)]
    (tmp_path / "wave.csv").write_text("\n".join(["t,x,u", *rows]))
    assert isinstance(find_system(str(tmp_path / "wave.csv")).equations, FieldGrid)
    with pytest.raises(ValueError, match="the same 24 values of 'x': a field on a grid"):
        find_system(str(tmp_path / "wave.csv"), reading=TableReading(inputs=("u",)))


def test_a_matlab_file_without_a_field_is_told_to_be_one(tmp_path):
    savemat(tmp_path / "run.mat", {"t": np.arange(9.0), "q": np.arange(9.0)})
    with pytest.raises(ValueError, match=r"run\.mat: no field on a grid"):
        find_system(str(tmp_path / "run.mat"))


def test_laws_of_a_field_in_a_plane_are_proved():
    t, x = np.linspace(0, 1.5, 44), np.linspace(0, 6, 24)
    at, across, up = np.meshgrid(t, x, x, indexing="ij")
    waves = [(0.9, 0.5, 0.2), (0.4, 1.1, 1.7), (1.3, -0.7, 0.4), (0.6, 1.6, 2.9)]
    values = sum(np.exp(-(p * p / 5 + q * q / 10) * at) * np.cos(p * across + q * up + s) for p, q, s in waves)
    found = FieldLaws().explain(FieldGrid(t, x, [values], ("u",), x))
    assert isinstance(found.artifact, ConservationLaws)
    assert found.artifact.multipliers == (("1",),)
    equations = found.parts["equations"]
    assert isinstance(equations, RecoveredEvolution)
    assert equations.rhs == ("u_xx/5 + u_yy/10",)
    assert any(claim.key == "symmetries" for claim in found.claims)
