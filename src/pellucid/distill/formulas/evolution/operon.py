"""Operon, the genetic-programming engine behind `Search` (Burlacu et al., GECCO 2020), as one pure function.

Operon works in single precision and its constants are what evolution left, so what comes back here are structures with
starting values: `polish` refits them in double precision. Hot path: `evolve`, O(population · generations · rows ·
length) in C++ on one thread; about 2 CPU seconds for the defaults on 1,000 rows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ....run.cpu_limit import seconds_left
from .settings import SEARCH

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Evolution:
    """One run: which `functions` trees may hold beside + - * /, how many trees, how long and how often.

    `iterations` are the Levenberg-Marquardt steps that each new tree's constants get.
    """

    functions: tuple[str, ...] = ("square", "sqrt", "exp", "log", "sin", "cos")
    population: int = 500
    generations: int = 40
    length: int = 30
    depth: int = 10
    iterations: int = 5


def require_operon() -> None:
    """Raises ValueError where pyoperon is not installed."""
    if find_spec("pyoperon") is None:
        raise ValueError(
            "the search engine pyoperon is not installed; run `pip install pellucid[search]`, or leave the search out"
        )


def evolve(X: Values, y: Values, symbols: Sequence[sympy.Symbol], evolution: Evolution, seed: int) -> list[sympy.Expr]:
    """The Pareto front of (error, length) that evolution reaches on y (rows,) and X (rows, features), shortest first.

    Each formula has its linear scale and offset, so that it predicts y itself. The same seed gives the same formulas.
    Raises ValueError where pyoperon is not installed.
    """
    require_operon()
    from pyoperon.sklearn import SymbolicRegressor

    engine = SymbolicRegressor(
        allowed_symbols=",".join(("add", "sub", "mul", "div", "constant", "variable", *evolution.functions)),
        objectives=["r2", "length"],
        optimizer_iterations=evolution.iterations,
        max_length=evolution.length,
        max_depth=evolution.depth,
        population_size=evolution.population,
        generations=evolution.generations,
        max_evaluations=10**9,
        max_time=_whole_seconds(),
        epsilon=0.0,
        n_threads=1,
        random_state=seed,
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        engine.fit(np.array(X), np.array(y))  # the engine refuses read-only arrays
    by_hash = dict(zip(engine.variables_, symbols, strict=True))
    found: dict[sympy.Expr, None] = {}
    for member in sorted(engine.pareto_front_, key=lambda member: (member["length"], member["mean_squared_error"])):
        expression = from_nodes(member["tree"].Nodes, by_hash)
        if expression is not None and expression.free_symbols:
            found[expression] = None
    return list(found)


def _whole_seconds(most: int = 86_400) -> int:
    """The seconds that a run may take: the engine counts whole ones, at least one."""
    return max(1, round(min(seconds_left(), most)))


def from_nodes(nodes: Iterable[Any], symbols: dict[int, sympy.Symbol]) -> sympy.Expr | None:
    """An Operon tree in postfix order as a sympy expression; None where it is not a real number anywhere.

    An operator's first operand stands right before it; a variable carries its own weight.
    """
    stack: list[sympy.Expr] = []
    for node in nodes:
        kind = node.Type.name
        if kind == "Constant":
            stack.append(_number(node.Value))
        elif kind == "Variable":
            stack.append(_number(node.Value) * symbols[node.HashValue])
        else:
            operands = [stack.pop() for _ in range(node.Arity)]
            stack.append(_OPERATORS[kind](*operands))
    expression = stack[-1]
    broken = expression.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I)
    return None if len(stack) != 1 or broken else expression


def _number(value: float) -> sympy.Expr:
    """A weight; exactly 1 is left out, and so is what single precision cannot tell from 0 or 1."""
    for whole in (0, 1, -1):
        if abs(value - whole) < 1e-6:
            return sympy.Integer(whole)
    return sympy.Float(float(value), SEARCH.digits)


def _minus(first: sympy.Expr, *rest: sympy.Expr) -> sympy.Expr:
    return first - sympy.Add(*rest) if rest else -first


def _over(first: sympy.Expr, *rest: sympy.Expr) -> sympy.Expr:
    return first / sympy.Mul(*rest) if rest else 1 / first


def _exponential(power: sympy.Expr) -> sympy.Expr:
    """exp with additive numbers taken out, so that no two constants do the same work."""
    number, rest = power.as_coeff_Add()
    return sympy.exp(number) * sympy.exp(rest)


def _logarithm(argument: sympy.Expr) -> sympy.Expr:
    """log with a positive factor taken out, for the same reason."""
    number, rest = argument.as_coeff_Mul()
    return sympy.log(number) + sympy.log(rest) if number.is_positive and rest != 1 else sympy.log(argument)


_OPERATORS: dict[str, Callable[..., sympy.Expr]] = {
    "Add": lambda *terms: sympy.Add(*terms),
    "Sub": _minus,
    "Mul": lambda *factors: sympy.Mul(*factors),
    "Div": _over,
    "Aq": lambda a, b: a / sympy.sqrt(1 + b**2),
    "Pow": lambda a, b: a**b,
    "Powabs": lambda a, b: sympy.Abs(a) ** b,
    "Abs": sympy.Abs,
    "Square": lambda a: a**2,
    "Sqrt": sympy.sqrt,
    "Sqrtabs": lambda a: sympy.sqrt(sympy.Abs(a)),
    "Cbrt": sympy.cbrt,
    "Exp": _exponential,
    "Log": _logarithm,
    "Logabs": lambda a: _logarithm(sympy.Abs(a)),
    "Log1p": lambda a: sympy.log(1 + a),
    "Sin": sympy.sin,
    "Cos": sympy.cos,
    "Tan": sympy.tan,
    "Asin": sympy.asin,
    "Acos": sympy.acos,
    "Atan": sympy.atan,
    "Sinh": sympy.sinh,
    "Cosh": sympy.cosh,
    "Tanh": sympy.tanh,
}
