"""What the names of a Python module mean, as far as that can be seen without running it.

A constant is one only where nothing else binds its name: neither another statement of the module, nor `global` in a
function, nor an import of everything. What is not understood is never taken for something else.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from .expression_reader import Value, constant_value


def bindings(module: ast.Module) -> Counter[str]:
    """How often the module binds each name, at any place that runs with it; "*" where a name may be any.

    >>> sorted(bindings(ast.parse("K = 3\\ndef f(): x = 1\\nif K:\\n    import os.path as p")).items())
    [('K', 1), ('f', 1), ('p', 1)]
    """
    names = Counter(name for statement in module.body for name in _bound(statement))
    names.update(name for node in ast.walk(module) if isinstance(node, ast.Global) for name in node.names)
    return names


def constants(module: ast.Module) -> dict[str, Value]:
    """The integers and tables of integers that are bound once, at the top of the module, and never again."""
    times = bindings(module)
    found: dict[str, Value] = {}
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if times[name] == 1 and not times["*"]:
                try:
                    found[name] = constant_value(ast.literal_eval(value))
                except (ValueError, TypeError):
                    continue  # no integer or table of integers: of no use to a fold, so not read
    return found


def local_names(definition: ast.FunctionDef) -> set[str]:
    """The names that the function binds itself, which hide those of the module in all of it."""
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
