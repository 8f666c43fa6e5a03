"""Expressions as text: a parser over Python's own syntax tree (nothing is ever evaluated), and the way back."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

FUNCTIONS: dict[str, Callable[..., sympy.Expr]] = {
    "exp": sympy.exp, "log": sympy.log, "ln": sympy.log, "sqrt": sympy.sqrt, "Abs": sympy.Abs, "abs": sympy.Abs,
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "asin": sympy.asin, "acos": sympy.acos, "atan": sympy.atan,
    "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan, "sinh": sympy.sinh, "cosh": sympy.cosh,
    "tanh": sympy.tanh, "asinh": sympy.asinh, "acosh": sympy.acosh, "atanh": sympy.atanh, "arctanh": sympy.atanh,
    "erf": sympy.erf, "sign": sympy.sign, "Min": sympy.Min, "Max": sympy.Max, "atan2": sympy.atan2,
}  # fmt: skip
"""What a formula may call. Names of features win over these."""
CONSTANTS = {"pi": sympy.pi, "E": sympy.E}
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def symbols_of(names: Iterable[str]) -> dict[str, sympy.Symbol]:
    """The real symbol of each feature; the same name always gives the same symbol.

    >>> symbols_of(["x", "y"])
    {'x': x, 'y': y}
    """
    return {name: sympy.Symbol(name, real=True) for name in names}


def parse(text: str, names: Iterable[str], longest: int = 20_000) -> sympy.Expr:
    """The expression that `text` writes over the features `names`. Raises ValueError for anything else.

    Text of more than `longest` characters is refused: no formula is so long, and sympy takes minutes over it.

    >>> parse("exp(-theta**2/2)/sqrt(2*pi)", ["theta"])
    sqrt(2)*exp(-theta**2/2)/(2*sqrt(pi))
    """
    known = symbols_of(names)
    if len(text) > longest:
        raise ValueError(f"formula of {len(text):,} characters is too long; give at most {longest:,}")
    try:
        tree = ast.parse(text.strip(), mode="eval")
        return sympy.sympify(_built(tree.body, known, text))
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"formula {text[:80]!r} is not understood ({error}); write it as in Python") from None


def to_text(expression: Any, names: Iterable[str] = ()) -> str:
    """The expression as text that `parse` reads back to the same expression; floats keep every digit.

    `names` are the features, where there are others than the expression's own symbols: one may be called E or pi.

    >>> to_text(sympy.E * sympy.Symbol("E") + sympy.pi)
    'exp(1)*E + pi'
    """
    return _Printer({symbol.name for symbol in sympy.sympify(expression).free_symbols} | set(names)).doprint(expression)


class _Printer(StrPrinter):
    """sympy's own text, but a float is read back exactly, and a constant is none of the names that are `taken`."""

    def __init__(self, taken: set[str]) -> None:
        super().__init__()
        self._taken = taken

    def _print_Float(self, expr: sympy.Float) -> str:
        return repr(float(expr))

    def _print_Exp1(self, expr: sympy.Expr) -> str:
        return "exp(1)" if "E" in self._taken else "E"

    def _print_Pi(self, expr: sympy.Expr) -> str:
        return "acos(-1)" if "pi" in self._taken else "pi"


def _built(node: ast.AST, known: dict[str, sympy.Symbol], text: str) -> Any:
    """What a node of the syntax tree means. Raises ValueError for what is no arithmetic."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return sympy.Integer(node.value) if isinstance(node.value, int) else sympy.Float(repr(node.value), 17)
    if isinstance(node, ast.Name):
        return _named(node.id, known)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _built(node.operand, known, text)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _BINARY[type(node.op)](_built(node.left, known, text), _built(node.right, known, text))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _called(node.func.id, node.args, known, text)
    raise ValueError(
        f"formula {text[:80]!r} holds {type(node).__name__}, which is no arithmetic; write it as in Python"
    )


def _named(name: str, known: dict[str, sympy.Symbol]) -> Any:
    """A feature, or else a constant."""
    if name in known:
        return known[name]
    if name in CONSTANTS:
        return CONSTANTS[name]
    raise ValueError(f"formula names {name!r}, which is no feature; the features are {list(known)}")


def _called(name: str, arguments: list[ast.expr], known: dict[str, sympy.Symbol], text: str) -> Any:
    """A function of its arguments."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise ValueError(f"formula calls {name!r}; known functions are {', '.join(sorted(FUNCTIONS))}")
    try:
        return function(*(_built(argument, known, text) for argument in arguments))
    except TypeError as error:
        raise ValueError(f"formula {text[:80]!r}: {error}") from None
