"""The goal, weakened to what holds on the way: a bound replaced by a counter, a part excepted, a flag in front."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from ....subjects.dafny.syntax import Node, conjuncts
from ..hint import family
from ..loop_view import LoopView, Part, spaced


@family("postconditions")
def postconditions(view: LoopView) -> Iterator[str]:
    """Each postcondition, and each with a term that a counter runs towards replaced by the counter (Gries, 1981)."""
    for goal in _goals(view):
        yield str(goal)
        for counter, term in view.limits:
            for changed in goal.variants(term, (counter,)):
                yield str(changed)
                yield from _before_the_first(view, counter, changed)
        for counter in view.counters:
            yield from _from_below(goal, counter)
            yield from _of_fewer(goal, counter)


@family("flags")
def flags(view: LoopView) -> Iterator[str]:
    """flag ==> goal, for a truth value that the loop changes."""
    for goal in _goals(view):
        for flag in view.of_type("bool"):
            if flag in view.changed or flag in dict(view.routine.outputs):
                yield f"{flag} ==> ({goal})"
                yield f"!{flag} ==> ({goal})"
                for counter, term in view.limits:
                    changed = goal.replaced(term, (counter,))
                    if changed != goal:
                        yield f"{flag} ==> ({changed})"


@family("searches")
def searches(view: LoopView) -> Iterator[str]:
    """What a search has ruled out: not P before the counter, or outside of two counters."""
    for quantifier in _quantifiers(view):
        if len(quantifier.parts) != 3:
            continue
        name = view.part(quantifier).words[1]
        inner, said = _range_and_rest(view, quantifier)
        if inner is None or not said:
            continue
        no = f"!({said})" if quantifier.word == "exists" else f"({said})"
        for counter in view.counters:
            yield f"forall {name} :: ({inner}) && {name} < {counter} ==> {no}"
            yield f"forall {name} :: ({inner}) && {name} > {counter} ==> {no}"
            yield f"forall {name} :: ({inner}) && {name} >= {counter} ==> {no}"
        for low, high in permutations(view.counters, 2):
            yield f"forall {name} :: ({inner}) && !({low} <= {name} < {high}) ==> {no}"
            yield f"forall {name} :: ({inner}) && !({low} <= {name} <= {high}) ==> {no}"


def _goals(view: LoopView) -> list[Part]:
    """The postconditions; each also for a variable of the loop in the place of a result."""
    found = {str(goal): goal for goal in view.wanted}
    for goal in view.wanted:
        for result, kind in view.routine.outputs:
            for name in (name for name in view.types if name in view.changed):
                if name != result and view.types.get(name, "").split("<")[0] in (kind.split("<")[0], "nat", "int"):
                    other = goal.replaced((result,), (name,))
                    if other != goal:
                        found.setdefault(str(other), other)
    return list(found.values())


def _before_the_first(view: LoopView, counter: str, goal: Part) -> Iterator[str]:
    """The goal, or that nothing has been done yet: for goals that are false of nothing (a maximum of no elements)."""
    first = view.first_values.get(counter)
    if first is not None and any(word in goal.words for word in ("exists", "in", "==", "[")):
        yield f"{counter} == {view.part(first)} || ({goal})"


def _from_below(goal: Part, counter: str) -> Iterator[str]:
    """0 <= k becomes counter <= k, and counter < k: for loops that count down."""
    words = goal.words
    for at in range(len(words) - 2):
        if words[at] == "0" and words[at + 1] in ("<=", "<"):
            for relation in ("<=", "<"):
                yield spaced((*words[:at], counter, relation, *words[at + 2 :]))


def _of_fewer(goal: Part, counter: str) -> Iterator[str]:
    """forall x, y :: P(x, y) becomes forall x :: P(x, counter), and forall y :: P(counter, y)."""
    if goal.words[0] != "forall" or "::" not in goal.words:
        return
    at = goal.words.index("::")
    names = "".join(goal.words[1:at]).split(",")
    for name in names if len(names) > 1 else ():
        others = ", ".join(other.replace(":", ": ") for other in names if other != name)
        said = Part(goal.words[at + 1 :]).replaced((name.partition(":")[0],), (counter,))
        yield f"forall {others} :: {said}"


def _quantifiers(view: LoopView) -> list[Node]:
    """Every forall and exists in a postcondition."""
    clauses = view.routine.clauses_of("ensures")
    return [node for clause in clauses for node in clause.walk() if node.kind == "quantifier"]


def _range_and_rest(view: LoopView, quantifier: Node) -> tuple[str | None, str]:
    """The range of a bound variable and what is said of it there."""
    *_, span, body = quantifier.parts
    word, whole = quantifier.word, view.part(quantifier).words

    def inside(node: Node) -> str:
        return spaced(whole[node.first - quantifier.first : node.last - quantifier.first])

    if span.kind != "none":
        return inside(span), inside(body)
    if word == "forall" and body.kind == "binary" and body.word == "==>":
        return inside(body.parts[0]), inside(body.parts[1])
    if word == "exists":
        first, *rest = conjuncts(body)
        return inside(first), " && ".join(f"({inside(part)})" for part in rest)
    return None, ""
