"""Forms evaluated and fitted in numpy, as forms.c does it: for machines without a compiler, and as its test.

y = a + b f(x; theta), a and b in closed form (variable projection with Kaufman's Jacobian, BIT 15, 49, 1975), theta by
Levenberg-Marquardt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from .nodes import BY_CODE, FIRST_OPERATOR, MOST_CONSTANTS

Array = NDArray[np.float64]
Value = tuple[Array, dict[int, Array]]
"""A value (rows,), and its derivative by each constant that it holds."""


def evaluate(
    code: list[int], theta: Float[np.ndarray, " constants"], X: Float[np.ndarray, "columns rows"]
) -> Float[np.ndarray, "parts rows"] | None:
    """The value of a program (first) and its derivatives; None where a row has no finite value."""
    stack: list[Value] = []
    used = 0
    with np.errstate(all="ignore"):
        for byte in code:
            if byte < FIRST_OPERATOR:
                stack.append((X[byte], {}))
                continue
            node = BY_CODE[byte]
            own = len(X) if node.name == "monomial" else node.own
            constants = [float(theta[used + i]) for i in range(own)]
            if node.name == "monomial":
                stack.append(_monomial(X, constants, used))
            elif node.arity == 1:
                stack.append(_UNARY[node.name](stack.pop(), constants, used))
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(_BINARY[node.name](left, right, constants, used))
            used += own
    value, slopes = stack[0]
    if not np.isfinite(value).all():
        return None
    zero = np.zeros_like(value)
    return np.stack([value, *(slopes.get(k, zero) for k in range(used))])


def fit_one(
    code: list[int],
    starts: Float[np.ndarray, "starts constants"],
    is_free: NDArray[np.uint8],
    X: Float[np.ndarray, "columns rows"],
    y: Float[np.ndarray, " rows"],
    weights: Float[np.ndarray, " rows"],
    mode: int,
    steps: int,
    more: int,
    nu: float,
) -> tuple[float, Array, Array]:
    """The best fit from all starts: its objective, constants (8,), and a, b (2,)."""
    problem = _Problem(code, is_free, X, y, weights, mode, nu)
    best = (np.inf, np.zeros(MOST_CONSTANTS), np.zeros(2))
    for start in starts:
        best = min(best, problem.fit(start.copy(), steps), key=lambda fit: fit[0])
    if more and np.isfinite(best[0]):
        best = min(best, problem.fit(best[1].copy(), more), key=lambda fit: fit[0])
    return best


@dataclass(frozen=True)
class _Point:
    """Constants, the value there with its derivatives (parts, rows), a and b, and what they leave of y (rows,)."""

    theta: Array
    values: Array
    line: tuple[float, float]
    left: Array


@dataclass(frozen=True)
class _Problem:
    """A program and the rows it is fitted to: X (columns, rows), y and weights (rows,)."""

    code: list[int]
    is_free: NDArray[np.uint8]
    X: Array
    y: Array
    weights: Array
    mode: int
    nu: float

    def fit(self, theta: Array, steps: int) -> tuple[float, Array, Array]:
        """The fit from one start (8,): its objective, constants (8,), and a, b (2,)."""
        wt, damping = self.weights, 1e-2
        point = self._at(theta, wt)
        if point is None:
            return np.inf, theta, np.zeros(2)
        s2 = (np.median(np.abs(point.left)) * 1.4826) ** 2 + 1e-300
        free = np.flatnonzero(self.is_free[: len(point.values) - 1])
        for _ in range(steps):
            if self.nu > 0:
                wt, s2 = _student_weights(point.left, self.weights, self.nu, s2)
                point = self._point(point.theta, point.values, wt)
            elif not len(free):
                break
            better, damping = self._step(point, free, wt, damping)
            if better is not None:
                point, damping = better, max(damping * 0.2, 1e-12)
            elif len(free):
                break
        return _objective(point.left, wt, self.nu, s2), point.theta, np.array(point.line)

    def _at(self, theta: Array, wt: Array) -> _Point | None:
        values = evaluate(self.code, theta, self.X)
        return None if values is None else self._point(theta, values, wt)

    def _point(self, theta: Array, values: Array, wt: Array) -> _Point:
        a, b, left = _line(values[0], self.y, wt, self.mode)
        return _Point(theta, values, (a, b), left)

    def _step(self, point: _Point, free: NDArray[np.int64], wt: Array, damping: float) -> tuple[_Point | None, float]:
        """A point that leaves less, None where six dampings give none, and the damping that was reached."""
        f, b, r = point.values[0], point.line[1], point.left
        if not len(free) or not np.isfinite(point.values).all():
            return None, damping
        J = b * _projected(point.values[1 + free], f, wt, self.mode)
        A, gradient, before = (J * wt) @ J.T, (J * wt) @ r, float((wt * r * r).sum())
        ridge = 1e-14 * min(float(wt.sum()), _spread(f, wt, self.mode)) * b * b + 1e-290
        for _ in range(6):
            try:
                step = np.linalg.solve(A + np.diag(damping * np.diag(A) + ridge), gradient)
            except np.linalg.LinAlgError:
                damping = damping * 10 + 1e-6
                continue
            theta = point.theta.copy()
            theta[free] += step
            there = self._at(theta, wt)
            if there is not None and float((wt * there.left**2).sum()) < before:
                return there, damping
            damping = damping * 8 + 1e-9
        return None, damping


def _objective(r: Array, wt: Array, nu: float, s2: float) -> float:
    if nu > 0:
        return float(0.5 * (nu + 1) * np.log1p(r * r / (nu * s2)).sum() + 0.5 * len(r) * np.log(s2))
    return float((wt * r * r).sum())


def _student_weights(r: Array, weights: Array, nu: float, s2: float) -> tuple[Array, float]:
    wt = weights
    for _ in range(3):
        wt = weights * (nu + 1) / (nu + r * r / s2)
        s2 = float((wt * r * r).sum()) / len(r) + 1e-300
    return wt, s2


def _line(f: Array, y: Array, wt: Array, mode: int) -> tuple[float, float, Array]:
    """a, b and the residuals of y = a + b f; of mode, bit 0 frees b, bit 1 frees a."""
    mean_f, mean_y = (np.average(f, weights=wt), np.average(y, weights=wt)) if mode & 2 else (0.0, 0.0)
    h = f - mean_f
    spread = float((wt * h * h).sum())
    b = 1.0
    if mode & 1:
        small = (1e-24 * mean_f**2 + 1e-60) * float(wt.sum())
        b = float((wt * h * (y - mean_y)).sum()) / spread if spread > small else 0.0
    a = float(mean_y - b * mean_f)
    return a, b, y - a - b * f


def _centred(f: Array, wt: Array, mode: int) -> Array:
    """f (rows,) about its weighted mean where a is free."""
    return f - (np.average(f, weights=wt) if mode & 2 else 0.0)


def _spread(f: Array, wt: Array, mode: int) -> float:
    """The weighted sum of squares of f, about its mean where a is free."""
    h = _centred(f, wt, mode)
    return float((wt * h * h).sum())


def _projected(slopes: Array, f: Array, wt: Array, mode: int) -> Array:
    """The derivatives (constants, rows) without what a and b can do."""
    out = slopes - (np.average(slopes, axis=1, weights=wt)[:, None] if mode & 2 else 0.0)
    h, spread = _centred(f, wt, mode), _spread(f, wt, mode)
    if mode & 1 and spread > 0:
        out = out - ((out * wt) @ h / spread)[:, None] * h
    return out


# ------------------------------------------------------------------------------------------------------- the nodes


def _chained(value: Array, slopes: dict[int, Array], factor: Array | float, own: dict[int, Array]) -> Value:
    return value, {**{k: factor * d for k, d in slopes.items()}, **own}


def _monomial(X: Array, powers: list[float], used: int) -> Value:
    logs = np.log(X)
    value = np.exp(np.asarray(powers) @ logs)
    return value, {used + k: value * logs[k] for k in range(len(X))}


def _power(u: Value, c: list[float], q: int) -> Value:
    log = np.log(u[0])
    value = np.exp(c[0] * log)
    return _chained(value, u[1], c[0] * value / u[0], {q: log * value})


def _exp(u: Value, c: list[float], q: int) -> Value:
    value = np.exp(c[0] * u[0])
    return _chained(value, u[1], c[0] * value, {q: u[0] * value})


def _tanh(u: Value, c: list[float], q: int) -> Value:
    value = np.tanh(c[0] * u[0])
    return _chained(value, u[1], c[0] * (1 - value**2), {q: u[0] * (1 - value**2)})


def _wave(u: Value, c: list[float], q: int) -> Value:
    angle = c[0] * u[0] + c[1]
    slope = -np.sin(angle)
    return _chained(np.cos(angle), u[1], c[0] * slope, {q: u[0] * slope, q + 1: slope})


def _clip(sign: float) -> Callable[[Value, list[float], int], Value]:
    def clip(u: Value, c: list[float], q: int) -> Value:
        inside = sign * u[0] <= sign * c[0]
        return _chained(
            np.where(inside | np.isnan(u[0]), u[0], c[0]), u[1], inside.astype(float), {q: (~inside).astype(float)}
        )

    return clip


def _plain(function: Callable[[Array], Array], slope: Callable[[Array, Array], Array]) -> Callable[..., Value]:
    def apply(u: Value, c: list[float], q: int) -> Value:
        value = function(u[0])
        return _chained(value, u[1], slope(u[0], value), {})

    return apply


def _joined(left: Value, right: Value, value: Array, by_left: Array, by_right: Array) -> Value:
    keys = {*left[1], *right[1]}
    return value, {k: by_left * left[1].get(k, 0.0) + by_right * right[1].get(k, 0.0) for k in keys}


def _times(u: Value, t: Value, c: list[float], q: int) -> Value:
    return _joined(u, t, u[0] * t[0], t[0], u[0])


def _over(u: Value, t: Value, c: list[float], q: int) -> Value:
    return _joined(u, t, u[0] / t[0], 1 / t[0], -u[0] / t[0] ** 2)


def _plus(u: Value, t: Value, c: list[float], q: int) -> Value:
    value, slopes = _joined(u, t, u[0] + c[0] * t[0], np.ones_like(u[0]), np.full_like(u[0], c[0]))
    return value, {**slopes, q: t[0] + np.zeros_like(u[0])}


def _raised(u: Value, t: Value, c: list[float], q: int) -> Value:
    log = np.log(u[0])
    value = np.exp(log * t[0])
    return _joined(u, t, value, value * t[0] / u[0], value * log)


def _extreme(sign: float) -> Callable[[Value, Value, list[float], int], Value]:
    def extreme(u: Value, t: Value, c: list[float], q: int) -> Value:
        left = sign * u[0] <= sign * t[0]
        value = np.where(left, u[0], t[0]) + 0.0 * (u[0] + t[0])  # what is missing stays missing
        return _joined(u, t, value, left.astype(float), (~left).astype(float))

    return extreme


_UNARY: dict[str, Callable[[Value, list[float], int], Value]] = {
    "inverse": _plain(lambda x: 1 / x, lambda x, v: -v * v),
    "sqrt": _plain(np.sqrt, lambda x, v: 0.5 / v),
    "square": _plain(np.square, lambda x, v: 2 * x),
    "log": _plain(np.log, lambda x, v: 1 / x),
    "abs": _plain(np.abs, lambda x, v: np.where(x < 0, -1.0, 1.0)),
    "shift": lambda u, c, q: _chained(u[0] + c[0], u[1], 1.0, {q: np.ones_like(u[0])}),
    "flip": lambda u, c, q: _chained(c[0] - u[0], u[1], -1.0, {q: np.ones_like(u[0])}),
    "power": _power,
    "exp": _exp,
    "wave": _wave,
    "lower": _clip(1.0),
    "upper": _clip(-1.0),
    "tanh": _tanh,
}
_BINARY: dict[str, Callable[[Value, Value, list[float], int], Value]] = {
    "times": _times,
    "over": _over,
    "plus": _plus,
    "min": _extreme(1.0),
    "max": _extreme(-1.0),
    "raised": _raised,
}
