"""Skill curves: how well each of several tasks goes, step by step, in one training run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...core.subject import Subject

FEWEST = 12
"""Entries from which something can be fitted to the first half, chosen by the next part and tested on the last."""


@dataclass(frozen=True, eq=False)
class SkillCurves(Subject):
    """The loss (or accuracy) of each task (entries, skills), at steps (entries,) that rise.

    `frequencies` (skills,) is how often each task is trained on. `start` (skills,) is the value before training: by
    default the first one. `rates` (entries,) is the learning rate, by which time is counted where it changes.

    Raises ValueError for curves that say nothing: fewer than two tasks or twelve entries, values that are no numbers.

    >>> steps = np.arange(20.0)
    >>> curves = SkillCurves(steps, np.exp(-steps[:, None] * [0.2, 0.1]), ("a", "b"))
    >>> curves.left[0].tolist(), curves.skills
    ([1.0, 1.0], 2)
    """

    made_by: ClassVar[str] = "SkillCurves(steps, losses), or read_skill_curves(path) for a log"

    steps: NDArray[np.float64]
    values: NDArray[np.float64]
    names: tuple[str, ...] = ()
    frequencies: NDArray[np.float64] | None = None
    kind: str = "loss"
    start: NDArray[np.float64] | None = None
    rates: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        steps, values = np.array(self.steps, dtype=np.float64), np.array(self.values, dtype=np.float64)
        if values.ndim != 2 or steps.shape != values.shape[:1]:
            raise ValueError(f"steps are {steps.shape}, values {values.shape}; give (entries,) and (entries, skills)")
        if values.shape[1] < 2:
            raise ValueError(f"skills={values.shape[1]} is too few; give the curves of 2 tasks or more")
        if len(steps) < FEWEST:
            raise ValueError(f"entries={len(steps)} are too few to fit and to test; log at least {FEWEST}")
        if not (np.diff(steps) > 0).all() or not np.isfinite(steps).all():
            raise ValueError("steps must rise; give each step once, in order")
        names = tuple(self.names) or tuple(f"skill {i + 1}" for i in range(values.shape[1]))
        if len(names) != values.shape[1]:
            raise ValueError(f"names are {len(names)}, skills {values.shape[1]}; give one name for each")
        if self.kind not in ("loss", "accuracy"):
            raise ValueError(f"kind={self.kind!r} is unknown; give loss or accuracy")
        for field, value in (("steps", steps), ("values", values), ("names", names), ("notes", tuple(self.notes))):
            object.__setattr__(self, field, value)
        self._refuse_values()
        for field, shape in (("frequencies", values.shape[1:]), ("start", values.shape[1:]), ("rates", steps.shape)):
            self._set_numbers(field, shape)
        if (np.abs(self.way) < 1e-9).any():
            flat = names[int(np.argmin(np.abs(self.way)))]
            raise ValueError(f"{flat!r} starts as good as can be: nothing is left to learn; leave it out")

    def _refuse_values(self) -> None:
        bad = ~np.isfinite(self.values)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise ValueError(f"{self.names[column]!r} is no number at step {self.steps[row]:g}; leave such rows out")
        if self.kind == "accuracy" and (self.values.min() < 0 or self.values.max() > 1 + 1e-9):
            raise ValueError(
                f"accuracies go from {self.values.min():g} to {self.values.max():g}; give them from 0 to 1, or a loss"
            )
        if self.kind == "loss" and self.values.min() < 0:
            raise ValueError(f"a loss is {self.values.min():g}, below 0; give losses whose least value is 0")

    def _set_numbers(self, field: str, shape: tuple[int, ...]) -> None:
        """The positive numbers of a field, where it is given (a start may be 0)."""
        given = getattr(self, field)
        if given is None:
            return
        array = np.array(given, dtype=np.float64)
        if array.shape != shape:
            raise ValueError(f"{field} are {array.shape}; give {shape[0]} numbers")
        if not np.isfinite(array).all() or (array < 0).any() or (field == "frequencies" and (array == 0).any()):
            raise ValueError(
                f"{field} must be positive numbers; of a task that is never trained on, leave the curve out"
            )
        object.__setattr__(self, field, array / array.sum() if field == "frequencies" else array)

    @property
    def skills(self) -> int:
        return self.values.shape[1]

    @property
    def way(self) -> Float[np.ndarray, " skills"]:
        """From the start to the best that can be: 0 of a loss, 1 of an accuracy."""
        start = self.values[0] if self.start is None else self.start
        return start if self.kind == "loss" else 1 - start

    @property
    def left(self) -> Float[np.ndarray, "entries skills"]:
        """The share of the way that is still to go: 1 at the start."""
        return (self.values if self.kind == "loss" else 1 - self.values) / self.way

    @property
    def time(self) -> Float[np.ndarray, " entries"]:
        """Steps, each counted by its learning rate over the largest one; from 0."""
        steps = self.steps - self.steps[0]
        if self.rates is None or self.rates.max() <= 0:
            return steps
        share = self.rates / self.rates.max()
        return np.concatenate([[0.0], np.cumsum(np.diff(steps) * (share[1:] + share[:-1]) / 2)])

    def fingerprint(self) -> str:
        """SHA-256 of steps, values, and what is known beside them."""
        digest = hashlib.sha256(repr((self.kind, self.names)).encode())
        for name in ("steps", "values", "frequencies", "start", "rates"):
            array = getattr(self, name)
            digest.update(name.encode() + (b"" if array is None else np.ascontiguousarray(array).tobytes()))
        return digest.hexdigest()
