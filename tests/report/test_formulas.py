"""The page of a formula: typeset without scripts, with its data, its front and its network."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch

from pellucid.artifacts import Formula, Front, Predictions, SplineNetwork
from pellucid.artifacts.formulas.mathml import mathml
from pellucid.artifacts.formulas.readable import readable
from pellucid.core import Finding, Measured, Provenance
from pellucid.nets.splines.kan import KAN
from pellucid.report import report_html, summary, title

FORMULA = Formula("q1*q2/(4*pi*epsilon*r**2)", ("q1", "q2", "epsilon", "r"), "F", ((1.0, 5.0),) * 4)


@pytest.fixture(scope="module")
def finding():
    X = np.random.default_rng(0).uniform(1, 5, (30, 4))
    module = KAN([4, 1, 1], grid_size=4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    weights = {name: value.detach().numpy() for name, value in module.state_dict().items()}
    parts = {
        "front": Front((Formula("q1", FORMULA.names, "F"), FORMULA), (1.0, 1e-15), (4.0, 44.0), 1),
        "predictions": Predictions(X, FORMULA(X), FORMULA(X), np.arange(30) < 6, FORMULA.names, "F"),
        "network": SplineNetwork(weights, module.spec(), edges={(0, 0, 0): "x**2"}),
    }
    settings = {"table": "I.12.2", "rows": 30, "notes": ["left out 'g', which is constant (7)"], "restarts": 8}
    claims = (Measured("relative error of F on held-out rows", 1e-15, "of rms"),)
    return Finding(FORMULA, claims, Provenance("distill.Algebraic", settings, 0, "ab", "monomial"), parts)


@pytest.fixture(scope="module")
def page(finding):
    return report_html(finding)


def test_it_says_everything(finding, page):
    assert title(finding) == "I.12.2"
    assert summary(finding) == ("A table of 30 rows and 4 features became F = q1·q2/(4·π·ε·r²). 1 claim is measured.")
    for text in ("Formula", "F = q1*q2/(4*pi*epsilon*r**2)", "1 to 5", "Left out &#39;g&#39;, which is constant (7)."):
        assert text in page
    for text in ("Data and formula", "Error against length", "Spline network", "From short to exact"):
        assert f"<h2>{text}</h2>" in page
    assert page.count("<svg") == 3
    assert '<tr class="chosen">' in page
    assert "distill.Algebraic, monomial" in page
    assert "restarts 8" in page
    assert "table I.12.2" not in page
    assert "dashed, what the formula has there" in page
    assert "functions {" not in page


def test_it_needs_nothing_else_and_runs_nothing(page):
    assert "<script" not in page
    assert "<math" in page
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", page).replace("https://matplotlib.org/", "")
    assert not re.findall(r"@import|url\((?!#)", page)


def test_the_same_finding_gives_the_same_page(finding, page):
    assert report_html(finding) == page


def test_a_bare_formula_has_a_page_too():
    bare = Finding(Formula("a", ("a",)), (), Provenance("M", {}, 0, ""))
    assert "A table of 1 feature became y = a. It makes no claims." in report_html(bare)


@pytest.mark.parametrize(
    ("text", "names", "line"),
    [
        ("a**(3/2)", "a", "y² = a³"),
        ("2*a**(3/2)/b", "ab", "y² = 4·a³/b²"),
        ("sqrt(a)", "a", "y = √a"),
        ("-a**(3/2)", "a", "y = -a^(3/2)"),
        ("exp(-(a/b)**2/2)/(sqrt(2*pi)*b)", "ab", "y = √2·exp(-a²/(2·b²))/(2·√π·b)"),
        ("0.12345678*a + 1e-20*b", "ab", "y = 0.123457·a + 1e-20·b"),
        ("sin(a)**2 + Abs(b)", "ab", "y = sin(a)² + abs(b)"),
    ],
)
def test_lines_are_readable_and_typeset(text, names, line):
    formula = Formula(text, tuple(names))
    assert readable(formula) == line
    assert "**" not in readable(formula, plain=True)
    assert readable(formula, plain=True).isascii()
    ElementTree.fromstring(mathml(formula))


def test_mathml_writes_what_people_write():
    assert "<msqrt><mrow><mn>2</mn>" in mathml(Formula("a/sqrt(2*pi)", ("a",)))
    assert "<mo>(</mo>" not in mathml(Formula("(a + 1)/(b - 1)", ("a", "b")))
    assert "<mo>(</mo>" in mathml(Formula("a*(b - 1)", ("a", "b")))
    assert "<msub><mi>θ</mi><mi>1</mi></msub>" in mathml(Formula("theta1", ("theta1",)))
    assert "<mroot>" in mathml(Formula("(a*b)**(1/3)", ("a", "b")))
    assert "<msup><mn>10</mn><mrow><mo>−</mo><mn>20</mn></mrow></msup>" in mathml(Formula("1.5e-20*a", ("a",)))
