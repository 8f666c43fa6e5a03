"""Labels of features on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...artifacts import FeatureLabels
from ...core import Finding
from ...report.pieces import summary_of
from ..terminal import Block, Lines, Rows, shortened
from .finding import blocks_of, first_files


@first_files.register(FeatureLabels)
def label_files(found: FeatureLabels) -> tuple[str, ...]:
    """The table of all labels."""
    return ("labels.csv",)


@blocks_of.register(FeatureLabels)
def label_blocks(found: FeatureLabels, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What they are worth, and the first of them."""
    yield Lines([summary_of(found, finding)], "bold green")
    heads = ["feature", *(["label's", "table's"] if found.author else ["table's"]), "detection of", "its tokens"]
    rows = []
    for i in range(min(8, len(found.features))):
        scores = [found.detection[i], found.table_detection[i]] if found.author else [found.table_detection[i]]
        label = shortened(found.labels[i], 34) if found.author else "its tokens"
        tokens = shortened(" ".join(token.strip() or repr(token) for token in found.tables[i]), 22)
        figures = [f"{score:.2f}" if np.isfinite(score) else "-" for score in scores]
        rows.append((str(found.features[i]), *figures, *((label,) if found.author else ()), tokens))
    yield Rows([head for head in heads if found.author or head != "detection of"], rows)
