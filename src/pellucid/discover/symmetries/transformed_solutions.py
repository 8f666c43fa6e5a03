"""Symmetries put to the test numerically: solutions are moved, and are compared with what the equations say.

Nothing of the determining equations is used here: orbits are integrated, moved point by point by exp(epsilon X), and
integrated again from where their first point went; fields are moved infinitesimally, with derivatives by complex steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ...algebra.arithmetic.polynomials import to_expression
from ...algebra.fields.field_symmetries import FieldConditions
from ...artifacts.formulas.formula_source import numpy_function
from ...artifacts.laws.orbits import Orbits
from ...subjects.equations.dynamics import Dynamics
from ...subjects.equations.evolution import HIGHEST, Evolution, jet
from .settings import MOVED


def orbit_defect(dynamics: Dynamics, components: Sequence[sympy.Expr], time: str, orbits: Orbits) -> float:
    """How far exp(epsilon X) of an orbit is from an orbit, over how far it moved; the largest, NaN where none was told.

    `components` are those for time and every variable.
    """
    names = (time, *dynamics.variables, *dynamics.parameters)
    field = [numpy_function(e, names) for e in components]
    rhs = [numpy_function(e, names) for e in dynamics.expressions()]
    worst = math.nan
    for states, parameters in zip(orbits.states, orbits.parameters, strict=True):
        if np.isfinite(states[MOVED.steps_later]).all():
            ends = [np.array([orbits.times[k], *states[k]]) for k in (0, MOVED.steps_later)]
            worst = np.fmax(worst, _defect_between(field, rhs, parameters, ends))
    return float(worst)


def _defect_between(field: Any, rhs: Any, parameters: Any, ends: list[NDArray[np.float64]]) -> float:
    """How far from its orbit the second of two moved points (1 + variables,) is; NaN where that cannot be told."""
    first, last = (_flow(lambda s, z: _call(field, z, parameters), (0, MOVED.epsilon), z) for z in ends)
    if first is None or last is None:
        return math.nan
    there = _flow(lambda t, x: _call(rhs, [t, *x], parameters), (first[0], last[0]), first[1:])
    size = float(max(np.linalg.norm(first - ends[0]), np.linalg.norm(last - ends[1])))
    return math.nan if there is None or not size else float(np.linalg.norm(there - last[1:])) / size


def field_defect(evolution: Evolution, components: Sequence[sympy.Expr], generator: np.random.Generator) -> float:
    """|D_t Q - F'[u] Q| / (|F'[u] Q| + |Q|), the largest over random polynomial fields; Q = phi - tau F - xi u_x."""
    fields = _PolynomialFields.of(evolution, components)
    return max((fields.defect(generator) for _ in range(MOVED.fields)), default=0.0)


def jet_defect(conditions: FieldConditions, components: Sequence[sympy.Expr], generator: np.random.Generator) -> float:
    """|pr X Delta| over the sum of its terms' sizes, where random derivatives obey Delta = 0; the largest of a few."""
    jets, worst = conditions.jets, 0.0
    one = tuple(map(conditions.polynomial, components))
    changes = [to_expression(part, {a.symbol.name: a.definition for a in jets.auxiliaries})
               for part in conditions.changes(one)]  # fmt: skip
    for _ in range(MOVED.fields):
        values: Any = conditions.random_jets(generator)
        for change in changes:
            terms = [complex(term.evalf(subs=values)) for term in sympy.Add.make_args(change)]
            worst = max(worst, abs(sum(terms)) / (sum(map(abs, terms)) + 1e-300)) if change != 0 else worst
    return worst


@dataclass(frozen=True)
class _PolynomialFields:
    """Fields at Chebyshev nodes, the right-hand sides of their equations, and a generator's components."""

    x: NDArray[Any]
    transform: NDArray[Any]
    rhs: list[Callable[..., Any]]
    components: list[Callable[..., Any]]
    fields: int
    parameters: int

    @classmethod
    def of(cls, evolution: Evolution, components: Sequence[sympy.Expr]) -> Self:
        names = [jet(f, k) for f in evolution.fields for k in range(HIGHEST + 1)]
        x = np.cos(np.pi * (np.arange(MOVED.nodes) + 0.5) / MOVED.nodes)
        return cls(
            x,
            np.linalg.inv(np.polynomial.chebyshev.chebvander(x, MOVED.nodes - 1)),
            [numpy_function(e, [*names, *evolution.parameters]) for e in evolution.expressions()],
            [numpy_function(e, ["t", "x", *evolution.fields, *evolution.parameters]) for e in components],
            len(evolution.fields),
            len(evolution.parameters),
        )

    def defect(self, generator: np.random.Generator) -> float:
        """For one random field; nan where it has no value there."""
        t, p = generator.uniform(0.5, 1.5), generator.uniform(0.5, 1.5, self.parameters)
        sizes = generator.normal(size=(MOVED.field_degree + 1, self.fields)) / 4
        u, step = np.polynomial.chebyshev.chebval(self.x, sizes), MOVED.complex_step
        with np.errstate(all="ignore"):
            u = next((one for one in self._lifted(u, sizes) if np.isfinite(self.speed(one, p)).all()), u)
            if not np.isfinite(self.speed(u, p)).all():
                return float("nan")
        q = self.characteristic(t, u, p)
        left = np.imag(self.characteristic(t + step * 1j, u + step * 1j * self.speed(u, p), p)) / step
        right = np.imag(self.speed(u + step * 1j * q, p)) / step
        size = float(np.abs(right).max() + np.abs(q).max())
        return float(np.abs(left - right).max()) / size

    def _lifted(self, u: NDArray[Any], sizes: NDArray[Any]) -> Iterator[NDArray[Any]]:
        """The field; one that is positive, for powers of it; one whose derivatives are, too, for powers of these."""
        yield u
        yield u + (np.abs(sizes).sum(0) + 0.2)[:, None]
        jets = [u]
        for _ in range(MOVED.highest_derivative):
            jets.append(self.derivative(jets[-1]))
        yield u + 1.2 * np.abs(jets).max((0, 2))[:, None] * np.exp(self.x + 1)

    def derivative(self, values: NDArray[Any]) -> NDArray[Any]:
        table = np.polynomial.chebyshev.chebder(self.transform @ values.T)
        return np.atleast_2d(np.polynomial.chebyshev.chebval(self.x, table))

    def speed(self, u: NDArray[Any], p: NDArray[Any]) -> NDArray[Any]:
        """F[u], (fields, nodes)."""
        jets = [u]
        for k in range(HIGHEST):
            jets.append(self.derivative(jets[-1]) if k < MOVED.highest_derivative else np.zeros_like(u))
        flat = [row[f] for f in range(len(u)) for row in jets]
        return np.array([np.broadcast_to(r(*flat, *p), self.x.shape) for r in self.rhs])

    def characteristic(self, t: Any, u: NDArray[Any], p: NDArray[Any]) -> NDArray[Any]:
        """Q, (fields, nodes)."""
        tau, xi, *phi = (np.broadcast_to(c(t, self.x, *u, *p), self.x.shape) for c in self.components)
        return np.array(phi) - tau * self.speed(u, p) - xi * self.derivative(u)


def _flow(
    field: Callable[..., NDArray[np.float64]], span: tuple[float, float], start: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """The end of the curve, None where it ran away."""
    with np.errstate(all="ignore"):
        try:
            solved = solve_ivp(field, span, start, "DOP853", rtol=MOVED.tolerance, atol=MOVED.tolerance * 1e-2)
        except (ValueError, ZeroDivisionError, FloatingPointError):
            return None
    return solved.y[:, -1] if solved.success and np.isfinite(solved.y[:, -1]).all() else None


def _call(functions: Sequence[Callable[..., Any]], point: Any, parameters: Any) -> NDArray[np.float64]:
    return np.array([float(f(*point, *parameters)) for f in functions])
