"""Stages of a long search, each kept in a checkpoint as soon as it is done, random state and all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...algebra.text import parse, to_text
from ...run.checkpoint import Checkpoint
from .null_vectors import Row

Arrays = dict[str, NDArray[np.int64]]


def _written(row: Row | None) -> list[tuple[int, str]] | None:
    return None if row is None else [(place, to_text(coefficient)) for place, coefficient in row]


def _parsed(row: list[tuple[int, str]] | None, parameters: Sequence[str]) -> Row | None:
    return None if row is None else [(int(place), parse(text, parameters)) for place, text in row]


@dataclass(frozen=True)
class Stages:
    """What of a search is kept; without a folder nothing is, and everything is computed."""

    store: Checkpoint | None

    @classmethod
    def at(cls, folder: Path | None, *owner: Any) -> Stages:
        """In `folder`, for the job that `owner` describes (what JSON can hold)."""
        return cls(None if folder is None else Checkpoint(folder, json.dumps(owner, sort_keys=True)))

    def arrays(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """The arrays of a stage, loaded where they are there already."""
        known = self.store.load(name) if self.store is not None else None
        if known is not None:
            return known[0]
        made = make()
        if self.store is not None:
            self.store.save(name, made)
        return made

    def rows(
        self,
        name: str,
        count: int,
        make: Callable[[int], Row | None],
        generator: np.random.Generator,
        parameters: Sequence[str],
    ) -> list[Row | None]:
        """make(0), ..., make(count - 1), each kept when it is made, and the state of the generator after it."""
        known = self.store.load(name) if self.store is not None else None
        found: list[Row | None] = []
        if known is not None:
            texts, generator.bit_generator.state = known[1]["rows"], known[1]["state"]
            found = [_parsed(row, parameters) for row in texts]
        for i in range(len(found), count):
            found.append(make(i))
            if self.store is not None:
                texts = [_written(row) for row in found]
                self.store.save(name, {}, {"rows": texts, "state": generator.bit_generator.state})
        return found
