"""What the names of a Python module mean, as far as that can be seen without running it.

A module is read whole or refused: beside the function that is read it may hold docstrings, imports from the standard
library, constants, other functions, and what runs only as a script. None of these calls anything, so that nothing can
change what a name means behind the reader's back; whatever else stands there (`M += 1`, `T[0] = 9`, `if`, `exec(...)`,
a class, a decorator) is refused.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from functools import singledispatch

from .expression import Number
from .expression_reader import NotAFold, Value, constant_value, read_expression, refuse


def bindings(module: ast.Module) -> Counter[str]:
    """How often the module binds each name, at any place that runs with it; "*" where a name may be any.

    >>> sorted(bindings(ast.parse("K = 3\\ndef f(): x = 1\\nif K:\\n    import os.path as p")).items())
    [('K', 1), ('f', 1), ('p', 1)]
    """
    names = Counter(name for statement in module.body for name in _bound(statement))
    names.update(name for node in ast.walk(module) if isinstance(node, ast.Global) for name in node.names)
    return names


def constants(module: ast.Module) -> dict[str, Value]:
    """The integers and tables of integers at the top of the module. Raises `NotAFold` where it holds anything else.

    >>> constants(ast.parse("WIDTH = 4\\nLAST = WIDTH - 1"))
    {'WIDTH': Number(value=4), 'LAST': Number(value=3)}
    """
    inert = ("__all__", "__author__", "__doc__", "__license__", "__version__")  # which Python does not ask for
    for name, times in bindings(module).items():
        if name == "*" or times > 1:
            raise NotAFold(f"{name} may be bound more than once; bind each name of the module once")
        if name.startswith("__") and name not in inert:
            raise NotAFold(f"{name} has a meaning of its own in Python; call it otherwise")
    found: dict[str, Value] = {}
    for statement in module.body:
        _read(statement, found)
    return found


@singledispatch
def _read(statement: ast.stmt, found: dict[str, Value]) -> None:
    """Adds to `found` what a statement of the module defines; refuses what is none of the statements below."""
    refuse(statement, ast.unparse(statement).split("\n")[0])


@_read.register(ast.Pass)
def _(statement: ast.Pass, found: dict[str, Value]) -> None:
    return


@_read.register(ast.Expr)
def _(statement: ast.Expr, found: dict[str, Value]) -> None:
    """A docstring, or another constant that does nothing."""
    if not isinstance(statement.value, ast.Constant):
        refuse(statement, ast.unparse(statement).split("\n")[0])


@_read.register(ast.Import)
def _(statement: ast.Import, found: dict[str, Value]) -> None:
    """The standard library alone: another module could change anything while it is imported."""
    for alias in statement.names:
        _refuse_foreign(alias.name, statement)


@_read.register(ast.ImportFrom)
def _(statement: ast.ImportFrom, found: dict[str, Value]) -> None:
    _refuse_foreign("." * statement.level + (statement.module or ""), statement)


@_read.register(ast.Assign)
def _(statement: ast.Assign, found: dict[str, Value]) -> None:
    match statement.targets:
        case [ast.Name(id=name)]:
            _define(name, statement.value, found)
        case _:
            refuse(statement, ast.unparse(statement).split("\n")[0])


@_read.register(ast.AnnAssign)
def _(statement: ast.AnnAssign, found: dict[str, Value]) -> None:
    if not isinstance(statement.target, ast.Name) or statement.value is None or not _is_inert(statement.annotation):
        refuse(statement, ast.unparse(statement).split("\n")[0])
    _define(statement.target.id, statement.value, found)


@_read.register(ast.FunctionDef)
def _(statement: ast.FunctionDef, found: dict[str, Value]) -> None:
    """A function: what runs when it is defined is its first line alone."""
    arguments = statement.args
    given = (*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None))
    annotations = [node.annotation for node in ast.walk(arguments) if isinstance(node, ast.arg)]
    said = [*given, *(a for a in (*annotations, statement.returns) if a is not None)]
    if statement.decorator_list or getattr(statement, "type_params", ()) or not all(map(_is_inert, said)):
        refuse(statement, f"def {statement.name} (a decorator, a default value or an annotation that is computed)")


@_read.register(ast.If)
def _(statement: ast.If, found: dict[str, Value]) -> None:
    """What runs only as a script, and so never where the function is called from elsewhere."""
    as_script = ast.parse("__name__ == '__main__'", mode="eval").body
    if ast.dump(statement.test) != ast.dump(as_script) or statement.orelse:
        refuse(statement, ast.unparse(statement).split("\n")[0])


def _refuse_foreign(module: str, statement: ast.stmt) -> None:
    if module.split(".")[0] not in sys.stdlib_module_names:
        refuse(statement, ast.unparse(statement))


def _define(name: str, value: ast.expr, found: dict[str, Value]) -> None:
    """A constant: a literal, or arithmetic of those above it."""
    try:
        literal = ast.literal_eval(value)
    except (ValueError, TypeError):
        read = read_expression(value, found)
        if not isinstance(read, Number):
            refuse(value, ast.unparse(value))
        found[name] = read
        return
    try:
        found[name] = constant_value(literal)
    except ValueError:
        return  # a text, a fraction: of no use to a fold, so not read


def _is_inert(node: ast.expr) -> bool:
    """Whether nothing is called and no name is bound where this is computed: names, literals, X.y, X[Y], X | Y."""
    kinds = (ast.Name, ast.Attribute, ast.Constant, ast.Tuple, ast.List, ast.Subscript, ast.BinOp, ast.UnaryOp)
    plain = (ast.expr_context, ast.BitOr, ast.USub)
    return all(isinstance(inner, (*kinds, *plain)) for inner in ast.walk(node))


def local_names(definition: ast.FunctionDef) -> set[str]:
    """The names that the function binds itself, which hide those of the module in all of it.

    >>> definition = ast.parse("def f(a):\\n    b = a\\n    return b").body[0]
    >>> sorted(local_names(definition))
    ['a', 'b']
    """
    arguments = {argument.arg for argument in ast.walk(definition.args) if isinstance(argument, ast.arg)}
    return arguments | {name for statement in definition.body for name in _bound(statement)}


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds or deletes where it stands; not those inside of functions and classes."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name.split(".")[0] for alias in aliases)
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)
