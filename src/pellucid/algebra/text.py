"""Expressions as text: a parser over Python's own syntax tree (nothing is ever evaluated), and the way back."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
    ast.Pow: lambda a, b: _power(a, b),
}


@dataclass(frozen=True)
class Limits:
    """What a text may ask for: far more than any formula holds, far less than what keeps a machine busy."""

    bits: int = 14_000
    """Of a number that a power makes: 10**(10**9) has three thousand million of them, and sympy writes them all out.
    Python itself prints no whole number of more."""
    root_bits: int = 512
    """Of a number under a root: sympy looks for its factors."""
    exponent: float = 1e4
    """The largest constant in exp, sinh or cosh: e**10000 can still be compared with other numbers, a tower cannot."""
    depth: int = 150
    """Functions, signs and powers within each other: at a few hundred Python's own stack ends, or sympy's patience."""
    constant_depth: int = 10
    """The same for what holds no feature: sympy computes its sign, with more digits for every function within."""
    compared: int = 30
    """Arguments of Min and Max: every pair of them is compared."""


LIMITS = Limits()


def symbols_of(names: Iterable[str]) -> dict[str, sympy.Symbol]:
    """The real symbol of each feature; the same name always gives the same symbol.

    >>> symbols_of(["x", "y"])
    {'x': x, 'y': y}
    """
    return {name: sympy.Symbol(name, real=True) for name in names}


def parse(text: str, names: Iterable[str], longest: int = 20_000) -> sympy.Expr:
    """The expression that `text` writes over the features `names`. Raises ValueError for anything else.

    Text of more than `longest` characters is refused: no formula is so long, and sympy takes minutes over it. So are
    numbers and towers that no machine holds (`Limits`).

    >>> parse("exp(-theta**2/2)/sqrt(2*pi)", ["theta"])
    sqrt(2)*exp(-theta**2/2)/(2*sqrt(pi))
    """
    known = symbols_of(names)
    if len(text) > longest:
        raise ValueError(f"formula of {len(text):,} characters is too long; give at most {longest:,}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of Python, about text that is refused here anyway
            tree = ast.parse(text.strip(), mode="eval")
        _refuse_deep(tree.body, text)
        return sympy.sympify(_built(tree.body, known, text))
    except (SyntaxError, RecursionError, MemoryError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"formula {text[:80]!r} is not understood ({reason}); write it as in Python") from None


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


def _refuse_deep(root: ast.AST, text: str) -> None:
    """Raises ValueError for what is nested too deep; a sum or product of many terms is not."""
    level = [root]
    for _ in range(LIMITS.depth):
        inside: list[ast.AST] = []
        while level:
            node = level.pop()
            children = list(ast.iter_child_nodes(node))
            same = isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Pow)
            level += children if same else []
            inside += [] if same else children
        if not inside:
            return
        level = inside
    raise ValueError(f"formula {text[:80]!r} is nested more than {LIMITS.depth} deep; write it flatter")


def _power(base: Any, exponent: Any) -> Any:
    """base**exponent. Raises ValueError for a number that would be longer than `Limits.bits`."""
    if not exponent.free_symbols and not exponent.is_zero:
        numbers = base.atoms(sympy.Rational)
        length = max((max(abs(int(n.p)), int(n.q)).bit_length() for n in numbers), default=1)
        most = LIMITS.bits if exponent.is_integer else LIMITS.root_bits
        if not max(_size(exponent), 1.0) * length <= most:
            shown = f"({str(base)[:30]})**({str(exponent)[:30]})"
            raise ValueError(f"formula holds {shown}, a number too large to write out; use a float like 1e9")
    return base**exponent


def _bounded(name: str, arguments: list[Any]) -> Any:
    """The function of this name, of arguments that it can take. Raises ValueError."""
    function = FUNCTIONS[name]
    for argument in arguments:
        if argument.free_symbols:
            continue
        if name in ("exp", "sinh", "cosh") and not _size(argument) <= LIMITS.exponent:
            raise ValueError(f"formula holds {name}({str(argument)[:30]}), too large for any number")
        if _height(argument) > LIMITS.constant_depth:
            raise ValueError(
                f"formula holds {name}({str(argument)[:30]}...), a constant nested too deep; give its value"
            )
    if name == "sqrt" and len(arguments) == 1:
        return _power(arguments[0], sympy.Rational(1, 2))
    if name in ("Min", "Max") and sum(_pieces(each) for each in arguments) > LIMITS.compared:
        raise ValueError(f"formula compares more than {LIMITS.compared} things in one {name}; give fewer")
    return function(*arguments)


def _height(expression: Any) -> int:
    return 1 + max((_height(each) for each in expression.args), default=-1)


def _pieces(expression: Any) -> int:
    """How many things a Min or Max compares, those within each other counted."""
    return sum(map(_pieces, expression.args)) if isinstance(expression, sympy.Min | sympy.Max) else 1


def _size(constant: Any) -> float:
    """The magnitude of a constant, infinity where it is none that can be computed."""
    try:
        return float(abs(complex(constant)))
    except (TypeError, ValueError, OverflowError):
        return float("inf")


def _named(name: str, known: dict[str, sympy.Symbol]) -> Any:
    """A feature, or else a constant."""
    if name in known:
        return known[name]
    if name in CONSTANTS:
        return CONSTANTS[name]
    raise ValueError(f"formula names {name!r}, which is no feature; the features are {list(known)}")


def _called(name: str, arguments: list[ast.expr], known: dict[str, sympy.Symbol], text: str) -> Any:
    """A function of its arguments."""
    if name not in FUNCTIONS:
        raise ValueError(f"formula calls {name!r}; known functions are {', '.join(sorted(FUNCTIONS))}")
    try:
        return _bounded(name, [_built(argument, known, text) for argument in arguments])
    except TypeError as error:
        raise ValueError(f"formula {text[:80]!r}: {error}") from None
