"""Solutions of the cases on a ring or a torus: Fourier modes in space, Runge-Kutta with an integrating factor in time.

Steps are halved until halving changes the samples by less than 1e-8 of their size, so that a "noiseless" field is one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .fields import FieldCase

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Solved:
    """Samples: t (times,), x and y (points,), and values of every field (fields, times, points[, points])."""

    names: tuple[str, ...]
    t: Array
    x: Array
    values: Array


@dataclass(frozen=True)
class _Modes:
    """The equations over Fourier modes: a number for each mode and field, and the rest as a function of derivatives."""

    fields: tuple[str, ...]
    linear: NDArray[np.complex128]
    rest: Callable[..., Any]
    factors: tuple[tuple[int, Any], ...]
    """The field and the multiplier in Fourier space of each derivative that the rest needs."""
    kept: NDArray[np.bool_]

    def rates(self, modes: Any) -> Any:
        shape = self.kept.shape
        axes = tuple(range(-len(shape), 0))
        values = [np.fft.ifftn(modes[i] * factor).real for i, factor in self.factors]
        rates = [np.broadcast_to(each, shape) for each in self.rest(*values)]
        return np.fft.fftn(np.array(rates, dtype=float), axes=axes) * self.kept


def solve(case: FieldCase) -> Solved:
    """The noiseless samples of a case. Raises ArithmeticError where no step is small enough."""
    modes = _modes(case)
    shape = (case.points,) * (2 if case.planar else 1)
    x = np.arange(case.points) * case.length / case.points
    t = case.skip + np.linspace(0.0, case.end, case.times)
    start = np.array([_start(case, i, x) for i in range(len(modes.fields))])
    before, steps = None, 4
    while steps <= 2048:
        values = _integrated(modes, start, t, case.skip, steps, shape)
        both = values is not None and before is not None
        if both and np.abs(values - before).max() <= 1e-8 * np.abs(values).max():
            return Solved(modes.fields, t - case.skip, x, values)
        before, steps = values, 2 * steps
    raise ArithmeticError(f"{case.name}: steps of {case.end / case.times / steps:.1e} are too long still")


def noisy(solved: Solved, noise: float, seed: int) -> Array:
    """The samples with normal noise, of a share of each field's standard deviation."""
    generator = np.random.default_rng([seed, 11])
    scale = solved.values.reshape(len(solved.values), -1).std(1)
    scale = scale.reshape(-1, *[1] * (solved.values.ndim - 1))
    return solved.values + noise * scale * generator.standard_normal(solved.values.shape)


def _modes(case: FieldCase) -> _Modes:
    pairs = [re.fullmatch(r"\s*(\w+?)_t\s*=(.+)", line) for line in case.equations.split(";")]
    fields = tuple(pair[1] for pair in pairs if pair)
    wave = 2 * np.pi * np.fft.fftfreq(case.points, case.length / case.points)
    grid = np.meshgrid(wave, wave, indexing="ij") if case.planar else [wave]
    kept = np.all([np.abs(k) <= np.abs(wave).max() * 2 / 3 for k in grid], axis=0)
    jets = sorted({f: None for pair in pairs if pair for f in re.findall(r"[a-z]\w*", pair[2])})
    names = {name: (name.partition("_")[0], _orders(name.partition("_")[2])) for name in jets}
    factor = {
        name: np.prod([(1j * k) ** n for k, n in zip(grid, orders, strict=False)], axis=0)
        for name, (_, orders) in names.items()
    }
    symbols = sympy.symbols(jets)
    linear, rest = [], []
    for pair, field in zip(filter(None, pairs), fields, strict=True):
        expression = sympy.expand(sympy.sympify(pair[2], dict(zip(jets, symbols, strict=True))))
        own = [s for s in symbols if names[s.name][0] == field]
        part = {s: expression.coeff(s, 1).subs(dict.fromkeys(symbols, 0)) for s in own}
        linear.append(sum((float(c) * factor[s.name] for s, c in part.items()), 0j * grid[0]))
        rest.append(sympy.expand(expression - sum(c * s for s, c in part.items())))
    needed = sorted({s.name for e in rest for s in e.free_symbols})
    call = sympy.lambdify(sympy.symbols(needed), rest, "numpy")
    return _Modes(fields, np.array(linear), call, tuple((fields.index(names[n][0]), factor[n]) for n in needed), kept)


def _orders(mark: str) -> tuple[int, int]:
    """How often in x and in y: "xx", "5x", "y"."""
    if mark[:1].isdigit():
        return int(mark[:-1]), 0
    return mark.count("x"), mark.count("y")


def _integrated(modes: _Modes, start: Array, t: Array, skip: float, steps: int, shape: tuple[int, ...]) -> Any:
    """The samples by so many steps between two; None where they grow without bound."""
    axes = tuple(range(-len(shape), 0))
    state = np.fft.fftn(start, axes=axes) * modes.kept
    length = (t[1] - t[0]) / steps
    half = np.exp(modes.linear * length / 2)
    found = []
    for i in range(len(t)):
        count = steps if i else round(skip / length)
        for _ in range(count):
            state = _step(modes, state, half, length)
        if not np.isfinite(state).all() or np.abs(state).max() > 1e12:
            return None
        found.append(np.fft.ifftn(state, axes=axes).real)
    return np.stack(found, 1)


def _step(modes: _Modes, state: Any, half: Any, length: float) -> Any:
    a = modes.rates(state)
    b = modes.rates(half * (state + length / 2 * a))
    c = modes.rates(half * state + length / 2 * b)
    d = modes.rates(half * (half * state + length * c))
    return half * half * state + length / 6 * (half * half * a + 2 * half * (b + c) + d)


def _start(case: FieldCase, which: int, x: Array) -> Array:
    """A field to start from, the same in every run."""
    number = int(hashlib.sha256(f"{case.name}/{which}".encode()).hexdigest()[:8], 16)
    generator = np.random.default_rng(number)
    if case.start == "pulses":
        return _pulses(case, x)
    places = np.stack(np.meshgrid(x, x, indexing="ij")) if case.planar else x[None]
    total = np.zeros(places.shape[1:])
    for _ in range(8):
        turns = generator.integers(-3 if case.planar else 1, 4 if case.planar else 5, len(places))
        phase = 2 * np.pi * np.tensordot(turns, places, 1) / case.length + generator.uniform(0, 2 * np.pi)
        total += generator.normal() * np.cos(phase)
    total = (total - total.mean()) / total.std()
    if case.start == "positive":
        return 0.1 + (total - total.min()) / np.ptp(total)
    if case.start == "near":
        return case.mean + case.size * total / np.abs(total).max()
    return case.size * total


def _pulses(case: FieldCase, x: Array) -> Array:
    """Two humps, the taller behind, 4 size and 2 size high."""
    heights, places = (4 * case.size, 2 * case.size), (0.25 * case.length, 0.55 * case.length)
    pairs = zip(heights, places, strict=True)
    return sum((h / np.cosh(np.sqrt(h / 2) * (x - p)) ** 2 for h, p in pairs), np.zeros_like(x))
