"""Stages of a long search, each kept in a checkpoint as soon as it is done, random state and all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...algebra.expressions.text import parse, to_text
from ...run.checkpoint import Checkpoint
from .null_vectors import Row

Arrays = dict[str, NDArray[Any]]


def _written(row: Row | None) -> list[tuple[int, str]] | None:
    return None if row is None else [(place, to_text(coefficient)) for place, coefficient in row]


def _parsed(row: list[tuple[int, str]] | None, parameters: Sequence[str]) -> Row | None:
    return None if row is None else [(int(place), parse(text, parameters)) for place, text in row]


def _state(generator: np.random.Generator | None) -> Any:
    return None if generator is None else generator.bit_generator.state


@dataclass(frozen=True)
class Stages:
    """What of a search is kept; without a folder nothing is, and everything is computed."""

    store: Checkpoint | None
    pause: float = 1.0
    """Seconds between two writes of a stage of many steps."""

    @classmethod
    def at(cls, folder: Path | None, *owner: Any) -> Stages:
        """In `folder`, for the job that `owner` describes (what JSON can hold)."""
        return cls(None if folder is None else Checkpoint(folder, json.dumps(owner, sort_keys=True)))

    def arrays(self, name: str, make: Callable[[], Arrays], generator: np.random.Generator | None = None) -> Arrays:
        """The arrays of a stage, and the generator's state after it, loaded where they are there already."""
        known = self.store.load(name) if self.store is not None else None
        if known is not None:
            if generator is not None:
                generator.bit_generator.state = known[1]["state"]
            return known[0]
        made = make()
        if self.store is not None:
            self.store.save(name, made, {"state": _state(generator)})
        return made

    def rows(
        self,
        name: str,
        count: int,
        make: Callable[[int], Row | None],
        generator: np.random.Generator,
        parameters: Sequence[str],
    ) -> list[Row | None]:
        """make(0), ..., make(count - 1), as `steps` keeps them."""
        made: dict[int, Row | None] = {}

        def written(i: int) -> Any:
            made[i] = make(i)
            return _written(made[i])

        texts = self.steps(name, count, written, generator)
        return [made[i] if i in made else _parsed(text, parameters) for i, text in enumerate(texts)]

    def steps(
        self, name: str, count: int, make: Callable[[int], Any], generator: np.random.Generator | None = None
    ) -> list[Any]:
        """make(0), ..., make(count - 1), what JSON can hold, kept as they are made, with the generator's state.

        At most one write in `pause` seconds, so that a killed run loses no more than that and many quick steps cost no
        more than one; what raises loses nothing. A list is given back as JSON has it where it was loaded.
        """
        known = self.store.load(name) if self.store is not None else None
        found: list[Any] = []
        if known is not None:
            found = known[1]["rows"]
            if generator is not None:
                generator.bit_generator.state = known[1]["state"]
        if self.store is None:
            return list(map(make, range(count)))
        done, state, last = len(found), _state(generator), time.monotonic()
        try:
            for i in range(len(found), count):
                found.append(make(i))
                done, state = i + 1, _state(generator)
                if done == count or time.monotonic() - last >= self.pause:
                    self.store.save(name, {}, {"rows": found, "state": state})
                    last = time.monotonic()
        except BaseException:
            self.store.save(name, {}, {"rows": found[:done], "state": state})
            raise
        return found

    def one(self, name: str, make: Callable[[], Any], generator: np.random.Generator | None = None) -> Any:
        """What a stage of one step gives, which JSON can hold."""
        return self.steps(name, 1, lambda _: make(), generator)[0]
