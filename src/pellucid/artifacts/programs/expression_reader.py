"""Python expressions to expressions: the inverse of `python_text`.

Read are names that were set, integers, + - * // % & | ^, comparisons, and/or/not, conditional expressions, min, max,
abs, int, bool, and constant tuples with an index. Anything else raises `NotAFold`, which names the line.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce, singledispatch
from typing import NoReturn, TypeAlias

import numpy as np

from .expression import Expression, Lookup, Number, apply, conjunction

SPELLED: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.And: "and",
    ast.Or: "or",
}
"""The operators of Python that expressions have, by the class of their node. What is not here is refused."""


@dataclass(frozen=True)
class Table:
    """A constant table of integers, flat, and its shape."""

    entries: tuple[int, ...]
    shape: tuple[int, ...]


Value: TypeAlias = Expression | Table | tuple[Expression, ...]
Environment: TypeAlias = Mapping[str, Value]


class NotAFold(ValueError):
    """The text is Python, but no loop over the steps that can be read as a program."""


@singledispatch
def read_expression(node: ast.AST, environment: Environment) -> Value:
    """What a Python expression means where names have the values of `environment`. Raises `NotAFold`.

    >>> from .python_text import to_python
    >>> from .expression import Name
    >>> read = read_expression(ast.parse("1 if 0 < x < 3 else -x", mode="eval").body, {"x": Name("x")})
    >>> to_python(read)
    '1 if 0 < x and x < 3 else -x'
    """
    return refuse(node, ast.unparse(node))


@read_expression.register(ast.Constant)
def _(node: ast.Constant, environment: Environment) -> Value:
    return Number(int(node.value)) if isinstance(node.value, bool | int) else refuse(node, ast.unparse(node))


@read_expression.register(ast.Name)
def _(node: ast.Name, environment: Environment) -> Value:
    return known(node.id, environment, node)


@read_expression.register(ast.BinOp)
def _(node: ast.BinOp, environment: Environment) -> Value:
    operator = SPELLED.get(type(node.op)) or refuse(node, ast.unparse(node))
    left, right = _int(node.left, environment), _int(node.right, environment)
    if operator in ("+", "-", "*") and isinstance(left, Number) and isinstance(right, Number):
        a, b = left.value, right.value
        return Number(a + b if operator == "+" else a - b if operator == "-" else a * b)
    return apply(operator, left, right)


@read_expression.register(ast.UnaryOp)
def _(node: ast.UnaryOp, environment: Environment) -> Value:
    if isinstance(node.op, ast.Not):
        return apply("not", _bool(node.operand, environment))
    if not isinstance(node.op, ast.USub):
        refuse(node, ast.unparse(node))
    inner = _int(node.operand, environment)
    return Number(-inner.value) if isinstance(inner, Number) else apply("negate", inner)


@read_expression.register(ast.BoolOp)
def _(node: ast.BoolOp, environment: Environment) -> Value:
    terms = [read_expression(value, environment) for value in node.values]
    tests = [term for term in terms if isinstance(term, Expression) and term.sort == "bool"]
    if len(tests) < len(terms):
        refuse(node, f"{ast.unparse(node)} (and/or of numbers; compare them first)")
    return _joined(SPELLED[type(node.op)], tests)


@read_expression.register(ast.Compare)
def _(node: ast.Compare, environment: Environment) -> Value:
    operators = [SPELLED.get(type(op)) or refuse(node, ast.unparse(node)) for op in node.ops]
    ends = [_int(end, environment) for end in (node.left, *node.comparators)]
    return conjunction(*(apply(o, a, b) for o, a, b in zip(operators, ends, ends[1:], strict=False)))


@read_expression.register(ast.IfExp)
def _(node: ast.IfExp, environment: Environment) -> Value:
    condition = _bool(node.test, environment)
    return apply("if", condition, _int(node.body, environment), _int(node.orelse, environment))


@read_expression.register(ast.Call)
def _(node: ast.Call, environment: Environment) -> Value:
    """One of the few functions that every program may call, with as many arguments as it takes."""
    match node:
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=[_, _, *_], keywords=[]):
            return _joined(name, [_int(argument, environment) for argument in node.args])
        case ast.Call(func=ast.Name(id="abs"), args=[argument], keywords=[]):
            return apply("abs", _int(argument, environment))
        case ast.Call(func=ast.Name(id="int"), args=[argument], keywords=[]):
            return _int(argument, environment)
        case ast.Call(func=ast.Name(id="bool"), args=[argument], keywords=[]):
            return _bool(argument, environment)
    return refuse(node, ast.unparse(node))


@read_expression.register(ast.Subscript)
def _(node: ast.Subscript, environment: Environment) -> Value:
    indices: list[Expression] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Subscript):
        indices.insert(0, _int(inner.slice, environment))
        inner = inner.value
    try:
        table = constant_value(ast.literal_eval(inner))
    except ValueError:
        table = read_expression(inner, environment)
    if not isinstance(table, Table):
        return refuse(node, ast.unparse(node))
    return Lookup(table.entries, table.shape, tuple(indices))


def constant_value(value: object) -> Value:
    """A Python integer, truth value or (nested) tuple of them. Raises ValueError for anything else.

    >>> constant_value(((0, 1), (1, 0)))
    Table(entries=(0, 1, 1, 0), shape=(2, 2))
    """
    if isinstance(value, bool | int):
        return Number(int(value))
    array = np.asarray(value)
    if array.dtype.kind not in "iub" or array.size == 0:
        raise ValueError("no table of integers")
    return Table(tuple(int(v) for v in array.ravel()), tuple(array.shape))


def as_int(value: Value) -> Expression:
    """The value as an integer: truth values count 0 or 1. Raises `NotAFold` for a tuple.

    >>> from pellucid.artifacts.programs.expression import Name, apply
    >>> as_int(apply("<", Name("a"), Name("b"))).sort
    'int'
    """
    if not isinstance(value, Expression):
        raise NotAFold("a tuple where a number is needed; index it or unpack it")
    return apply("int", value) if value.sort == "bool" else value


def as_bool(value: Value) -> Expression:
    """The value as a truth value: numbers are true where they are not 0. Raises `NotAFold` for a tuple.

    >>> from pellucid.artifacts.programs.expression import Name
    >>> as_bool(Name("a")).sort
    'bool'
    """
    if not isinstance(value, Expression):
        raise NotAFold("a tuple where a truth value is needed; compare its elements")
    return value if value.sort == "bool" else apply("!=", value, 0)


def known(name: str, environment: Environment, node: ast.AST) -> Value:
    """The value of a name. Raises `NotAFold` where it has none yet."""
    if name not in environment:
        raise NotAFold(f"line {getattr(node, 'lineno', '?')}: {name} is read before it is set")
    return environment[name]


def refuse(node: ast.AST, text: str) -> NoReturn:
    """Raises `NotAFold` for what stands at `node`."""
    raise NotAFold(f"line {getattr(node, 'lineno', '?')}: cannot read {text!r} as part of a fold")


def _int(node: ast.expr, environment: Environment) -> Expression:
    return as_int(read_expression(node, environment))


def _bool(node: ast.expr, environment: Environment) -> Expression:
    return as_bool(read_expression(node, environment))


def _joined(operator: str, terms: list[Expression]) -> Expression:
    """((a o b) o c) ..."""
    return reduce(lambda left, right: apply(operator, left, right), terms)
