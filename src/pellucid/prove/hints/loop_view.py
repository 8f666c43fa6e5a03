"""What is known of one loop before anything is proved: its variables, their first values, what it changes, its goal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations, product

from ...subjects.dafny.dafny_program import DafnyProgram
from ...subjects.dafny.running.evaluation import Variables
from ...subjects.dafny.running.values import DafnyArray
from ...subjects.dafny.syntax import Loop, Node, Routine, conjuncts


@dataclass(frozen=True)
class Part:
    """An expression of the program as its words, so that one term can be put in the place of another."""

    words: tuple[str, ...]
    node: Node | None = None

    def __str__(self) -> str:
        return spaced(self.words)

    def replaced(self, old: tuple[str, ...], new: tuple[str, ...]) -> Part:
        """Each `old` as `new`; a name that is a field (after a dot) or a longer term's beginning is left alone."""
        return self._with(self._places(old), len(old), new)

    def variants(self, old: tuple[str, ...], new: tuple[str, ...]) -> list[Part]:
        """All places where `old` stands replaced, and each by itself; empty where there is none."""
        places = self._places(old)
        chosen = [places, *([place] for place in places if len(places) > 1)] if places else []
        return [self._with(each, len(old), new) for each in chosen]

    def _places(self, old: tuple[str, ...]) -> list[int]:
        found: list[int] = []
        for at in range(len(self.words) - len(old) + 1):
            after = self.words[at + len(old)] if at + len(old) < len(self.words) else ""
            whole = not (at and self.words[at - 1] == ".") and after not in (".", "(", "[")
            if whole and self.words[at : at + len(old)] == old and (not found or at >= found[-1] + len(old)):
                found.append(at)
        return found

    def _with(self, places: Sequence[int], length: int, new: tuple[str, ...]) -> Part:
        words = list(self.words)
        for at in reversed(places):
            words[at : at + length] = new
        return Part(tuple(words))


@dataclass(frozen=True)
class LoopView:
    """A loop in its method. Types are texts; a variable of unknown type has the type "".

    `states`: the variables at the loop's head in runs on small inputs; none where the method could not be run.
    """

    program: DafnyProgram
    routine: Routine
    loop: Loop
    states: Sequence[Variables] = ()

    def part(self, node: Node) -> Part:
        """The words of a node; a bound variable that is called like one of the method's gets a name of its own."""
        tokens = self.program.reading.tokens[node.first : node.last]
        bound = {b.word for q in node.walk() if q.kind in ("quantifier", "comprehension") for b in q.parts[:-1]}
        clash = bound & {name for name in self.types if name}
        words = [f"{token.text}_q" if token.text in clash else token.text for token in tokens]
        return Part(tuple(words), node)

    @cached_property
    def before(self) -> list[Node]:
        """The statements of the method that stand before the loop, at any depth."""
        body = self.routine.body
        return [] if body is None else [n for n in body.walk() if n.last <= self.loop.first]

    @cached_property
    def types(self) -> dict[str, str]:
        """Every variable in scope at the loop, with its type as written, or shown by its values or its first one."""
        found = dict((*self.routine.inputs, *self.routine.outputs))
        for node in self.before:
            if node.kind == "var":
                for variable in (p for p in node.parts if p.kind == "variable"):
                    found[variable.word] = variable.parts[0].word
        seen = self.states[0] if self.states else {}
        for name, value in self.first_values.items():
            if not found.get(name):
                found[name] = _type_shown(seen.get(name)) or self._type_of(value, found)
        return found

    def _type_of(self, value: Node, known: Mapping[str, str]) -> str:
        """The type that a first value shows; empty where it shows none."""
        if value.kind == "name":
            return known.get(value.word, "")
        if value.kind in ("binary", "unary", "chain") and value.word in ("+", "-", "*", "/", "%"):
            return self._type_of(value.parts[0], known) or "int"
        by_word = {("new", "[]"): "array", ("field", "Length"): "int"}
        by_word |= {("literal", "true"): "bool", ("literal", "false"): "bool"}
        by_kind = {"number": "int", "cardinality": "int", "sequence": "seq", "set": "set", "string": "string"}
        by_kind |= {"slice": "seq", "map": "map", "multiset": "multiset"}
        by_kind |= dict.fromkeys(("binary", "chain", "quantifier"), "bool")
        return by_word.get((value.kind, value.word), by_kind.get(value.kind, ""))

    @cached_property
    def first_values(self) -> dict[str, Node]:
        """The last value that each variable was given before the loop."""
        found: dict[str, Node] = {}
        for node in self.before:
            if node.kind in ("var", "assign"):
                count = int(node.word.rstrip(":=|-") or 0)
                targets, values = node.parts[:count], node.parts[count:]
                if len(targets) == len(values) and node.word.endswith(":="):
                    named = [t.word if t.kind in ("variable", "name") else "" for t in targets]
                    found |= {name: value for name, value in zip(named, values, strict=True) if name}
        return found

    @cached_property
    def changed(self) -> set[str]:
        """The variables that the loop assigns."""
        return _names(self._targets()) & set(self.types)

    @cached_property
    def written(self) -> set[str]:
        """The arrays in scope whose elements the loop writes, or that a method which it calls may write."""
        direct = _names(target.parts[0] for target in self._targets() if target.kind == "index")
        given = _names(part for node in self.loop.body.walk() if node.kind == "call" for part in node.parts[1:])
        modified = _names(self.routine.clauses_of("modifies"))
        return (direct | (given & modified)) & set(self.types)

    def _targets(self) -> Iterator[Node]:
        for node in self.loop.body.walk():
            if node.kind == "assign":
                yield from node.parts[: int(node.word.rstrip(":=|-") or 0)]

    def of_type(self, *kinds: str) -> list[str]:
        """The variables whose type starts with one of `kinds`."""
        return [name for name, kind in self.types.items() if kind.split("<")[0].rstrip("?") in kinds]

    @cached_property
    def integers(self) -> list[str]:
        """Whole numbers in scope."""
        return self.of_type("int", "nat")

    @cached_property
    def counters(self) -> list[str]:
        """Whole numbers that the loop changes."""
        return [name for name in self.integers if name in self.changed]

    @cached_property
    def lists(self) -> dict[str, str]:
        """Sequences and arrays in scope, each with the term for its length."""
        lengths = {name: f"|{name}|" for name in self.of_type("seq", "string")}
        return lengths | {name: f"{name}.Length" for name in self.arrays}

    @cached_property
    def arrays(self) -> list[str]:
        """Arrays in scope."""
        return self.of_type("array")

    @cached_property
    def around(self) -> list[Loop]:
        """The loops that this one stands in, from the inside out."""
        found = [x for x in self.program.loops if x.first < self.loop.first and self.loop.last <= x.last]
        return sorted(found, key=lambda loop: -loop.first)

    @cached_property
    def guards(self) -> list[Node]:
        """The parts of the conditions of this loop and of those around it that are joined by && or ||."""
        found = [loop.guard for loop in [self.loop, *self.around] if loop.guard is not None]
        return [part for guard in found for part in conjuncts(guard, ("&&", "||"))]

    @cached_property
    def wanted(self) -> list[Part]:
        """The postconditions, each also conjunct by conjunct."""
        found: dict[str, Part] = {}
        for clause in self.routine.clauses_of("ensures"):
            for node in [clause, *conjuncts(clause)]:
                part = self.part(node)
                found[str(part)] = part
        return list(found.values())

    @cached_property
    def limits(self) -> list[tuple[str, tuple[str, ...]]]:
        """(counter, term that it runs towards): from the conditions, the lengths and the numbers that are given."""
        pairs = [pair for guard in self.guards if compares(guard) for pair in permutations(guard.parts, 2)]
        found = [(name, self.part(term).words) for side, term in pairs for name in self._counters_in(side)]
        found += product(self.counters, self._given_terms())
        return [pair for pair in dict.fromkeys(found) if pair[1] != (pair[0],)]

    def _given_terms(self) -> list[tuple[str, ...]]:
        """The words of the lengths of what is in scope, and of the whole numbers that the method is given."""
        lengths = [tuple(tokens(length)) for length in self.lists.values()]
        return lengths + [(name,) for name, kind in self.routine.inputs if kind in ("int", "nat")]

    def _counters_in(self, node: Node) -> list[str]:
        """`i`, and the counter of `i + 1` or `i - 1`."""
        if node.kind == "binary" and node.word in ("+", "-") and node.parts[1].kind == "number":
            node = node.parts[0]
        return [node.word] if node.kind == "name" and node.word in self.counters else []


def _type_shown(value: object) -> str:
    """The type that a value in a run shows; empty for none, and where its elements would have to be known."""
    return {int: "int", bool: "bool", tuple: "seq", DafnyArray: "array", frozenset: "set"}.get(type(value), "")


def _names(nodes: Iterable[Node]) -> set[str]:
    """Those of the nodes that are names."""
    return {node.word for node in nodes if node.kind == "name"}


def compares(guard: Node) -> bool:
    """Whether a condition is a comparison, or a chain of them, of which side runs towards which."""
    return guard.kind in ("binary", "chain") and set(guard.word.split()) <= {"<", "<=", ">", ">=", "!="}


def spaced(words: Sequence[str]) -> str:
    """Words as a person would space them.

    >>> spaced("forall k :: 0 <= k < a . Length ==> a [ k ] > f ( x )".split())
    'forall k :: 0 <= k < a.Length ==> a[k] > f(x)'
    """
    text = " ".join(_bars_told_apart(words))
    text = re.sub(r" ?\. ?(?=[A-Za-z_])", ".", text)
    text = re.sub(r" ?\.\. ?", "..", text)
    text = re.sub(r"(?<=[\w\])]) (?=[\[(])", "", text)
    text = re.sub(r"(?<=[\[(!\u27e6]) | (?=[\]),;\u27e7])", "", text)
    text = re.sub(r"\b(in|if|then|else|forall|exists)([(\[])", r"\1 \2", text)
    return text.replace("\u27e6", "|").replace("\u27e7", "|")


def _bars_told_apart(words: Sequence[str]) -> Iterator[str]:
    """The bars of |s| as brackets of two kinds: one that follows a value closes."""
    before = ""
    for word in words:
        closes = bool(re.match(r"[\w\])'\"\u27e7}]", before[-1:]))
        before = word if word != "|" else "\u27e7" if closes else "\u27e6"
        yield before


def tokens(text: str) -> list[str]:
    """The words of a piece of Dafny.

    >>> tokens("a.Length - 1")
    ['a', '.', 'Length', '-', '1']
    """
    from ...subjects.dafny.tokens import tokens_of

    return [token.text for token in tokens_of(text)[:-1]]
