"""Thirty-four tables of which the user knows something: a form, functions, a depth, a sign, a slope, errors, words.

Written down, with their truth, before anything was run on them, as (name, law, columns as in `columns`, rows, noise as
a share of the law's spread, what is told). `halves` parts them by a hash of their names: the first half may be looked
at while options are worked on, the second is run once, at the end.

A column "w W a b c" holds words; the law then has a number for each of them, {a: 2, b: 5, c: 9}. What is told:

"form", "functions", "without", "depth", "positive", "monotone"   the options of the command with their values
"error"      rows scatter by very different amounts, and a column says by how much: (of every third row, of the others),
             as multiples of the noise
"weights"    the same, told as `sample_weight` to `FormulaRegressor`
"truth"      of a form: the constants' true values
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GIVEN: tuple[tuple[str, str, str, int, float, dict[str, Any]], ...] = (
    # forms whose constants are free
    (
        "damped_pendulum",
        "2.3*exp(-0.31*t)*cos(4.7*t + 0.6)",
        "t U 0 10",
        80,
        0.03,
        {"form": "a*exp(-b*t)*cos(c*t + d)", "truth": {"a": 2.3, "b": 0.31, "c": 4.7, "d": 0.6}},
    ),
    (
        "two_binding_sites",
        "3*x/(0.2 + x) + 5*x/(12 + x)",
        "x L+ 0.01 100",
        90,
        0.01,
        {"form": "a*x/(k + x) + b*x/(m + x)", "truth": {"a": 3, "k": 0.2, "b": 5, "m": 12}},
    ),
    (
        "arrhenius_rate",
        "3e7*exp(-5200/T)",
        "T U 280 360",
        40,
        0.02,
        {"form": "a*exp(-b/T)", "truth": {"a": 3e7, "b": 5200}},
    ),
    (
        "gompertz_growth",
        "120*exp(-4.5*exp(-0.35*t))",
        "t U 0 20",
        50,
        0.02,
        {"form": "a*exp(-b*exp(-c*t))", "truth": {"a": 120, "b": 4.5, "c": 0.35}},
    ),
    (
        "van_deemter_plate",
        "1.5 + 25/u + 0.025*u",
        "u U 5 150",
        30,
        0.02,
        {"form": "a + b/u + c*u", "truth": {"a": 1.5, "b": 25, "c": 0.025}},
    ),
    (
        "planck_spectrum",
        "1.7*nu**3/(exp(0.9*nu) - 1)",
        "nu U 0.2 12",
        60,
        0.02,
        {"form": "a*nu**3/(exp(b*nu) - 1)", "truth": {"a": 1.7, "b": 0.9}},
    ),
    (
        "cauchy_dispersion",
        "1.5 + 0.004/l**2 + 0.0001/l**4",
        "l U 0.35 0.8",
        40,
        0.005,
        {"form": "a + b/l**2 + c/l**4", "truth": {"a": 1.5, "b": 0.004, "c": 0.0001}},
    ),
    (
        "drag_with_an_exponent",
        "0.42*v**1.83",
        "v L+ 1 40",
        40,
        0.02,
        {"form": "k*v**n", "truth": {"k": 0.42, "n": 1.83}},
    ),
    (
        "season_on_a_trend",
        "10 + 0.8*t + 3*sin(2.2*t + 1)",
        "t U 0 12",
        70,
        0.03,
        {"form": "a + b*t + c*sin(w*t + p)", "truth": {"a": 10, "b": 0.8, "c": 3, "w": 2.2, "p": 1}},
    ),
    (
        "inhibited_enzyme",
        "8*S/(2*(1 + I/0.7) + S)",
        "S L+ 0.1 50; I U 0 3",
        80,
        0.02,
        {"form": "V*S/(K*(1 + I/J) + S)", "truth": {"V": 8, "K": 2, "J": 0.7}},
    ),
    # forms with unknown functions
    ("separable_growth", "(1 + x**2)*exp(-z/3)", "x U 0 3; z U 0 5", 150, 0.02, {"form": "f(x)*g(z)"}),
    ("offset_and_ratio", "2 + 3*log(x/z)", "x U 1 5; z U 1 5", 120, 0.02, {"form": "a + f(x/z)"}),
    ("two_curves_added", "3*sqrt(x) + 2*sin(2*z)", "x U 0 4; z U 0 5", 150, 0.02, {"form": "f(x) + g(z)"}),
    ("known_decay_of_unknown", "exp(-0.4*t)*(2 + x**3)", "t U 0 4; x U 0 2", 120, 0.02, {"form": "exp(-b*t)*f(x)"}),
    # functions that may stand in it, or may not
    ("exp_alone", "4*exp(-0.7*x) + 1", "x U 0 6", 40, 0.02, {"functions": "exp"}),
    ("sine_alone", "2*sin(3*x) + x/2", "x U 0 6", 60, 0.03, {"functions": "sin"}),
    ("tanh_alone", "3*tanh(0.8*x - 1)", "x U -3 5", 60, 0.02, {"functions": "tanh"}),
    ("hyperbola_without_exp", "5/(1 + x/2)", "x U 0 10", 40, 0.02, {"without": "exp,tanh,power"}),
    ("ricker_without_waves", "x*exp(-x/2)", "x U 0 8", 50, 0.02, {"without": "sin,tanh"}),
    # depth
    ("shallow_quotient", "3*x/z**2", "x U 1 5; z U 1 5", 60, 0.02, {"depth": 2}),
    ("shallow_parabola", "2*x**2 - 3*x + 1", "x U -2 3", 40, 0.03, {"depth": 3}),
    ("shallow_logarithm", "1.7*log(x) + z", "x U 1 20; z U 0 2", 60, 0.02, {"depth": 3}),
    # sign and slope
    ("decay_above_zero", "3*exp(-0.9*x)", "x U 0 6", 30, 0.03, {"positive": True}),
    ("peak_above_zero", "2/(1 + (x - 3)**2)", "x U 0 7", 50, 0.03, {"positive": True}),
    ("saturation_that_rises", "6*x/(2 + x)", "x U 0 10", 30, 0.05, {"monotone": "x:increasing"}),
    (
        "falls_along_one_rises_along_other",
        "5*z*exp(-0.3*x)",
        "x U 0 6; z U 1 4",
        60,
        0.05,
        {"monotone": "x:decreasing,z:increasing"},
    ),
    ("logistic_that_rises", "10/(1 + exp(-1.2*(x - 4)))", "x U 0 8", 40, 0.04, {"monotone": "x:increasing"}),
    ("power_that_falls", "7/x**0.6", "x U 0.5 9", 35, 0.05, {"monotone": "x:decreasing", "positive": True}),
    # rows that are known better than others
    ("line_with_bad_rows", "2*x + 1", "x U 0 10", 60, 0.02, {"error": (20, 1)}),
    ("growth_with_bad_rows", "1.5*exp(0.4*x)", "x U 0 5", 60, 0.02, {"error": (30, 1)}),
    ("power_with_weights", "3*x**1.5", "x U 0.2 6", 60, 0.02, {"weights": (20, 1)}),
    # words
    (
        "springs_of_three_materials",
        "k*x",
        "x U 0.2 4; material W steel brass nylon",
        90,
        0.02,
        {
            "words": {"k": {"brass": 5, "nylon": 2, "steel": 9}},
            "form": "k[material]*x",
            "truth": {"k": 5, "k_nylon": 2, "k_steel": 9},
        },
    ),
    (
        "two_cups_that_cool",
        "20 + 60*exp(-r*t)",
        "t U 0 20; cup W glass paper",
        80,
        0.01,
        {
            "words": {"r": {"glass": 0.25, "paper": 0.1}},
            "form": "A + B*exp(-r[cup]*t)",
            "truth": {"A": 20, "B": 60, "r": 0.25, "r_paper": 0.1},
        },
    ),
    (
        "word_that_shifts",
        "3*x + s",
        "x U 0 5; site W north south",
        60,
        0.02,
        {"words": {"s": {"north": 0, "south": 4}}},
    ),
)


@dataclass(frozen=True)
class Known:
    """A table with what is known of it."""

    name: str
    law: str
    columns: str
    rows: int
    noise: float
    told: dict[str, Any]

    @property
    def kind(self) -> str:
        """What is told, in one word."""
        told = self.told
        if "words" in told:
            return "words"
        if "form" in told:
            return "form" if "truth" in told else "partial form"
        return next(
            kind
            for kind in ("functions", "without", "depth", "monotone", "positive", "error", "weights")
            if kind in told
        )


KNOWN = {entry[0]: Known(*entry) for entry in GIVEN}
