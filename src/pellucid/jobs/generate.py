"""The job `generate`: a table becomes new rows like its own, and a generator of more.

table -> columns as coordinates -> network that takes noise away -> rows, beside held-out ones -> finding
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ..artifacts.generators.generator import Generator
from ..core.finding import Finding, load_finding
from ..core.reporter import SILENT, Reporter
from ..generate import PoissonFlow
from ..run.cached import cached
from ..subjects.tables.mixed_files import read_mixed_table
from ..subjects.tables.mixed_table import MixedTable
from .sources import READERS


def learn_rows(
    table: MixedTable,
    *,
    extra_dimensions: float = np.inf,
    budget_seconds: float | None = None,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Generator]:
    """A generator of rows like the table's, with how close they come. Raises ValueError."""
    method = PoissonFlow(extra_dimensions=extra_dimensions, budget_seconds=budget_seconds)
    return cached(method, table, seed, folder=checkpoint, reporter=reporter)


def drawn_text(generator: Generator, rows: int, seed: int) -> str:
    """So many new rows as a CSV file. Raises ValueError."""
    return generator.text(generator.values(rows, seed))


def saved_generator(folder: Path) -> Generator:
    """The generator in a folder that the command wrote. Raises ValueError where it holds none."""
    found = load_finding(folder).artifact
    if not isinstance(found, Generator):
        raise ValueError(f"folder={str(folder)!r} holds a {found.kind}, no generator; name one of pellucid generate")
    return found


def image_size(text: str | None) -> tuple[int, int] | None:
    """Height and width from "8x8". Raises ValueError for what is none.

    >>> image_size("8x6"), image_size(None)
    ((8, 6), None)
    """
    if text is None:
        return None
    match = re.fullmatch(r"\s*([1-9]\d{0,3})\s*[xX*]\s*([1-9]\d{0,3})\s*", text)
    if match is None:
        raise ValueError(f"image={text!r} is no size; give height and width, as 8x8")
    return int(match[1]), int(match[2])


@READERS.add("generate")
def open_generate(path: str | Path, seed: int = 0, *, image: str | None = None) -> MixedTable:
    """The table, or scikit-learn's "digits"."""
    return read_mixed_table(path, image_size(image))
