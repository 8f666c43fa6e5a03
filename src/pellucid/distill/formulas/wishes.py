"""What the user wishes of a formula: its functions, its depth, positive values, a slope of one sign.

Candidates that are otherwise are left out wherever formulas compete. Signs and slopes are looked at on the rows and at
points of their box here; `prove.formulas.sign_certificate` proves them, where it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from jaxtyping import Bool, Float
from numpy.typing import NDArray

from ...artifacts.formulas.formula import Formula
from ...core.claim import Claim, Measured, Tested

Array = NDArray[np.float64]
Box = tuple[tuple[float, float], ...]
DIRECTIONS = {"increasing": 1, "decreasing": -1}


@dataclass(frozen=True)
class Wishes:
    """`positive`: above 0 everywhere in the box of the rows. `depth`: at most so many operations within one another
    (`depth_of`). `monotone`: (column, "increasing" or "decreasing") pairs, along which it never falls, or never rises,
    inside the box. `functions`, where given, are the only ones that it may hold, and it holds none of `without`.

    Raises ValueError for a depth below 0, unknown directions, and a column that is to do both.

    >>> wishes, X = Wishes(depth=1, monotone=(("x", "increasing"),)), np.array([[1.0], [2.0], [3.0]])
    >>> wishes.fault(Formula("x**2", ("x",)), X), wishes.fault(Formula("1/x", ("x",)), X)
    ('', 'falls along x')
    """

    positive: bool = False
    depth: int | None = None
    monotone: tuple[tuple[str, str], ...] = ()
    functions: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.depth is not None and self.depth < 0:
            raise ValueError(f"depth={self.depth} is no depth; give 0 (a column or a number) or more")
        for column, direction in self.monotone:
            if direction not in DIRECTIONS:
                raise ValueError(f"monotone={column}:{direction} is unknown; write {column}:increasing or :decreasing")
        columns = [column for column, _ in self.monotone]
        twice = [column for column in columns if columns.count(column) > 1]
        if twice:
            raise ValueError(f"monotone names {twice[0]!r} twice; name each column once")

    @property
    def any(self) -> bool:
        """Whether anything is wished at all."""
        return self != Wishes()

    def refuse_unknown(self, names: Sequence[str]) -> None:
        """Raises ValueError where a slope is wished along something that is no column."""
        for column, _ in self.monotone:
            if column not in names:
                raise ValueError(f"monotone names {column!r}, which is no column; choose among {', '.join(names)}")

    def fault(self, formula: Formula, X: Float[np.ndarray, "rows features"], box: Box = ()) -> str:
        """Why it is not as wished on rows X (rows, features) and in their `box`, in words; empty where it is."""
        if fault := self.fault_of_form(formula.sympy()):
            return fault
        place = _Place(formula, X, box)
        if self.positive and not ((formula(X) > 0).all() and place.above_zero().all()):
            return "is not positive everywhere"
        for column, direction in self.monotone:
            if column in formula.names and not place.rises(column, DIRECTIONS[direction]).all():
                return f"{'falls' if direction == 'increasing' else 'rises'} along {column}"
        return ""

    def fault_of_form(self, expression: sympy.Expr) -> str:
        """The same of what is seen without any row: its depth, and its functions."""
        if self.depth is not None and (depth := depth_of(expression)) > self.depth:
            return f"has depth {depth}"
        if self.functions or self.without:
            used = functions_of(expression)
            allowed = set(_same_word(self.functions)) if self.functions else used
            if banned := (used - allowed) | (used & set(_same_word(self.without))):
                return f"holds {', '.join(sorted(banned))}"
        return ""

    def claims(self, formula: Formula, X: Float[np.ndarray, "rows features"]) -> list[Claim]:
        """What was seen of each wish, at points all over its box; keys "positive", "monotone", "depth"."""
        claims: list[Claim] = []
        place = _Place(formula, X, formula.box)
        if self.positive:
            above = place.above_zero()
            claims.append(Tested(positive_statement(formula), len(above), int((~above).sum()), key="positive"))
        for column, direction in self.monotone:
            if column in formula.names:
                rises = place.rises(column, DIRECTIONS[direction])
                statement = monotone_statement(formula, column, DIRECTIONS[direction])
                claims.append(Tested(statement, len(rises), int((~rises).sum()), key="monotone"))
        if self.depth is not None:
            statement = f"depth of the formula, where at most {self.depth} was asked for"
            claims.append(Measured(statement, float(depth_of(formula.sympy())), "", key="depth"))
        return claims


NO_WISHES = Wishes()


def positive_statement(formula: Formula) -> str:
    """What is claimed where positive values are wished."""
    return f"{formula.target} > 0, everywhere inside the box of the data"


def monotone_statement(formula: Formula, column: str, sign: int) -> str:
    """What is claimed where a slope of this sign is wished along a column.

    >>> monotone_statement(Formula("2*x", ("x",)), "x", 1)
    'y never falls as x grows, everywhere inside the box of the data'
    """
    never = "falls" if sign > 0 else "rises"
    return f"{formula.target} never {never} as {column} grows, everywhere inside the box of the data"


def depth_of(expression: Any) -> int:
    """How many operations stand within one another, as on paper: sums, products and quotients, powers, functions.

    A minus sign is none, nor is a number computed from numbers.

    >>> x, z = sympy.symbols("x z")
    >>> [depth_of(e) for e in (x, -x, x / z, 3 * x / z**2, sympy.exp(-x), 1 + sympy.sin(2 * x))]
    [0, 0, 1, 2, 1, 3]
    """
    if not expression.free_symbols:
        return 0
    if expression.is_Symbol:
        return 0
    if expression.is_Mul:
        factors = [factor for factor in expression.args if factor != -1]
        if len(factors) == 1:
            return depth_of(factors[0])
        return 1 + max(_depth_below(factor) for factor in factors)
    if expression.is_Pow:
        return 1 + max(depth_of(expression.base), depth_of(_unsigned(expression.exp)))
    return 1 + max(depth_of(part) for part in expression.args)


def _depth_below(factor: Any) -> int:
    """Of what stands above or below the line of a quotient."""
    if factor.is_Pow and factor.exp.is_number and factor.exp.is_negative:
        return depth_of(factor.base if factor.exp == -1 else factor.base ** (-factor.exp))
    return depth_of(factor)


def _unsigned(exponent: Any) -> Any:
    return -exponent if exponent.could_extract_minus_sign() else exponent


_WORDS: dict[Any, str] = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "sin",
    sympy.tan: "sin",
    sympy.tanh: "tanh",
    sympy.Abs: "abs",
    sympy.Min: "min",
    sympy.Max: "min",
    sympy.Heaviside: "step",
    sympy.ceiling: "floor",
}
"""One word for functions that are each other's, shifted or turned: cos is a sine with a phase, -max(-x) the least."""


def _same_word(words: Iterable[str]) -> list[str]:
    return [{"ln": "log", "cos": "sin", "max": "min"}.get(word, word) for word in words]


def functions_of(expression: Any) -> set[str]:
    """The words for the functions of columns in it; "power" for an exponent that is neither whole nor a half.

    >>> x = sympy.Symbol("x", real=True)
    >>> sorted(functions_of(sympy.exp(x) + sympy.sqrt(x) + x**0.3 + x**2 + sympy.sqrt(2)))
    ['exp', 'power', 'sqrt']
    """
    return set(filter(None, map(_word_of, sympy.preorder_traversal(expression))))


def _word_of(part: Any) -> str:
    """The word for the outermost function of a part, "" for arithmetic and what holds no column."""
    if isinstance(part, sympy.Pow) and part.free_symbols and not isinstance(part.exp, sympy.Integer):
        root = isinstance(part.exp, sympy.Rational) and part.exp.q == 2
        return "exp" if not part.base.free_symbols else "sqrt" if root else "power"
    if isinstance(part, sympy.Function) and part.free_symbols:
        return _WORDS.get(part.func, part.func.__name__)
    return "min" if isinstance(part, sympy.Min | sympy.Max) else ""


@dataclass(frozen=True)
class _Place:
    """Points of the box of X (rows, features), a column for each name of the formula: its values and slopes there."""

    formula: Formula
    X: Float[np.ndarray, "rows features"]
    box: Box

    def above_zero(self, points: int = 4_096) -> Bool[np.ndarray, " points"]:
        """At random points of the box, whether it is above 0 there."""
        return self.formula(self.inside(points)) > 0

    def rises(self, column: str, sign: int, *, lines: int = 128, steps: int = 33) -> Bool[np.ndarray, " all"]:
        """For each step along each of random lines through the box, whether it goes up (down, for a `sign` of -1).

        Rounding may let it fall by 1e-9 of its size; what has no value goes nowhere.
        """
        j = self.formula.names.index(column)
        X = np.repeat(self.inside(lines), steps, axis=0)
        low, high = self.ends
        X[:, j] = np.tile(np.linspace(low[j], high[j], steps), lines)
        values = self.formula(X).reshape(lines, steps)
        slack = 1e-9 * np.abs(values).max(axis=1, initial=0.0, where=np.isfinite(values))[:, None]
        return (sign * np.diff(values, axis=1) >= -slack).ravel()

    @property
    def ends(self) -> tuple[Array, Array]:
        if self.box:
            low, high = np.array(self.box).T
            return low, high
        return self.X.min(axis=0), self.X.max(axis=0)

    def inside(self, points: int) -> Float[np.ndarray, "points features"]:
        """Random points of the box, columns of 0 and 1 at one of both."""
        low, high = self.ends
        X = low + (high - low) * np.random.default_rng(0).random((points, self.X.shape[1]))
        return np.where(np.isin(self.X, (0.0, 1.0)).all(axis=0), np.round(X), X)
