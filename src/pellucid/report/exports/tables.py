"""Features and their firings as plain tables: a row a feature, a row a firing; as CSV or as Parquet."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

import numpy as np

from ...artifacts.audits.feature_labels import FeatureLabels
from ...artifacts.features.feature_atlas import FeatureAtlas
from ...artifacts.features.feature_firing import FeatureFiring

__all__ = ["as_csv", "as_parquet", "feature_columns", "firing_columns"]

Columns = Mapping[str, Sequence[Any]]


def feature_columns(atlas: FeatureAtlas, labels: FeatureLabels | None = None) -> Columns:
    """A row for every feature, those that never fired too; None where something is not known."""
    every = range(atlas.size)
    columns: dict[str, Sequence[Any]] = {"feature": list(every)}
    numbers = {
        "density": atlas.density, "maximum": atlas.maximum, "loss_each_firing": atlas.ablation,
        "loss_each_firing_error": atlas.ablation_error, "loss_each_firing_estimate": atlas.ablation_estimate,
        "token_precision": atlas.token_precision, "token_recall": atlas.token_recall, "token_f1": atlas.token_f1,
    }  # fmt: skip
    columns |= {name: [_known(value) for value in values.tolist()] for name, values in numbers.items()}
    words = {"tokens": atlas.token_table, "promoted": atlas.promoted, "suppressed": atlas.suppressed}
    for name, table in words.items():
        columns[name] = [[atlas.vocabulary[i] for i in row if i >= 0] for row in table.tolist()]
    if labels is not None:
        place = {int(feature): i for i, feature in enumerate(labels.features)}
        columns["label"] = [labels.labels[place[f]] if f in place and labels.author else None for f in every]
        for name in labels.scores:
            values = getattr(labels, name).tolist()
            columns[name] = [_known(values[place[f]]) if f in place else None for f in every]
    return columns


def firing_columns(atlas: FeatureAtlas, firing: FeatureFiring) -> Columns:
    """A row for every firing: text, position, token, feature, activation."""
    places = firing.places
    rows, positions = firing.rows[places], firing.positions[places]
    tokens = np.array(atlas.vocabulary, dtype=object)[atlas.texts[rows, positions]]
    return {
        "text": rows.tolist(), "position": positions.tolist(), "token": tokens.tolist(),
        "feature": firing.features.tolist(), "activation": firing.values.tolist(),
    }  # fmt: skip


def as_csv(columns: Columns) -> bytes:
    """With a line of headings; lists of words as JSON would write them, what is not known as nothing."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([_cell(value) for value in row])
    return text.getvalue().encode()


def as_parquet(columns: Columns) -> bytes:
    """Raises ValueError where pyarrow is not installed."""
    try:
        import pyarrow  # type: ignore[import-not-found]
        from pyarrow import parquet  # type: ignore[import-not-found]
    except ImportError:
        raise ValueError("parquet needs the package pyarrow; install it, or export --to csv") from None
    stream = BytesIO()
    parquet.write_table(pyarrow.table({name: list(values) for name, values in columns.items()}), stream)
    return stream.getvalue()


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _cell(value: Any) -> Any:
    import json

    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else "" if value is None else value
