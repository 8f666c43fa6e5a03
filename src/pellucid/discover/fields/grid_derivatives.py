"""What a grid of noisy samples says by itself: the level of its noise, its derivatives, and its lengths."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d
from scipy.signal import savgol_coeffs, savgol_filter

from .differential_polynomials import Jet, Monomial, Polynomial
from .settings import SMOOTHING

Array = NDArray[np.float64]


def noise_level(values: Array) -> float:
    """The standard deviation of white noise in samples (times, points, ...), from their differences along each axis.

    A difference of order n over white noise has variance C(2n, n); of a smooth field little is left as n grows. The
    least over orders and axes is taken, by the median, so that steep places do not count as noise.

    >>> x = np.linspace(0, 6, 80)
    >>> clean = np.sin(x + x[:, None])
    >>> noisy = clean + 0.01 * np.random.default_rng(0).standard_normal(clean.shape)
    >>> round(float(noise_level(noisy)), 3), bool(noise_level(clean) < 1e-6)
    (0.01, True)
    """
    levels = []
    for axis in range(values.ndim):
        for order in range(2, 9):
            left = np.diff(values, order, axis)
            levels.append(float(np.median(np.abs(left))) / 0.6745 / np.sqrt(comb(2 * order, order)))
    return min(levels)


@dataclass(frozen=True, eq=False)
class Derivatives:
    """Derivatives in space of fields (fields, times, points[, points]), by local polynomials along each axis."""

    values: Array
    spacings: tuple[float, ...]
    noise: Array
    """(fields,): standard deviations of the noise."""
    windows: tuple[tuple[int, ...], ...]
    """Samples of the local polynomials, of every field along t, x and y."""
    known: dict[Jet, Array] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, values: Array, spacings: tuple[float, ...], noise: Array) -> Derivatives:
        """With the widest windows that noise alone explains."""
        windows = tuple(_windows(each, float(level)) for each, level in zip(values, noise, strict=True))
        return cls(values, spacings, noise, windows)

    def jet(self, jet: Jet) -> Array:
        """A smoothed derivative (times, points[, points])."""
        if jet not in self.known:
            total: Any = self.values[jet[0]]
            given = zip(self.windows[jet[0]], (0, *jet[1]), self.spacings, strict=True)
            for axis, (window, order, spacing) in enumerate(given):
                total = savgol_filter(total, window, SMOOTHING.degree, order, spacing, axis)
            self.known[jet] = total
        return self.known[jet]

    def product(self, monomial: Monomial, *, raw: bool = False) -> Array:
        """A product of jets; `raw`: of the samples themselves, which holds no derivatives."""
        total = np.ones(self.values.shape[1:])
        for jet in monomial:
            total = total * (self.values[jet[0]] if raw else self.jet(jet))
        return total

    def polynomial(self, polynomial: Polynomial) -> Array:
        """A sum of products."""
        total = np.zeros(self.values.shape[1:])
        for monomial, factor in polynomial.items():
            total = total + float(factor) * self.product(monomial)
        return total

    def covariance(self, first: Jet, second: Jet, *, raw: bool = False) -> float:
        """Of what noise does to two smoothed derivatives at one place."""
        if first[0] != second[0]:
            return 0.0
        variance = float(self.noise[first[0]] ** 2)
        if raw:
            return variance
        kernels = zip(self._kernels(first), self._kernels(second), strict=True)
        return variance * float(np.prod([a @ b for a, b in kernels]))

    def _kernels(self, jet: Jet) -> list[Array]:
        given = zip(self.windows[jet[0]], (0, *jet[1]), self.spacings, strict=True)
        return [_kernel(window, count, spacing) for window, count, spacing in given]


def _kernel(window: int, order: int, spacing: float) -> Array:
    if window == 1:
        return np.ones(1)
    return savgol_coeffs(window, SMOOTHING.degree, order, spacing, use="dot") + 0.0


def _windows(values: Array, noise: float) -> tuple[int, ...]:
    """Along each axis, a share of the widest window whose polynomials leave over what noise would, and no more."""
    floor = 1e-9 * float(values.std())
    chosen = []
    for axis in range(values.ndim):
        best = SMOOTHING.windows[0]
        for window in SMOOTHING.windows[1:]:
            if 3 * window > values.shape[axis]:
                break
            kernel = -_kernel(window, 0, 1.0)
            kernel[window // 2] += 1
            left = correlate1d(values, kernel, axis, mode="nearest")
            left = np.take(left, range(window // 2, values.shape[axis] - window // 2), axis)
            expected = float(np.sqrt(kernel @ kernel)) * max(noise, floor)
            if np.sqrt((left**2).mean()) > SMOOTHING.excess * expected:
                break
            best = window
        chosen.append(max(w for w in SMOOTHING.windows if w <= max(SMOOTHING.share * best, SMOOTHING.windows[0])))
    return tuple(chosen)


def wavenumbers(derivatives: Derivatives) -> tuple[float, ...]:
    """Along t, x and y the root mean square wavenumber of the fields, in radians a sample; noise is taken off.

    That of the field with the highest one.
    """
    axes, fields = range(derivatives.values.ndim - 1), range(len(derivatives.values))
    return tuple(max(_wavenumber(derivatives, each, axis) for each in fields) for axis in axes)


def _wavenumber(derivatives: Derivatives, which: int, axis: int) -> float:
    """Of one field along one axis."""
    values, windows = derivatives.values[which], derivatives.windows[which]
    kernels = [_kernel(window, int(axis == i), 1.0) for i, window in enumerate(windows)]
    smooth = values
    for i, kernel in enumerate(kernels):
        smooth = correlate1d(smooth, kernel, i, mode="nearest")
    inner = smooth[tuple(slice(w // 2, n - w // 2) for w, n in zip(windows, smooth.shape, strict=True))]
    chance = derivatives.noise[which] ** 2 * np.prod([kernel @ kernel for kernel in kernels])
    return float(np.sqrt(max((inner**2).mean() - chance, 0.0)) / values.std())


def bump_derivatives(width: int, power: int, order: int, spacing: float) -> Array:
    """(order + 1, 2 width - 1): (1 - s^2)^power and its derivatives at the samples within `width` of its middle.

    Normalised so that the first row's sum is 1.
    """
    s = np.arange(1 - width, width) / width
    polynomial = np.polynomial.Polynomial([1.0, 0.0, -1.0]) ** power
    rows = np.array([polynomial.deriv(k)(s) / (width * spacing) ** k if k else polynomial(s) for k in range(order + 1)])
    return rows / rows[0].sum()
