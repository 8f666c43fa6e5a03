"""Dafny's expressions and statements as trees; a node knows which words of the text it covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """One construct: its kind, its word (an operator, a name, a number), its parts, and its words [first, last).

    Expressions: name, number, string, char, literal (true, false, null, this), unary, binary, chain (a <= b < c),
    if, quantifier, comprehension, call, index, slice, update, field, cardinality, sequence, set, map, multiset, old,
    new, let, other. Statements: var, assign, call, if, while, for, return, break, assert, block, other.
    """

    kind: str
    word: str
    parts: tuple[Node, ...]
    first: int
    last: int

    def walk(self) -> Iterator[Node]:
        """This node and all below it, from the outside in."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def names(self) -> set[str]:
        """The names that it reads, bound ones included."""
        return {node.word for node in self.walk() if node.kind == "name"}


@dataclass(frozen=True)
class Clause:
    """`requires`, `ensures`, `invariant`, `decreases`, `modifies`, `reads`: its word and its expressions.

    `first` and `last` are its words in the text, the leading word included.
    """

    word: str
    parts: tuple[Node, ...]
    first: int
    last: int


@dataclass(frozen=True)
class Loop:
    """A `while` or `for`: guard, clauses, body; `place` is the character behind which more clauses may be written."""

    guard: Node | None
    clauses: tuple[Clause, ...]
    body: Node
    place: int
    first: int
    last: int


@dataclass(frozen=True)
class Routine:
    """A method, lemma, function or predicate: its parameters, results, clauses and body.

    `inputs` and `outputs` are (name, type) pairs; the body is a block of statements, an expression, or None.
    """

    kind: str
    name: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    clauses: tuple[Clause, ...]
    body: Node | None
    first: int
    last: int
    body_first: int
    body_last: int

    def clauses_of(self, word: str) -> list[Node]:
        """The expressions of all clauses with this word."""
        return [part for clause in self.clauses if clause.word == word for part in clause.parts]


def conjuncts(node: Node, operators: tuple[str, ...] = ("&&",)) -> list[Node]:
    """The parts that are joined by `operators`, at the top; a <= b < c is a <= b and b < c."""
    if node.kind == "binary" and node.word in operators:
        return [part for side in node.parts for part in conjuncts(side, operators)]
    if node.kind == "chain":
        links = zip(node.word.split(), node.parts, node.parts[1:], strict=False)
        return [Node("binary", word, (left, right), left.first, right.last) for word, left, right in links]
    return [node]
