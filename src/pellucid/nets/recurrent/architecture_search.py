"""The smallest network that is perfect on held-out sequences: closed form first, then ever larger nets."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from numpy.typing import ArrayLike

from ...run.progress import SILENT, Reporter
from .labelled_sequences import LabelledSequences
from .linear import linear_network
from .options import TrainingOptions
from .recurrent import RecurrentMLP, RecurrentShape
from .training import Training, train

__all__ = ["Attempt", "Searched", "smallest_network"]


@dataclass(frozen=True)
class Attempt:
    """One shape that was tried: its best member's held-out accuracy, optimiser steps (0: closed form), CPU seconds."""

    shape: RecurrentShape
    accuracy: float
    steps: int
    seconds: float


@dataclass(frozen=True)
class Searched:
    """The network that was chosen, and what was tried on the way.

    Args:
        network: one member, float32, for raw numbers.
        accuracy: the share of held-out positions it gets right, at full length.
        rounding_error: max |y - round(y)| there.
        drift: the same on random sequences ten times as long (0.5: states drift away).
        attempts: all that were made, in order.
        training: the training the network came from; None where it was solved in closed form.
        member: which column of the training's history it is.
        seconds: CPU seconds of the whole search.
    """

    network: RecurrentMLP
    accuracy: float
    rounding_error: float
    drift: float
    attempts: tuple[Attempt, ...]
    training: Training | None
    member: int
    seconds: float

    @property
    def shape(self) -> RecurrentShape:
        """The shape of the chosen network."""
        return self.network.shape

    @property
    def perfect(self) -> bool:
        """Whether the network is right on every held-out position."""
        return self.accuracy == 1.0


@dataclass(frozen=True)
class _Rung:
    """One step of the ladder: the size of both parts, the share of the members to spend on it, and how to train."""

    update_width: int
    readout_depth: int
    readout_width: int
    members_share: float
    options: TrainingOptions

    def shape(self, data: LabelledSequences) -> RecurrentShape:
        sizes = (data.inputs.shape[2], max(self.options.hidden_sizes), data.outputs.shape[2])
        return RecurrentShape(*sizes, 2, self.update_width, self.readout_depth, self.readout_width)


LADDER = (
    _Rung(32, 1, 1, 1.0, TrainingOptions(hidden_sizes=(1, 2, 3, 4), cosines=3, promising=0.98)),
    _Rung(32, 2, 32, 0.5, TrainingOptions(hidden_sizes=(4,), noise=(0.0,), first_cycle=1_200, cosines=3)),
    _Rung(64, 2, 32, 0.5, TrainingOptions(hidden_sizes=(6,), noise=(0.0,), first_cycle=2_400, cosines=3, steps=20_000)),
)
"""Nets of up to four hidden units first, each with and without noise on its states; then a readout with a hidden layer;
then wider nets, trained longer, without noise: it makes states contract, and large numbers do not survive that."""


def smallest_network(
    inputs: ArrayLike,
    outputs: ArrayLike,
    *,
    seed: int = 0,
    members: int = 12,
    budget_seconds: float = 120.0,
    mask: ArrayLike | None = None,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
    device: str = "cpu",
) -> Searched:
    """The architecture search of the paper (arXiv 2402.05110, section 3.2), smallest shape first, made cheap.

    A linear network is solved for in closed form. Otherwise networks of several hidden sizes train side by side, and
    the smallest that is perfect on held-out sequences is taken; shapes grow until one is, or the budget of CPU seconds
    is used up (then the result also depends on the machine, and the best network is returned with `perfect` False).

    Raises:
        ValueError: data that is not usable (see `LabelledSequences.checked`); a budget that is not above 0.

    >>> import numpy as np
    >>> numbers = np.random.default_rng(0).integers(0, 100, (500, 8, 1))
    >>> found = smallest_network(numbers, numbers.cumsum(1))
    >>> found.perfect, found.shape.hidden_size, found.shape.linear
    (True, 1, True)
    """
    if not budget_seconds > 0:
        raise ValueError(f"budget_seconds={budget_seconds!r}: give a number above 0")
    data = LabelledSequences.checked(inputs, outputs, mask)
    found = _solved(data, seed)
    for number, rung in enumerate(LADDER):
        left = budget_seconds - sum(result.seconds for result in found)
        if found and (left <= 0 or any(result.perfect for result in found)):
            break
        share = max(1, round(rung.members_share * members))
        training = train(
            inputs,
            outputs,
            rung.shape(data),
            options=replace(rung.options, members=share, seconds=left, device=device),
            seed=seed,
            mask=mask,
            reporter=reporter,
            checkpoint=checkpoint / f"rung-{number}" if checkpoint else None,
        )
        found.append(_chosen(training))
    return _best(found)


def _best(found: list[Searched]) -> Searched:
    """The most accurate network, with all attempts and what they took together."""
    best = max(found, key=lambda result: result.accuracy)
    attempts = tuple(attempt for result in found for attempt in result.attempts)
    return replace(best, attempts=attempts, seconds=sum(result.seconds for result in found))


def _solved(data: LabelledSequences, seed: int) -> list[Searched]:
    """The linear network, where there is one."""
    began = time.process_time()
    training, held_out = data.split(TrainingOptions.held_out, seed)
    network = linear_network(training)
    if network is None:
        return []
    score, drift = held_out.score(network), float(held_out.drift(network, seed)[0])
    accuracy, error = float(score.accuracy[0]), float(score.rounding_error[0])
    seconds = time.process_time() - began
    attempt = Attempt(network.shape, accuracy, 0, seconds)
    return [Searched(network, accuracy, error, drift, (attempt,), None, 0, seconds)]


def _chosen(training: Training) -> Searched:
    """The best member of a training, without the hidden units it does not have."""
    best = training.best
    network = training.network.select(best).first_units(training.hidden_sizes[best])
    accuracy, error = float(training.accuracy[best]), float(training.score.rounding_error[best])
    attempt = Attempt(training.network.shape, accuracy, training.steps, training.seconds)
    return Searched(
        network, accuracy, error, float(training.drift[best]), (attempt,), training, training.members[best],
        training.seconds,
    )  # fmt: skip
