"""What the training loop can be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["TrainingOptions"]


@dataclass(frozen=True)
class TrainingOptions:
    """Hyperparameters of `train`.

    Sequences first grow from length 1 to full length; then the learning rate falls along cosines, each twice as long as
    the one before, until a member is perfect on held-out data with a rounding error below `margin`. After each cosine
    the worse half of the members is dropped (down to `least_members`).

    Args:
        members: how many networks train side by side.
        hidden_sizes: hidden units each member may use, repeated over the members; all by default.
        steps: optimiser steps at most.
        batch_size: sequences a step.
        learning_rate: Adam's, at the start of each cosine.
        noise: standard deviation of the noise on hidden states, in units of theirs, repeated over the members
            (over rounds of `hidden_sizes`, so that every size meets every noise). Noise
            makes states contract, so that finite-state networks keep working far beyond the training length; exact
            arithmetic on large numbers needs members without it.
        margin: the largest |y - round(y)| a finished network may have.
        held_out: the share of sequences kept for judging (8,000 of them at most).
        first_cycle: steps of the first cosine.
        robust_share: the last part of each cosine, which minimises log(1 + (2e)^2) / 2 rather than e^2.
        growth_steps: steps after which sequences grow even if no member is right on the shorter ones.
        evaluate_every: steps between evaluations.
        least_members: how many members are never dropped.
        cosines: cosines at most.
        promising: the accuracy below which no further cosine is begun.
        quick: held-out sequences that are looked at during training; a verdict needs all of them.
        seconds: CPU seconds after which training stops (results then depend on the machine).
        checkpoint_seconds: wall seconds between checkpoints.
        device: where to compute ("cpu", "cuda"); random numbers come from the CPU, so that devices see the same ones.

    Raises:
        ValueError: a number out of its range.
    """

    members: int = 8
    hidden_sizes: tuple[int, ...] = ()
    steps: int = 12_000
    batch_size: int = 128
    learning_rate: float = 5e-3
    noise: tuple[float, ...] = (0.1, 0.0)
    margin: float = 0.2
    held_out: float = 0.2
    first_cycle: int = 600
    robust_share: float = 0.3
    growth_steps: int = 300
    evaluate_every: int = 50
    least_members: int = 4
    cosines: int = 5
    promising: float = 0.0
    quick: int = 512
    seconds: float | None = None
    checkpoint_seconds: float = 30.0
    device: str = "cpu"

    def __post_init__(self) -> None:
        counts = ("members", "steps", "batch_size", "first_cycle", "growth_steps", "evaluate_every", "least_members")
        counts += ("cosines", "quick")
        self._check(counts, lambda v: isinstance(v, int) and v >= 1, "a whole number of at least 1")
        self._check(("learning_rate", "margin", "held_out"), lambda v: 0 < v < 1, "a number between 0 and 1")
        self._check(("robust_share", "promising"), lambda v: 0 <= v <= 1, "a number from 0 to 1")
        if not self.noise or min(self.noise) < 0:
            raise ValueError(f"noise={self.noise!r}: give at least one number, none below 0")
        if self.seconds is not None and not self.seconds > 0:
            raise ValueError(f"seconds={self.seconds!r}: give a number above 0, or None")

    def _check(self, names: tuple[str, ...], is_fine: Callable[[Any], bool], wanted: str) -> None:
        for name in names:
            if not is_fine(getattr(self, name)):
                raise ValueError(f"{name}={getattr(self, name)!r}: give {wanted}")
