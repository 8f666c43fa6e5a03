"""Tables with gross errors among good rows, written down before anything was run on them.

Laws of one to three columns, of whose rows a share is spoilt: a decimal point slipped, a sign lost, values swapped
between rows, the unit of another instrument, spikes, a stuck reading; beside noise of 1 and 3 %. Four have heavy tails
instead (Student, 2 degrees of freedom), and the last four nothing of the kind, but a few rows on a narrow peak or a
steep end that could be taken for errors. `halves` parts them by a hash of their names: the first half may be looked at
while the search is worked on, the second is run once, at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pellucid.core.context import Context

from .problem import Drawn, Problem
from .varied import problems_of

Array = NDArray[np.float64]
Spoil = Callable[[Array, Array, np.random.Generator], Array]
"""Takes the values of the rows that are to be spoilt, those of all rows, and a generator."""
NOISES = (0.01, 0.03)
CASES = (
    ("saturating_uptake", "6*x/(1.5 + x)", "x U 0.1 12", 80, "point", 0.05),
    ("charge", "9*(1 - exp(-t/2.5))", "t U 0 12", 60, "point", 0.07),
    ("free_fall", "4.905*t**2", "t U 0.2 4", 50, "point", 0.06),
    ("gas_pressure", "8.3*n*T/V", "n U 0.5 3; T U 280 400; V U 5 30", 120, "point", 0.04),
    ("pendulum_clock", "2.006*sqrt(L)", "L U 0.1 3", 40, "unit", 0.08),
    ("drag", "0.3*A*v**2", "A U 0.1 2; v U 1 20", 90, "unit", 0.05),
    ("decay", "50*exp(-0.31*t)", "t U 0 12", 70, "unit", 0.05),
    ("heat_flow", "0.8*A*(T - 18)/d", "A U 1 6; T U 20 40; d U 0.05 0.4", 140, "sign", 0.06),
    ("falling_tone", "3*cos(2*t)*exp(-0.2*t)", "t U 0 10", 120, "sign", 0.08),
    ("straight_line", "2.4*x - 7", "x U -5 9", 60, "sign", 0.1),
    ("parabola", "1.2*x**2 - 4*x + 3", "x U -3 6", 60, "swap", 0.1),
    ("lens_power", "1/f + 1/g", "f U 0.1 2; g U 0.1 2", 80, "swap", 0.08),
    ("growth", "40/(1 + 12*exp(-0.7*t))", "t U 0 12", 80, "swap", 0.08),
    ("tide_height", "2.2 + 1.4*sin(0.506*t)", "t U 0 50", 120, "spike", 0.05),
    ("allometry", "3.1*m**0.72", "m U 0.5 60", 60, "spike", 0.08),
    ("resistors", "a*b/(a + b)", "a U 1 20; b U 1 20", 100, "spike", 0.04),
    ("distance", "sqrt(x**2 + y**2)", "x U -4 4; y U -4 4", 100, "spike", 0.06),
    ("log_response", "1.5 + 0.8*log(c)", "c U 0.1 40", 60, "spike", 0.1),
    ("stuck_probe", "15 + 0.6*h", "h U 0 30", 70, "stuck", 0.08),
    ("stuck_meter", "5*u/(2 + u**2)", "u U 0 8", 80, "stuck", 0.06),
    ("heavy_line", "1.7*x + 4", "x U 0 10", 80, "tails", 1.0),
    ("heavy_power", "2*x**1.5", "x U 0.2 9", 80, "tails", 1.0),
    ("heavy_product", "0.9*a*b", "a U 1 5; b U 1 5", 90, "tails", 1.0),
    ("heavy_wave", "3*sin(1.3*t)", "t U 0 12", 100, "tails", 1.0),
    ("narrow_line", "1 + 20/(1 + (x - 4)**2/0.04)", "x U 0 8", 120, "none", 0.0),
    ("pulse", "0.5 + 9*exp(-(t - 3)**2/0.08)", "t U 0 8", 120, "none", 0.0),
    ("steep_end", "0.02*exp(x)", "x U 0 8", 80, "none", 0.0),
    ("near_pole", "x/(5 - x)", "x U 0 4.9", 80, "none", 0.0),
)


def _tails(y: Array, every: Array, draw: np.random.Generator) -> Array:
    return y + 0.02 * every.std() * draw.standard_t(2, len(y))


SPOILS: dict[str, Spoil] = {
    "point": lambda y, every, draw: y * 10.0 ** draw.choice([-1, 1], len(y)),
    "unit": lambda y, every, draw: y * 2.54,
    "sign": lambda y, every, draw: -y,
    "swap": lambda y, every, draw: np.roll(y, 1),
    "spike": lambda y, every, draw: y + draw.choice([-1, 1], len(y)) * draw.uniform(3, 30, len(y)) * every.std(),
    "stuck": lambda y, every, draw: np.full(len(y), every.max()),
    "tails": _tails,
    "none": lambda y, every, draw: y,
}


@dataclass(frozen=True)
class Spoilt(Problem):
    """A problem of whose rows a `share` is spoilt, at least two where any is."""

    spoil: str = "none"
    share: float = 0.0

    def draw(self, seed: int, noise: float = 0.0, rows: int = 0) -> Drawn:
        """The rows with noise, and some of them spoilt."""
        drawn = super().draw(seed, noise, rows)
        generator = np.random.default_rng(Context(seed).stream(f"{self.name}/spoilt"))
        y = drawn.samples.y.copy()
        many = max(2, round(self.share * len(y))) if self.share else 0
        some = generator.permutation(len(y))[:many]
        y[some] = SPOILS[self.spoil](y[some], y, generator)
        return replace(drawn, samples=replace(drawn.samples, y=y))


def spoilt(cases: Sequence[tuple[str, str, str, int, str, float]]) -> dict[str, Spoilt]:
    """Problems, written as (name, expression, columns, rows, spoil, share), by their names."""
    plain = problems_of([case[:4] for case in cases])
    known = [field.name for field in fields(Problem)]
    return {
        name: Spoilt(**{each: getattr(plain[name], each) for each in known}, spoil=spoil, share=share)
        for name, *_, spoil, share in cases
    }


@cache
def gross() -> dict[str, Spoilt]:
    """Every problem by its name; its family is its half."""
    return spoilt(CASES)
