"""Twelve stiff systems, each seen in one run whose samples are even in log t: their rates lie decades apart.

They were written down before anything was run on them, but for Robertson's. `seen` parts them by a hash of their names.
`python benchmarks/stiff.py` runs them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts.formulas.formula_source import numpy_function

from .halves import half

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Stiff:
    """rates[i] is the rate of variables[i]; samples from 0 and then from `first` to `last`, even in log t."""

    name: str
    variables: str
    rates: tuple[str, ...]
    start: tuple[float, ...]
    first: float
    last: float
    samples: int = 160
    total: str = ""
    """An expression that has the value 1 all along: the equations are only determined up to multiples of it."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.variables.split())

    def law(self) -> tuple[sympy.Expr, ...]:
        return tuple(sympy.expand(parse(rate, self.names)) for rate in self.rates)

    def run(self) -> tuple[Array, Array]:
        """Times (samples,) and states (samples, variables)."""
        rates: Any = sympy.Tuple(*self.law())
        function = numpy_function(rates, self.names)
        t: Any = np.concatenate([[0.0], np.geomspace(self.first, self.last, self.samples)])

        def flow(_: float, x: Array) -> Array:
            return np.array(function(*x), dtype=np.float64)

        found = solve_ivp(flow, (0, self.last), self.start, "Radau", t, rtol=1e-10, atol=1e-14)
        return t, np.asarray(found.y.T)


SYSTEMS = (
    Stiff("robertson", "A B C", ("-0.04*A + 1e4*B*C", "0.04*A - 1e4*B*C - 3e7*B**2", "3e7*B**2"), (1, 0, 0), 1e-5, 1e5,
          total="A + B + C"),
    Stiff("decay_chain", "A B", ("-800*A", "800*A - 0.3*B"), (1, 0.2), 1e-5, 10),
    Stiff("fast_isomers", "A B C", ("-1200*A + 700*B", "1200*A - 702*B", "2*B"), (1, 0, 0), 1e-5, 10,
          total="A + B + C"),
    Stiff("dimers_at_once", "M D", ("-6e3*M**2 + 20*D", "3e3*M**2 - 10.4*D"), (1, 0), 1e-6, 20),
    Stiff("thermometer", "T S", ("-250*T + 250*S", "-0.02*S + 0.1"), (3, 1), 1e-5, 100),
    Stiff("binding", "E S C", ("-5e3*E*S + 40*C", "-5e3*E*S + 10*C", "5e3*E*S - 40*C"), (0.4, 1, 0), 1e-6, 2),
    Stiff("slow_drift", "x y", ("-900*x + 900*y**2", "-0.5*y"), (2, 1.5), 1e-5, 20),
    Stiff("fast_growth_to_a_bound", "x y", ("600*x - 300*x**2", "0.1*x - 0.2*y"), (0.05, 1), 1e-5, 40),
    Stiff("two_clocks", "x y", ("-2e3*x + 3*y", "-0.7*y"), (1, 1), 1e-6, 10),
    Stiff("spiral_and_creep", "x y z", ("-100*x + 400*y", "-400*x - 100*y", "0.3*x - 0.05*z"), (1, 0, 2), 1e-4, 100),
    Stiff("recombination", "N P", ("2 - 4e4*N*P", "1 - 4e4*N*P + N - P"), (0.02, 0.01), 1e-6, 5),
    Stiff("autocatalysis", "A B", ("-0.6*A - 2e3*A*B", "0.6*A + 2e3*A*B - 50*B"), (1, 0), 1e-5, 5),
)  # fmt: skip


def seen(system: Stiff) -> bool:
    """Whether the system is of the half that may be looked at.

    >>> 0 < sum(map(seen, SYSTEMS)) < len(SYSTEMS)
    True
    """
    return half(system.name) == 0
