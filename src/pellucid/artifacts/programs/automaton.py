"""Automata: finite-state machines with outputs on their transitions (Mealy machines)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from .expression import Lookup, Name, apply
from .fold import Input, Register
from .program import Program


@dataclass(frozen=True)
class Automaton(Artifact):
    """States 0..n-1, starting in 0; reading symbol a in state s gives outputs[s, a] and goes to transitions[s, a].

    `symbols` (size, inputs) are the input tuples, in the order of the columns: the product of ranges low..high.
    """

    transitions: NDArray[np.int64]
    outputs: NDArray[np.int64]
    symbols: NDArray[np.int64]

    kind = "automaton"

    def __post_init__(self) -> None:
        states, size = self.transitions.shape
        if self.outputs.shape[:2] != (states, size) or self.symbols.shape[0] != size:
            raise ValueError(
                f"transitions {self.transitions.shape}, outputs {self.outputs.shape} and symbols {self.symbols.shape} "
                "do not fit; give (states, symbols), (states, symbols, outputs) and (symbols, inputs)"
            )
        if self.transitions.min() < 0 or self.transitions.max() >= states:
            raise ValueError(f"a transition leaves the states 0..{states - 1}; complete the automaton first")

    @property
    def size(self) -> int:
        """Number of states."""
        return self.transitions.shape[0]

    def run(self, indices: NDArray[Any]) -> NDArray[np.int64]:
        """Outputs (sequences, time, outputs) for symbol indices (sequences, time).

        >>> parity = Automaton(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
        >>> parity.run(np.array([[1, 1, 0, 1]]))[0, :, 0].tolist()
        [1, 0, 0, 1]
        """
        state = np.zeros(len(indices), dtype=np.int64)
        outputs = np.empty((*indices.shape, self.outputs.shape[2]), dtype=np.int64)
        for t in range(indices.shape[1]):
            outputs[:, t] = self.outputs[state, indices[:, t]]
            state = self.transitions[state, indices[:, t]]
        return outputs

    def minimised(self) -> Automaton:
        """The smallest automaton with the same behaviour, its states numbered in breadth-first order.

        Partition refinement (Moore 1956), O(states^2 * symbols) at worst.

        >>> copies = np.array([[1, 1], [0, 0]]), np.array([[[0], [1]], [[0], [1]]]), np.array([[0], [1]])
        >>> Automaton(*copies).minimised().size
        1
        """
        reached = _breadth_first(self.transitions)
        rows = self.outputs.reshape(self.size, -1)
        block = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
        while True:
            signature = np.concatenate([block[:, None], block[self.transitions]], 1)
            finer = np.unique(signature, axis=0, return_inverse=True)[1].reshape(-1)
            if finer.max() == block.max():
                break
            block = finer
        representative: dict[int, int] = {}
        for state in reached:
            representative.setdefault(int(block[state]), int(state))
        number = {b: i for i, b in enumerate(representative)}
        kept = list(representative.values())
        transitions = np.array([[number[int(block[t])] for t in self.transitions[s]] for s in kept], dtype=np.int64)
        order = _breadth_first(transitions)
        rank = np.argsort(order)
        return Automaton(rank[transitions[order]], self.outputs[kept][order], self.symbols)

    def to_program(self, inputs: Sequence[Input], state: str = "state") -> Program:
        """The same machine as a program that looks everything up in tables."""
        outputs = tuple(self._table(self.outputs[:, :, j], inputs, state) for j in range(self.outputs.shape[2]))
        registers = () if self.size == 1 else (Register(state, 0, self._table(self.transitions, inputs, state)),)
        return Program(tuple(inputs), registers, outputs, "automaton", f"automaton with {self.size} states")

    def _table(self, values: NDArray[Any], inputs: Sequence[Input], state: str) -> Lookup:
        """`values` (states, symbols) as a table by the state, where there are several, and the inputs."""
        shape = tuple(i.high - i.low + 1 for i in inputs)
        cells = tuple(np.array(list(i.values)) - i.low for i in inputs)
        whole = np.full((self.size, *shape), values.ravel()[0])  # where no input ever is, anything will do
        whole[np.ix_(np.arange(self.size), *cells)] = values.reshape(self.size, *(len(c) for c in cells))
        at = tuple(Name(i.name) if i.low == 0 else apply("-", Name(i.name), i.low) for i in inputs)
        flat = tuple(int(v) for v in whole.ravel())
        if self.size == 1:
            return Lookup(flat, shape, at)
        return Lookup(flat, (self.size, *shape), (Name(state), *at))

    def describe(self) -> str:
        return f"{self.size} states, {self.transitions.shape[1]} symbols"

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name).tolist() for name in ("transitions", "outputs", "symbols")}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(*(np.array(data[name], dtype=np.int64) for name in ("transitions", "outputs", "symbols")))


def _breadth_first(transitions: NDArray[np.int64]) -> list[int]:
    order, seen = [0], {0}
    for state in order:
        for target in transitions[state].tolist():
            if target not in seen:
                seen.add(target)
                order.append(target)
    return order
