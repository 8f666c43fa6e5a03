"""The types that are known of Python's values, as they are annotated, and how Dafny writes them."""

from __future__ import annotations

import ast

INT, BOOL = "int", "bool"
LISTS = {"list[int]": "int", "list[bool]": "bool", "list[list[int]]": "list[int]"}


class NotTranslated(ValueError):
    """A Python text that is refused: it says which line, what stands there, and what to write instead."""

    def __init__(self, node: ast.AST | int, reason: str) -> None:
        line = node if isinstance(node, int) else getattr(node, "lineno", 0)
        super().__init__(f"line {line}: {reason}" if line else reason)


def kind_of(node: ast.expr | None, at: ast.AST) -> str:
    """The type that an annotation names. Raises NotTranslated.

    >>> kind_of(ast.parse("List[int]", mode="eval").body, ast.Module([], []))
    'list[int]'
    """
    if node is None:
        raise NotTranslated(at, "a parameter or result has no type; annotate it as int, bool or list[int]")
    text = ast.unparse(node).replace("List[", "list[").replace("typing.", "")
    if text in (INT, BOOL, *LISTS):
        return text
    raise NotTranslated(at, f"type {text!r} is not known here; known are int, bool, {', '.join(LISTS)}")


def results_of(definition: ast.FunctionDef) -> tuple[str, ...]:
    """The types of what a function returns: none for None, several for a tuple. Raises NotTranslated."""
    node = definition.returns
    if node is None:
        raise NotTranslated(definition, f"{definition.name} has no annotated result; write '-> int', or '-> None'")
    if isinstance(node, ast.Constant) and node.value is None:
        return ()
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).lower() == "tuple":
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return tuple(kind_of(part, definition) for part in parts)
    return (kind_of(node, definition),)


def in_dafny(kind: str) -> str:
    """The type as Dafny writes it; lists are values.

    >>> in_dafny("list[list[int]]")
    'seq<seq<int>>'
    """
    return kind.replace("list[", "seq<").replace("]", ">")
