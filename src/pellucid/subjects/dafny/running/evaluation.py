"""Values of Dafny's expressions: each is turned into a function of the variables once, and asked as often as needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..dafny_program import FUNCTIONS, DafnyProgram
from ..expressions import ExpressionReader
from ..syntax import Node, Routine, conjuncts
from ..tokens import tokens_of
from .literals import characters, literal, number
from .values import (
    DafnyArray,
    NotRun,
    Steps,
    Undefined,
    apart,
    at,
    at_most,
    below,
    divided,
    is_in,
    joined,
    length,
    met,
    part,
    remainder,
    without,
)

Variables = dict[str, Any]
Value = Callable[[Variables], Any]


class Evaluator:
    """Expressions of one program. Values raise NotRun, Undefined or OutOfSteps; `steps` is what calls may cost.

    >>> evaluator = Evaluator(DafnyProgram("function Double(n: int): int { 2 * n }"))
    >>> evaluator.of_text("forall k :: 0 <= k < |s| ==> s[k] == Double(k)")({"s": (0, 2, 4)})
    True
    """

    def __init__(self, program: DafnyProgram, *, most_steps: int = 20_000) -> None:
        self.functions = {r.name: r for r in program.routines if r.kind in FUNCTIONS}
        self.most_steps = most_steps
        self.steps = Steps(most_steps)
        self._bodies: dict[tuple[str, bool], Value] = {}

    def of_text(self, text: str) -> Value:
        """The value of an expression that stands in no file. Raises UnreadableDafny, NotRun."""
        return self.value(parsed(text))

    def value(self, node: Node, old: bool = False) -> Value:
        """The function that computes a node; with `old` in the state at the entry of the method."""
        reader = self._readers.get(node.kind)
        if reader is None:
            raise NotRun(node.kind)
        return reader(node, old)

    @cached_property
    def _readers(self) -> Mapping[str, Callable[[Node, bool], Value]]:
        own = ("name", "binary", "chain", "unary", "call", "index", "slice", "update", "field", "let", "quantifier")
        same = {name: getattr(self, f"_{name}") for name in (*own, "comprehension")}
        same |= {"if": self._if, "old": lambda node, _: self.value(node.parts[0], True), "multiset": self._multiset}
        same |= {"sequence": lambda node, old: self._gathered(node, old, tuple)}
        same |= {"set": lambda node, old: self._gathered(node, old, frozenset)}
        same |= {"map": self._map, "cardinality": lambda node, old: _after(length, self.value(node.parts[0], old))}
        constants: Mapping[str, Callable[[Node], Any]] = {
            "number": lambda node: number(node.word),
            "char": lambda node: characters(node.word)[0],
            "string": lambda node: characters(node.word),
            "literal": lambda node: literal(node.word),
        }
        return same | {kind: _constant(read) for kind, read in constants.items()}

    def _name(self, node: Node, old: bool) -> Value:
        name = node.word

        def value(variables: Variables) -> Any:
            if name not in variables:
                raise Undefined(f"{name} is not in scope")
            return variables[name]

        return value

    def _binary(self, node: Node, old: bool) -> Value:
        left, right = (self.value(side, old) for side in node.parts)
        lazy: dict[str, Value] = {
            "&&": lambda v: left(v) and right(v),
            "||": lambda v: left(v) or right(v),
            "==>": lambda v: not left(v) or right(v),
            "<==": lambda v: left(v) or not right(v),
        }
        if node.word in lazy:
            return lazy[node.word]
        operator = _operator(node.word)
        return lambda v: operator(left(v), right(v))

    def _chain(self, node: Node, old: bool) -> Value:
        sides = [self.value(side, old) for side in node.parts]
        operators = [_operator(word) for word in node.word.split()]

        def value(v: Variables) -> bool:
            left = sides[0](v)
            for operator, side in zip(operators, sides[1:], strict=True):
                right = side(v)
                if not operator(left, right):
                    return False
                left = right
            return True

        return value

    def _unary(self, node: Node, old: bool) -> Value:
        inner = self.value(node.parts[0], old)
        kind = node.parts[1].word if len(node.parts) > 1 else ""
        done: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("!", ""): lambda x: not x,
            ("-", ""): lambda x: -x,
            ("as", "int"): lambda x: ord(x) if isinstance(x, str) else int(x),
            ("as", "nat"): lambda x: int(x),
            ("as", "real"): Fraction,
            ("as", "char"): lambda x: x if isinstance(x, str) else chr(x),
        }
        if (node.word, kind) not in done:
            raise NotRun(f"{node.word} {kind}")
        return _after(done[node.word, kind], inner)

    def _if(self, node: Node, old: bool) -> Value:
        condition, yes, no = (self.value(each, old) for each in node.parts)
        return lambda v: yes(v) if condition(v) else no(v)

    def _call(self, node: Node, old: bool) -> Value:
        function = self.functions.get(node.parts[0].word) if node.parts[0].kind == "name" else None
        if function is None or not isinstance(function.body, Node):
            raise NotRun("a call of what has no body")
        given = [self.value(each, old) for each in node.parts[1:]]
        names = [name for name, _ in function.inputs]
        if len(given) != len(names):
            raise NotRun(f"the arguments of {function.name}")

        def value(v: Variables) -> Any:
            self.steps.spend()
            inside = dict(zip(names, (each(v) for each in given), strict=True))
            return self._body(function, old)(inside)

        return value

    def _body(self, function: Routine, old: bool) -> Value:
        """A function's body behind its preconditions; made once."""
        if (function.name, old) not in self._bodies:
            conditions = [self.value(each, old) for each in function.clauses_of("requires")]
            naturals = [name for name, kind in function.inputs if kind == "nat"]
            body = self.value(function.body, old) if function.body is not None else _unmade

            def value(v: Variables) -> Any:
                if any(v[name] < 0 for name in naturals) or not all(holds(v) for holds in conditions):
                    raise Undefined(f"a precondition of {function.name}")
                return body(v)

            self._bodies[function.name, old] = value
        return self._bodies[function.name, old]

    def _index(self, node: Node, old: bool) -> Value:
        if len(node.parts) != 2:
            raise NotRun("arrays of several dimensions")
        whole, index = self._elements(node.parts[0], old), self.value(node.parts[1], old)
        return lambda v: at(whole(v), index(v))

    def _elements(self, node: Node, old: bool) -> Value:
        """A sequence, or the elements of an array in the state that is asked for."""
        inner = self.value(node, old)

        def value(v: Variables) -> Any:
            found = inner(v)
            if isinstance(found, DafnyArray):
                return found.entry if old else found.items
            return found

        return value

    def _slice(self, node: Node, old: bool) -> Value:
        whole = self._elements(node.parts[0], old)
        low, high = (_nothing if p.kind == "none" else self.value(p, old) for p in node.parts[1:])
        return lambda v: part(tuple(whole(v)), low(v), high(v))

    def _update(self, node: Node, old: bool) -> Value:
        whole, index, new = (self.value(each, old) for each in node.parts)

        def value(v: Variables) -> Any:
            before, place, item = whole(v), index(v), new(v)
            if isinstance(before, dict):
                return type(before)({**before, place: item})
            at(before, place)
            return (*before[:place], item, *before[place + 1 :])

        return value

    def _field(self, node: Node, old: bool) -> Value:
        known: dict[str, Callable[[Any], Any]] = {
            "Length": lambda x: len(x.items),
            "Keys": lambda x: frozenset(x),
            "Values": lambda x: frozenset(x.values()),
            "Floor": lambda x: x.__floor__(),
        }
        if node.word not in known:
            raise NotRun(f".{node.word}")
        return _after(known[node.word], self.value(node.parts[0], old))

    def _gathered(self, node: Node, old: bool, kind: Callable[[Iterator[Any]], Any]) -> Value:
        items = [self.value(each, old) for each in node.parts]
        return lambda v: kind(each(v) for each in items)

    def _multiset(self, node: Node, old: bool) -> Value:
        if node.word == "{":
            return self._gathered(node, old, Counter)
        return _after(Counter, self._elements(node.parts[0], old))

    def _map(self, node: Node, old: bool) -> Value:
        items = [self.value(each, old) for each in node.parts]
        return lambda v: {key(v): item(v) for key, item in zip(items[::2], items[1::2], strict=True)}

    def _let(self, node: Node, old: bool) -> Value:
        *given, body = node.parts
        if node.word == "assert":
            return self.value(body, old)
        names = node.word.split()
        if len(names) != len(given):
            raise NotRun("a pattern")
        values, inside = [self.value(each, old) for each in given], self.value(body, old)
        return lambda v: inside({**v, **dict(zip(names, (each(v) for each in values), strict=True))})

    def _quantifier(self, node: Node, old: bool) -> Value:
        *bound, span, body = node.parts
        every = node.word == "forall"
        said = [] if span.kind == "none" else conjuncts(span)
        inner = body
        while every and inner.kind == "binary" and inner.word == "==>":
            said += conjuncts(inner.parts[0])
            inner = inner.parts[1]
        if not every:
            said += conjuncts(body)
        holds = self.value(body, old)
        inside = None if span.kind == "none" else self.value(span, old)
        choices = self.choices(bound, said, old)
        decided = all if every else any

        def value(v: Variables) -> bool:
            return decided(holds(each) for each in choices(dict(v)) if inside is None or inside(each))

        return value

    def _comprehension(self, node: Node, old: bool) -> Value:
        bound = [p for p in node.parts if p.parts and p.parts[0].kind == "type"]
        rest = node.parts[len(bound) :]
        if not rest or len(rest) > (2 if node.word == "set" else 3) or node.word not in ("set", "map"):
            raise NotRun(node.word)
        inside, choices = self.value(rest[0], old), self.choices(bound, conjuncts(rest[0]), old)
        if node.word == "set":
            item = self.value(rest[1] if len(rest) > 1 else bound[0], old)
            return lambda v: frozenset(item(each) for each in choices(dict(v)) if inside(each))
        key = self.value(rest[1] if len(rest) > 2 else bound[0], old)
        item = self.value(rest[len(rest) - 1], old)
        return lambda v: {key(each): item(each) for each in choices(dict(v)) if inside(each)}

    def choices(
        self, bound: Sequence[Node], said: Sequence[Node], old: bool = False
    ) -> Callable[[Variables], Iterator[Variables]]:
        """All values of the bound variables that what is said of them allows; one dictionary, changed on the way."""
        names = [each.word for each in bound]
        ranges = [self._range(each, said, set(names[k:]), old) for k, each in enumerate(bound)]

        def chosen(v: Variables, k: int) -> Iterator[Variables]:
            if k == len(names):
                self.steps.spend()
                yield v
                return
            for item in ranges[k](v):
                v[names[k]] = item
                yield from chosen(v, k + 1)

        return lambda v: chosen(v, 0)

    def _range(self, bound: Node, said: Sequence[Node], unknown: set[str], old: bool) -> Value:
        """The values of one bound variable: between its bounds, or the elements of what it is in."""
        name, kind = bound.word, bound.parts[0].word if bound.parts else ""
        lows: list[Value] = []
        highs: list[Value] = []
        for each in said:
            if each.kind != "binary":
                continue
            left, right = each.parts
            if left.kind == "name" and left.word == name and not right.names() & unknown:
                if each.word == "in":
                    return self._elements(right, old)
                _add_bound(each.word, self.value(right, old), lows, highs)
            elif right.kind == "name" and right.word == name and not left.names() & unknown:
                _add_bound(_turned(each.word), self.value(left, old), lows, highs)
        if kind == "bool":
            return lambda v: (False, True)
        if kind not in ("", "int", "nat"):
            raise NotRun(f"all values of {kind}")
        least = 0 if kind == "nat" else -3
        return lambda v: range(
            max((low(v) for low in lows), default=least), min((high(v) for high in highs), default=8) + 1
        )


def parsed(text: str) -> Node:
    """An expression that stands in no file, read. Raises UnreadableDafny."""
    return ExpressionReader(text, tokens_of(text)).expression()


def _add_bound(operator: str, value: Value, lows: list[Value], highs: list[Value]) -> None:
    """What `name operator value` says of the least and the greatest value."""
    shifts = {">=": (lows, 0), ">": (lows, 1), "<=": (highs, 0), "<": (highs, -1)}
    if operator == "==":
        lows.append(value)
        highs.append(value)
    elif operator in shifts:
        ends, shift = shifts[operator]
        ends.append(lambda v: value(v) + shift)


def _turned(operator: str) -> str:
    return {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator if operator == "==" else "")


def _operator(word: str) -> Callable[[Any, Any], Any]:
    known: dict[str, Callable[[Any, Any], Any]] = {
        "<==>": lambda x, y: x == y,
        "==": _same,
        "!=": lambda x, y: not _same(x, y),
        "<": below,
        "<=": at_most,
        ">": lambda x, y: below(y, x),
        ">=": lambda x, y: at_most(y, x),
        "in": is_in,
        "!in": lambda x, y: not is_in(x, y),
        "!!": apart,
        "+": joined,
        "-": without,
        "*": met,
        "/": divided,
        "%": remainder,
    }
    if word not in known:
        raise NotRun(word)
    return known[word]


def _same(left: Any, right: Any) -> bool:
    """Equality; of arrays, whether they are one."""
    return left is right if isinstance(left, DafnyArray) else left == right


def _constant(read: Callable[[Node], Any]) -> Callable[[Node, bool], Value]:
    def reader(node: Node, old: bool) -> Value:
        found = read(node)
        return lambda v: found

    return reader


def _after(function: Callable[[Any], Any], inner: Value) -> Value:
    return lambda v: function(inner(v))


def _nothing(variables: Variables) -> None:
    return None


def _unmade(variables: Variables) -> Any:
    raise NotRun("a body that is not made yet")
