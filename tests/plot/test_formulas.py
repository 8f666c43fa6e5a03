"""Drawings of formulas, fronts, predictions and spline networks: what they show, and the same every time."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch

from pellucid.artifacts import Formula, Front, Posterior, Predictions, SplineNetwork, WeighedFormula
from pellucid.nets.splines.kan import KAN
from pellucid.plot import draw, to_png, to_svg

FORMULA = Formula("a*b**2", ("a", "b"), "y")
KEPLER = Formula("a**(3/2)", ("a",), "P")


def front(errors=(3.0, 0.5, 1e-12), chosen=2):
    formulas = (Formula("a", FORMULA.names), Formula("a*b", FORMULA.names), FORMULA)
    return Front(formulas, errors, (4.0, 12.0, 16.0), chosen)


def predictions(rows=40, formula=FORMULA, noise=0.1):
    generator = np.random.default_rng(0)
    X = generator.uniform(0.1, 9, (rows, len(formula.names)))
    y = formula(X)
    return Predictions(
        X, y + noise * generator.normal(size=rows), y, np.arange(rows) % 5 == 0, formula.names, formula.target
    )


def posterior(formula):
    names = formula.names
    other = WeighedFormula(Formula("2*a", names, formula.target), "c*a", ("c",), (2.0,), ((0.1,),), 1.0, "Gauss", 0.1)
    exact = WeighedFormula(formula, formula.expression, (), (), (), 0.0, "Gauss", 0.1)
    return Posterior((exact, other), ((0.1, 9.0),) * len(names))


def network(widths=(2, (1, 1), 1), functions=None):
    module = KAN(widths, grid_size=4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    weights = {name: value.detach().numpy() for name, value in module.state_dict().items()}
    return SplineNetwork(weights, module.spec(), edges=functions or {})


@pytest.mark.parametrize(
    ("artifact", "formula"),
    [
        (FORMULA, None),
        (front(), None),
        (predictions(), FORMULA),
        (predictions(formula=KEPLER), KEPLER),
        (posterior(KEPLER), KEPLER),
        (posterior(FORMULA), None),
        (network(), FORMULA),
        (network((2, 1), {(0, 0, 0): "sin(x)"}), None),
    ],
)
def test_each_is_drawn_and_the_same_twice(artifact, formula):
    svg = to_svg(draw(artifact, formula))
    assert svg == to_svg(draw(artifact, formula))
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert to_png(draw(artifact, formula), 40).startswith(b"\x89PNG")


def test_one_feature_is_drawn_as_a_curve_and_sizes_apart_on_logarithmic_axes():
    upper, lower = draw(predictions(formula=KEPLER, noise=0), KEPLER).axes
    assert (upper.get_xscale(), upper.get_yscale()) == ("log", "log")
    assert (upper.get_ylabel(), lower.get_xlabel()) == ("P", "a")
    assert len(upper.lines[0].get_xdata()) == 300
    upper, lower = draw(predictions(), FORMULA).axes
    assert upper.get_ylabel() == "y observed"
    assert lower.get_xlabel() == "y by the formula"


def test_noise_of_one_size_is_not_drawn_in_percent():
    assert draw(predictions(400)).axes[1].get_ylabel() == "residual"
    exact = predictions(400)
    relative = Predictions(exact.X, exact.predicted * (1.01 - 0.02 * exact.held_out), exact.predicted, exact.held_out,
                           exact.names, exact.target)  # fmt: skip
    assert draw(relative).axes[1].get_ylabel() == "residual, %"


def test_the_chosen_formula_is_written_beside_its_point():
    texts = [text.get_text() for text in draw(front()).axes[0].texts]
    assert texts == ["1", "2", "3", "y = a·b²"]
    assert len(draw(front(chosen=-1)).axes[0].texts) == 3


NOTHING = np.full(3, np.nan)
ODD = [
    (front((0.0, 0.0, 0.0)), None),
    (front((np.nan, np.inf, 1.0)), None),
    (front((np.nan, np.nan, np.nan)), None),
    (Predictions(np.ones((3, 1)), [1, 2, 3], NOTHING, [False] * 3, ("a",), "y"), KEPLER),
    (Predictions(np.ones((3, 2)), [0, 0, 0], [0, 0, 0], [False] * 3, ("a", "b"), "y"), None),
    (Predictions(np.ones((1, 1)), [1], [1], [True], ("a",), "P"), KEPLER),
]


@pytest.mark.parametrize(("artifact", "formula"), ODD)
def test_odd_figures_do_not_break_a_drawing(artifact, formula):
    assert ElementTree.fromstring(to_svg(draw(artifact, formula))).tag.endswith("svg")


def test_every_edge_has_a_box_and_the_formula_lies_over_it():
    drawn = draw(network(functions={(0, 0, 0): "x**2", (1, 0, 0): "sin(x)"}), FORMULA)
    boxes = drawn.axes[0].child_axes
    assert len(boxes) == 2 * 3 + 2
    assert sorted(len(box.lines) for box in boxes) == [1] * 6 + [2] * 2
    texts = [text.get_text() for text in drawn.axes[0].texts]
    assert {"a", "b", "y", "+", "×"} == set(texts)
    many = draw(network((8, 4, 1)))
    assert len(many.axes[0].child_axes) == 12 + 4
    assert "20 more edges, which vary less, are not drawn" in [text.get_text() for text in many.axes[0].texts]
