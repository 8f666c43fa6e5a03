"""The job `bias`: documents of several sources become a map of the sources, tested on documents that it never saw."""

from __future__ import annotations

from pathlib import Path

from ..artifacts.compression.source_map import SourceMap
from ..compress.bias_map import BiasMap
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..run.cached import cached
from ..subjects.tables.corpus import Corpus


def open_corpus(
    corpus: Corpus,
    *,
    seed: int = 0,
    method: BiasMap | None = None,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[SourceMap]:
    """The map of the corpus's sources. Raises ValueError."""
    return cached(method or BiasMap(), corpus, seed, folder=checkpoint, reporter=reporter)
