"""A file with a field on a grid in, its equation with proved laws out."""

from __future__ import annotations

import numpy as np

from pellucid.core import Proved
from pellucid.jobs.equations import find_system
from pellucid.jobs.laws import open_laws
from pellucid.prove.check import check_folder
from pellucid.report import report_html


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
