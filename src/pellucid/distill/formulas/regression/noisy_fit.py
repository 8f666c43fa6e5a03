"""A sum of terms under an output transform, fitted to y itself: coefficients by Gauss-Newton, then snapped.

    y = g^-1(sum_j c_j e_j) + noise,     c = argmin |y - g^-1(E c)|^2

Snapping minimises bits: a coefficient moves to a simple number where that gives away fewer bits of likelihood than it
saves. Two ways are tried, one coefficient after another, and ratios first with the common factor last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..expression.coefficients import snap_coefficient
from ..expression.settings import BITS
from ..expression.transforms import Transform

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Coefficients with their text, the mean square error in y, and the bits of the coefficients."""

    coefficients: Array
    texts: tuple[str, ...]
    common: str
    mse: float
    bits: float

    @property
    def free(self) -> bool:
        """Whether a coefficient is no simple number."""
        return any("." in text or "e" in text or "n" in text for text in (self.common, *self.texts))


def least_squares(E: Array, y: Array, transform: Transform, floor: float, steps: int = 6) -> Array | None:
    """Coefficients (terms,) for terms E (rows, terms), or None where the fit breaks down.

    >>> from ..expression.transforms import TRANSFORMS
    >>> x = np.linspace(1, 2, 20)
    >>> least_squares(np.column_stack([np.ones(20), x]), 3 + 2 * x, TRANSFORMS["identity"], 0.1).round(9)
    array([3., 2.])
    """
    weight = transform.weight(y, floor)
    scale = np.sqrt((E * E).mean(0))
    if not np.all(scale > 0) or not np.all(np.isfinite(scale)):
        return None
    unit = E / scale
    with np.errstate(all="ignore"):
        start = _solve(unit * weight[:, None], transform.forward(y) * weight)
    if start is None or transform.name == "identity":
        return None if start is None else start / scale
    coefficients = start
    error = _error(unit, y, coefficients, transform)
    for _ in range(steps):
        found = _improved(unit, y, coefficients, error, transform)
        if found is None:
            break
        coefficients, after = found
        done, error = after > error * (1 - 1e-10), after
        if done:
            break
    return coefficients / scale


def _improved(
    unit: Array, y: Array, coefficients: Array, error: float, transform: Transform
) -> tuple[Array, float] | None:
    """A Gauss-Newton step, shortened until it helps, and the error then; None where none does."""
    inner = unit @ coefficients
    with np.errstate(all="ignore"):
        step = _solve(unit * transform.slope(inner)[:, None], y - transform.inverse(inner))
    if step is None:
        return None
    for shrink in (1.0, 0.3, 0.05):
        trial = coefficients + shrink * step
        trial_error = _error(unit, y, trial, transform)
        if trial_error < error:
            return trial, trial_error
    return None


def _solve(A: Array, b: Array) -> Array | None:
    if not (np.isfinite(A).all() and np.isfinite(b).all()):
        return None
    try:
        inverse = np.linalg.inv(A.T @ A)
        solution = inverse @ (A.T @ b)
        return solution + inverse @ (A.T @ (b - A @ solution))
    except np.linalg.LinAlgError:
        return None


def _error(E: Array, y: Array, coefficients: Array, transform: Transform) -> float:
    with np.errstate(all="ignore"):
        residual = y - transform.inverse(E @ coefficients)
        mse = float(residual @ residual) / len(y)
    return mse if math.isfinite(mse) else math.inf


def fit(E: Array, y: Array, transform: Transform, floor: float) -> Fitted | None:
    """The terms E (rows, terms) fitted and their coefficients snapped: the way that costs the fewest bits."""
    free = least_squares(E, y, transform, floor)
    if free is None:
        return None
    ways = [_one_by_one(E, y, free, transform)]
    if E.shape[1] > 1:
        ways += [_ratios_first(E, y, free, transform, floor, lead) for lead in (0, int(np.argmax(np.abs(free))))]
    found = [way for way in ways if way is not None]
    if not found:
        return None
    size = float(y @ y) / len(y)
    return min(found, key=lambda way: way.bits + len(y) / 2 * math.log2(max(way.mse / size, 1e-24)))


def _curvature(E: Array, y: Array, coefficients: Array, transform: Transform) -> tuple[Array, float]:
    """J^T J and the variance of the noise."""
    inner = E @ coefficients
    with np.errstate(all="ignore"):
        jacobian = E * transform.slope(inner)[:, None]
    variance = _error(E, y, coefficients, transform) * len(y) / max(len(y) - E.shape[1], 1)
    return jacobian.T @ jacobian, variance


def _one_by_one(E: Array, y: Array, free: Array, transform: Transform) -> Fitted | None:
    curvature, variance = _curvature(E, y, free, transform)
    if not np.isfinite(curvature).all():
        return None
    values, texts, bits = free.copy(), [repr(float(c)) for c in free], [BITS.free_coefficient] * len(free)
    left = list(range(len(free)))
    while left:
        try:
            covariance = variance * np.linalg.inv(curvature[np.ix_(left, left)])
        except np.linalg.LinAlgError:
            return None
        spread = np.sqrt(np.maximum(np.diag(covariance), 0))
        at = int(np.argmin(spread / np.abs(values[left])))
        j = left[at]
        simple = snap_coefficient(values[j], _spread(spread[at], values[j]))
        if simple is not None:
            move = simple[0] - values[j]
            values[left] += covariance[:, at] * (move / max(covariance[at, at], 1e-300))
            values[j], bits[j], texts[j] = simple
        left.remove(j)
    for j in range(len(free)):
        if bits[j] == BITS.free_coefficient:
            texts[j] = repr(float(values[j]))
    return Fitted(values, tuple(texts), "1", _error(E, y, values, transform), sum(bits))


def _ratios_first(E: Array, y: Array, free: Array, transform: Transform, floor: float, lead: int) -> Fitted | None:
    """c_lead (e_lead + sum_j r_j e_j): each r_j is snapped in turn and its term merged; c_lead is snapped last."""
    columns, current = E.copy(), free.copy()
    order = [lead] + [j for j in range(len(free)) if j != lead]
    columns, current = columns[:, order], current[order]
    ratios, texts, bits = {lead: 1.0}, {lead: "1"}, 0.0
    remaining = order[1:]
    while remaining:
        curvature, variance = _curvature(columns, y, current, transform)
        try:
            covariance = variance * np.linalg.inv(curvature)
        except np.linalg.LinAlgError:
            return None
        ratio = current[1:] / current[0]
        spread = np.sqrt(
            np.maximum(np.diag(covariance)[1:] + ratio**2 * covariance[0, 0] - 2 * ratio * covariance[0, 1:], 0)
        ) / np.abs(current[0])
        at = int(np.argmin(spread / np.abs(ratio)))
        simple = snap_coefficient(ratio[at], _spread(spread[at], ratio[at]))
        if simple is None:
            return None
        ratios[remaining[at]], cost, texts[remaining[at]] = simple
        bits += cost
        columns[:, 0] += simple[0] * columns[:, at + 1]
        columns = np.delete(columns, at + 1, axis=1)
        del remaining[at]
        refitted = least_squares(columns, y, transform, floor)
        if refitted is None:
            return None
        current = refitted
    last = _one_by_one(columns, y, current, transform)
    if last is None:
        return None
    coefficients = np.array([ratios[j] for j in range(len(free))]) * last.coefficients[0]
    return Fitted(coefficients, tuple(texts[j] for j in range(len(free))), last.texts[0], last.mse, bits + last.bits)


def _spread(uncertainty: float, value: float) -> float:
    return max(float(uncertainty), 1e-9 * abs(float(value)))
