"""Predictions: what a formula says beside what was observed, row by row, for drawings and for readers of the folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class Predictions(Artifact):
    """`observed` and `predicted` (rows,) for features `X` (rows, features); `held_out` (rows,): what was not fitted.

    >>> seen = Predictions([[1.0], [2.0]], [1.0, 4.0], [1.0, 4.5], [False, True], ("x",), "y")
    >>> seen.describe()
    '2 rows, 1 of them held out; root mean square error 0.35'
    """

    X: NDArray[np.float64]
    observed: NDArray[np.float64]
    predicted: NDArray[np.float64]
    held_out: NDArray[np.bool_]
    names: tuple[str, ...]
    target: str

    kind = "predictions"
    file: ClassVar[str] = "predictions.safetensors"

    def __post_init__(self) -> None:
        arrays = {
            "X": np.ascontiguousarray(self.X, dtype=np.float64),
            "observed": np.asarray(self.observed, dtype=np.float64),
            "predicted": np.asarray(self.predicted, dtype=np.float64),
            "held_out": np.asarray(self.held_out, dtype=bool),
        }
        rows = arrays["observed"].shape
        fit = arrays["predicted"].shape == arrays["held_out"].shape == rows and len(rows) == 1
        if not fit or arrays["X"].shape != (*rows, len(self.names)):
            shapes = {name: array.shape for name, array in arrays.items()}
            raise ValueError(f"predictions have shapes {shapes}; give X (rows, {len(self.names)}), the others (rows,)")
        for name, array in arrays.items():
            object.__setattr__(self, name, array)
        object.__setattr__(self, "names", tuple(self.names))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Predictions) and dict(self.files()) == dict(other.files())

    @property
    def error(self) -> float:
        """Root mean square over the rows where the formula has a value; NaN where it has none."""
        residuals = (self.observed - self.predicted)[np.isfinite(self.predicted)]
        return float(np.sqrt(np.mean(residuals**2))) if len(residuals) else float("nan")

    def describe(self) -> str:
        held = f", {int(self.held_out.sum()):,} of them held out" if self.held_out.any() else ""
        return f"{len(self.observed):,} rows{held}; root mean square error {self.error:.2g}"

    def to_dict(self) -> dict[str, Any]:
        return {"names": list(self.names), "target": self.target, "rows": len(self.observed)}

    def files(self) -> Mapping[str, bytes]:
        arrays = {"X": self.X, "observed": self.observed, "predicted": self.predicted}
        return {self.file: save_tensors({**arrays, "held_out": self.held_out.astype(np.uint8)})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays = load_tensors(files, cls.file)
        held_out = arrays["held_out"].astype(bool)
        names = tuple(data["names"])
        return cls(arrays["X"], arrays["observed"], arrays["predicted"], held_out, names, data["target"])
