"""What a program was found through: the network, its training, the automaton, its hidden states."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from ...artifacts.programs.program import Program
from ...artifacts.programs.state_cloud import StateCloud
from ...artifacts.programs.training_curve import TrainingCurve
from ...core.artifact import Artifact
from .candidates import Candidate
from .observations import Observations
from .opened_network import OpenedNetwork, given_network, network_artifact


def parts_of(
    chosen: Candidate, opened: OpenedNetwork, held_out: Observations, generator: np.random.Generator
) -> dict[str, Artifact]:
    """The artifacts beside the program, by the name of the part; hidden states only where they are finite."""
    parts: dict[str, Artifact] = {}
    if opened.searched is not None:
        parts["network"] = network_artifact(opened.searched.network)
        if (training := opened.searched.training) is not None:
            history = training.history
            parts["training"] = TrainingCurve(history.steps, history.losses, history.accuracies, opened.searched.member)
    elif given := given_network(opened.recurrence):
        parts["network"] = given
    if chosen.automaton is not None:
        parts["automaton"] = chosen.automaton
    sample = held_out.first(300)
    hidden, _ = opened.recurrence.trace(sample.inputs)
    labels, title = _state_labels(chosen.program, sample)
    flat = hidden.reshape(-1, hidden.shape[2])
    if np.isfinite(flat).all():
        parts["states"] = StateCloud.from_states(flat, labels.reshape(-1), label=title, generator=generator)
    return parts


def _state_labels(
    program: Program, sample: Observations, most: int = 12
) -> tuple[Int[np.ndarray, "sequences time"], str]:
    """The state that each hidden state stands for: the register where there is one, else a number for each tuple.

    Beyond `most` different tuples such a number would say nothing, and the first register is taken.
    """
    registers = program.trace(sample.inputs)[0][:, 1:].astype(np.int64)
    if registers.shape[2] == 0:
        return sample.outputs[:, :, 0], "output"
    first = registers[:, :, 0], program.registers[0].name
    flat = registers.reshape(-1, registers.shape[2])
    if registers.shape[2] == 1 or len(np.unique(flat, axis=0)) > most:
        return first
    numbers = np.unique(flat, axis=0, return_inverse=True)[1].reshape(registers.shape[:2])
    return numbers, ", ".join(r.name for r in program.registers)
