"""The finite-state route: a network's states, merged where no continuation within its horizon tells them apart.

Two states reached after d and d' steps are the same if the network's outputs agree on every tested continuation of at
most horizon - max(d, d') steps (Mealy merging; Nerode's equivalence, bounded by the horizon because networks drift
beyond the lengths they were trained on). `tolerance` is the share of outputs that may differ, which forgives an
imperfect network. The paper's route clusters hidden states instead (arXiv 2402.05110, section 4.2).

Cost: O(states * symbols * continuations * horizon) network steps, batched.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ....artifacts.programs.automaton import Automaton
from ....subjects.sequences.recurrence import Recurrence
from ..automata import automaton_program, vote_on_outputs
from ..candidates import Candidate
from ..observations import Observations


@dataclass(frozen=True)
class FiniteState:
    """Propose minimal automata at several `tolerances`, as programs over a state number.

    `continuations` random words tell states apart. Automata of up to `readable_states` states are also written as
    expressions; nobody would read those of larger ones.
    """

    tolerances: tuple[float, ...] = (0.0, 0.01, 0.03, 0.08, 0.2)
    most_states: int = 64
    most_symbols: int = 64
    continuations: int = 256
    readable_states: int = 24

    def propose(self, observations: Observations, generator: np.random.Generator) -> list[Candidate]:
        recurrence = observations.recurrence
        if recurrence is None or observations.alphabet.size > self.most_symbols or recurrence.horizon < 2:
            return []
        found: dict[bytes, Candidate] = {}
        for tolerance in self.tolerances:
            automaton = merge_states(
                recurrence,
                tolerance,
                self.most_states,
                self.continuations,
                np.random.default_rng(generator.integers(2**32)),
            )
            if automaton is None:
                continue
            automaton = vote_on_outputs(automaton, observations).minimised()
            key = automaton.transitions.tobytes() + automaton.outputs.tobytes()
            if key not in found:
                table = automaton.to_program(observations.program_inputs)
                wrong, total = observations.errors(table)
                found[key] = Candidate(
                    table, "finite state", automaton, {"tolerance": tolerance, "error": wrong / total}
                )
            if found[key].notes["error"] == 0:
                break
        best = sorted(found.values(), key=lambda c: (c.notes["error"], c.automaton.size))[:2]  # type: ignore[union-attr]
        return [*best, *(readable for c in best if (readable := self._as_expressions(c, observations)) is not None)]

    def _as_expressions(self, candidate: Candidate, observations: Observations) -> Candidate | None:
        """The automaton with its tables replaced by expressions over the state number, where there are shorter ones."""
        automaton = candidate.automaton
        assert automaton is not None
        if automaton.size > self.readable_states:
            return None
        program = automaton_program(automaton, observations, "state")
        return None if program is None else Candidate(program, "finite state", automaton, candidate.notes)


def merge_states(
    recurrence: Recurrence, tolerance: float, most: int, continuations: int, generator: np.random.Generator
) -> Automaton | None:
    """The automaton of a network within its horizon; None if it needs more than `most` states or never closes."""
    symbols = recurrence.alphabet.values
    words = _continuations(len(symbols), recurrence.horizon, continuations, generator)
    states, depths = [recurrence.initial], [0]
    answers = [_answers(recurrence, recurrence.initial[None], words)[0]]
    transitions: list[list[int]] = []
    outputs: list[NDArray[np.int64]] = []
    current = 0
    while current < len(states):
        children, output = recurrence.advance(np.repeat(states[current][None], len(symbols), 0), symbols)
        outputs.append(output)
        left = recurrence.horizon - depths[current] - 1
        if left < 1:
            return None  # a state that is only reached at the horizon: where it leads is not known
        replies = _answers(recurrence, children, words[:, :left])
        row: list[int] = []
        for child, reply in zip(children, replies, strict=True):
            match = _closest(answers, reply, tolerance)
            if match is None:
                match = len(states)
                states.append(child)
                depths.append(depths[current] + 1)
                answers.append(reply)
            row.append(match)
        transitions.append(row)
        if len(states) > most:
            return None
        current += 1
    return Automaton(np.array(transitions), np.stack(outputs), symbols).minimised()


def _continuations(size: int, horizon: int, most: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Words to try after each state: all of them while they are few, else random ones and the constant ones."""
    length = horizon - 1
    short = max((k for k in range(1, length + 1) if size**k <= most), default=0)
    words = generator.integers(0, size, (most, length))
    if short:
        head = np.array(list(product(range(size), repeat=short)))
        words = np.concatenate(
            [np.concatenate([head, generator.integers(0, size, (len(head), length - short))], 1), words]
        )
    constant = np.repeat(np.arange(size)[:, None], length, 1)
    return np.concatenate([words[: 2 * most], constant])


def _answers(recurrence: Recurrence, states: NDArray[np.float64], words: NDArray[np.int64]) -> NDArray[np.int64]:
    """Outputs (states, words, time, outputs) of the network continuing from each state with each word."""
    symbols = recurrence.alphabet.values
    batch = np.repeat(states, len(words), 0)
    replies = []
    for t in range(words.shape[1]):
        batch, output = recurrence.advance(batch, symbols[np.tile(words[:, t], len(states))])
        replies.append(output.reshape(len(states), len(words), -1))
    return np.stack(replies, 2)


def _closest(answers: list[NDArray[np.int64]], reply: NDArray[np.int64], tolerance: float) -> int | None:
    """The earlier state whose answers differ least from `reply`, if by no more than `tolerance`."""
    best, least = None, np.inf
    length = reply.shape[1]
    for number, known in enumerate(answers):
        common = min(length, known.shape[1])
        share = float((known[:, :common] != reply[:, :common]).any(2).mean())
        if share < least:
            best, least = number, share
    return best if least <= tolerance else None
