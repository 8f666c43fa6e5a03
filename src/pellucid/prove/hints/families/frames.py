"""What a loop leaves as it was: elements that are not reached yet, those that are only moved."""

from __future__ import annotations

from collections.abc import Iterator

from ..hint import family
from ..loop_view import LoopView


@family("frames")
def frames(view: LoopView) -> Iterator[str]:
    """a[k] == old(a[k]) before, from, or beyond a counter, outside of two counters; the elements are a permutation."""
    inputs = dict(view.routine.inputs)
    for array in (a for a in view.arrays if a in inputs):
        if array not in view.written:
            yield f"{array}[..] == old({array}[..])"
            continue
        yield f"multiset({array}[..]) == multiset(old({array}[..]))"
        for span in _spans(view, f"{array}.Length"):
            yield f"forall k :: {span} ==> {array}[k] == old({array}[k])"


@family("new_arrays")
def new_arrays(view: LoopView) -> Iterator[str]:
    """The length that an array was made with."""
    for name in (n for n, kind in view.types.items() if kind.startswith("array")):
        first = view.first_values.get(name)
        if first is not None and first.kind == "new" and first.parts:
            yield f"{name}.Length == {view.part(first.parts[0])}"


def _spans(view: LoopView, length: str) -> Iterator[str]:
    """Parts of an array: from a counter on, before it, behind it, between it and its mirror image, between two."""
    for i in view.counters:
        yield f"{i} <= k < {length}"
        yield f"0 <= k < {length} && k < {i}"
        yield f"{i} < k < {length}"
        yield f"{i} <= k < {length} - {i}"
        for j in view.counters:
            if i != j:
                yield f"{i} <= k <= {j} && 0 <= k < {length}"
