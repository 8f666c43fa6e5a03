"""Twenty-eight systems whose coefficients are no simple numbers, for the worth of intervals: few samples, uneven ones,
inputs, waves in time, quotients, angles, constants, chaos.

They were written down before anything was run on them; `halves.half` parts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .dynamics import Array, System


@dataclass(frozen=True)
class Thinned(System):
    """Of whose samples only a share is kept, drawn for each orbit: times between samples differ."""

    kept: float = 0.5

    def draw(self, noise: float, seed: int = 1) -> tuple[list[Array], list[Array]]:
        """As that of a system."""
        times, columns = super().draw(noise, seed)
        generator = np.random.default_rng([seed, 77])
        count = round(self.kept * self.samples)
        rows: list[Any] = [np.sort(generator.permutation(self.samples)[:count]) for _ in times]
        pairs = list(zip(times, columns, rows, strict=True))
        return [t[some] for t, _, some in pairs], [x[some] for _, x, some in pairs]


MEASURED = (
    # few samples
    System("cooling cup", "T", ("0.7913 - 0.3171*T",), (3,), (8,), step=0.4, samples=20, orbits=4),
    System("two tanks", "a b", ("-0.6173*a + 0.1319*b", "0.6173*a - 0.4271*b"), (0.5, 0), (3, 1), samples=50, orbits=4),
    System("one long ring", "x v", ("v", "-3.1713*x - 0.1127*v"), (1, -1), (2, 1), samples=200, orbits=2),
    System("few hunts", "x y", ("1.1713*x - 0.6719*x*y", "0.5317*x*y - 0.9137*y"), (0.8, 0.8), (3, 2.5), samples=60,
           orbits=4),
    System("three short falls", "h v", ("v", "-9.713 - 0.3719*v"), (20, -1), (60, 3), step=0.05, samples=40, orbits=4),
    # uneven samples
    Thinned("uneven reed", "x v", ("v", "0.7317*v - 0.2719*v**3 - 1.9173*x"), (-2, -2), (2, 2), step=0.05,
            samples=240),
    Thinned("uneven growth", "N", ("0.6173*N - 0.2317*N**2",), (0.2,), (2.4,), samples=100, orbits=8),
    Thinned("uneven convection", "x y z", ("-9.173*x + 9.173*y", "27.131*x - y - x*z", "x*y - 2.5713*z"), (-8, -8, 17),
            (8, 8, 33), step=0.01, samples=400, orbits=6, settle=4.0),
    Thinned("uneven rivals", "x y", ("0.9713*x - 0.4173*x**2 - 0.2719*x*y", "0.8137*y - 0.3319*x*y - 0.5171*y**2"),
            (0.1, 0.1), (3, 3), samples=160),
    # inputs
    System("driven circuit", "i v", ("-1.3719*i - 2.1173*v + 1.7131*u", "0.6317*i"), (-1, -1), (1, 1), inputs="u"),
    System("pushed cubic", "x v", ("v", "-0.2317*v - 0.8713*x - 0.4919*x**3 + 1.1371*u"), (-1.5, -1), (1.5, 1),
           inputs="u"),
    System("fed culture", "X", ("0.4173*X - 0.1937*X**2 - 0.3719*u*X",), (0.5,), (3,), inputs="u", middle=0.5),
    System("heated room", "T W", ("-0.3173*T + 0.2719*W + 0.9131*u", "0.1737*T - 0.2371*W"), (-1, -1), (1, 1),
           inputs="u", step=0.2),
    # waves in time
    System("shaken spring", "x v", ("v", "-2.1713*x - 0.2317*v + 0.9173*sin(1.3719*t)"), (-1, -1), (1, 1)),
    System("seasonal tank", "h", ("0.6173 - 0.4371*h + 0.3719*cos(0.9137*t)",), (0.5,), (3,), step=0.15),
    System("season and birth", "N", ("0.8173*N - 0.3719*N**2 + 0.2317*N*sin(1.1713*t)",), (0.4,), (3,), step=0.12),
    System("rocked pair", "a b", ("-0.7131*a + 1.2173*b", "-1.2173*a - 0.7131*b + 0.8317*cos(2.1371*t)"), (-1, -1),
           (1, 1)),
    # quotients
    System("one enzyme", "S", ("-1.3719*S/(0.6173 + S)",), (0.5,), (4,), step=0.06, samples=80),
    System("pumped enzyme", "S", ("0.3137 - 1.1713*S/(0.8319 + S)",), (0.1,), (4,), step=0.12, samples=80, orbits=14),
    System("switch pair", "x y", ("2.1713/(1 + y**2) - 0.9137*x", "1.7317/(1 + x**2) - 0.8173*y"), (0, 0), (3, 3),
           orbits=14, samples=70),
    # angles and constants
    System("rubbed pendulum", "q w", ("w", "-1.7131*sin(q) - 0.1937*w"), (-2.4, -1), (2.4, 1)),
    System("turned pendulum", "q w", ("w", "-1.3719*sin(q) - 0.2173*w + 0.3137"), (-2, -1), (2, 1)),
    System("fire nerve", "v w", ("0.4713 + v - 0.3371*v**3 - w", "0.0613 + 0.0817*v - 0.0673*w"), (-2, -0.5), (2, 1.5),
           step=0.3, samples=200),
    System("beating reaction", "x y", ("0.9137 - 3.1371*x + x**2*y", "2.1371*x - x**2*y"), (0.5, 1), (2.5, 3.5)),
    # three and four variables, chaos
    System("coupled carts", "x y a b", ("a", "b", "-2.1713*x + 0.5719*y - 0.0917*a", "0.7317*x - 1.7131*y"),
           (-1, -1, -1, -1), (1, 1, 1, 1)),
    System("chain of eaters", "x y z", ("1.1371*x - 0.5713*x*y", "0.3719*x*y - 0.4713*y - 0.4917*y*z",
           "0.3917*y*z - 0.5719*z"), (0.6, 0.6, 0.3), (2, 2, 1.5)),
    System("upper air", "x y z", ("1.9137 - 0.2713*x - y**2 - z**2", "1.0713 - y + x*y - 3.9173*x*z",
           "-z + 3.9173*x*y + x*z"), (-1, -1, -1), (2, 1, 1), step=0.05, samples=200, orbits=8, settle=4.0),
    System("band of another width", "x y z", ("-y - z", "x + 0.1917*y", "0.2173 - 5.3719*z + x*z"), (-4, -4, 0),
           (4, 4, 0.2), step=0.1, samples=200, orbits=6, settle=20.0),
)  # fmt: skip
