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

from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.expression import Expression
from ...artifacts.programs.fold import Register
from ...artifacts.programs.program import Program
from ...subjects.sequences.recurrence import Recurrence
from .naming import named
from .observations import Candidate, Observations
from .outputs import output_expression
from .synthesis import Synthesiser


@dataclass(frozen=True)
class FiniteState:
    """Propose minimal automata at several tolerances, as programs over a state number."""

    tolerances: tuple[float, ...] = (0.0, 0.01, 0.03, 0.08, 0.2)
    most_states: int = 64
    most_symbols: int = 64
    continuations: int = 256

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
            automaton = with_voted_outputs(automaton, observations).minimised()
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
        if automaton.size > 24:
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


def with_voted_outputs(automaton: Automaton, observations: Observations) -> Automaton:
    """The same states with each output replaced by the label seen most often there: forgives single wrong answers."""
    indices = observations.alphabet.index(observations.inputs)
    state = np.zeros(len(indices), dtype=np.int64)
    cells = np.empty(indices.shape, dtype=np.int64)
    for t in range(indices.shape[1]):
        cells[:, t] = state * len(automaton.symbols) + indices[:, t]
        state = automaton.transitions[state, indices[:, t]]
    seen = cells[observations.mask]
    outputs = automaton.outputs.copy().reshape(-1, automaton.outputs.shape[2])
    for j in range(outputs.shape[1]):
        labels = observations.outputs[:, :, j][observations.mask]
        values, place = np.unique(labels, return_inverse=True)
        votes = np.zeros((len(outputs), len(values)), dtype=np.int64)
        np.add.at(votes, (seen, place.reshape(-1)), 1)
        voted = votes.any(1)
        outputs[voted, j] = values[votes[voted].argmax(1)]
    return Automaton(automaton.transitions, outputs.reshape(automaton.outputs.shape), automaton.symbols)


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


def automaton_program(automaton: Automaton, observations: Observations, state: str) -> Program | None:
    """Expressions for transitions and outputs over the state's number; None where one is not found."""
    states, symbols = automaton.size, len(automaton.symbols)
    inputs = {n: np.tile(automaton.symbols[:, i], states) for i, n in enumerate(observations.input_names)}
    before, updates = {}, {}
    synthesiser = Synthesiser(constants=constants_for(observations, states))
    if states > 1:
        before = {state: np.repeat(np.arange(states), symbols)}
        after = automaton.transitions.reshape(-1)
        update = synthesiser.find({**inputs, **before}, after)
        if update is None:
            return None
        updates = {state: (update, after)}
    outputs: list[Expression] = []
    for j in range(automaton.outputs.shape[2]):
        target = automaton.outputs[:, :, j].reshape(-1)
        output = output_expression(inputs, before, updates, target, synthesiser)
        if output is None:
            return None
        outputs.append(output)
    registers = tuple(Register(name, 0, update) for name, (update, _) in updates.items())
    return named(Program(observations.program_inputs, registers, tuple(outputs)))


def constants_for(observations: Observations, states: int | None = None) -> tuple[int, ...]:
    """Constants that a program may hold: small ones, the ends of the alphabet, and the number of states."""
    ends = {abs(v) for v in (*observations.alphabet.high, *observations.alphabet.low)}
    ends |= {v + 1 for v in ends}
    extra = {v for v in ends if v <= 100} | ({states} if states else set())
    return tuple(sorted({0, 1, 2} | extra))
