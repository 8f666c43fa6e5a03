"""Sorted parts of arrays and sequences: what sorting, merging, partitioning and searching loops keep."""

from __future__ import annotations

from collections.abc import Iterator

from ..hint import family
from ..loop_view import LoopView


@family("sorted_parts")
def sorted_parts(view: LoopView) -> Iterator[str]:
    """Sorted before a counter or from it on; all before are at most all after; one element is the largest so far.

    Only where the contract speaks of an order: it compares elements, or calls something by the word "sorted".
    """
    said = [*view.routine.clauses_of("ensures"), *view.routine.clauses_of("requires")]
    text = " ".join(str(view.part(node)).lower() for node in said)
    if "<=" not in text and "sorted" not in text and ">=" not in text:
        return
    for array, length in view.lists.items():
        if not (array in view.written or array in view.changed):
            continue
        for i in view.counters:
            yield f"forall p, q :: 0 <= p < q < {length} && q < {i} ==> {array}[p] <= {array}[q]"
            yield f"forall p, q :: {i} <= p < q < {length} && 0 <= p ==> {array}[p] <= {array}[q]"
            yield f"forall p, q :: {i} < p < q < {length} && 0 <= p ==> {array}[p] <= {array}[q]"
            yield f"forall p, q :: 0 <= p < {i} <= q < {length} ==> {array}[p] <= {array}[q]"
            yield f"forall p, q :: 0 <= p <= {i} < q < {length} ==> {array}[p] <= {array}[q]"
            yield from _extremes(view, array, length, i)
            yield from _except_one(view, array, length, i)


def _extremes(view: LoopView, array: str, length: str, i: str) -> Iterator[str]:
    """An element, at an index or in a variable, that is at least or at most all in a span."""
    for j in (name for name in view.integers if name != i):
        for relation in ("<=", ">="):
            inside = f"0 <= {j} < {length}"
            yield f"forall p :: 0 <= p < {i} && p < {length} && {inside} ==> {array}[p] {relation} {array}[{j}]"
            yield f"forall p :: {i} <= p < {j} && 0 <= p && {inside} ==> {array}[p] {relation} {array}[{j}]"
            yield f"forall p :: {j} <= p < {i} && 0 <= p < {length} && {inside} ==> {array}[{j}] {relation} {array}[p]"


def _except_one(view: LoopView, array: str, length: str, i: str) -> Iterator[str]:
    """Sorted up to a counter but for one place: insertion on the way."""
    for j in (name for name in view.counters if name != i):
        span = f"0 <= p < q < {length} && q <= {i}"
        yield f"forall p, q :: {span} && q != {j} ==> {array}[p] <= {array}[q]"
        yield f"forall p, q :: {span} && p != {j} && q != {j} ==> {array}[p] <= {array}[q]"
