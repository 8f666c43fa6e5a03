"""Reading a Python file whole: functions of a known kind with their contracts, or a refusal that names the line."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from .contracts import Clause, clauses_in
from .kinds import LISTS, NotTranslated, kind_of, results_of

BUILTINS = ("len", "range", "abs", "min", "max", "sum", "all", "any", "list", "enumerate", "sorted", "old", "result")
_GROWING = ("append", "pop")
_IMPORTS = {"__future__": {"annotations"}, "typing": {"List", "Tuple"}}


@dataclass(frozen=True)
class Function:
    """A function: its parameters and results with their types, what it says of itself, and its statements."""

    name: str
    definition: ast.FunctionDef
    inputs: Mapping[str, str]
    results: tuple[str, ...]
    body: tuple[ast.stmt, ...]
    clauses: tuple[Clause, ...]
    inside: Mapping[int, tuple[Clause, ...]] = field(default_factory=dict)
    """Invariants and measures of loops, by the line of the loop."""
    by_calls: frozenset[str] = frozenset()
    """Parameters whose elements functions set that it calls."""

    def said(self, word: str) -> list[Clause]:
        """Its clauses of one kind."""
        return [clause for clause in self.clauses if clause.word == word]

    @property
    def written(self) -> set[str]:
        """The lists whose elements it sets, itself or by calls."""
        return {name for name, how in changes(self.body) if how == "element"} | self.by_calls

    @property
    def in_place(self) -> set[str]:
        """Its parameters that are lists, all of which the caller may see changing, where it sets elements of one."""
        given = {name for name, kind in self.inputs.items() if kind in LISTS}
        return given if given & self.written else set()

    @property
    def is_expression(self) -> bool:
        """Whether it only chooses between results."""
        return not self.in_place and len(self.results) == 1 and _only_returns(self.body)


def read_functions(source: str) -> list[Function]:
    """All functions of a text, in order. Raises NotTranslated, a ValueError, where anything else stands in it."""
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise NotTranslated(0, f"it is not Python ({error}); correct the file") from None
    clauses = clauses_in(source)
    lines = source.splitlines()
    functions = [_function(node, clauses, lines) for node in module.body if _is_function(node)]
    if not functions:
        raise NotTranslated(0, "it holds no function; define one, with '# requires:' and '# ensures:' below its name")
    _refuse_other_names(functions)
    functions = _with_calls(functions)
    used = {id(c) for f in functions for c in (*f.clauses, *(c for inner in f.inside.values() for c in inner))}
    for clause in clauses:
        if id(clause) not in used:
            where = "directly below 'def'" if clause.word in ("requires", "ensures") else "directly below its loop"
            raise NotTranslated(clause.line, f"'# {clause.word}:' stands at no function or loop; write it {where}")
    return functions


def _with_calls(functions: list[Function]) -> list[Function]:
    """The functions, each with what the others change for it."""
    while True:
        written = {f.name: [name in f.written for name in f.inputs] for f in functions}
        after = [replace(f, by_calls=frozenset(_given_away(f, written))) for f in functions]
        if after == functions:
            return functions
        functions = after


def _given_away(function: Function, written: Mapping[str, list[bool]]) -> Iterator[str]:
    """Its parameters that it gives to functions which set their elements."""
    for node in (inner for statement in function.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in written:
            for argument, changed in zip(node.args, written[node.func.id], strict=False):
                if changed and isinstance(argument, ast.Name) and argument.id in function.inputs:
                    yield argument.id


def changes(statements: tuple[ast.stmt, ...] | list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """The names that statements change and how: "name" (it is set), "element", "growing"."""
    for node in (inner for statement in statements for inner in ast.walk(statement)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
            targets = [node.target]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROWING:
            yield ast.unparse(node.func.value), "growing"
        for target in (part for t in targets for part in (t.elts if isinstance(t, ast.Tuple) else [t])):
            if isinstance(target, ast.Name):
                yield target.id, "name"
            elif isinstance(target, ast.Subscript):
                yield ast.unparse(target.value), "element"


def _is_function(node: ast.stmt) -> bool:
    """Whether it is a function; refuses what may change what a function means."""
    if isinstance(node, ast.FunctionDef):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return False
    if isinstance(node, ast.ImportFrom) and not node.level:
        known = _IMPORTS.get(node.module or "", set())
        if all(alias.name in known and alias.asname is None for alias in node.names):
            return False
    if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'" and not node.orelse:
        return False  # not run where the functions are imported
    raise NotTranslated(node, f"{ast.unparse(node).splitlines()[0]!r} is no function; keep only functions in the file")


def _function(node: ast.stmt, clauses: list[Clause], lines: list[str]) -> Function:
    assert isinstance(node, ast.FunctionDef)
    _refuse_other_arguments(node)
    body = node.body[ast.get_docstring(node, clean=False) is not None :]
    first = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
    own = _between(clauses, _first_comment(node, lines), first, ("requires", "ensures", "decreases"))
    inputs = {argument.arg: kind_of(argument.annotation, argument) for argument in node.args.args}
    loops = [inner for inner in ast.walk(node) if isinstance(inner, ast.While | ast.For)]
    inside = {
        loop.lineno: _between(clauses, loop.lineno, loop.body[0].lineno, ("invariant", "decreases")) for loop in loops
    }
    return Function(node.name, node, inputs, results_of(node), tuple(body), own, inside)


def _refuse_other_arguments(node: ast.FunctionDef) -> None:
    """Raises NotTranslated for decorators, and for all but plain arguments."""
    given = node.args
    extra = given.vararg or given.kwarg or given.kwonlyargs or given.defaults or given.posonlyargs
    if node.decorator_list or extra or getattr(node, "type_params", None):
        raise NotTranslated(node, f"{node.name} is decorated or takes more than plain arguments; leave that out")


def _first_comment(node: ast.FunctionDef, lines: list[str]) -> int:
    """The line of the first of the comments that stand directly above a function; its own where there is none."""
    above = node.lineno
    while above > 1 and lines[above - 2].lstrip().startswith("#") and not lines[above - 2].startswith(" "):
        above -= 1
    return above


def _between(clauses: list[Clause], first: int, end: int, words: tuple[str, ...]) -> tuple[Clause, ...]:
    """The clauses with one of these words from line `first` up to `end`."""
    return tuple(clause for clause in clauses if first <= clause.line < end and clause.word in words)


def _refuse_other_names(functions: list[Function]) -> None:
    """Refuses names that would mean two things: functions defined twice, variables called like functions."""
    names = Counter(function.name for function in functions)
    for function in functions:
        bound = {name for name, how in changes(function.body) if how == "name"} | set(function.inputs)
        bound |= {n.arg for n in ast.walk(function.definition) if isinstance(n, ast.arg)}
        bound |= {
            n.id for n in ast.walk(function.definition) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        both = bound & (set(names) | set(BUILTINS) - {"result", "old"})
        if names[function.name] > 1 or function.name in BUILTINS or both:
            name = next(iter(sorted(both)), function.name)
            raise NotTranslated(function.definition, f"{name!r} would mean two things; rename it")


def _only_returns(body: tuple[ast.stmt, ...] | list[ast.stmt]) -> bool:
    if not body:
        return False
    first, *rest = body
    if isinstance(first, ast.Return):
        return first.value is not None and not rest
    if not isinstance(first, ast.If) or not _only_returns(first.body):
        return False
    if first.orelse:
        return not rest and _only_returns(first.orelse)
    return _only_returns(rest)
