"""A training run as its log shows it: how well it fits the training data and held-out data, step by step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.subject import Subject

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """Values (entries,) at rising steps (entries,); `name` is what the log called it."""

    steps: Values
    values: Values
    name: str = ""

    def __post_init__(self) -> None:
        steps, values = (np.array(one, dtype=np.float64) for one in (self.steps, self.values))
        if steps.ndim != 1 or steps.shape != values.shape or not len(steps):
            raise ValueError(f"steps are {steps.shape}, values {values.shape}; give two lists of equal length")
        if not (np.diff(steps) > 0).all() or not np.isfinite(steps).all():
            raise ValueError("steps must rise; give each step once, in order")
        for field, array in (("steps", steps), ("values", values)):
            array.setflags(write=False)
            object.__setattr__(self, field, array)

    def __len__(self) -> int:
        return len(self.steps)

    def until(self, step: float) -> Curve | None:
        """What was known at `step`; None where nothing was."""
        known = self.steps <= step
        return Curve(self.steps[known], self.values[known], self.name) if known.any() else None

    def at(self, step: float) -> float:
        """The last value up to `step`; the first one before that."""
        return float(self.values[max(int(np.searchsorted(self.steps, step, side="right")) - 1, 0)])


@dataclass(frozen=True, eq=False)
class TrainingRun(Subject):
    """Train and test accuracy (or loss) by step, which need not be logged at the same steps.

    `chance` is the accuracy of guessing. `norm` is the length of all weights together; with it, the learning rate and
    the weight decay it can be said when a run that memorises will generalise. Losses may stop being numbers: that is
    told, not refused. Raises ValueError for curves that say nothing.

    >>> run = TrainingRun(Curve([0, 10, 20], [0.1, 0.9, 1.0]), Curve([0, 20], [0.1, 0.2]), chance=0.1)
    >>> run.last_step
    20.0
    """

    made_by: ClassVar[str] = "TrainingRun(Curve(steps, train), Curve(steps, test)), or read_run(path) for a log"

    train: Curve
    test: Curve | None = None
    kind: str = "accuracy"
    """What the curves are: "accuracy" (1 is best) or "loss" (less is better)."""
    chance: float | None = None
    norm: Curve | None = None
    learning_rate: Curve | None = None
    weight_decay: float | None = None
    name: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in ("accuracy", "loss"):
            raise ValueError(f"kind={self.kind!r} is unknown; give accuracy or loss")
        for what, curve in (("train", self.train), ("test", self.test)):
            if curve is not None:
                self._refuse(what, curve)
        if self.chance is not None and not 0 <= self.chance < 1:
            raise ValueError(f"chance={self.chance:g} is no accuracy of guessing; give one from 0 to below 1")
        object.__setattr__(self, "notes", tuple(self.notes))

    def _refuse(self, what: str, curve: Curve) -> None:
        finite = curve.values[np.isfinite(curve.values)]
        if len(finite) < 2:
            raise ValueError(f"{what} has {len(finite)} values that are numbers; log at least 2")
        if self.kind == "accuracy" and (finite.min() < 0 or finite.max() > 1 + 1e-9):
            raise ValueError(
                f"{what} {curve.name!r} goes from {finite.min():g} to {finite.max():g}, no accuracy from 0 to 1; "
                "divide per cent by 100, or give a loss with --metric loss"
            )

    @property
    def last_step(self) -> float:
        return max(float(curve.steps[-1]) for curve in (self.train, self.test) if curve is not None)

    def until(self, step: float) -> TrainingRun:
        """The run as it was known at `step`. Raises ValueError where that is too little."""
        from dataclasses import replace

        cut = {name: None if one is None else one.until(step) for name, one in self._curves().items()}
        if cut["train"] is None or (self.test is not None and cut["test"] is None):
            raise ValueError(f"nothing was logged up to step {step:g}; choose a later one")
        return replace(self, **cut)  # type: ignore[arg-type]

    def _curves(self) -> dict[str, Curve | None]:
        return {"train": self.train, "test": self.test, "norm": self.norm, "learning_rate": self.learning_rate}

    def fingerprint(self) -> str:
        """SHA-256 of all curves and of what is known beside them."""
        digest = hashlib.sha256(repr((self.kind, self.chance, self.weight_decay)).encode())
        for name, curve in self._curves().items():
            if curve is not None:
                digest.update(name.encode() + curve.steps.tobytes() + curve.values.tobytes())
        return digest.hexdigest()
