"""Which law of skills forecasts best: fitted to the first part of a log, compared on the next, tested on the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from ...artifacts.learning.skill_laws import LAWS
from .skill_fit import Left, SkillFit, Times, fit_alone, fit_law

APART = "apart"
"""The candidate without a law: each curve by itself."""


@dataclass(frozen=True)
class Candidate:
    """A law, with the frequencies that are told or with those that fit, near the told ones where there are any."""

    law: str
    found: bool = False

    @property
    def label(self) -> str:
        return f"{self.law}+" if self.found else self.law

    def fitted(self, t: Times, left: Left, p: np.ndarray | None) -> SkillFit:
        """Raises ValueError for apart, which has no parameters that skills share."""
        return fit_law(self.law, t, left, p, moved=self.found)

    def forecast(self, t: Times, left: Left, later: Times, p: np.ndarray | None) -> Left:
        """What is left at `later` times, from the log up to its end."""
        return fit_alone(t, left, later) if self.law == APART else self.fitted(t, left, p)(later)


@dataclass(frozen=True)
class Choice:
    """The candidates by their error on the part between, the best first; which the part cannot tell from it."""

    candidates: tuple[Candidate, ...]
    error: Float[np.ndarray, " candidates"]
    tolerated: Bool[np.ndarray, " candidates"]


def candidates(p: np.ndarray | None, law: str = "auto") -> list[Candidate]:
    """All laws, and apart; or the one that is named. With told frequencies, also those that fit."""
    chosen = LAWS if law == "auto" else (law,)
    told = [Candidate(name, found=p is None and name != "domino") for name in chosen]
    found = [Candidate(name, found=True) for name in chosen if p is not None and name != "domino"]
    return [*told, *found, *([Candidate(APART)] if law == "auto" else [])]


def choose(
    options: list[Candidate],
    t: Times,
    left: Left,
    p: np.ndarray | None,
    ends: tuple[int, int],
    tick: Callable[[str], None] = lambda label: None,
) -> Choice:
    """Fits each to the entries before ends[0], and compares them on those up to ends[1].

    Tolerated are those whose squared error, averaged over skills, is above the least by at most one standard error of
    the difference between skills.
    """
    first, second = ends
    errors = []
    for option in options:
        said = option.forecast(t[:first], left[:first], t[first:second], p)
        errors.append(((said - left[first:second]) ** 2).mean(0))
        tick(option.label)
    squares = np.array(errors)
    order = np.argsort(squares.mean(1), kind="stable")
    worse = squares - squares[order[0]]
    spread = worse.std(1, ddof=1) / np.sqrt(squares.shape[1])
    near = worse.mean(1) <= spread
    near[order[0]] = True
    return Choice(tuple(options[i] for i in order), np.sqrt(squares.mean(1))[order], near[order])
