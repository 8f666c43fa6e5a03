"""Running a method of a Dafny program, with the state at every loop's head told on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from ..dafny_program import METHODS, DafnyProgram
from ..syntax import Node, Routine, conjuncts
from .evaluation import Evaluator, Value, Variables
from .inputs import any_value
from .values import DafnyArray, NotRun, Steps, Undefined, at

Step = Callable[["Frame"], None]


class Returned(Exception):
    """A `return`."""


class Broken(Exception):
    """A `break` out of the innermost loop."""


@dataclass
class Frame:
    """The variables of one call; `heads` gets (number of the loop, variables) at each test of a loop's condition."""

    variables: Variables
    heads: list[tuple[int, Variables]] | None = None

    def tell(self, loop: int) -> None:
        """Notes the state at the head of a loop; arrays as they are now."""
        if self.heads is not None:
            self.heads.append((loop, copied(self.variables)))


def copied(variables: Variables) -> Variables:
    """The variables, with arrays of their own; what was one array stays one."""
    arrays = {id(x): x.copied() for x in variables.values() if isinstance(x, DafnyArray)}
    return {name: arrays.get(id(x), x) for name, x in variables.items()}


class Runner:
    """Runs methods. Whatever is left open (`*`, new arrays) is drawn at random."""

    def __init__(self, program: DafnyProgram, random: Random, *, most_steps: int = 4_000) -> None:
        self.program, self.random, self.most_steps = program, random, most_steps
        self.evaluator = Evaluator(program)
        self.methods = {r.name: r for r in program.routines if r.kind in METHODS}
        self.steps = Steps(most_steps)
        self._made: dict[str, Step] = {}

    def run(self, routine: Routine, variables: Variables) -> list[tuple[int, Variables]]:
        """The states at the heads of the loops. `variables` are those at the end afterwards, results included.

        Raises NotRun, Undefined, OutOfSteps, RecursionError.
        """
        self.steps = self.evaluator.steps = Steps(self.most_steps)
        frame = Frame(variables, heads=[])
        self._enter(routine, frame)
        return frame.heads or []

    def _enter(self, routine: Routine, frame: Frame) -> None:
        if routine.body is None:
            raise NotRun(f"{routine.name} has no body")
        for name, kind in routine.outputs:
            frame.variables.setdefault(name, any_value(kind, self.random))
        if routine.name not in self._made:
            self._made[routine.name] = self.step(routine.body)
        with suppress(Returned):
            self._made[routine.name](frame)

    def step(self, node: Node) -> Step:
        """The function that executes a statement. Raises NotRun when it is executed where it is not understood."""
        reader = self._readers.get(node.kind, self._not_run)
        try:
            return reader(node)
        except NotRun as reason:
            return _fails(str(reason))

    @cached_property
    def _readers(self) -> Mapping[str, Callable[[Node], Step]]:
        return {
            "block": self._block,
            "var": self._assign,
            "assign": self._assign,
            "call": lambda node: self._call(node.parts[0], []),
            "if": self._if,
            "while": self._while,
            "return": self._return,
            "break": self._break,
            "other": self._other,
            "assert": lambda node: _nothing,
            "print": lambda node: _nothing,
        }

    def _not_run(self, node: Node) -> Step:
        raise NotRun(node.kind)

    def _block(self, node: Node) -> Step:
        steps = [self.step(part) for part in node.parts]

        def run(frame: Frame) -> None:
            for each in steps:
                self.steps.spend()
                each(frame)

        return run

    def _assign(self, node: Node) -> Step:
        count = int(node.word.rstrip(":=|-") or 0)
        targets, values = node.parts[:count], node.parts[count:]
        if node.word.endswith(":|"):
            return self._such_that(targets, values[0])
        if node.word.endswith(":-"):
            raise NotRun(":-")
        if not values:
            kinds = {t.word: t.parts[0].word for t in targets if t.kind == "variable"}
            return lambda frame: frame.variables.update({n: any_value(k, self.random) for n, k in kinds.items()})
        stores = [self._store(target) for target in targets]
        if len(values) == 1 and self._is_method(values[0]):
            return self._call(values[0], stores)
        made = [self._value(value) for value in values]
        if len(made) != len(stores):
            raise NotRun("an assignment of another number of values")

        def run(frame: Frame) -> None:
            found = [value(frame.variables) for value in made]
            places = [place(frame.variables) for place, _ in stores]
            for (_, store), where, value in zip(stores, places, found, strict=True):
                store(frame.variables, where, value)

        return run

    def _such_that(self, targets: Sequence[Node], condition: Node) -> Step:
        """`x :| condition`: one of the values that it allows."""
        holds, choices = self.evaluator.value(condition), self.evaluator.choices(targets, conjuncts(condition))

        def run(frame: Frame) -> None:
            names = [target.word for target in targets]
            allowed = [[v[n] for n in names] for v in choices(dict(frame.variables)) if holds(v)]
            if not allowed:
                raise Undefined("nothing is such")
            frame.variables.update(zip(names, self.random.choice(allowed), strict=True))

        return run

    def _store(self, target: Node) -> tuple[Value, Callable[[Variables, Any, Any], None]]:
        """Where an assignment goes: what has to be computed for it before, and what stores the value."""
        if target.kind in ("name", "variable"):
            return lambda v: None, lambda v, _, value: v.__setitem__(target.word, value)
        if target.kind != "index" or len(target.parts) != 2:
            raise NotRun("an assignment to what is no variable and no element")
        array, index = (self.evaluator.value(part) for part in target.parts)

        def place(v: Variables) -> tuple[list[Any], int]:
            items, where = array(v).items, index(v)
            at(items, where)
            return items, where

        return place, lambda v, found, value: found[0].__setitem__(found[1], value)

    def _value(self, node: Node) -> Value:
        if node.kind == "other" and node.word == "*":
            return lambda v: self.random.randint(-2, 5)
        return self._new(node) if node.kind == "new" else self.evaluator.value(node)

    def _new(self, node: Node) -> Value:
        """`new T[n]`: its elements are anything."""
        if node.word != "[]" or len(node.parts) != 1:
            raise NotRun("new")
        words = [token.text for token in self.program.reading.tokens[node.first + 1 : node.last]]
        kind, size = "".join(words[: words.index("[")]), self.evaluator.value(node.parts[0])

        def value(v: Variables) -> DafnyArray:
            count = size(v)
            if count < 0:
                raise Undefined("an array of negative length")
            self.steps.spend(count)
            return DafnyArray([any_value(kind, self.random) for _ in range(count)])

        return value

    def _is_method(self, node: Node) -> bool:
        return node.kind == "call" and node.parts[0].kind == "name" and node.parts[0].word in self.methods

    def _call(self, node: Node, stores: list[tuple[Value, Callable[[Variables, Any, Any], None]]]) -> Step:
        if not self._is_method(node):
            raise NotRun("a call of what is no method of the file")
        routine = self.methods[node.parts[0].word]
        if routine.kind == "lemma":
            return _nothing
        given = [self.evaluator.value(part) for part in node.parts[1:]]
        names = [name for name, _ in routine.inputs]
        if len(given) != len(names) or len(stores) not in (0, len(routine.outputs)):
            raise NotRun("a call with another number of values")

        def run(frame: Frame) -> None:
            self.steps.spend()
            values = (value(frame.variables) for value in given)
            inside = Frame(dict(zip(names, values, strict=True)))
            self._enter(routine, inside)
            for (place, store), (name, _) in zip(stores, routine.outputs, strict=False):
                store(frame.variables, place(frame.variables), inside.variables[name])

        return run

    def _condition(self, node: Node | None) -> Value:
        """A condition; `*` is either."""
        if node is None or (node.kind == "other" and node.word == "*"):
            return lambda v: self.random.random() < 0.7
        return self.evaluator.value(node)

    def _if(self, node: Node) -> Step:
        condition, *branches = self._condition(node.parts[0]), *(self.step(part) for part in node.parts[1:])

        def run(frame: Frame) -> None:
            if condition(frame.variables):
                branches[0](frame)
            elif len(branches) > 1:
                branches[1](frame)

        return run

    def _while(self, node: Node) -> Step:
        loop, number = self.program.loops[int(node.word)], int(node.word)
        if self.program.reading.tokens[loop.first].text != "while" or loop.body.kind != "block":
            raise NotRun("a loop of another kind")
        condition, body = self._condition(loop.guard), self.step(loop.body)

        def run(frame: Frame) -> None:
            while True:
                self.steps.spend()
                frame.tell(number)
                if not condition(frame.variables):
                    return
                try:
                    body(frame)
                except Broken:
                    return

        return run

    def _return(self, node: Node) -> Step:
        values = [self.evaluator.value(part) for part in node.parts]
        around = [r for r in self.methods.values() if r.body_first <= node.first < r.body_last]
        names = [name for name, _ in around[0].outputs] if around else []
        if values and len(values) != len(names):
            raise NotRun("return")

        def run(frame: Frame) -> None:
            found = [value(frame.variables) for value in values]
            frame.variables.update(zip(names, found, strict=False))
            raise Returned

        return run

    def _break(self, node: Node) -> Step:
        if self.program.reading.tokens[node.first].text != "break" or node.last - node.first > 2:
            raise NotRun("a jump to a label")

        def run(frame: Frame) -> None:
            raise Broken

        return run

    def _other(self, node: Node) -> Step:
        """What only the verifier reads does nothing."""
        first = self.program.reading.tokens[node.first].text
        ghost = any(low <= node.first < high for low, high in self.program.reading.ghost)
        if ghost or first in ("reveal", ";"):
            return _nothing
        raise NotRun(first)


def _nothing(frame: Frame) -> None:
    return None


def _fails(reason: str) -> Step:
    def run(frame: Frame) -> None:
        raise NotRun(reason)

    return run
