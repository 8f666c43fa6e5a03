"""Where the fit of a given form starts: values for each constant, by the place where it stands.

What decides is its nearest surroundings: the exponent of a power, a factor or a phase inside a wave, a rate inside
exp, a term beside others. Frequencies come from a periodogram, the others from the typical size and the quantiles of
what stands beside the constant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from jaxtyping import Float
from numpy.typing import NDArray

from ..expression.tape import CannotCompile, compile_expression
from ..parametric.starts import frequencies

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pools:
    """The values that are tried, each list for one kind of place."""

    exponents: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0, 3.0, -0.5, -1.0, -1.5, -2.0, -3.0)
    """Powers of textbook laws."""
    waves: tuple[type[sympy.Function], ...] = (sympy.sin, sympy.cos, sympy.tan)
    """What has a phase."""
    phases: tuple[float, ...] = (0.0, 1.57, 3.14, -1.57)
    """A quarter turn apart: nearer than half of that to any phase, where a least-squares fit finds it."""
    arguments: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
    """Typical sizes of what stands inside a function, which is a pure number."""
    sizes: tuple[float, ...] = tuple(10.0 ** (k / 2) for k in range(-6, 9))
    """Of a constant whose place says nothing, beside 1."""
    quantiles: tuple[float, ...] = (0.1, 0.3, 0.5, 0.7, 0.9)
    """Of what a constant is added to."""


POOLS = Pools()


def pool_of(
    constant: sympy.Symbol,
    expression: sympy.Expr,
    constants: Sequence[sympy.Symbol],
    names: Sequence[str],
    X: Float[np.ndarray, "rows columns"],
    y: Float[np.ndarray, " rows"],
) -> list[float]:
    """The values that `constant` may start from, on the rows of X (rows, columns) and y (rows,).

    >>> a, t = sympy.symbols("a t", real=True)
    >>> times = np.linspace(0, 10, 200)
    >>> pool = pool_of(a, sympy.sin(a * t), [a], ["t"], times[:, None], np.sin(7 * times))
    >>> min(abs(value - 7) for value in pool) < 0.05
    True
    """
    places = _Places(constant, constants, names, X, y)
    found = [value for value in places.values(expression, None) if math.isfinite(value)]
    return list(dict.fromkeys(found)) or [sign * size for size in POOLS.sizes for sign in (1.0, -1.0)]


@dataclass(frozen=True)
class _Places:
    constant: sympy.Symbol
    constants: Sequence[sympy.Symbol]
    names: Sequence[str]
    X: Array
    y: Array

    def values(self, e: sympy.Basic, inside: type | None) -> Iterator[float]:
        """The values for every place in `e`, which stands inside a function of this kind (None: in none)."""
        if self.constant not in e.free_symbols:
            return
        if isinstance(e, sympy.Pow) and self.constant in e.exp.free_symbols:
            yield from POOLS.exponents
            yield from self.values(e.base, inside)
        elif isinstance(e, sympy.Function):
            for argument in e.args:
                yield from self.terms(argument, type(e))
        elif isinstance(e, sympy.Add):
            yield from self.terms(e, inside)
        else:
            for part in e.args:
                yield from self.values(part, inside)

    def terms(self, e: Any, inside: type | None) -> Iterator[float]:
        """The terms of a sum, or of a sum of one."""
        parts = sympy.Add.make_args(e)
        for part in parts:
            factors = sympy.Mul.make_args(part)
            own = [factor for factor in factors if factor.as_base_exp()[0] == self.constant]
            if own:
                rest = sympy.Mul(*(factor for factor in factors if factor is not own[0]))
                yield from self.beside(sympy.Add(*parts) - part, rest, own[0].as_base_exp()[1], inside)
            for factor in factors:
                if factor not in own:
                    yield from self.values(factor, inside)

    def beside(self, others: sympy.Basic, rest: sympy.Expr, power: sympy.Basic, inside: type | None) -> Iterator[float]:
        """For a term constant**power * rest, with `others` added to it."""
        if not power.is_number:
            yield from POOLS.sizes
            return
        root = 1 / float(power)  # pyright: ignore[reportArgumentType]
        beside = self.on_rows(rest)
        if beside is None:
            return
        if np.ptp(beside) == 0:
            made = POOLS.phases if inside in POOLS.waves else self.quantiles(others)
            yield from _roots(np.array(made) / (beside[0] or 1.0), root)
            return
        if inside in POOLS.waves:
            found = np.array(frequencies(beside, self.y))
            yield from _roots(found[found <= _highest(beside)], root)
        sizes = np.array(POOLS.sizes if inside is None else POOLS.arguments)
        for typical in {_typical(beside), float(beside.std())} - {0.0}:
            made = _roots(sizes / typical, root)
            yield from made
            yield from (-value for value in made)

    def quantiles(self, others: sympy.Basic) -> list[float]:
        """Of what the constant is added to, with either sign, and several times the size."""
        beside = self.on_rows(others)
        if beside is None or not np.any(beside):
            return [sign * size for size in POOLS.sizes for sign in (1.0, -1.0)]
        typical = _typical(beside)
        made = [*np.quantile(beside, POOLS.quantiles), *(typical * size for size in POOLS.sizes[3:12])]
        return [float(sign * value) for value in made for sign in (1.0, -1.0)]

    def on_rows(self, e: Any) -> Array | None:
        """The values of `e` (rows,) with the constants in it at 0, or else at 1; None where that has none."""
        for value in (sympy.Integer(0), sympy.Integer(1)):
            plain = e.xreplace(dict.fromkeys(self.constants, value))
            try:
                values = compile_expression(plain, self.names)(self.X)
            except CannotCompile:
                continue
            if np.isfinite(values).all() and (value == 1 or np.any(values)):
                return np.array(values)
        return None


def _highest(x: Array) -> float:
    """Where x is evenly spaced, the frequency beyond which a wave repeats a slower one on every row; else infinity."""
    steps = np.diff(np.unique(x))
    even = len(steps) > 1 and float(np.ptp(steps)) < 1e-3 * float(steps.mean())
    return 1.001 * math.pi / float(steps.mean()) if even else math.inf


def _typical(values: Array) -> float:
    return float(np.exp(np.mean(np.log(np.abs(values[values != 0])))))


def _roots(values: Array, root: float) -> list[float]:
    with np.errstate(all="ignore"):
        return [float(value) for value in np.sign(values) * np.abs(values) ** root]
