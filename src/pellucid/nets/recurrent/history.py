"""How loss and accuracy went during a training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

__all__ = ["History"]


@dataclass
class History:
    """One row per evaluated step, one column per member that was started; NaN once a member was dropped.

    `accuracies` are held-out ones at full length, also while training still sees shorter sequences (`lengths`).
    """

    steps: Int[np.ndarray, " record"]
    lengths: Int[np.ndarray, " record"]
    losses: Float[np.ndarray, "record member"]
    accuracies: Float[np.ndarray, "record member"]

    @classmethod
    def empty(cls, members: int) -> History:
        """A history that is yet to begin."""
        none = np.zeros((0, members))
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), none, none)

    @classmethod
    def names(cls) -> list[str]:
        """What is recorded: the fields' names.

        >>> History.names()
        ['steps', 'lengths', 'losses', 'accuracies']
        """
        return [field.name for field in fields(cls)]

    @classmethod
    def of(cls, tensors: Mapping[str, Shaped[Tensor, ...]]) -> History:
        """The history that `tensors` gave."""
        return cls(*(tensors[f"history.{name}"].numpy() for name in cls.names()))

    def tensors(self) -> dict[str, Shaped[Tensor, "record ..."]]:
        """The same numbers by name, to be stored."""
        return {f"history.{name}": torch.from_numpy(getattr(self, name).copy()) for name in self.names()}

    @property
    def last_step(self) -> int:
        """The last step that was evaluated; 0 before the first."""
        return int(self.steps[-1]) if len(self.steps) else 0

    @property
    def steps_before_last(self) -> int:
        """The last but one step that was evaluated; 0 if there is none."""
        return int(self.steps[-2]) if len(self.steps) > 1 else 0

    @property
    def best_accuracy(self) -> float:
        """The best member's accuracy at the last evaluation; 0 before the first."""
        return float(np.nanmax(self.accuracies[-1])) if len(self.steps) else 0.0

    def record(
        self,
        step: int,
        length: int,
        members: Sequence[int],
        loss: Float[Tensor, " member"],
        accuracy: Float[np.ndarray, " member"],
    ) -> None:
        """Add the figures of the members that are still there."""
        row = np.full((2, self.losses.shape[1]), np.nan)
        row[0, list(members)] = loss.double().cpu().numpy()
        row[1, list(members)] = accuracy
        self.steps = np.append(self.steps, step)
        self.lengths = np.append(self.lengths, length)
        self.losses = np.concatenate([self.losses, row[:1]])
        self.accuracies = np.concatenate([self.accuracies, row[1:]])
