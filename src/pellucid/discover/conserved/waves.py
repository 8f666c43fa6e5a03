"""Random periodic fields, on which conserved integrals can be watched; their derivatives are exact but for rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.arithmetic.polynomials import Polynomial
from ...algebra.auxiliaries.auxiliary import Auxiliary
from ...algebra.fields.evolution_system import EvolutionSystem
from .settings import FIELDS


def integral_drift(system: EvolutionSystem, density: Polynomial, generator: np.random.Generator) -> tuple[float, float]:
    """max |int rho_t dx| / int |rho_t| dx over random fields; and the same for u^3 + u u_x^2, which has no law.

    For band-limited fields the mean over equally spaced points is the integral, up to aliasing of high powers.
    """
    u, u_x = (system.jets.generators[name] for name in system.jets.names[0][:2])
    rate, other = system.time_derivative(density), system.time_derivative(u**3 + u * u_x**2)
    worst, baseline = 0.0, 0.0
    for _ in range(FIELDS.fields):
        values = _fields(system, generator)
        worst = max(worst, _turnover(_evaluate(rate, values)))
        baseline = max(baseline, _turnover(_evaluate(other, values)))
    return worst, baseline


def _turnover(rate: NDArray[np.float64]) -> float:
    size = float(np.abs(rate).mean())
    return abs(float(rate.mean())) / size if size else 0.0


def _fields(system: EvolutionSystem, generator: np.random.Generator) -> dict[str, NDArray[np.float64]]:
    """Every derivative of every field at the points, parameters, and auxiliaries."""
    points, modes = FIELDS.points, FIELDS.modes
    x, numbers = 2 * np.pi * np.arange(points) / points, range(1, modes + 1)
    values: dict[str, Any] = {name: np.full(points, generator.uniform(0.5, 1.5)) for name in system.jets.parameters}
    positive = any(a.function.is_power or a.function.is_quotient for a in system.jets.auxiliaries)  # to have values
    for row in system.jets.names:
        waves = list(
            zip(numbers, generator.normal(size=modes) / modes, generator.uniform(0, 2 * np.pi, modes), strict=True)
        )
        for k, name in enumerate(row):
            moved = [a * m**k * np.cos(m * x + p + k * np.pi / 2) for m, a, p in waves]
            above = 0.3 + positive * sum(abs(a) for _, a, _ in waves)
            values[name] = np.sum(moved, 0) + (above if k == 0 else 0.0)
    for auxiliary in system.jets.auxiliaries:
        inner = _evaluate(system.jets.polynomial(auxiliary.argument), values)
        if auxiliary.function.is_power:
            values[auxiliary.symbol.name] = inner ** _evaluate(system.jets.polynomial(auxiliary.exponent), values)
        else:
            values[auxiliary.symbol.name] = _function_of(auxiliary)(inner)
    return values


def _function_of(auxiliary: Auxiliary) -> Any:
    """The auxiliary's function of its argument, over arrays."""
    argument = sympy.Symbol("argument", real=True)
    return sympy.lambdify(argument, auxiliary.function.meaning(argument), modules="numpy")


def _evaluate(polynomial: Polynomial, values: dict[str, Any]) -> NDArray[np.float64]:
    names = [str(n) for n in polynomial.context().names()]
    total = np.zeros(FIELDS.points)
    for exponents, coefficient in polynomial.to_dict().items():
        term = np.full(FIELDS.points, float(int(coefficient.p)) / float(int(coefficient.q)))
        for name, exponent in zip(names, exponents, strict=True):
            if exponent:
                term = term * values[name] ** int(exponent)
        total = total + term
    return total
