"""Training curves: how loss and accuracy went while a network, or several at once, learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class TrainingCurve(Artifact):
    """Losses and accuracies (held out, 0 to 1), each (records,) or (records, members), at `steps` (records,).

    `chosen` is the member that was kept. Raises ValueError where the shapes do not fit.

    >>> TrainingCurve([0, 100], [[1.0, 2.0], [0.1, 0.5]], [[0.5, 0.4], [1.0, 0.9]]).describe()
    '100 steps, 2 members; the chosen one ended at loss 0.1, accuracy 100 %'
    """

    steps: NDArray[np.int64]
    losses: NDArray[np.float64]
    accuracies: NDArray[np.float64]
    chosen: int = 0

    kind = "training-curve"
    file: ClassVar[str] = "training_curve.safetensors"

    def __post_init__(self) -> None:
        steps = np.asarray(self.steps, dtype=np.int64)
        losses, accuracies = _members(self.losses), _members(self.accuracies)
        if steps.ndim != 1 or len(steps) == 0 or losses.shape != accuracies.shape or len(losses) != len(steps):
            raise ValueError(
                f"steps {steps.shape}, losses {losses.shape} and accuracies {accuracies.shape} do not fit; "
                "give (records,) steps and (records,) or (records, members) of each figure"
            )
        if not 0 <= self.chosen < losses.shape[1]:
            raise ValueError(f"chosen={self.chosen} is no member; give 0 to {losses.shape[1] - 1}")
        for name, value in (("steps", steps), ("losses", losses), ("accuracies", accuracies)):
            object.__setattr__(self, name, value)

    @property
    def members(self) -> int:
        """How many networks were trained at once."""
        return self.losses.shape[1]

    def describe(self) -> str:
        loss, accuracy = self.losses[-1, self.chosen], self.accuracies[-1, self.chosen]
        which = f", {self.members} members; the chosen one ended" if self.members > 1 else "; ended"
        return f"{int(self.steps[-1]):,} steps{which} at loss {loss:.2g}, accuracy {_percent(accuracy)}"

    def to_dict(self) -> dict[str, Any]:
        return {"records": len(self.steps), "members": self.members, "chosen": self.chosen}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors({"steps": self.steps, "losses": self.losses, "accuracies": self.accuracies})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays = load_tensors(files, cls.file)
        return cls(arrays["steps"], arrays["losses"], arrays["accuracies"], data["chosen"])


def _members(values: Any) -> NDArray[np.float64]:
    values = np.asarray(values, dtype=np.float64)
    return np.ascontiguousarray(values[:, None] if values.ndim == 1 else values)


def _percent(share: float) -> str:
    """A share in percent that says 100 only where nothing is missing."""
    if share == 1:
        return "100 %"
    digits = next((d for d in (1, 2, 3, 4) if round(100 * share, d) < 100), 5)
    return f"{100 * share:.{digits}f} %"
