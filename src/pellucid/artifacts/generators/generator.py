"""Generator: draws new rows like those of a table, as many as are wanted."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import numpy as np
from jaxtyping import Float

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors
from .column_code import ColumnCode
from .denoiser_network import denoise
from .noise_flow import draw_points, noise_levels

Values = Float[np.ndarray, "rows columns"]
Codes = Float[np.ndarray, "rows width"]


@dataclass(frozen=True, eq=False)
class Generator(Artifact):
    """Columns as they are coded, the network's weights, and the noise: D = `extra_dimensions`, in `steps` levels.

    `sample(rows, seed)` gives the cells of each column by its name, `text(values)` a CSV file.
    """

    columns: tuple[ColumnCode, ...]
    weights: Mapping[str, np.ndarray[Any, Any]]
    extra_dimensions: float = np.inf
    steps: int = 18
    image: tuple[int, int] | None = None
    learnt_rows: int = 0

    kind = "generator"

    @property
    def width(self) -> int:
        """Coordinates of a row."""
        return sum(column.width for column in self.columns)

    def encode(self, values: Values, generator: np.random.Generator) -> Codes:
        """The coordinates of rows."""
        parts = [column.encode(values[:, j], generator) for j, column in enumerate(self.columns)]
        return np.concatenate(parts, axis=1)

    def decode(self, codes: Codes, generator: np.random.Generator) -> Values:
        """The rows that coordinates stand for."""
        ends = np.cumsum([column.width for column in self.columns])[:-1]
        parts = zip(self.columns, np.split(codes, ends, axis=1), strict=True)
        return np.stack([column.decode(part, generator) for column, part in parts], axis=1)

    def denoiser(self, x: Codes, sigma: float) -> Codes:
        """E[row | x, sigma] as the network says it."""
        level = np.full((len(x), 1), sigma, np.float32)
        return denoise(self.weights, x.astype(np.float32), level).astype(np.float64)

    def values(self, rows: int, seed: int = 0, block: int = 4000) -> Values:
        """New rows as numbers: places of levels, days and seconds. Raises ValueError for no rows."""
        if rows < 1:
            raise ValueError(f"rows={rows} are none; ask for at least 1")
        generator, levels, drawn = np.random.default_rng(seed), noise_levels(self.steps), []
        for start in range(0, rows, block):
            size = min(block, rows - start), self.width
            codes = draw_points(self.denoiser, *size, generator, self.extra_dimensions, levels)
            drawn.append(self.decode(codes, generator))
        return np.concatenate(drawn)

    def sample(self, rows: int, seed: int = 0) -> dict[str, list[Any]]:
        """New rows: the cells of each column by its name; None where one is missing. The same seed, the same rows."""
        values = self.values(rows, seed)
        return {column.name: _cells(column, values[:, j]) for j, column in enumerate(self.columns)}

    def text(self, values: Values) -> str:
        """Rows as a CSV file, with the names and the form of cells that the table had."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        cells = [
            [_written(column, cell) for cell in _cells(column, values[:, j])] for j, column in enumerate(self.columns)
        ]
        writer.writerows(zip(*cells, strict=True))
        return stream.getvalue()

    def with_weights(self, weights: Mapping[str, Any]) -> Self:
        """The same with other weights."""
        return replace(self, weights={name: np.asarray(value, np.float32) for name, value in weights.items()})

    def describe(self) -> str:
        told = "Gaussian noise" if np.isinf(self.extra_dimensions) else f"D = {self.extra_dimensions:g}"
        what = f"images of {self.image[0]} x {self.image[1]} pixels" if self.image else _counted(self.columns)
        return f"a generator of {what}, learnt from {self.learnt_rows:,} rows ({told}, {self.steps} steps)"

    def to_dict(self) -> dict[str, Any]:
        finite = np.isfinite(self.extra_dimensions)
        return {
            "columns": [column.to_dict() for column in self.columns],
            "extra_dimensions": self.extra_dimensions if finite else None,
            "steps": self.steps,
            "image": list(self.image) if self.image else None,
            "learnt_rows": self.learnt_rows,
        }

    def files(self) -> Mapping[str, bytes]:
        return {"generator.safetensors": save_tensors({n: np.ascontiguousarray(w) for n, w in self.weights.items()})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        extra = data["extra_dimensions"]
        return cls(
            tuple(ColumnCode.from_dict(one) for one in data["columns"]),
            load_tensors(files, "generator.safetensors"),
            np.inf if extra is None else extra,
            data["steps"],
            tuple(data["image"]) if data["image"] else None,
            data["learnt_rows"],
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Generator):
            return NotImplemented
        return self.to_dict() == other.to_dict() and dict(self.files()) == dict(other.files())

    __hash__ = None  # type: ignore[assignment]


def _counted(columns: Sequence[ColumnCode]) -> str:
    numbers = sum(column.kind == "number" for column in columns)
    categories = sum(column.kind == "category" for column in columns)
    times = len(columns) - numbers - categories
    parts = [(numbers, "numbers"), (categories, "categories"), (times, "times")]
    told = ", ".join(f"{count} of {what}" for count, what in parts if count)
    return f"rows of {len(columns)} column{'s' if len(columns) != 1 else ''} ({told})"


def _cells(column: ColumnCode, values: Float[np.ndarray, " rows"]) -> list[Any]:
    """The cells as Python has them: words, whole numbers, numbers, dates as text; None where there is none."""
    return [None if value != value else _cell(column, value) for value in values.tolist()]


def _cell(column: ColumnCode, value: float) -> Any:
    if column.kind == "category":
        return _number_or_word(column.levels[int(value)])
    if column.kind == "number":
        return int(value) if column.decimals == 0 else value
    if column.kind == "clock":
        return str(timedelta(seconds=int(value))).rjust(8, "0")[: 8 if column.decimals == 0 else 5]
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value * (86_400 if column.kind == "date" else 1))
    return f"{moment:%Y-%m-%d}" if column.kind == "date" else f"{moment:%Y-%m-%d %H:%M:%S}"


def _number_or_word(level: str) -> Any:
    """A level that is written as Python writes a number, as that number."""
    for kind in (int, float):
        try:
            if str(kind(level)) == level and level not in ("nan", "inf", "-inf"):
                return kind(level)
        except ValueError:
            continue
    return level


def _written(column: ColumnCode, cell: Any) -> str:
    if cell is None:
        return column.missing
    if column.kind == "number":
        return f"{cell:.{column.decimals}f}" if column.decimals >= 0 else f"{cell:.6g}"
    return str(cell)
