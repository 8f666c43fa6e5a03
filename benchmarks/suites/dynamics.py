"""Thirty-six systems of mechanics, chemistry, ecology, epidemics, circuits and neurons, some driven, some rational.

They were written down before anything was run on them. `seen` parts them by a hash of their names: those that are seen
may be looked at while the recovery is worked on, the others are run once, at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
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
Drive = Callable[[Array], list[Array]]


@dataclass(frozen=True)
class System:
    """rates[i] is the rate of variables[i]; both may hold `t` and `inputs`, each a sum of three sines of its own."""

    name: str
    variables: str
    rates: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    """Orbits start from a point of this box."""
    step: float = 0.1
    samples: int = 120
    orbits: int = 10
    inputs: str = ""
    middle: float = 0.0
    """What an input is on average; it departs from that by at most 0.9."""
    total: str = ""
    """An expression that has the value 1 on all orbits: the equations are only determined up to multiples of it."""
    settle: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.variables.split())

    @property
    def driven(self) -> tuple[str, ...]:
        return tuple(self.inputs.split())

    @property
    def clocked(self) -> bool:
        """Whether time stands in the equations."""
        return any(rate.has(_symbol("t")) for rate in self.law())

    def law(self) -> tuple[sympy.Expr, ...]:
        """The right-hand sides."""
        return tuple(parse(rate, (*self.names, *self.driven, "t")) for rate in self.rates)

    def draw(self, noise: float, seed: int = 1) -> tuple[list[Array], list[Array]]:
        """Times (samples,) and columns (samples, variables and inputs) of each orbit; inputs bear no noise."""
        number = int(hashlib.sha256(self.name.encode()).hexdigest()[:8], 16)
        generator = np.random.default_rng([seed, number])
        times: Any = np.arange(self.samples) * self.step
        low, high = np.array(self.low), np.array(self.high)
        rates: Any = sympy.Tuple(*self.law())
        function = numpy_function(rates, (*self.names, *self.driven, "t"))
        clean, fed = [], []
        for _ in range(self.orbits):
            start: Any = self._normalised(low + (high - low) * generator.random(len(low)))
            drive = self._drive(generator)

            def flow(t: float, x: Array, drive: Drive = drive) -> Array:
                return np.array(function(*x, *drive(np.asarray(t)), t), dtype=np.float64)

            if self.settle:
                start = solve_ivp(flow, (0, self.settle), start, "LSODA", rtol=1e-9, atol=1e-9).y[:, -1]
            found = solve_ivp(flow, (0, times[-1]), start, "DOP853", times, rtol=1e-10, atol=1e-12)
            clean.append(found.y.T)
            fed.append(np.stack(drive(times), 1) if self.driven else np.zeros((len(times), 0)))
        scale = np.concatenate(clean).std(0)
        noisy: list[Array] = [x + noise * scale * generator.standard_normal(x.shape) for x in clean]
        together: list[Array] = [np.hstack(pair) for pair in zip(noisy, fed, strict=True)]
        return [times] * self.orbits, together

    def _normalised(self, start: Array) -> Array:
        if not self.total:
            return start
        value = float(parse(self.total, self.names).subs(dict(zip(map(_symbol, self.names), start, strict=True))))
        return start / value

    def _drive(self, generator: np.random.Generator) -> Drive:
        """Sums of three sines, the fastest about eight samples long, that are smooth between samples."""
        speeds = generator.uniform(0.08, 0.8, (len(self.driven), 3)) / self.step
        phases = generator.uniform(0, 2 * np.pi, speeds.shape)

        def drive(t: Array) -> list[Array]:
            return [self.middle + 0.3 * np.sum([np.sin(w * t + p) for w, p in zip(*row, strict=True)], axis=0)
                    for row in zip(speeds, phases, strict=True)]  # fmt: skip

        return drive


def _symbol(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, real=True)


SYSTEMS = (
    # mechanics
    System("two_wells", "x v", ("v", "0.8*x - 1.1*x**3 - 0.17*v"), (-1.6, -1), (1.6, 1)),
    System("driven_spring", "x v", ("v", "-2.3*x - 0.2*v + 0.8*sin(1.7*t)"), (-1, -1), (1, 1)),
    System("pushed_hardening_spring", "x v", ("v", "-0.2*v - x - 0.6*x**3 + 1.3*u"), (-1.5, -1), (1.5, 1), inputs="u"),
    System("rubbing_pendulum", "q w", ("w", "-1.4*sin(q) - 0.15*w"), (-2.4, -1), (2.4, 1)),
    System("singing_reed", "x v", ("v", "0.9*v - 0.3*v**3 - 2.2*x"), (-2, -2), (2, 2)),
    System("swung_child", "x v", ("v", "-(1.3 + 0.4*cos(2.2*t))*x - 0.1*v"), (-1, -1), (1, 1)),
    System("coupled_masses", "x y a b", ("a", "b", "-2.3*x + 0.6*y - 0.05*a", "0.6*x - 1.9*y"),
           (-1, -1, -1, -1), (1, 1, 1, 1)),
    System("braked_rotor", "p q r", ("0.7*q*r - 0.1*p", "-1.3*p*r - 0.2*q", "0.4*p*q - 0.15*r"), (-2, -2, -2),
           (2, 2, 2)),
    System("falling_with_drag", "h v", ("v", "-9.8 + 0.24*v**2"), (20, -1), (60, 1), step=0.05, samples=60),
    # chemistry
    System("brusselator", "x y", ("1 - 3.2*x + x**2*y", "2.2*x - x**2*y"), (0.5, 1), (2.5, 3.5)),
    System("glycolysis", "x y", ("-x + 0.08*y + x**2*y", "0.6 - 0.08*y - x**2*y"), (0.2, 0.5), (1.8, 2.5)),
    System("consecutive", "A B C", ("-0.8*A", "0.8*A - 0.3*B", "0.3*B"), (0.3, 0, 0), (1, 0.7, 0.5),
           total="A + B + C"),
    System("dimers", "M D", ("-0.8*M**2 + 0.3*D", "0.4*M**2 - 0.15*D"), (0.5, 0), (3, 1), step=0.08, samples=80),
    System("choked_enzyme", "S P", ("-2.1*S/(0.6 + S + S**2/1.5)", "2.1*S/(0.6 + S + S**2/1.5)"), (1, 0), (4, 0.5),
           step=0.06, samples=100),
    System("toggle", "x y", ("2.5/(1 + y**2) - x", "2/(1 + x**2) - 0.8*y"), (0, 0), (3, 3), orbits=16, samples=60),
    System("tank_on_a_ramp", "x y", ("-0.7*x + 0.25*t", "0.7*x - 0.4*y"), (0, 0), (2, 2)),
    # ecology
    System("saturated_hunters", "N P", ("N*(1 - N/4) - 1.5*N*P/(0.8 + N)", "0.9*N*P/(0.8 + N) - 0.4*P"), (0.5, 0.3),
           (3, 1.5), step=0.2, orbits=14),
    System("rivals", "x y", ("x*(1.1 - 0.5*x - 0.3*y)", "y*(0.9 - 0.25*x - 0.6*y)"), (0.1, 0.1), (3, 3), step=0.12),
    System("food_chain", "x y z", ("x*(1.2 - 0.6*y)", "y*(-0.5 + 0.4*x - 0.5*z)", "z*(-0.6 + 0.4*y)"),
           (0.6, 0.6, 0.3), (2, 2, 1.5)),
    System("few_are_doomed", "N", ("-0.24*N + 0.72*N**2 - 0.3*N**3",), (0.1,), (2.6,), orbits=14, samples=80),
    System("fed_chemostat", "S X", ("D*(4 - S) - 2*S*X/(1.2 + S)", "0.9*S*X/(1.2 + S) - D*X"), (0.5, 0.4), (4, 2),
           inputs="D", middle=1.0, orbits=14),
    System("spruce_budworm", "N", ("0.6*N*(1 - N/9) - N**2/(1 + N**2)",), (0.2,), (9,), step=0.2, orbits=16,
           samples=60),
    # epidemics
    System("exposed", "S E I R", ("-0.9*S*I", "0.9*S*I - 0.4*E", "0.4*E - 0.25*I", "0.25*I"), (0.6, 0.02, 0.02, 0),
           (1, 0.2, 0.2, 0.3), total="S + E + I + R", step=0.3, samples=100),
    System("recurring", "S I", ("0.7*I - 0.9*S*I", "0.9*S*I - 0.7*I"), (0.3, 0.05), (2, 0.9), step=0.15, samples=80),
    System("waning", "S I R", ("-1.2*S*I + 0.15*R", "1.2*S*I - 0.35*I", "0.35*I - 0.15*R"), (0.3, 0.05, 0),
           (1, 0.4, 0.5), total="S + I + R", step=0.3, samples=100),
    # circuits
    System("resonant_circuit", "i v", ("-1.5*i - 2*v + 2*u", "0.7*i"), (-1, -1), (1, 1), inputs="u"),
    System("driven_valve", "x y", ("y", "1.2*y - 1.2*x**2*y - x + 0.8*u"), (-2, -2), (2, 2), inputs="u"),
    System("switched_converter", "i v", ("-0.4*i - v + u*v + 1.5", "0.9*i - 0.9*u*i - 0.5*v"), (0, 0), (2, 2),
           inputs="u", middle=0.5),
    System("cubic_chaos_circuit", "x y z", ("10*y + 10*x/7 - 20*x**3/7", "x - y + z", "-100*y/7"), (-0.5, -0.1, -0.5),
           (0.5, 0.1, 0.5), step=0.03, samples=300, orbits=5, settle=8.0),
    System("two_phase_modulated", "a b", ("-0.6*a + 1.1*b", "-1.1*a - 0.6*b + 0.9*u + 0.4*w"), (-1, -1), (1, 1),
           inputs="u w"),
    # neurons and genes
    System("nerve", "v w", ("0.5 + v - v**3/3 - w", "0.056 + 0.08*v - 0.064*w"), (-2, -0.5), (2, 1.5), step=0.3,
           samples=200),
    System("stimulated_nerve", "v w", ("v - v**3/3 - w + u", "0.056 + 0.08*v - 0.064*w"), (-2, -0.5), (2, 1.5),
           step=0.3, samples=200, inputs="u"),
    System("self_starting_gene", "x", ("0.2 - 1.1*x + 3*x**2/(2 + x**2)",), (0,), (3.5,), orbits=16, samples=60),
    # chaos
    System("sines_in_a_ring", "x y z", ("sin(y) - 0.19*x", "sin(z) - 0.19*y", "sin(x) - 0.19*z"), (-2, -2, -2),
           (2, 2, 2), step=0.15, samples=200),
    System("mid_latitude_air", "x y z", ("2 - 0.25*x - y**2 - z**2", "1 - y + x*y - 4*x*z", "-z + 4*x*y + x*z"),
           (-1, -1, -1), (2, 1, 1), step=0.05, samples=200, orbits=8, settle=4.0),
    System("quadratic_spiral", "x y z", ("-1.4*x - 4*y - 4*z - y**2", "-1.4*y - 4*z - 4*x - z**2",
           "-1.4*z - 4*x - 4*y - x**2"), (-2, -2, -2), (1, 1, 1), step=0.02, samples=300, orbits=6, settle=4.0),
)  # fmt: skip


def seen(system: System) -> bool:
    """Whether the system is of the half that may be looked at.

    >>> sum(map(seen, SYSTEMS))
    20
    """
    return half(system.name) == 0
