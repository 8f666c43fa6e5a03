"""What holds of all elements between two places: of one list, of two side by side, of a part against another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from ....subjects.dafny.running.evaluation import Evaluator
from ....subjects.dafny.syntax import Node, conjuncts
from ..hint import family
from ..loop_view import LoopView, Part, compares, spaced
from ..traces import refuted, values_of


@dataclass(frozen=True)
class Span:
    """The indices k of a list with low <= k < high; `values` are the two in every state."""

    low: str
    high: str
    values: tuple[tuple[int, int], ...]

    def of(self, name: str) -> str:
        """That an index lies in it."""
        return f"{self.low} <= {name} < {self.high}"

    def within(self, other: Span) -> bool:
        """Whether it lies in another one in every state."""
        both = zip(self.values, other.values, strict=True)
        return all(x >= y and end <= bound for (x, end), (y, bound) in both if x < end)

    def before(self, other: Span) -> bool:
        """Whether it ends before another one starts, in every state."""
        return all(mine[1] <= its[0] for mine, its in zip(self.values, other.values, strict=True))


@family("elementwise")
def elementwise(view: LoopView) -> Iterator[str]:
    """a[k] == b[k], shifted or mirrored, and a[k] == old(a[k]), in a part of the list."""
    inputs = dict(view.routine.inputs)
    for a, length in view.lists.items():
        if a not in view.written and a not in view.changed:
            continue
        before = [f"old({a}[{{}}])"] if a in inputs and a in view.arrays else []
        others = before + [f"{b}[{{}}]" for b in view.lists if b != a]
        for other, place in product(others, _places(view, length)):
            yield from _largest(view, length, f"{a}[k] == {other.format(place)}")


@family("parts")
def parts(view: LoopView) -> Iterator[str]:
    """What the conditions of the body and the postconditions say of one element, for all in a part of the list."""
    for a, length in view.lists.items():
        for text in dict.fromkeys(_said_of_element(view, a)):
            yield from _largest(view, length, text)


@family("sorted_spans")
def sorted_spans(view: LoopView) -> Iterator[str]:
    """A part is in order, or all of it is at most all of another."""
    evaluator = Evaluator(view.program)
    for a, length in view.lists.items():
        if not _ordered(view, a) or not (a in view.written or a in view.changed):
            continue
        spans = _spans(view, length)
        yield from _largest(view, length, f"(forall q :: k < q < {{high}} ==> {a}[k] <= {a}[q])")
        kept: list[tuple[Span, Span]] = []
        for left, right in product(spans, spans):
            text = f"forall p, q :: {left.of('p')} && {right.of('q')} ==> {a}[p] <= {a}[q]"
            smaller = any(left.within(x) and right.within(y) for x, y in kept)
            if left.before(right) and not smaller and not refuted(evaluator, text, view.states):
                kept.append((left, right))
                yield text


def _largest(view: LoopView, length: str, text: str) -> Iterator[str]:
    """That something is true of all k in a part; only of the largest parts where it is in all runs."""
    evaluator, kept = Evaluator(view.program), list[Span]()
    for span in _spans(view, length):
        written = f"forall k :: {span.of('k')} ==> {text.format(high=span.high)}"
        if not any(span.within(other) for other in kept) and not refuted(evaluator, written, view.states):
            kept.append(span)
            yield written


@family("slices_of_goals")
def slices_of_goals(view: LoopView, most: int = 4) -> Iterator[str]:
    """A postcondition in which what has been read stands in the place of a whole list: b[..] == x[..] + y[..]."""
    for goal in view.wanted:
        places = [k for k, word in enumerate(goal.words) if word in view.lists and _is_whole(goal.words, k)]
        if not places or len(places) > most:
            continue
        for chosen in product(*(_slices_of(view, goal.words, k) for k in places)):
            words = list(goal.words)
            for k, (count, text) in sorted(zip(places, chosen, strict=True), reverse=True):
                words[k : k + count] = [text]
            yield spaced(words)


def _is_whole(words: tuple[str, ...], k: int) -> bool:
    """Whether a list is meant as a whole there: `a[..]`, or a name that no bracket, dot or bar follows."""
    after = words[k + 1 : k + 4]
    bars = k and words[k - 1] == "|" and after[:1] == ("|",)
    return after == ("[", "..", "]") or (after[:1] not in (("[",), (".",)) and not bars)


def _slices_of(view: LoopView, words: tuple[str, ...], k: int) -> list[tuple[int, str]]:
    """How many words a list takes at k, and what may stand there instead."""
    name, count = words[k], 4 if words[k + 1 : k + 2] == ("[",) else 1
    whole = name + "".join(words[k + 1 : k + count])
    return [(count, whole), *((count, f"{name}[..{i}]") for i in view.counters)]


def _spans(view: LoopView, length: str) -> list[Span]:
    """From the start, a counter or its neighbour to another or the end, in order in all runs; the largest first."""
    others = [name for name in view.integers if name not in view.changed][:4]
    points = ["0", *view.counters, length, *others, *(f"{i} + 1" for i in view.counters)]
    points += [f"{length} - {i}" for i in view.counters]
    lengths = [other for other in view.lists.values() if other != length][:3]
    points += [*lengths, *(f"{other} + {i}" for other in lengths for i in view.counters)]
    found, evaluator = list[Span](), Evaluator(view.program)
    values = {point: values_of(evaluator, point, view.states) for point in points}
    for low, high in product(points, points):
        pairs = tuple(zip(values[low], values[high], strict=False))
        inside = all(0 <= x <= y <= end for (x, y), end in zip(pairs, values[length], strict=False))
        if inside and any(x < y for x, y in pairs):
            found.append(Span(low, high, pairs))
    return sorted(found, key=lambda span: sum(low - high for low, high in span.values))


def _places(view: LoopView, length: str) -> list[str]:
    """Where the partner of index k stands: at k, shifted by a counter or a length, mirrored."""
    shifts = [*view.counters, *dict.fromkeys(view.lists.values())]
    return ["k", f"{length} - 1 - k", "k + 1", "k - 1", *(f"k {sign} {x}" for x in shifts for sign in "+-")]


def _said_of_element(view: LoopView, a: str) -> Iterator[str]:
    """What is written to it; comparisons that the body and the contract make; others with the numbers at hand."""
    yield from _assigned(view, a)
    nodes = [*view.loop.body.walk(), *(n for clause in view.routine.clauses_of("ensures") for n in clause.walk())]
    for node in nodes:
        if compares(node) or (node.kind in ("binary", "chain") and set(node.word.split()) <= {"==", "!="}):
            for text in _about(view, node, a):
                yield text
                yield f"!({text})"
    if _of_numbers(view, a):
        names = [*view.counters, *(name for name in view.integers if name not in view.changed)][:6]
        for name, relation in product(names, ("==", "!=", "<", ">", "<=", ">=")):
            yield f"{a}[k] {relation} {name}"
    elif _items(view, a)[:1] in ((True,), (False,)):
        yield from (f"{a}[k]", f"!{a}[k]")


def _assigned(view: LoopView, a: str) -> Iterator[str]:
    """a[k] == e for an assignment a[i] := e, and for a := a + [e] with each counter in the place of i."""
    for node in view.loop.body.walk():
        if node.kind != "assign" or len(node.parts) != 2:
            continue
        target, value = node.parts
        if target.kind == "index" and target.parts[0].word == a:
            yield from _with_index(view, a, value, [view.part(target.parts[1]).words])
        elif target.word == a and value.kind == "binary" and value.parts[1].kind == "sequence" and value.parts[1].parts:
            yield from _with_index(view, a, value.parts[1].parts[0], [(i,) for i in view.counters])


def _with_index(view: LoopView, a: str, value: Node, indices: list[tuple[str, ...]]) -> Iterator[str]:
    """The value that was written, with k for the index; its own elements as they were."""
    for index in indices:
        text = str(Part(view.part(value).words).replaced(index, ("k",)))
        yield f"{a}[k] == {text}"
        if f"{a}[k]" in text:
            yield f"{a}[k] == {text.replace(f'{a}[k]', f'old({a}[k])')}"


def _about(view: LoopView, node: Node, a: str) -> Iterator[str]:
    """A comparison with the index of an element of `a` called k."""
    for element in (n for n in node.walk() if n.kind == "index" and n.parts[0].word == a):
        part, at = view.part(node), view.part(element.parts[1]).words
        yield str(Part(part.words).replaced(at, ("k",))) if len(at) == 1 else str(part)


def _items(view: LoopView, a: str) -> tuple[object, ...]:
    """Elements that a list has in a run."""
    lists = (getattr(state.get(a), "items", state.get(a, ())) for state in view.states)
    return next((tuple(items) for items in lists if items), ())


def _of_numbers(view: LoopView, a: str) -> bool:
    return all(type(item) is int for item in _items(view, a))


def _ordered(view: LoopView, a: str) -> bool:
    """Whether the contract compares elements, or calls something by the word "sorted", and the list is of numbers."""
    said = [*view.routine.clauses_of("ensures"), *view.routine.clauses_of("requires")]
    text = " ".join(str(view.part(node)).lower() for node in said)
    return _of_numbers(view, a) and ("<=" in text or "sort" in text or ">=" in text or "order" in text)


@family("counted")
def counted(view: LoopView) -> Iterator[str]:
    """What the conditions of the loop and its branches say of a counter, for all numbers that it has passed."""
    tests = [node.parts[0] for node in view.loop.body.walk() if node.kind == "if" and node.parts[0].kind != "other"]
    for node in [*view.guards, *(part for test in tests for part in conjuncts(test, ("&&", "||")))]:
        for counter in (i for i in view.counters if i in node.names()):
            first = view.first_values.get(counter)
            start = "0" if first is None or first.names() & view.changed else str(view.part(first))
            said = Part(view.part(node).words).replaced((counter,), ("k",))
            for span in (f"{start} <= k < {counter}", f"{start} < k < {counter}", f"{counter} < k <= {start}"):
                yield f"forall k :: {span} ==> ({said})"
                yield f"forall k :: {span} ==> !({said})"
