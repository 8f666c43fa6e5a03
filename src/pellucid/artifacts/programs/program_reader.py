"""Python text to programs: the inverse of `program_text`, and the door for specifications that people write.

What is read is a *fold*: a function of one argument (the steps) that sets integers, then loops over the steps once,
yielding one output (or tuple of outputs) a step:

    def running_sum(steps):
        total = 0
        for x in steps:
            total += x
            yield total

In the loop: assignments, if/elif/else, conditional expressions, + - * // % & | ^, comparisons, and/or/not, min, max,
abs, int, bool, and constant tuples with an index. Anything else raises `NotAFold`, which names the line.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

import numpy as np

from .expression import Expression, Lookup, Name, Number, Operation, apply, conjunction, substitute
from .program import Input, Program, Register

_BINARY = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
}
_COMPARE = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_YIELD = " yield"


@dataclass(frozen=True)
class Table:
    """A constant table of integers, flat, and its shape."""

    entries: tuple[int, ...]
    shape: tuple[int, ...]


Value: TypeAlias = Expression | Table | tuple[Expression, ...]


class NotAFold(ValueError):
    """The text is Python, but no loop over the steps that can be read as a program."""


def read_program(
    source: str,
    inputs: Sequence[Input] | Sequence[tuple[int, int]],
    *,
    function: str | None = None,
    description: str = "",
) -> Program:
    """The program that the generator function in `source` (the one called `function`, or the last) spells out.

    `inputs` says, for each variable of the loop, which integers it ranges over. Raises `NotAFold` (a ValueError) where
    the text is not a fold, SyntaxError where it is not Python.
    """
    module = ast.parse(source)
    constants: dict[str, Value] = {}
    definition: ast.FunctionDef | None = None
    for node in module.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            try:
                constants[node.targets[0].id] = _constant(ast.literal_eval(node.value))
            except (ValueError, TypeError):
                continue  # no integer or table of integers: of no use to a fold, so not read
        if isinstance(node, ast.FunctionDef) and function in (None, node.name):
            definition = node
    if definition is None:
        raise NotAFold(f"no function {function or ''} in the text; define one that loops over its steps and yields")
    return _read_function(definition, constants, inputs, description)


def _read_function(
    definition: ast.FunctionDef,
    constants: dict[str, Value],
    inputs: Sequence[Input] | Sequence[tuple[int, int]],
    description: str,
) -> Program:
    if len(definition.args.args) != 1:
        raise NotAFold(
            f"line {definition.lineno}: {definition.name} takes {len(definition.args.args)} arguments, not 1"
        )
    body = list(definition.body)
    documentation = ast.get_docstring(definition)
    if documentation is not None:
        body = body[1:]
    *setup, loop = body
    if not isinstance(loop, ast.For) or loop.orelse or not _is_name(loop.iter, definition.args.args[0].arg):
        raise NotAFold(f"line {loop.lineno}: the function must end in one loop over its steps")
    start: dict[str, Value] = dict(constants)
    for statement in setup:
        _execute(statement, start)
    loop_names = _target_names(loop.target)
    if len(loop_names) != len(inputs):
        raise NotAFold(
            f"line {loop.lineno}: the loop reads {len(loop_names)} inputs a step, the sequences have {len(inputs)}"
        )
    changed = _assigned(loop.body)
    kept = [name for name in start if name in changed and name not in constants]
    initial = {name: _integer(start[name], name) for name in kept}
    environment: dict[str, Value] = {n: v for n, v in start.items() if n not in initial}
    environment |= {name: Name(name) for name in kept} | {name: Name(name) for name in loop_names}
    for statement in loop.body:
        _execute(statement, environment)
    if _YIELD not in environment:
        raise NotAFold(f"line {loop.lineno}: the loop yields nothing; yield one output a step")
    outputs = environment[_YIELD]
    registers = tuple(Register(name, initial[name], _as_int(environment[name])) for name in kept)
    return Program(
        tuple(_input(name, given) for name, given in zip(loop_names, inputs, strict=True)),
        registers,
        tuple(_as_int(o) for o in (outputs if isinstance(outputs, tuple) else (outputs,))),
        definition.name,
        description or (documentation or "").split("\n")[0],
    )


def _execute(statement: ast.stmt, environment: dict[str, Value]) -> None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            environment[name] = _read(value, environment)
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            read = [_read(value, environment) for value in values]
            if len(targets) != len(read):
                raise NotAFold(f"line {statement.lineno}: {len(targets)} names but {len(read)} values")
            environment.update(zip((_one_name(target) for target in targets), read, strict=True))
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            operator = _BINARY.get(type(op)) or _refuse(statement, f"{ast.unparse(statement)}")
            left = _as_int(_known(name, environment, statement))
            environment[name] = apply(operator, left, _as_int(_read(value, environment)))
        case ast.Expr(value=ast.Yield(value=value)) if value is not None:
            if _YIELD in environment:
                raise NotAFold(f"line {statement.lineno}: a second yield in one step; yield once")
            read_value = _read_tuple(value, environment)
            environment[_YIELD] = read_value
        case ast.If(test=test, body=then, orelse=otherwise):
            _branch(_as_bool(_read(test, environment)), then, otherwise, environment)
        case ast.Pass():
            pass
        case _:
            _refuse(statement, ast.unparse(statement).split("\n")[0])


def _branch(
    condition: Expression, then: list[ast.stmt], otherwise: list[ast.stmt], environment: dict[str, Value]
) -> None:
    left, right = dict(environment), dict(environment)
    for statement in then:
        _execute(statement, left)
    for statement in otherwise:
        _execute(statement, right)
    for name in {**left, **right}:
        if name not in left or name not in right:
            environment.pop(name, None)  # set on one path only: unknown after it
            if name == _YIELD:
                raise NotAFold("a step that yields only under a condition; yield on every path")
        elif left[name] == right[name]:
            environment[name] = left[name]
        else:
            environment[name] = _choose(condition, left[name], right[name])


def _choose(condition: Expression, then: Value, otherwise: Value) -> Value:
    if isinstance(then, tuple) and isinstance(otherwise, tuple):
        return tuple(_choose_one(condition, a, b) for a, b in zip(then, otherwise, strict=True))
    return _choose_one(condition, then, otherwise)


def _choose_one(condition: Expression, then: Value, otherwise: Value) -> Expression:
    return apply("if", condition, _as_int(then), _as_int(otherwise))


def _read_tuple(node: ast.expr, environment: Mapping[str, Value]) -> Value:
    if isinstance(node, ast.Tuple):
        return tuple(_as_int(_read(element, environment)) for element in node.elts)
    return _read(node, environment)


def _read(node: ast.expr, environment: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=bool() | int() as value):
            return Number(int(value))
        case ast.Name(id=name):
            return _known(name, environment, node)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _fold_constants(_BINARY[type(op)], _int(left, environment), _int(right, environment))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _int(operand, environment)
            return Number(-inner.value) if isinstance(inner, Number) else apply("negate", inner)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return apply("not", _bool(operand, environment))
        case ast.BoolOp(op=op, values=values):
            terms = [_read(value, environment) for value in values]
            if any(not isinstance(t, Expression) or t.sort != "bool" for t in terms):
                _refuse(node, f"{ast.unparse(node)} (and/or of numbers; compare them first)")
            result = _as_bool(terms[0])
            for term in terms[1:]:
                result = apply("and" if isinstance(op, ast.And) else "or", result, _as_bool(term))
            return result
        case ast.Compare(left=left, ops=ops, comparators=comparators) if all(type(op) in _COMPARE for op in ops):
            ends = [_int(left, environment), *(_int(c, environment) for c in comparators)]
            pairs = zip(ops, ends, ends[1:], strict=False)
            return conjunction(*(apply(_COMPARE[type(op)], a, b) for op, a, b in pairs))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            condition = _bool(test, environment)
            return apply("if", condition, _int(body, environment), _int(orelse, environment))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if arguments:
            return _call(name, arguments, node, environment)
        case ast.Subscript():
            return _subscript(node, environment)
        case _:
            return _refuse(node, ast.unparse(node))


def _call(name: str, arguments: list[ast.expr], node: ast.expr, environment: Mapping[str, Value]) -> Expression:
    if name in ("min", "max") and len(arguments) > 1:
        values = [_int(argument, environment) for argument in arguments]
        result = values[0]
        for value in values[1:]:
            result = apply(name, result, value)
        return result
    if name == "abs" and len(arguments) == 1:
        return apply("abs", _int(arguments[0], environment))
    if name == "int" and len(arguments) == 1:
        return _int(arguments[0], environment)
    if name == "bool" and len(arguments) == 1:
        return _bool(arguments[0], environment)
    return _refuse(node, ast.unparse(node))


def _subscript(node: ast.Subscript, environment: Mapping[str, Value]) -> Expression:
    indices: list[Expression] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Subscript):
        indices.insert(0, _int(inner.slice, environment))
        inner = inner.value
    try:
        table = _constant(ast.literal_eval(inner))
    except ValueError:
        table = _read(inner, environment)
    if not isinstance(table, Table):
        return _refuse(node, ast.unparse(node))
    return Lookup(table.entries, table.shape, tuple(indices))


def _constant(value: object) -> Value:
    if isinstance(value, bool | int):
        return Number(int(value))
    array = np.asarray(value)
    if array.dtype.kind not in "iub" or array.size == 0:
        raise ValueError("no table of integers")
    return Table(tuple(int(v) for v in array.ravel()), tuple(array.shape))


def _fold_constants(operator: str, left: Expression, right: Expression) -> Expression:
    if isinstance(left, Number) and isinstance(right, Number) and operator in "+-*":
        return Number(
            {"+": left.value + right.value, "-": left.value - right.value, "*": left.value * right.value}[operator]
        )
    return apply(operator, left, right)


def _int(node: ast.expr, environment: Mapping[str, Value]) -> Expression:
    return _as_int(_read(node, environment))


def _bool(node: ast.expr, environment: Mapping[str, Value]) -> Expression:
    return _as_bool(_read(node, environment))


def _as_int(value: Value) -> Expression:
    if not isinstance(value, Expression):
        raise NotAFold("a tuple where a number is needed; index it or unpack it")
    return apply("int", value) if value.sort == "bool" else value


def _as_bool(value: Value) -> Expression:
    if not isinstance(value, Expression):
        raise NotAFold("a tuple where a truth value is needed; compare its elements")
    return value if value.sort == "bool" else apply("!=", value, 0)


def _integer(value: Value, name: str) -> int:
    value = substitute(_as_int(value), {})
    if isinstance(value, Operation) and value.operator == "negate" and isinstance(value.operands[0], Number):
        return -value.operands[0].value
    if not isinstance(value, Number):
        raise NotAFold(f"{name} must start as a constant integer")
    return value.value


def _known(name: str, environment: Mapping[str, Value], node: ast.AST) -> Value:
    if name not in environment:
        raise NotAFold(f"line {getattr(node, 'lineno', '?')}: {name} is read before it is set")
    return environment[name]


def _input(name: str, given: Input | tuple[int, int]) -> Input:
    return Input(name, given.low, given.high, given.symbols) if isinstance(given, Input) else Input(name, *given)


def _assigned(statements: list[ast.stmt]) -> set[str]:
    nodes = [node for statement in statements for node in ast.walk(statement)]
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _target_names(target: ast.expr) -> list[str]:
    return [_one_name(e) for e in target.elts] if isinstance(target, ast.Tuple) else [_one_name(target)]


def _one_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else _refuse(node, ast.unparse(node))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _refuse(node: ast.AST, text: str) -> NoReturn:
    raise NotAFold(f"line {getattr(node, 'lineno', '?')}: cannot read {text!r} as part of a fold")
