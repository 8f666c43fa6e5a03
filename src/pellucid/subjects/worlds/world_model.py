"""WorldModel: a finite world to give guarantees about: a chain, a decision process, or either with intervals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ...algebra.markov.reading import world_from
from ...algebra.markov.world import World
from ...core.subject import Subject


@dataclass(frozen=True)
class WorldModel(Subject):
    """A world; `note` says of which worlds it tells where that is more than one, `origin` what it was made from.

    >>> model = WorldModel.from_dict({"start": "a", "transitions": {"a": {"bad": 0.25, "b": "3/4"}}})
    >>> model.world.describe()
    'Markov chain, 3 states, 2 transitions'
    """

    world: World
    title: str = ""
    note: str = ""
    origin: Mapping[str, Any] = field(default_factory=dict)

    made_by: ClassVar[str] = "read_world(path)"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], title: str = "", *, normalise: bool = False) -> WorldModel:
        """From what JSON holds (`algebra.markov.reading`). Raises ValueError where that is no world."""
        return cls(world_from(data, normalise), title)

    def fingerprint(self) -> str:
        text = json.dumps([self.world.to_dict(), self.note, dict(self.origin)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
