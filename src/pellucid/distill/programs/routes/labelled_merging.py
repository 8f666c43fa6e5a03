"""An exact automaton from labels alone: states of the tree of all prefixes, merged where no label tells them apart.

Red-blue merging (Lang, Pearlmutter and Price 1998) for machines with outputs on transitions: the states that known
ones lead to are looked at in turn; each is merged into the known state that shares most labels with it and contradicts
none, or else is a new state. What comes out gives every label that it was made from, whether the network does or not.

Cost: O(states^2 * symbols * prefixes) at worst; most attempts meet a contradiction at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Int

from ....artifacts.programs.automaton import Automaton
from ..automata import automaton_program
from ..candidates import Candidate
from ..observations import Observations


@dataclass
class _Tree:
    """All prefixes: where a symbol leads from a state, and the number of the outputs that it gives; -1: not seen."""

    children: list[list[int]]
    labels: list[list[int]]
    parent: list[int]
    """Merged into which other state; itself where it is not."""

    def find(self, state: int) -> int:
        while self.parent[state] != state:
            state = self.parent[state]
        return state


def exact_candidates(
    seen: Observations, share: float = 0.9, most_symbols: int = 64, readable_states: int = 24
) -> list[Candidate]:
    """The automaton made from a `share` of the sequences, if it is right on all: in tables, and as expressions.

    One that is wrong on the others has learnt its labels by heart, and is no machine that anyone looked for.
    """
    if seen.alphabet.size > most_symbols or len(seen.inputs) < 10:
        return []
    automaton = exact_automaton(seen.first(int(share * len(seen.inputs))))
    if automaton is None:
        return []
    table = automaton.to_program(seen.program_inputs)
    if seen.errors(table)[0]:
        return []
    found = [Candidate(table, "merged labels", automaton, {"error": 0.0})]
    if automaton.size <= readable_states and (readable := automaton_program(automaton, seen, "state")) is not None:
        found.append(Candidate(readable, "merged labels", automaton, {"error": 0.0}))
    return found


def exact_automaton(observations: Observations, most_states: int = 64) -> Automaton | None:
    """The automaton that gives every label of `observations`; None where it would need more than `most_states`.

    What no label says is filled in with the output that is seen most often.

    >>> from pellucid.subjects import Alphabet
    >>> bits = np.random.default_rng(0).integers(0, 2, (200, 6, 1))
    >>> seen = Observations(bits, bits.cumsum(1) % 2, np.ones((200, 6), dtype=bool), Alphabet((0,), (1,)))
    >>> exact_automaton(seen).size
    2
    """
    rows, numbers = np.unique(observations.outputs[observations.mask], axis=0, return_inverse=True)
    labels = np.full(observations.mask.shape, -1)
    labels[observations.mask] = numbers.reshape(-1)
    tree = _tree_of(observations.alphabet.index(observations.inputs), labels, observations.alphabet.size)
    red = [0]
    while (state := _next(tree, red)) is not None:
        if not _merge_into_best(tree, red, state):
            red.append(state)
        if len(red) > most_states:
            return None
    transitions, outputs = _tables(tree, red, int(np.bincount(numbers.reshape(-1)).argmax()))
    return Automaton(transitions, rows[outputs], observations.alphabet.values).minimised()


def _tree_of(symbols: Int[np.ndarray, "sequences time"], labels: Int[np.ndarray, "sequences time"], size: int) -> _Tree:
    """The tree of all prefixes that end in a label."""
    tree = _Tree([[-1] * size], [[-1] * size], [0])
    for word, said in zip(symbols.tolist(), labels.tolist(), strict=True):
        state = 0
        last = max((t for t, label in enumerate(said) if label >= 0), default=-1)
        for symbol, label in zip(word[: last + 1], said, strict=False):
            if label >= 0:
                tree.labels[state][symbol] = label
            if tree.children[state][symbol] < 0:
                tree.children[state][symbol] = len(tree.parent)
                tree.parent.append(len(tree.parent))
                tree.children.append([-1] * size)
                tree.labels.append([-1] * size)
            state = tree.children[state][symbol]
    return tree


def _tables(
    tree: _Tree, red: list[int], common: int
) -> tuple[Int[np.ndarray, "states symbols"], Int[np.ndarray, "states symbols"]]:
    """Where each symbol leads from each state, and the number of its output; what is not seen stays, and is common."""
    number = {state: k for k, state in enumerate(red)}
    transitions = [[number[tree.find(c)] if c >= 0 else k for c in tree.children[s]] for k, s in enumerate(red)]
    outputs = [[label if label >= 0 else common for label in tree.labels[s]] for s in red]
    return np.array(transitions), np.array(outputs)


def _next(tree: _Tree, red: list[int]) -> int | None:
    """A state that a known one leads to and that is not yet known; None where there is none."""
    known = set(red)
    after = (tree.find(child) for state in red for child in tree.children[state] if child >= 0)
    return next((state for state in after if state not in known), None)


def _merge_into_best(tree: _Tree, red: list[int], state: int) -> bool:
    """Merges `state` into the known one that shares most labels with it; False where each contradicts it."""
    agreed = [(_merged(tree, known, state, keep=False), -k) for k, known in enumerate(red)]
    shared, place = max(agreed)
    if shared < 0:
        return False
    _merged(tree, red[-place], state, keep=True)
    return True


def _merged(tree: _Tree, known: int, state: int, *, keep: bool) -> int:
    """How many labels both share, -1 where they contradict; with `keep`, the two are one state from now on."""
    merge = _Merge(tree)
    shared = merge.run(known, state)
    if not keep or shared < 0:
        merge.take_back()
    return shared


@dataclass
class _Merge:
    """One attempt to make two states of a tree one, and what it has changed there."""

    tree: _Tree
    changed: list[tuple[list[int], int, int]] = field(default_factory=list)
    """(row, place, what stood there before), in order."""

    def run(self, known: int, state: int) -> int:
        """How many labels both share, with those of all states that follow; -1 where they contradict."""
        pairs, shared = [(known, state)], 0
        while pairs:
            a, b = (self.tree.find(one) for one in pairs.pop())
            if a == b:
                continue
            self._put(self.tree.parent, b, a)
            labels = self._joined(self.tree.labels[a], self.tree.labels[b])
            if any(one != other for one, other in labels):
                return -1
            shared += len(labels)
            pairs += self._joined(self.tree.children[a], self.tree.children[b])
        return shared

    def take_back(self) -> None:
        """The tree as it was before."""
        for row, place, before in reversed(self.changed):
            row[place] = before

    def _joined(self, known: list[int], other: list[int]) -> list[tuple[int, int]]:
        """Puts into the known row what only the other one has; what both have, in pairs."""
        both = []
        for place, value in enumerate(other):
            if value >= 0 <= known[place]:
                both.append((known[place], value))
            elif value >= 0:
                self._put(known, place, value)
        return both

    def _put(self, row: list[int], place: int, value: int) -> None:
        self.changed.append((row, place, row[place]))
        row[place] = value
