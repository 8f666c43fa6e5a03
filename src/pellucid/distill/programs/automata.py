"""Automata as programs that a person would write, and what labels say about an automaton's outputs."""

from __future__ import annotations

import numpy as np

from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.expression import Expression
from ...artifacts.programs.fold import Register
from ...artifacts.programs.program import Program
from .observations import Observations
from .synthesis.outputs import output_expression
from .synthesis.synthesiser import Synthesiser
from .wording.naming import name_registers


def automaton_program(automaton: Automaton, observations: Observations, state: str = "state") -> Program | None:
    """Expressions for transitions and outputs over the state's number; None where one is not found."""
    states, symbols = automaton.size, len(automaton.symbols)
    inputs = {n: np.tile(automaton.symbols[:, i], states) for i, n in enumerate(observations.input_names)}
    before, updates = {}, {}
    synthesiser = Synthesiser(constants=observations.constants(states))
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
    return name_registers(Program(observations.program_inputs, registers, tuple(outputs)))


def vote_on_outputs(automaton: Automaton, observations: Observations) -> Automaton:
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
