"""The classics of symbolic regression: 81 equations in classics.csv, 14 more from systems of differential equations.

Nguyen, R, Jin and Livermore with the sampling of arXiv 1912.04871 and 2111.00053; Keijzer (EuroGP 2003), Vladislavleva
(IEEE Trans. Evol. Comp. 2009) and Korns (GPTP 2011) with that of McDermott et al., GECCO 2012, Tables 2 and 3. Korns'
columns are drawn from -50 to 50, and rows at which a root or a logarithm has no value are drawn again. Keijzer-6 is the
sum of 1/i, which no formula over elementary functions is: it can be right in values only.

Strogatz: SRBench's two-state systems (La Cava et al. 2016, after Strogatz 2014), four orbits of 100 points each, every
0.1, from the published starts (to four digits); the target is the rate of change of one state, of both in turn.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from pellucid.algebra.expressions.text import parse

from .columns import Table, read_columns
from .problem import Problem

GOALS = {
    "Nguyen": 12, "R": 3, "Livermore": 21, "Jin": 6, "Strogatz": 14, "Vladislavleva": 6, "Keijzer": 13, "Korns": 9,
}  # fmt: skip
"""How many of each family should be exact without noise."""

SYSTEMS = (
    (
        "respiration",
        ("20 - x - x*y/(1 + 0.5*x**2)", "10 - x*y/(1 + 0.5*x**2)"),
        ((9.015, 12.8), (3.485, 13.07), (5.814, 9.936), (5.802, 9.793)),
    ),
    (
        "magnets",
        ("0.5*sin(x - y) - sin(x)", "0.5*sin(y - x) - sin(y)"),
        ((4.265, 4.761), (4.669, 2.464), (4.118, 1.076), (4.436, 0.2)),
    ),
    (
        "glider",
        ("-0.05*x**2 - sin(y)", "x - cos(y)/x"),
        ((5.603, 1.855), (2.466, 0.8722), (5.358, -1.323), (4.514, 0.3466)),
    ),
    ("competition", ("3*x - 2*x*y - x**2", "2*y - x*y - y**2"), ((1, 3), (4, 1), (8, 2), (3, 3))),
    (
        "predators",
        ("x*(4 - x - y/(1 + x))", "y*(x/(1 + x) - 0.075*y)"),
        ((4.861, 11.51), (6.581, 11.43), (5.753, 8.779), (5.805, 11.65)),
    ),
    (
        "shear",
        ("cos(x)/tan(y)", "(cos(y)**2 + 0.1*sin(y)**2)*sin(x)"),
        ((-1.402, -1.426), (-2.531, 1.016), (1.224, -0.5746), (2.829, -1.463)),
    ),
    (
        "vanderpol",
        ("10*(y - (x**3 - x)/3)", "-x/10"),
        ((0.3573, 0.2167), (0.6773, 0.736), (0.01002, 0.3559), (0.24, 0.9276)),
    ),
)


@dataclass(frozen=True)
class Orbits:
    """The states of a system along its orbits from `starts`; with `moved`, from starts that are so much larger."""

    rates: tuple[str, str]
    starts: tuple[tuple[float, float], ...]
    moved: float = 0.0
    points: int = 100
    step: float = 0.1

    def __str__(self) -> str:
        return f"{len(self.starts)} orbits of {self.points} points every {self.step:g}, starts {self.starts}"

    def draw(self, generator: np.random.Generator, rows: int = 0) -> NDArray[np.float64]:
        """X (orbits * points, 2), or `rows` of them at random where that is fewer."""
        X = np.concatenate([self._orbit(np.array(start, dtype=float) * (1 + self.moved)) for start in self.starts])
        return X if not rows or rows >= len(X) else X[np.sort(generator.permutation(len(X))[:rows])]

    def _orbit(self, start: NDArray[np.float64]) -> NDArray[np.float64]:
        symbols = sympy.symbols("x y", real=True)
        rates = sympy.lambdify(symbols, [parse(rate, ("x", "y")) for rate in self.rates], "numpy")
        times = self.step * np.arange(self.points)
        ends = (0.0, float(times[-1]))
        found = solve_ivp(lambda _, state: rates(*state), ends, start, t_eval=times, rtol=1e-8, atol=1e-8)
        return found.y.T


@cache
def classics() -> dict[str, Problem]:
    """Every problem by its name, such as "Nguyen-5" or "Strogatz-glider-2"."""
    text = Path(__file__).with_name("classics.csv").read_text(encoding="utf-8")
    problems = [_problem(row) for row in csv.DictReader(text.splitlines())]
    for name, rates, starts in SYSTEMS:
        orbits, others = Orbits(rates, starts), Orbits(rates, starts, moved=0.1)
        problems += [
            Problem(f"Strogatz-{name}-{number}", "Strogatz", rate, ("x", "y"), orbits, others)
            for number, rate in enumerate(rates, 1)
        ]
    return {problem.name: problem for problem in problems}


def _problem(row: dict[str, str]) -> Problem:
    """A line of classics.csv; without a published test set, the ranges are drawn 30 % longer."""
    train = Table(read_columns(row["train"]), int(row["rows"]))
    test = Table(read_columns(row["test"])) if row["test"] else train.wider()
    names = tuple(column.name for column in train.columns)
    return Problem(row["name"], row["name"].split("-")[0], row["expression"], names, train, test)
