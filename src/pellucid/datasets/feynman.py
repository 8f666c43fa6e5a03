"""The equations of the AI Feynman benchmark (arXiv 1905.11481, Tables 4 to 6), written down as facts in feynman.csv.

100 equations of the Feynman Lectures on Physics and 20 harder ones from other textbooks, each with the ranges from
which the paper draws its features and the units of every quantity, as powers of metre, second, kilogram, kelvin and
volt. (The paper's file gives I.43.16's mobility the inverse of its unit; here it is right.)
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from ..artifacts.formulas.formula import Formula
from ..subjects.tables.samples import Samples
from ..subjects.tables.units import Units

BASE = ("m", "s", "kg", "K", "V")


@dataclass(frozen=True)
class Equation:
    """One equation `target = expression(names)`, its features uniform between `lows` and `highs`.

    `group` is "feynman" or "bonus"; `expression` is text as `artifacts.Formula` reads it.
    """

    name: str
    group: str
    title: str
    expression: str
    names: tuple[str, ...]
    target: str
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    units: Units

    @cached_property
    def formula(self) -> Formula:
        """The equation as a formula over its box."""
        return Formula(self.expression, self.names, self.target, tuple(zip(self.lows, self.highs, strict=True)))

    def sample(self, rows: int = 1000, seed: int = 0, noise: float = 0.0) -> Samples:
        """`rows` uniform in the box; the target gets Gaussian noise of `noise` times its root mean square."""
        if noise < 0:
            raise ValueError(f"noise is {noise}; give a level of at least 0, as a fraction of the target's size")
        generator = np.random.default_rng(seed)
        lows, highs = np.array(self.lows), np.array(self.highs)
        X, y = self._real_rows(rows, lambda count: generator.uniform(lows, highs, (count, len(lows))))
        if noise:
            y = y + noise * np.sqrt(np.mean(y**2)) * generator.standard_normal(rows)
        return self._samples(X, y)

    def sample_outside(self, rows: int = 1000, seed: int = 0, stretch: float = 0.5) -> Samples:
        """`rows` outside the box but near it: where a formula that only fits inside is found out.

        Each range grows by `stretch` times its width on both sides (its lower end at most by half, so that what is
        positive stays so); rows inside the box, and those where the equation has no real value, are drawn again.
        """
        generator = np.random.default_rng(seed)
        lows, highs = np.array(self.lows), np.array(self.highs)
        margin = stretch * (highs - lows)
        wider = np.maximum(lows - margin, np.where(lows > 0, lows / 2, lows - margin)), highs + margin

        def draw(count: int) -> NDArray[np.float64]:
            X = generator.uniform(*wider, (count, len(lows)))
            return X[((lows > X) | (highs < X)).any(1)]

        return self._samples(*self._real_rows(rows, draw))

    def _real_rows(
        self, rows: int, draw: Callable[[int], NDArray[np.float64]], most_draws: int = 200
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The first `rows` draws where the equation has a finite real value."""
        if rows < 1:
            raise ValueError(f"rows is {rows}; ask for at least 1")
        parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        for _ in range(most_draws):
            X = draw(rows)
            y = self.formula(X)
            real = np.isfinite(y)
            parts.append((X[real], y[real]))
            if sum(len(part[1]) for part in parts) >= rows:
                break
        return np.concatenate([part[0] for part in parts])[:rows], np.concatenate([part[1] for part in parts])[:rows]

    def _samples(self, X: NDArray[np.float64], y: NDArray[np.float64]) -> Samples:
        return Samples(X, y, self.names, self.target, self.units)


@cache
def _table() -> dict[str, Equation]:
    text = files("pellucid.datasets").joinpath("feynman.csv").read_text(encoding="utf-8")
    return {row["name"]: _equation(row) for row in csv.DictReader(text.splitlines())}


def _equation(row: dict[str, str]) -> Equation:
    """`features` reads "name low high unit; ...", a unit "m^3 s^-2 kg^-1" or "1"."""
    features = [feature.split(maxsplit=3) for feature in row["features"].split("; ")]
    names, lows, highs, units = zip(*features, strict=True)
    return Equation(
        row["name"],
        row["group"],
        row["title"],
        row["expression"],
        names,
        row["target"],
        tuple(float(low) for low in lows),
        tuple(float(high) for high in highs),
        Units(BASE, tuple(_exponents(unit) for unit in units), _exponents(row["unit"])),
    )


def _exponents(unit: str) -> tuple[Fraction, ...]:
    powers = {base: power or "1" for base, _, power in (factor.partition("^") for factor in unit.split())}
    return tuple(Fraction(powers.get(base, "0")) for base in BASE)


def feynman_equations(group: str | None = None) -> dict[str, Equation]:
    """Every equation by its name, or those of one group: "feynman" (100) or "bonus" (20).

    >>> equations = feynman_equations()
    >>> len(equations), equations["I.12.1"].expression
    (120, 'mu*Nn')
    """
    if group not in (None, "feynman", "bonus"):
        raise ValueError(f"group is {group!r}; it is 'feynman' or 'bonus', or None for both")
    return {name: equation for name, equation in _table().items() if group in (None, equation.group)}


def feynman_equation(name: str) -> Equation:
    """One equation. Raises ValueError that names its neighbours for an unknown name."""
    if name not in _table():
        near = ", ".join(get_close_matches(name, _table(), 3, 0.3)) or ", ".join(list(_table())[:3])
        raise ValueError(f"name is {name!r}, which is no equation of the benchmark; near it are {near}")
    return _table()[name]
