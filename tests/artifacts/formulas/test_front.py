"""Fronts of formulas: a table, numbers from one, and what a finding saves of them."""

import pickle
from typing import Any

import pytest

from pellucid.artifacts import Formula, Front
from pellucid.core import Finding, Provenance, load_finding

GAUSS = Formula("exp(-theta**2/2)/sqrt(2*pi)", ("theta",), "f", ((1, 3),))


def test_a_front_survives_saving(tmp_path):
    front = Front((Formula("1", ("theta",), "f"), GAUSS), (0.5, 0.0), (2.0, 20.0), 1)
    finding = Finding(GAUSS, (), Provenance("Search", {}, 0, ""), {"front": front})
    finding.save(tmp_path / "out")
    loaded = load_finding(tmp_path / "out")
    assert loaded.artifact == GAUSS
    assert loaded.parts["front"] == front
    with pytest.raises(ValueError, match="one error"):
        Front((GAUSS,), (), (1.0,))


def weighed_front() -> Front:
    formulas = tuple(Formula(text, ("x",)) for text in ("x", "2.134567*exp(-0.4213*x)", "x/(x + 0.5)"))
    constants = ((), ((2.134567, 0.04), (-0.4213, 0.0012)), ((0.5, None),))
    return Front(formulas, (1.0, 0.02, 0.019), (4.0, 30.0, 41.0), 1, (12.0, -40.5, -41.0), (0.0, 0.9, 0.04), constants)


def test_a_front_is_a_table():
    front = weighed_front()
    assert repr(front).splitlines()[2] == "*    2    30  -40.5   0.02    90 %  y = 2.13(4)*exp(-0.4213(12)*x)"
    assert "6 %" in front.note()
    row = front.rows()[1]
    assert (row["number"], row["chosen"], row["weight"], row["negative_log_likelihood"]) == (2, True, 0.9, -40.5)
    assert row["constants"] == [(2.134567, 0.04), (-0.4213, 0.0012)]
    assert "<td>y = 2.13(4)·exp(-0.4213(12)·x)</td>" in front._repr_html_()
    assert Front.from_dict(front.to_dict(), {}) == front
    tex = front.latex()
    assert tex.startswith("\\begin{tabular}{rlrrrr}\nNo. & formula & bits & $-\\ln L$ & error & weight \\\\ \\hline")
    assert tex.count(r"\\") == 4
    assert tex.rstrip().endswith("\\end{tabular}")


def test_numbers_of_a_front_are_from_one_and_told():
    front = weighed_front()
    assert front.formula(front.number) is front.formulas[front.chosen]
    wrong: list[Any] = [0, 4, -1, True, 1.0]
    for number in wrong:
        with pytest.raises(ValueError, match=r"index=.* is not on the front; give a number from 1 to 3"):
            front.formula(number)


def test_a_finding_s_formula_knows_its_front(tmp_path):
    front = weighed_front()
    finding = Finding(front.formulas[1], (), Provenance("M", {}, 0, ""), {"front": front})
    assert finding.artifact.front is front
    loaded = load_finding(finding.save(tmp_path / "found"))
    assert loaded.artifact.front == front
    assert loaded.artifact == front.formulas[1]
    assert pickle.loads(pickle.dumps(loaded.artifact)).front == front
