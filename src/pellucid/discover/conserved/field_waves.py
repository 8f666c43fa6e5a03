"""A smooth wave under a field equation, integrated numerically: on it the conserved integrals can be watched.

Fourier modes on a ring, the upper third kept 0 against aliasing; Runge-Kutta of order 8. The run ends where the wave
steepens beyond what the modes resolve, where its time is up, or where the evaluations are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.integrate import DOP853, OdeSolution

from ...artifacts.formulas.formula_source import numpy_function
from ...artifacts.laws.densities import Densities
from ...artifacts.laws.field_waves import FieldWaves
from ...core.claim import Claim, Measured
from ...subjects.equations.evolution import HIGHEST, Evolution, jet
from .settings import WAVES


def integrate_wave(evolution: Evolution, generator: np.random.Generator) -> FieldWaves | None:
    """A wave from a random smooth start; None where it cannot be followed for even a little while."""
    order = _order(evolution)
    highest = WAVES.stiffest ** (1 / order) * WAVES.length / (2 * np.pi)
    points = int(min(WAVES.most_points, max(24, 2 * round(1.5 * highest))))
    constants = generator.uniform(0.5, 1.5, len(evolution.parameters))
    start = _start(len(evolution.fields), points, generator)
    rates = _rates(evolution, points, constants)
    found = _followed(rates, start)
    if found is None:
        return None
    solution, end = found
    times = np.linspace(0, end, WAVES.times)
    values = solution(times).T.reshape(WAVES.times, len(evolution.fields), points)
    return FieldWaves(values, times, constants, evolution.fields, evolution.parameters, WAVES.length)


def wave_claims(found: Densities, waves: FieldWaves) -> tuple[Claim, ...]:
    """How far each integral moves along the wave, of its density's size, beside u^3 + u u_x^2, which has no law."""
    u, u_x = sympy.symbols(f"{found.fields[0]} {found.fields[0]}_x", real=True)
    baseline = _moved(waves, u**3 + u * u_x**2)
    claims = []
    for text, (density, _) in zip(found.densities, found.sympy(), strict=True):
        moved = _moved(waves, density)
        claims.append(Measured(f"integral of {text} moves along a computed wave by", moved, "of its size", baseline))
    return tuple(claims)


def _moved(waves: FieldWaves, density: Any) -> float:
    values = waves.integral(density)
    size = float(np.abs(waves.integral(sympy.Abs(density))[0]))
    return float(np.abs(values - values[0]).max()) / size if size else 0.0


def _order(evolution: Evolution) -> int:
    used = {str(s) for e in evolution.expressions() for s in e.free_symbols}
    return max((k for f in evolution.fields for k in range(1, HIGHEST + 1) if jet(f, k) in used), default=1)


def _start(fields: int, points: int, generator: np.random.Generator) -> NDArray[np.float64]:
    x = 2 * np.pi * np.arange(points) / points
    rows = []
    for _ in range(fields):
        amplitudes, phases = generator.uniform(0.1, 0.25, 2), generator.uniform(0, 2 * np.pi, 2)
        waves = [a * np.cos(m * x + p) for m, a, p in zip((1, 2), amplitudes, phases, strict=True)]
        rows.append(0.2 + np.sum(waves, 0))
    return np.concatenate(rows)


def _rates(evolution: Evolution, points: int, constants: NDArray[np.float64]) -> Any:
    """The right-hand sides as a function of all fields at all points, the upper third of the modes cut off."""
    wavenumbers = 2j * np.pi * np.fft.rfftfreq(points, WAVES.length / points)
    kept = np.arange(len(wavenumbers)) <= points // 3
    expressions = evolution.expressions()
    used = {str(s) for e in expressions for s in e.free_symbols}
    jets = [(i, k, jet(f, k)) for i, f in enumerate(evolution.fields) for k in range(HIGHEST + 1) if jet(f, k) in used]
    names = (*(name for _, _, name in jets), *evolution.parameters)
    functions = [numpy_function(e, names) for e in expressions]

    def rates(t: float, state: NDArray[np.float64]) -> NDArray[np.float64]:
        spectra = np.fft.rfft(state.reshape(len(expressions), points)) * kept
        values = [np.fft.irfft(spectra[i] * wavenumbers**k, points) for i, k, _ in jets]
        found = [np.broadcast_to(f(*values, *constants), (points,)) for f in functions]
        return np.fft.irfft(np.fft.rfft(np.stack(found)) * kept, points).ravel()

    rates.points, rates.kept = points, points // 3  # type: ignore[attr-defined]
    return rates


def _followed(rates: Any, start: NDArray[np.float64]) -> tuple[OdeSolution, float] | None:
    with np.errstate(all="ignore"):
        first = rates(0.0, start)
        speed = float(np.abs(first).max())
        if not np.isfinite(speed) or speed == 0:
            return None
        end = WAVES.turns * float(np.ptp(start)) / speed
        solver = DOP853(rates, 0.0, start, end, rtol=1e-9, atol=1e-11)
        times, pieces = [0.0], []
        while solver.status == "running" and solver.nfev < WAVES.most_calls:
            solver.step()
            if solver.status == "failed" or not _resolved(solver.y, rates):
                break
            times.append(float(solver.t))
            pieces.append(solver.dense_output())
    if not pieces or times[-1] < WAVES.shortest * end:
        return None
    return OdeSolution(times, pieces), times[-1]


def _resolved(state: NDArray[np.float64], rates: Any) -> bool:
    spectra = np.abs(np.fft.rfft(state.reshape(-1, rates.points)))[:, : rates.kept + 1]
    top = spectra[:, -max(1, rates.kept // 3) :]
    return bool(np.isfinite(state).all() and top.max() <= WAVES.tail * spectra.max())
