"""The form of a law as a user writes it: which of its names are columns, which constants, which unknown functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import sympy

from ....algebra.expressions.jumps import JUMPS
from ....algebra.expressions.text import FUNCTIONS, parse, symbols_of
from ..expression.parametrised import Parametrised


@dataclass(frozen=True)
class Unknown:
    """An unknown function of one argument: `symbol` stands for its value in the form.

    >>> read_form("a + f(x/z)", ("x", "z")).unknowns[0].argument
    x/z
    """

    name: str
    symbol: sympy.Symbol
    argument: sympy.Expr


@dataclass(frozen=True)
class GivenText:
    """A form: its `expression` over columns, the `constants` to be fitted, and the unknown functions in it."""

    expression: sympy.Expr
    constants: tuple[sympy.Symbol, ...]
    unknowns: tuple[Unknown, ...] = ()

    def parametrised(self) -> Parametrised:
        """The form with its constants at 1, for fits."""
        free = set(self.constants)
        exponents = set[sympy.Basic]().union(*(power.exp.free_symbols for power in self.expression.atoms(sympy.Pow)))
        count = len(self.constants)
        return Parametrised(
            self.expression,
            self.constants,
            np.ones(count),
            tuple(symbol in exponents & free for symbol in self.constants),
            (-np.inf,) * count,
            (0.0,) * count,
        )


def read_form(text: str, columns: Iterable[str], target: str = "y") -> GivenText:
    """The form that `text` writes: names that are no columns are constants, calls of no known function are unknown.

    "y = " may stand before it, and ^ for a power; a[species] is a constant for each word of a column. Raises
    ValueError for what is no form over the columns.

    >>> form = read_form("y = a*exp(-b*t)*cos(c*t + d)", ("t",))
    >>> form.constants, form.unknowns
    ((a, b, c, d), ())
    """
    columns = tuple(columns)
    body = _right_side(text, target)
    tree = _parsed(body)
    reader = _Unknowns(columns)
    known = ast.unparse(reader.visit(tree))
    names = _names(tree)
    if target in names and target not in columns:
        raise ValueError(f"form {text!r} holds the target {target!r} itself; write it over {', '.join(columns)}")
    constants = tuple(name for name in names if not _is_known(name, columns) and name not in reader.arguments)
    expression = parse(known, (*columns, *constants, *reader.arguments))
    unknowns = tuple(_unknown(symbol, call, columns) for symbol, call in reader.arguments.items())
    form = GivenText(expression, tuple(symbols_of(constants).values()), unknowns)
    _refuse_unfit(form, text, columns)
    if not constants and not unknowns:
        raise ValueError(f"form {text!r} holds no constant to be fitted; write one, as in a*({body})")
    return form


def _right_side(text: str, target: str) -> str:
    """What stands behind "y = ", with ** for powers."""
    left, equals, right = text.partition("=")
    if equals and left.strip() != target:
        raise ValueError(f"form {text!r} is of {left.strip()!r}; the target is {target!r}: name it, or leave it out")
    return (right if equals else left).replace("^", "**").strip()


def _refuse_unfit(form: GivenText, text: str, columns: tuple[str, ...]) -> None:
    """Raises ValueError where no column is in a form, or a constant of its text is not, or could not be fitted."""
    free = form.expression.free_symbols
    inside = free.union(*(each.argument.free_symbols for each in form.unknowns))
    if not inside & set(symbols_of(columns).values()):
        raise ValueError(f"form {text!r} holds no column of the table; its columns are {', '.join(columns)}")
    gone = [symbol.name for symbol in form.constants if symbol not in free]
    if gone:
        raise ValueError(f"constant {gone[0]!r} drops out of the form {text!r}; leave it out")
    within = set().union(*(jump.free_symbols for jump in form.expression.atoms(*JUMPS)))
    jumping = [symbol.name for symbol in form.constants if symbol in within]
    if jumping:
        raise ValueError(
            f"constant {jumping[0]!r} of the form {text!r} stands inside a function that jumps, where no slope leads "
            "to its value; write a number there, or give no form: thresholds are looked for without one"
        )


def _parsed(body: str) -> ast.Expression:
    try:
        return ast.parse(body, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"form {body[:80]!r} is not understood ({error.msg}); write it as in Python") from None


class _Unknowns(ast.NodeTransformer):
    """Puts a name in place of each call of an unknown function; equal calls get the same."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.arguments: dict[str, ast.Call] = {}

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A known function is looked into; an unknown one becomes a name."""
        if not isinstance(node.func, ast.Name) or node.func.id in FUNCTIONS:
            return self.generic_visit(node)
        if node.func.id in self.columns:
            raise ValueError(f"{ast.unparse(node)} calls the column {node.func.id!r}; write * for a product")
        same = [name for name, call in self.arguments.items() if ast.unparse(call) == ast.unparse(node)]
        name = same[0] if same else f"{node.func.id}_of_{len(self.arguments)}"
        self.arguments[name] = node
        return ast.Name(name, ast.Load())

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """a[species] is a constant for each word of the column species: a for the first, a_b for the word b."""
        if not (isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Name)):
            return self.generic_visit(node)
        name, words = node.value.id, f"{node.slice.id}_"
        own = [column for column in self.columns if column.startswith(words)]
        if not own:
            raise ValueError(f"{ast.unparse(node)}: no column of words is called {node.slice.id!r}; name one that is")
        others = " + ".join(f"{name}_{column.removeprefix(words)}*{column}" for column in own)
        return ast.parse(f"({name}*(1 - {' - '.join(own)}) + {others})", mode="eval").body


def _unknown(name: str, call: ast.Call, columns: tuple[str, ...]) -> Unknown:
    text = ast.unparse(call)
    if len(call.args) != 1 or call.keywords:
        raise ValueError(f"unknown function {text} has {len(call.args)} arguments; give one, such as f(x) or f(x/z)")
    argument = parse(ast.unparse(call.args[0]), columns)
    return Unknown(text, sympy.Symbol(name, real=True), argument)


def _names(tree: ast.AST) -> list[str]:
    """The names in the order in which they stand, without those that are called."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    found.sort(key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))
    return list(dict.fromkeys(node.id for node in found))


def _is_known(name: str, columns: tuple[str, ...]) -> bool:
    """Columns, and pi; E is an energy more often than a number here, so that exp(1) has to be written for that."""
    return name in columns or name == "pi"
