"""Candidates: programs that routes propose, of which the one of the fewest bits is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.program import Program
from .observations import Observations


class NothingFound(ValueError):
    """No route found a program; the message says what was tried."""


@dataclass(frozen=True)
class Candidate:
    """A program that a route proposes, and what it was read from."""

    program: Program
    route: str
    automaton: Automaton | None = None
    notes: dict[str, float] = field(default_factory=dict)


class Route(Protocol):
    """One way from observations to programs: a frozen dataclass whose fields are its hyperparameters."""

    def propose(self, observations: Observations, generator: np.random.Generator) -> list[Candidate]:
        """Programs that may explain the observations; none where the route does not apply."""
        ...
