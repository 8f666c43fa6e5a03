"""Labels of features, each with what it is worth: the scores of a reader who has nothing but the label."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float, Int

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class FeatureLabels(Artifact):
    """Label i is what `author` says of feature `features[i]`; `tables[i]` are the first tokens of its token table.

    Scores are balanced accuracies, 0.5 for guessing, NaN where nothing was answered. `detection`: which passages a
    feature fires in; `fuzzing`: which of two markings of a passage is that of its firings. `table_detection` and
    `table_fuzzing`: what the token table scores on the same passages. `author` "" is a table alone.
    """

    author: str
    features: Int[np.ndarray, " labels"]
    labels: tuple[str, ...]
    tables: tuple[tuple[str, ...], ...]
    detection: Float[np.ndarray, " labels"]
    fuzzing: Float[np.ndarray, " labels"]
    table_detection: Float[np.ndarray, " labels"]
    table_fuzzing: Float[np.ndarray, " labels"]
    passages: Int[np.ndarray, " labels"] = field(default_factory=lambda: np.zeros(0, np.int32))
    """How many held-out passages in which it fires each was judged on; as many in which it does not."""

    kind = "feature_labels"
    file: ClassVar[str] = "labels.safetensors"
    scores: ClassVar[tuple[str, ...]] = ("detection", "fuzzing", "table_detection", "table_fuzzing")

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "tables", tuple(tuple(table) for table in self.tables))
        for name in self._arrays():
            kind = np.float32 if name in self.scores else np.int32
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=kind))
        sizes = {name: len(getattr(self, name)) for name in ("labels", "tables", *self._arrays())}
        if len(set(sizes.values())) != 1:
            raise ValueError(f"sizes {sizes} differ; give one of each for a label")

    def of(self, feature: int) -> int | None:
        """The place of a feature's label; None where it has none."""
        found = np.flatnonzero(self.features == feature)
        return int(found[0]) if len(found) else None

    def describe(self) -> str:
        who = f"labels by {self.author}" if self.author else "token tables"
        return f"{who} of {len(self.features):,} features"

    def to_csv(self) -> str:
        """A row a label, the best detected first."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["feature", "label", *self.scores, "passages", "tokens"])
        order = np.argsort(-np.nan_to_num(self.detection if self.author else self.table_detection), kind="stable")
        for i in order.tolist():
            numbers = [f"{getattr(self, name)[i]:.3f}".replace("nan", "") for name in self.scores]
            writer.writerow([self.features[i], self.labels[i], *numbers, self.passages[i], " ".join(self.tables[i])])
        return text.getvalue()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FeatureLabels):
            return NotImplemented
        return self.to_dict() == other.to_dict() and dict(self.files()) == dict(other.files())

    def to_dict(self) -> dict[str, Any]:
        return {"author": self.author, "labels": list(self.labels), "tables": [list(table) for table in self.tables]}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors({name: getattr(self, name) for name in self._arrays()})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays: dict[str, Any] = load_tensors(files, cls.file)
        return cls(**data, **arrays)

    def _arrays(self) -> tuple[str, ...]:
        return ("features", *self.scores, "passages")
