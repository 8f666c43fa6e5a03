"""The functions that the KAN paper fits, with its own figures beside them (arXiv 2404.19756, sections 3.1 to 3.3).

The paper prints formulas and errors, but no ranges except (-1, 1) for its toy functions and for I.16.6: the boxes of
the special functions are ours, those of the Feynman rows follow the authors' data set in pykan (`kan/feynman.py`)
where a variable is still in the dimensionless formula, and are ours otherwise. `kan` is the paper's best KAN (of the
human-made, pruned and unpruned ones in Table 2), `mlp` its MLP; `widths` is a shape to start with, not a tuned one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import pi

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]


@dataclass(frozen=True)
class KANFunction:
    """A function on a box: what to sample, a shape to start with, and the paper's best test errors."""

    name: str
    group: str
    formula: str
    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    widths: tuple[int, ...]
    function: Callable[[Array], Array]
    kan: float | None = None
    mlp: float | None = None

    def __call__(self, X: Array) -> Array:
        """The values (rows,) at X (rows, features)."""
        if X.ndim != 2 or X.shape[1] != len(self.names):
            raise ValueError(f"X has the shape {X.shape}; give (rows, {len(self.names)}) for {', '.join(self.names)}")
        return np.asarray(self.function(X), dtype=np.float64)

    def sample(self, rows: int, seed: int) -> tuple[Array, Array]:
        """X (rows, features), uniform in the box, and the values (rows,)."""
        if rows < 1:
            raise ValueError(f"rows={rows}; give at least one")
        X = np.random.default_rng(seed).uniform(self.low, self.high, (rows, len(self.names)))
        return X, self(X)

    @property
    def box(self) -> Array:
        """The lowest and the highest corner, (2, features)."""
        return np.array([self.low, self.high])


def _columns(function: Callable[..., Array]) -> Callable[[Array], Array]:
    return lambda X: function(*X.T)


def _harmonic(m: int, n: int) -> Callable[[Array, Array], Array]:
    """The real part of Y_n^m at the azimuth t and the polar angle p, in the order of scipy's old sph_harm."""
    norm = np.sqrt((2 * n + 1) / (4 * pi) * special.factorial(n - m) / special.factorial(n + m))
    return lambda t, p: norm * special.lpmv(m, n, np.cos(p)) * np.cos(m * t)


def _toys() -> list[KANFunction]:
    """Section 3.1, whose shapes are known: (name, formula, features, shape, function)."""
    square = (-1.0, 1.0)
    rows: list[tuple[str, str, int, tuple[int, ...], Callable[[Array], Array]]] = [
        ("bessel", "J0(20*x)", 1, (1, 1), lambda X: special.j0(20 * X[:, 0])),
        ("exp_sine", "exp(sin(pi*x) + y^2)", 2, (2, 1, 1), lambda X: np.exp(np.sin(pi * X[:, 0]) + X[:, 1] ** 2)),
        ("product", "x*y", 2, (2, 2, 1), lambda X: X[:, 0] * X[:, 1]),
        (
            "hundred",
            "exp(mean(sin^2(pi*x_i/2)))",
            100,
            (100, 1, 1),
            lambda X: np.exp(np.mean(np.sin(pi * X / 2) ** 2, axis=1)),
        ),
        (
            "four",
            "exp((sin(pi*(x1^2 + x2^2)) + sin(pi*(x3^2 + x4^2)))/2)",
            4,
            (4, 4, 2, 1),
            lambda X: np.exp(
                0.5 * (np.sin(pi * (X[:, 0] ** 2 + X[:, 1] ** 2)) + np.sin(pi * (X[:, 2] ** 2 + X[:, 3] ** 2)))
            ),
        ),
    ]
    out = []
    for name, formula, features, widths, function in rows:
        names = tuple(f"x{i + 1}" for i in range(features)) if features > 2 else ("x", "y")[:features]
        out.append(
            KANFunction(name, "toy", formula, names, square[:1] * features, square[1:] * features, widths, function)
        )
    return out


Special = tuple[str, Callable[..., Array], tuple[float, float], tuple[float, float], tuple[int, ...], float, float]


def _specials() -> list[KANFunction]:
    """Table 1: (scipy's call, function, range of x, range of y, shape, best KAN, MLP)."""
    turn, half = (0.0, 2 * pi), (0.0, pi)
    rows: list[Special] = [
        ("ellipj", lambda u, m: special.ellipj(u, m)[0], (0.0, 4.0), (0.0, 0.9), (2, 5, 1), 1.33e-4, 6.48e-4),
        ("ellipkinc", special.ellipkinc, (0.0, 1.5), (0.0, 0.9), (2, 5, 1), 1.24e-4, 5.52e-4),
        ("ellipeinc", special.ellipeinc, (0.0, 1.5), (0.0, 0.9), (2, 5, 1), 8.26e-5, 3.04e-4),
        ("jv", special.jv, (0.0, 3.0), (0.5, 10.0), (2, 5, 1), 1.64e-3, 5.52e-3),
        ("yv", special.yv, (0.0, 2.0), (1.0, 10.0), (2, 5, 1), 1.49e-5, 3.45e-4),
        ("kv", special.kv, (0.0, 2.0), (0.5, 3.0), (2, 5, 1), 2.52e-5, 1.67e-4),
        ("iv", special.iv, (0.0, 2.0), (0.5, 3.0), (2, 5, 1), 9.28e-3, 1.07e-2),
        ("lpmv(0)", lambda v, x: special.lpmv(0, v, x), (0.0, 3.0), (-0.8, 0.95), (2, 5, 1), 5.25e-5, 1.74e-2),
        ("lpmv(1)", lambda v, x: special.lpmv(1, v, x), (0.0, 3.0), (-0.8, 0.95), (2, 5, 1), 6.90e-4, 1.50e-3),
        ("lpmv(2)", lambda v, x: special.lpmv(2, v, x), (0.0, 3.0), (-0.8, 0.95), (2, 5, 1), 2.26e-4, 9.43e-4),
        ("sph_harm(0,1)", _harmonic(0, 1), turn, half, (2, 1, 1), 2.21e-7, 1.25e-6),
        ("sph_harm(1,1)", _harmonic(1, 1), turn, half, (2, 2, 1), 1.22e-4, 6.70e-4),
        ("sph_harm(0,2)", _harmonic(0, 2), turn, half, (2, 1, 1), 1.95e-7, 2.85e-6),
        ("sph_harm(1,2)", _harmonic(1, 2), turn, half, (2, 2, 1), 1.50e-5, 1.84e-3),
        ("sph_harm(2,2)", _harmonic(2, 2), turn, half, (2, 2, 1), 9.45e-5, 6.21e-4),
    ]
    return [
        KANFunction(name, "special", name, ("x", "y"), (x[0], y[0]), (x[1], y[1]), widths, _columns(function), kan, mlp)
        for name, function, x, y, widths, kan, mlp in rows
    ]


Feynman = tuple[
    str, str, str, tuple[tuple[float, float], ...], tuple[int, ...], Callable[..., Array], float | None, float | None
]


def _feynman_angles() -> list[Feynman]:
    """Table 2, chapters I.6 to I.30: (equation, formula, names, ranges, shape, function, best KAN, MLP)."""
    one, turn, near = (-1.0, 1.0), (0.0, 2 * pi), (0.5, 2.0)
    root = np.sqrt(2 * pi)
    return [
        ("I.6.2", "exp(-theta^2/(2*sigma^2))/sqrt(2*pi*sigma^2)", "theta sigma", (one, near), (2, 5, 1),
         lambda t, s: np.exp(-(t**2) / (2 * s**2)) / (root * s), 2.86e-5, 1.45e-4),
        ("I.6.2b", "exp(-(theta - theta1)^2/(2*sigma^2))/sqrt(2*pi*sigma^2)", "theta theta1 sigma",
         ((-1.5, 1.5), (-1.5, 1.5), near), (3, 2, 4, 1),
         lambda t, u, s: np.exp(-((t - u) ** 2) / (2 * s**2)) / (root * s), 4.45e-4, 7.40e-4),
        ("I.9.18", "a/((b - 1)^2 + (c - d)^2 + (e - f)^2)", "a b c d e f",
         (one, (-1.0, -0.5), (0.5, 1.0), (-1.0, -0.5), (0.5, 1.0), (-1.0, -0.5)), (6, 4, 2, 1),
         lambda a, b, c, d, e, f: a / ((b - 1) ** 2 + (c - d) ** 2 + (e - f) ** 2), 1.48e-3, 1.59e-3),
        ("I.12.11", "1 + a*sin(theta)", "a theta", (one, turn), (2, 2, 1),
         lambda a, t: 1 + a * np.sin(t), 9.13e-4, 6.71e-4),
        ("I.13.12", "a*(1/b - 1)", "a b", ((0.0, 1.0), near), (2, 2, 1),
         lambda a, b: a * (1 / b - 1), 2.72e-3, 1.42e-3),
        ("I.15.3x", "(1 - a)/sqrt(1 - b^2)", "a b", (one, (-0.9, 0.9)), (2, 2, 1),
         lambda a, b: (1 - a) / np.sqrt(1 - b**2), 1.14e-3, 8.54e-4),
        ("I.16.6", "(a + b)/(1 + a*b)", "a b", ((-0.8, 0.8), (-0.8, 0.8)), (2, 1, 1),
         lambda a, b: (a + b) / (1 + a * b), 1.06e-3, 6.20e-4),
        ("I.18.4", "(1 + a*b)/(1 + a)", "a b", (near, one), (2, 2, 1),
         lambda a, b: (1 + a * b) / (1 + a), 1.50e-4, 3.68e-4),
        ("I.26.2", "asin(n*sin(theta2))", "n theta2", ((0.0, 0.99), turn), (2, 2, 1, 1),
         lambda n, t: np.arcsin(n * np.sin(t)), 7.90e-4, 1.24e-3),
        ("I.27.6", "1/(1 + a*b)", "a b", (near, near), (2, 1, 1), lambda a, b: 1 / (1 + a * b), 1.94e-4, 2.46e-4),
        ("I.29.16", "sqrt(1 + a^2 - 2*a*cos(theta1 - theta2))", "a theta1 theta2", (one, turn, turn), (3, 3, 2, 1, 1),
         lambda a, t, u: np.sqrt(1 + a**2 - 2 * a * np.cos(t - u)), 3.20e-3, 4.64e-3),
        ("I.30.3", "sin(n*theta/2)^2/sin(theta/2)^2", "n theta", ((0.0, 4.0), (0.4 * pi, 1.6 * pi)), (2, 5, 1),
         lambda n, t: np.sin(n * t / 2) ** 2 / np.sin(t / 2) ** 2, 1.03e-3, 1.50e-2),
        ("I.30.5", "asin(a/n)", "a n", (one, (1.05, 1.5)), (2, 2, 1, 1),
         lambda a, n: np.arcsin(a / n), 3.49e-5, 9.45e-5),
    ]  # fmt: skip


def _feynman_matter() -> list[Feynman]:
    """Table 2, from I.37 on; no claim where our copy of the table was not legible."""
    one, unit, turn, near = (-1.0, 1.0), (0.0, 1.0), (0.0, 2 * pi), (0.5, 2.0)
    return [
        ("I.37.4", "1 + a + 2*sqrt(a)*cos(delta)", "a delta", ((0.1, 1.0), turn), (2, 2, 1),
         lambda a, d: 1 + a + 2 * np.sqrt(a) * np.cos(d), 4.91e-6, 5.67e-4),
        ("I.40.1", "n0*exp(-a)", "n0 a", (unit, one), (2, 2, 1), lambda n, a: n * np.exp(-a), 3.12e-4, 3.99e-4),
        ("I.44.4", "n*log(a)", "n a", (unit, near), (2, 2, 1), lambda n, a: n * np.log(a), 2.30e-5, 3.99e-4),
        ("I.50.26", "cos(a) + alpha*cos(a)^2", "a alpha", (turn, unit), (2, 3, 1),
         lambda a, c: np.cos(a) + c * np.cos(a) ** 2, 1.52e-4, 1.53e-3),
        ("II.2.42", "(a - 1)*b", "a b", (unit, near), (2, 2, 1), lambda a, b: (a - 1) * b, 7.22e-4, 1.81e-4),
        ("II.6.15a", "c*sqrt(a^2 + b^2)/(4*pi)", "a b c", (unit, unit, unit), (3, 2, 2, 1),
         lambda a, b, c: c * np.sqrt(a**2 + b**2) / (4 * pi), 1.35e-3, 5.92e-4),
        ("II.11.7", "n0*(1 + a*cos(theta))", "n0 a theta", (unit, one, turn), (3, 3, 2, 1),
         lambda n, a, t: n * (1 + a * np.cos(t)), 5.03e-3, 5.92e-4),
        ("II.11.27", "n*alpha/(1 - n*alpha/3)", "n alpha", (unit, (0.0, 2.0)), (2, 2, 1, 1),
         lambda n, a: n * a / (1 - n * a / 3), 1.43e-5, None),
        ("II.35.18", "n0/(exp(a) + exp(-a))", "n0 a", (unit, one), (2, 2, 1),
         lambda n, a: n / (2 * np.cosh(a)), 7.71e-5, 7.92e-5),
        ("II.36.38", "a + alpha*b", "a alpha b", (unit, unit, unit), (3, 2, 1),
         lambda a, c, b: a + c * b, 1.15e-3, 2.15e-3),
        ("II.38.3", "a/b", "a b", (unit, near), (2, 2, 1), lambda a, b: a / b, 8.78e-5, 5.26e-4),
        ("III.9.52", "a*sin((b - c)/2)^2/((b - c)/2)^2", "a b c", (unit, (0.0, 2 * pi), (0.0, 2 * pi)), (3, 2, 2, 1),
         lambda a, b, c: a * np.sinc((b - c) / (2 * pi)) ** 2, 3.90e-3, 9.07e-4),
        ("III.10.19", "sqrt(1 + a^2 + b^2)", "a b", (one, one), (2, 1, 1),
         lambda a, b: np.sqrt(1 + a**2 + b**2), None, None),
        ("III.17.37", "beta*(1 + alpha*cos(theta))", "beta alpha theta", (unit, one, turn), (3, 3, 2, 1),
         lambda b, a, t: b * (1 + a * np.cos(t)), None, None),
    ]  # fmt: skip


@cache
def kan_functions(group: str) -> dict[str, KANFunction]:
    """The functions of one group by name: "toy" (5), "special" (the 15 of Table 1) or "feynman" (the 27 of Table 2).

    >>> len(kan_functions("feynman"))
    27
    """
    if group == "toy":
        found = _toys()
    elif group == "special":
        found = _specials()
    elif group == "feynman":
        found = []
        for name, formula, names, ranges, widths, function, kan, mlp in _feynman_angles() + _feynman_matter():
            low, high = zip(*ranges, strict=True)
            found.append(
                KANFunction(
                    name, "feynman", formula, tuple(names.split()), low, high, widths, _columns(function), kan, mlp
                )
            )
    else:
        raise ValueError(f'group={group!r}; give "toy", "special" or "feynman"')
    return {function.name: function for function in found}
