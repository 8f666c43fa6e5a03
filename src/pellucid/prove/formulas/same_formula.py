"""Whether two formulas are the same function: by algebra, by 60 digits at random points, or not at all.

    a = b  if a - b is rewritten to 0;   a != b  if |a - b| > 10^-50 max(|a|, |b|) at an exact rational point

Numbers come first, since they refute at once: an impostor that agrees to 12 digits differs in the 13th. Then algebra is
tried, within a limit on the number of operations, with symbols known to be positive or negative where the box says so.
What algebra cannot decide and numbers do not refute is called tested, with the digits and points, not proved.
Removable gaps (x / x at 0) are not looked at: two formulas are the same where both have a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy

from ...algebra.expressions.jumps import modulo_written_out
from ...core.claim import Claim, Refuted, Tested, Undecided


@dataclass(frozen=True)
class Comparison:
    """`kind`: "equal" (rewritten to 0), "tested" (agrees at `points` points), "different", "undecided"; `reason`: how.

    `counterexample` maps names to exact rational numbers, for "different".
    """

    kind: str
    reason: str
    points: int = 0
    digits: int = 0
    counterexample: Mapping[str, Fraction] | None = None

    @property
    def same(self) -> bool:
        """Whether nothing speaks against equality, and something for it: equal or tested."""
        return self.kind in ("equal", "tested")

    def claim(self, statement: str) -> Claim:
        """Tested, Refuted or Undecided. Rewriting leaves no certificate to re-check, so it is not called proved."""
        if self.kind == "different" and self.counterexample is not None:
            return Refuted(statement, ", ".join(f"{k} = {v}" for k, v in self.counterexample.items()))
        if self.same and self.points:
            how = "and rewritten to 0 by sympy" if self.kind == "equal" else "which algebra did not decide"
            return Tested(f"{statement} (to {self.digits} digits at exact points, {how})", self.points, 0)
        return Undecided(statement, self.reason)


def same_formula(
    a: sympy.Expr,
    b: sympy.Expr,
    box: Sequence[tuple[float, float]] | None = None,
    names: Sequence[str] | None = None,
    *,
    points: int = 24,
    digits: int = 60,
    seed: int = 0,
    operations: int = 250,
) -> Comparison:
    """Whether `a` and `b` are the same function of their symbols, matched by name, over `box`: (low, high) for each.

    Compared at `points` exact points, to `digits` digits; rewritten where their difference has at most `operations`
    operations, which sympy manages within seconds. Without `names`, they are the symbols of both in alphabetical order;
    without `box`, (1, 3) each. Raises ValueError.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> same_formula((x + y) ** 2, x**2 + 2 * x * y + y**2).kind
    'equal'
    >>> same_formula(sympy.sin(x), x - x**3 / 6, box=[(0, 1e-4)]).kind
    'different'
    """
    held = sorted({s.name for e in (a, b) for s in e.free_symbols})  # pyright: ignore
    names = held if names is None else list(names)
    box = [(1.0, 3.0)] * len(names) if box is None else list(box)
    if len(box) != len(names):
        raise ValueError(f"box has {len(box)} ranges; give one for each of {list(names)}")
    if unknown := sorted(set(held) - set(names)):
        raise ValueError(
            f"the formulas hold {unknown}, which are not among names={list(names)}; add them with their ranges"
        )
    symbols = [_symbol(name, low, high) for name, (low, high) in zip(names, box, strict=True)]
    a, b = _with_symbols(a, symbols), _with_symbols(b, symbols)
    tried = _compare(a, b, symbols, box, points, digits, seed)
    if tried.kind in ("different", "undecided"):
        return tried
    how = _rewritten(a - b, operations)
    return tried if how is None else Comparison("equal", how, tried.points, tried.digits)


def _symbol(name: str, low: float, high: float) -> sympy.Symbol:
    if low > 0:
        return sympy.Symbol(name, positive=True)
    if high < 0:
        return sympy.Symbol(name, negative=True)
    return sympy.Symbol(name, nonnegative=True) if low == 0 else sympy.Symbol(name, real=True)


def _with_symbols(expression: sympy.Expr, symbols: Iterable[sympy.Symbol]) -> sympy.Expr:
    known = {symbol.name: symbol for symbol in symbols}
    return expression.xreplace({s: known[s.name] for s in expression.free_symbols})  # pyright: ignore


def _compare(a, b, symbols, box, points: int, digits: int, seed: int) -> Comparison:
    """At up to 4 * `points` exact rational points of the box, until `points` of them have real values on both sides."""
    try:
        functions = _numerical(a, symbols), _numerical(b, symbols)
    except (NotImplementedError, ValueError) as error:
        return Comparison("undecided", f"cannot be evaluated: {error}")
    agreed, only_one = 0, None
    with mpmath.workdps(digits + 20):  # more digits than are compared, against cancellation
        for at, left, right in _values(functions, _points(box, 4 * points, seed), digits):
            point = dict(zip(map(str, symbols), at, strict=True))
            if left is None or right is None:
                only_one = only_one or point
                continue
            if abs(left - right) > mpmath.mpf(10) ** (10 - digits) * max(abs(left), abs(right)):
                text = f"{mpmath.nstr(left, 20)} and {mpmath.nstr(right, 20)}"
                return Comparison("different", f"they are {text} at a point of the box", agreed, digits, point)
            agreed += 1
            if agreed == points:
                break
    if only_one is not None:
        return Comparison(
            "different", "only one of them has a real value at a point of the box", agreed, digits, only_one
        )
    if agreed == 0:
        return Comparison("undecided", f"neither has a real value at {4 * points} random points of the box")
    return Comparison("tested", f"they agree to {digits - 10} digits; algebra did not decide", agreed, digits - 10)


def _numerical(expression: sympy.Expr, symbols: Sequence[sympy.Symbol]) -> Callable:
    """The expression as a function of mpmath's numbers. Raises NotImplementedError or ValueError."""
    # sympy prints moduli without the brackets that they need in a product
    return sympy.lambdify(symbols, expression.replace(sympy.Mod, modulo_written_out), "mpmath")


def _points(box: Sequence[tuple[float, float]], count: int, seed: int) -> Iterator[list[Fraction]]:
    """Random rational points inside the box, on a grid of thousand-millionths of each side."""
    grid, generator = 10**9, np.random.default_rng(seed)
    for _ in range(count):
        share = [Fraction(int(generator.integers(1, grid)), grid) for _ in box]
        yield [Fraction(low) + (Fraction(high) - Fraction(low)) * t for (low, high), t in zip(box, share, strict=True)]


def _values(
    functions: tuple[Callable, Callable], points: Iterable[list[Fraction]], digits: int
) -> Iterator[tuple[list[Fraction], Any, Any]]:
    """Both functions at the points where at least one of them has a real value; None for the other."""
    for point in points:
        left, right = (_value(function, point, digits) for function in functions)
        if left is not None or right is not None:
            yield point, left, right


def _value(function: Callable, point: Sequence[Fraction], digits: int):
    """A finite real number, None where there is none."""
    numbers = [mpmath.mpf(r.numerator) / mpmath.mpf(r.denominator) for r in point]
    try:
        value = mpmath.mpmathify(function(*numbers))
    except (ZeroDivisionError, ValueError, OverflowError, TypeError):
        return None
    if not mpmath.isfinite(value):
        return None
    if isinstance(value, mpmath.mpc):
        return value.real if abs(value.imag) <= mpmath.mpf(10) ** -digits * abs(value) else None
    return value


def _rewritten(difference: sympy.Expr, operations: int) -> str | None:
    """How `difference` was rewritten to 0, None where it was not; free constants are never equal to anything."""
    if difference == 0:
        return "identical"
    if difference.has(sympy.Float):
        return None
    steps: list[tuple[str, Callable[[Any], Any]]] = [
        ("by collecting powers", lambda e: sympy.powsimp(e)),
        ("by expanding", lambda e: sympy.expand(e)),
        ("over a common denominator", _numerator),
        ("with roots, powers and logarithms expanded", _unfolded),
        ("with exponentials for trigonometric functions", lambda e: _unfolded(e.rewrite(sympy.exp))),
        ("by simplification", lambda e: sympy.simplify(e)),
    ]
    for name, step in steps:
        if sympy.count_ops(difference) > operations:
            return None
        try:
            if step(difference) == 0:
                return f"rewritten to 0 {name}"
        except (sympy.PolynomialError, NotImplementedError, ZeroDivisionError, RecursionError):
            continue
    return None


def _numerator(e: Any) -> Any:
    return sympy.expand(sympy.numer(sympy.together(e)))


def _unfolded(e: Any) -> Any:
    e = sympy.expand_log(sympy.expand_power_base(sympy.powdenest(e, force=False)), force=False)
    return sympy.expand(sympy.powsimp(_numerator(sympy.powsimp(sympy.expand(e)))))
