"""Equations between numbers: linear and quadratic ones that a loop may keep, and sizes of what it builds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from ..hint import family
from ..loop_view import LoopView


@family("sums")
def sums(view: LoopView) -> Iterator[str]:
    """x == y, x + y == T, x - y == T for terms T that do not change."""
    fixed = [name for name in view.integers if name not in view.changed]
    terms = fixed + list(view.lists.values()) + [f"{length} - 1" for length in view.lists.values()]
    for x, y in combinations(view.integers, 2):
        changed = (x in view.changed) + (y in view.changed)
        if changed:
            yield f"{x} == {y}"
        if changed == 2:
            for term in terms:
                yield from (f"{x} + {y} == {term}", f"{x} - {y} == {term}", f"{y} - {x} == {term}")


@family("multiples")
def multiples(view: LoopView) -> Iterator[str]:
    """x == c * y, x == y + c for the numbers c that the method writes."""
    for x, y in permutations(view.integers, 2):
        if x in view.changed:
            for constant in _constants(view):
                yield f"{x} == {constant} * {y}"
                yield f"{x} == {y} + {constant}"


@family("squares")
def squares(view: LoopView) -> Iterator[str]:
    """x == y * y and the triangular numbers: what loops that add up a counter keep."""
    for x in view.counters:
        for y in (name for name in view.integers if name != x):
            yield f"{x} == {y} * {y}"
            yield f"2 * {x} == {y} * ({y} - 1)"
            yield f"2 * {x} == {y} * ({y} + 1)"
            yield f"{x} == ({y} + 1) * ({y} + 1)"


@family("products")
def products(view: LoopView, most: int = 7) -> Iterator[str]:
    """x == y * z, x + y * z == w, x == y * (w - z): what loops that multiply or divide by adding keep."""
    if len(view.integers) > most:
        return
    for x in view.counters:
        others = [name for name in view.integers if name != x]
        yield from _products_of_two(view, x, others)
        for y, z, w in permutations(others, 3):
            if not {y, w} & view.changed:
                yield f"{x} == {y} * ({w} - {z})"


def _products_of_two(view: LoopView, x: str, others: Sequence[str]) -> Iterator[str]:
    """x == y * z, and x + y * z == w for what does not change and for what is returned."""
    for y, z in combinations(others, 2):
        yield f"{x} == {y} * {z}"
        fixed = [name for name in others if name not in view.changed and name not in (y, z)]
        yield from (f"{x} + {y} * {z} == {whole}" for whole in fixed + _results(view))


@family("sizes")
def sizes(view: LoopView) -> Iterator[str]:
    """|s| == i and s == t[..i] for what the loop builds."""
    for built in (name for name in view.of_type("seq", "string") if name in view.changed):
        others = [name for name in view.lists if name != built]
        for counter in view.counters:
            yield f"|{built}| == {counter}"
            yield f"|{built}| <= {counter}"
            yield from (f"{built} == {other}[..{counter}]" for other in others)
        yield from (f"|{built}| > 0 ==> {built}[0] == {other}[0]" for other in others)


def _constants(view: LoopView) -> list[str]:
    """The small numbers that the method writes."""
    tokens = view.program.reading.tokens[view.routine.first : view.routine.last]
    return sorted({token.text for token in tokens if token.kind == "number" and token.text not in ("0",)})[:4]


def _results(view: LoopView) -> list[str]:
    """What a number that is returned shall equal."""
    found = []
    for clause in view.routine.clauses_of("ensures"):
        if clause.kind == "binary" and clause.word == "==":
            left, right = clause.parts
            if left.kind == "name" and left.word in dict(view.routine.outputs):
                found.append(str(view.part(right)))
    return found
