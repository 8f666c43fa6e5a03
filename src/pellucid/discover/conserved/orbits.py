"""Orbits: numerically integrated solutions, on which what should be conserved can be watched."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.integrate import DOP853
from scipy.optimize import least_squares

from ...artifacts.formulas.formula_source import numpy_function
from ...artifacts.laws.orbits import Orbits
from ...core.claim import Claim, Measured, Undecided
from ...subjects.equations.dynamics import Dynamics
from .settings import ORBITS


def integrate_orbits(
    dynamics: Dynamics,
    count: int,
    generator: np.random.Generator,
    duration: float = 5.0,
    *,
    positive: bool = False,
) -> Orbits:
    """Up to `count` orbits from random states of size 1 (on the constraints), those that stay finite and regular.

    Every other state is positive, for logarithms; amounts (which stay 0 where they are 0) are always so, and all are
    where they must be `positive`. Parameters are drawn from [0.5, 2]. Runge-Kutta of order 8 with relative tolerance
    1e-11.
    """
    names = (*dynamics.variables, *dynamics.parameters)
    expressions: Any = (sympy.Tuple(*dynamics.expressions()), sympy.Tuple(*dynamics.constraint_expressions()))
    rhs, constraints = (numpy_function(several, names) for several in expressions)
    times, amounts = np.linspace(0, duration, ORBITS.steps), _amounts(dynamics)
    orbits: list[NDArray[np.float64]] = []
    drawn: list[NDArray[np.float64]] = []
    for attempt in range(ORBITS.tries * count):
        parameters = generator.uniform(0.5, 2.0, len(dynamics.parameters))
        state = generator.uniform(-1.0, 1.0, len(dynamics.variables))
        if attempt % 2 or positive:
            state = np.abs(state)
        state = np.where(amounts, np.abs(state), state)
        if dynamics.constraints:
            state = least_squares(
                lambda x, p=parameters: _values(constraints, x, p), state, xtol=3e-16, ftol=3e-16, gtol=3e-16
            ).x
            if not np.abs(_values(constraints, state, parameters)).max() < ORBITS.on_constraints:
                continue
        orbit = _integrate(rhs, state, parameters, times)
        if orbit is not None:
            orbits.append(orbit)
            drawn.append(parameters)
        if len(orbits) == count:
            break
    shape = (len(orbits), ORBITS.steps, len(dynamics.variables))
    states = np.array(orbits).reshape(shape)
    return Orbits(states, times, np.array(drawn).reshape(len(orbits), len(dynamics.parameters)), dynamics.variables)


def _amounts(dynamics: Dynamics) -> NDArray[np.bool_]:
    """Whether each variable stays 0 where it is 0."""
    symbols = [sympy.Symbol(name, real=True) for name in dynamics.variables]
    pairs = zip(symbols, dynamics.expressions(), strict=True)
    return np.array([rate != 0 and rate.subs(symbol, 0) == 0 for symbol, rate in pairs], dtype=bool)


def relative_drift(function: Callable[..., Any], orbits: Orbits) -> tuple[float, float]:
    """The largest change of `function` along an orbit, and that of |state|^2, over the spread between orbits."""

    values = values_along(function, orbits)
    known = np.isfinite(values[:, 0]) & np.isfinite(orbits.states[:, 0]).all(1)
    if not known.any():
        return math.nan, math.nan
    return _change(values[known]), _change((orbits.states[known] ** 2).sum(2))


def drift_claim(law: str, function: Callable[..., Any], orbits: Orbits) -> Claim:
    """How much a law changes along the orbits; not known where it has no real value on any."""
    drift, baseline = relative_drift(function, orbits)
    if math.isnan(drift):
        reason = "it has no real value at their first states"
        return Undecided(f"how much {law} changes along them", reason, key="drift")
    return Measured(f"{law} changes along them by at most", drift, "of its spread", baseline, key="drift")


def values_along(function: Callable[..., Any], orbits: Orbits) -> NDArray[np.float64]:
    """The function of state and parameters at every step of every orbit, (orbits, times)."""
    shape = orbits.states.shape[:2]
    states = np.moveaxis(orbits.states, 2, 0)
    parameters = [np.broadcast_to(column[:, None], shape) for column in orbits.parameters.T]
    with np.errstate(all="ignore"):
        return np.broadcast_to(function(*states, *parameters), shape).astype(np.float64)


def _change(values: NDArray[np.float64]) -> float:
    """The largest change along a row, over the spread of the first column."""
    spread = float(np.std(values[:, 0])) or float(np.max(np.abs(values[:, 0]))) or 1.0
    return float(np.nanmax(np.abs(values - values[:, :1]))) / spread


def _integrate(
    rhs: Callable[..., Any],
    state: NDArray[np.float64],
    parameters: NDArray[np.float64],
    times: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    """States (times, variables), NaN after the orbit has run away or takes very many steps (near a collision).

    None where there is next to nothing of it.
    """
    states = np.full((len(times), len(state)), np.nan)
    states[0], reached = state, 1
    with np.errstate(all="ignore"):
        try:
            if not np.isfinite(_values(rhs, state, parameters)).all():
                return None  # DOP853 would look for a first step without end
            end, tolerance = times[-1], ORBITS.tolerance
            solver = DOP853(
                lambda t, x: _values(rhs, x, parameters), 0.0, state, end, rtol=tolerance, atol=tolerance * 1e-2
            )
            while solver.status == "running" and solver.nfev < ORBITS.most_calls:
                solver.step()
                if not np.abs(solver.y).max() < ORBITS.away:
                    break
                between = solver.dense_output()
                while reached < len(times) and times[reached] <= solver.t:
                    states[reached] = between(times[reached])
                    reached += 1
        except (ValueError, ZeroDivisionError, FloatingPointError):
            return None
    return states if reached > ORBITS.fewest else None


def _values(
    function: Callable[..., Any], state: NDArray[np.float64], parameters: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.array(function(*state, *parameters), dtype=np.float64)
