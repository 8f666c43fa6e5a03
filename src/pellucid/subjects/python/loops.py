"""Loops of Python over ranges and lists as loops with a counter."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .expressions import Term, Variable, dafny_name
from .kinds import INT, LISTS, NotTranslated
from .module import changes

if TYPE_CHECKING:
    from .statements import Writer


@dataclass(frozen=True)
class Range:
    """A `for` loop: its condition, the names known at its head and inside, what is done first and last in a pass."""

    condition: str
    at_head: Mapping[str, Variable]
    inside: Mapping[str, Variable]
    first: tuple[str, ...]
    step: str


def removed_by(statements: Sequence[ast.stmt]) -> set[str]:
    """Variables of `for` loops: behind their loop they are not to be relied upon."""
    found = set()
    for node in (inner for statement in statements for inner in ast.walk(statement)):
        if isinstance(node, ast.For):
            found |= {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
    return found


def stays(body: Sequence[ast.stmt]) -> bool:
    """Whether a `break` leads out of this very loop."""
    for node in body:
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, ast.If) and (stays(node.body) or stays(node.orelse)):
            return True
    return False


def range_of(node: ast.For, writer: Writer) -> Range:
    """Writes what stands before a `for` loop, and tells the rest. Raises NotTranslated."""
    if node.orelse:
        raise NotTranslated(node, "a loop with else is not understood here")
    called = node.iter.func.id if isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Name) else ""
    targets = {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
    if targets & {name for name, _ in changes(node.body)}:
        raise NotTranslated(node, f"the loop sets its own variable {min(targets)!r}; use another name")
    if called == "range":
        return _counted(node, writer)
    if called == "enumerate":
        return _listed(node, writer, numbered=True)
    return _listed(node, writer, numbered=False)


def _counted(node: ast.For, writer: Writer) -> Range:
    """for i in range(low, high, step)"""
    assert isinstance(node.iter, ast.Call)
    if not isinstance(node.target, ast.Name) or node.iter.keywords or not 1 <= len(node.iter.args) <= 3:
        raise NotTranslated(node, f"{ast.unparse(node.iter)!r} is not understood here")
    *ends, step = (*node.iter.args, ast.Constant(1)) if len(node.iter.args) < 3 else node.iter.args
    by = _step(step)
    low = writer.reader.of_kind(ends[0], INT) if len(ends) == 2 else Term("0", INT)
    high = writer.reader.of_kind(ends[-1], INT)
    stop = high.within(5)
    if not _keeps(ends[-1], node.body) or node.target.id in {
        n.id for n in ast.walk(ends[-1]) if isinstance(n, ast.Name)
    }:
        writer.calls += 1
        stop = f"stop_{writer.calls}_"
        writer.write(f"var {stop} := {high.text};")
    writer.store(node, [node.target], [low])
    counter = writer.declared[node.target.id]
    relation, sign = ("<", "+") if by > 0 else (">", "-")
    inside = {node.target.id: counter}
    return Range(f"{counter.text} {relation} {stop}", inside, inside, (), _moved(counter.text, sign, abs(by)))


def _listed(node: ast.For, writer: Writer, *, numbered: bool) -> Range:
    """for x in xs, for i, x in enumerate(xs)"""
    given, target = node.iter, node.target
    counter = ""
    if numbered:
        assert isinstance(given, ast.Call)
        names = [n.id for n in target.elts if isinstance(n, ast.Name)] if isinstance(target, ast.Tuple) else []
        if len(given.args) != 1 or given.keywords or len(set(names)) != 2 or len(getattr(target, "elts", ())) != 2:
            raise NotTranslated(node, "write it as: for i, x in enumerate(xs)")
        assert isinstance(target, ast.Tuple)
        given, (number, target) = given.args[0], target.elts
        writer.store(node, [number], [Term("0", INT)])
        counter = names[0]
    if not isinstance(given, ast.Name) or not isinstance(target, ast.Name):
        raise NotTranslated(
            node, f"{ast.unparse(node.iter)!r}: loop over a range, a list by its name, or its enumerate"
        )
    text, kind = writer.reader.listed(given)
    if given.id in {name for name, _ in changes(node.body)} | {target.id}:
        raise NotTranslated(node, f"the loop changes {given.id!r}, which it goes through; loop over a range")
    name = writer.declared[counter].text if counter else f"{dafny_name(target.id)}_at_"
    at_head = {counter: writer.declared[counter]} if counter else {}
    if not counter and name not in writer.declared:
        writer.declared[name] = Variable(name, INT)
        writer.waiting.append(f"  var {name}: int;")
    if not counter:
        writer.write(f"{name} := 0;")
    item = writer.declare(node, target.id, LISTS[kind])
    inside = {**at_head, target.id: item}
    condition = f"{name} < {writer.reader.length(given)}"
    return Range(condition, at_head, inside, (f"{item.text} := {text}[{name}];",), _moved(name, "+", 1))


def _moved(counter: str, sign: str, by: int) -> str:
    return f"{counter} := {counter} {sign} {by};"


def _step(node: ast.expr) -> int:
    """The step of a range, which has to be a number."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        value = 0
    if type(value) is not int or not value:
        raise NotTranslated(node, f"step {ast.unparse(node)!r} of a range has to be a number other than 0")
    return value


def _keeps(end: ast.expr, body: Sequence[ast.stmt]) -> bool:
    """Whether an expression has the same value after each pass: it is arithmetic of numbers and lengths that stay.

    What reads elements is never taken to stay, since a call may change them.
    """
    changed = {name for name, how in changes(list(body)) if how != "element"}
    for node in ast.walk(end):
        if isinstance(node, ast.Call) and ast.unparse(node.func) not in ("len", "min", "max", "abs"):
            return False
        if isinstance(node, ast.Name) and node.id in changed:
            return False
        if not isinstance(node, _ARITHMETIC):
            return False
    return True


_ARITHMETIC = (ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.Call, ast.operator, ast.unaryop, ast.expr_context)
