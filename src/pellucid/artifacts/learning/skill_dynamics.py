"""How the skills of a training run are learnt: the law that forecasts their curves best, and when the rest will be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact
from .skill_laws import PARAMETERS, left_over

MEANS = {
    "independent": "each skill at a rate that is its frequency, as if it were alone",
    "resource": "skills share each step by what is left of them: frequent ones first, then the next",
    "geometry": "skills share each step as directions of one gradient whose size is held",
    "domino": "one skill after another, in the same time each",
    "powers": "sudden drops, at times that are a power of the frequency",
    "apart": "no law that skills share forecasts better than each curve by itself",
}
"""The laws in words."""


@dataclass(frozen=True, eq=False)
class SkillDynamics(ArrayArtifact):
    """The law of `laws[0]`, chosen by what it forecast of the log itself, beside the others.

    Called with times (as the log counts them, from its first step) it gives the share of each curve that is left
    (entries, skills). `learnt` and `forecast` are steps, from the first of the log, at which nine tenths of a skill are
    learnt: seen, or to be seen (NaN: seen, or by no law; infinite: not within a hundred times the log).
    """

    laws: tuple[str, ...]
    """Of all candidates, the chosen one first; "+" behind a law: its frequencies were found, not told."""
    values: tuple[tuple[float, ...], ...]
    """The parameters of each law, in the order of `skill_laws.PARAMETERS`; () of apart."""
    names: tuple[str, ...]
    p: NDArray[np.float64]
    """(laws, skills): the frequencies that each law was given or found."""
    error: NDArray[np.float64]
    """(laws,): root mean square of what is left, on the part of the log by which the law was chosen."""
    tolerated: NDArray[np.bool_]
    """(laws,): whether that part cannot tell a law from the chosen one."""
    steps: NDArray[np.float64]
    time: NDArray[np.float64]
    left: NDArray[np.float64]
    tested_from: float
    """The step from which nothing was used by the forecast that is tested."""
    tested: NDArray[np.float64]
    """(entries, skills): what the law, fitted to what came before, says of the entries from `tested_from` on."""
    learnt: NDArray[np.float64]
    forecast: NDArray[np.float64]
    forecast_range: NDArray[np.float64]
    """(2, skills): the least and the most of what all tolerated laws say."""

    kind = "skill_dynamics"

    @property
    def law(self) -> str:
        """The name of the chosen law, without how its frequencies are known."""
        return self.laws[0].removesuffix("+")

    def describe(self) -> str:
        return f"{len(self.names)} skills, {self.law}: {MEANS[self.law]}"

    def parameters(self, place: int = 0) -> dict[str, float]:
        """The parameters of a law by name."""
        law = self.laws[place].removesuffix("+")
        return dict(zip(PARAMETERS.get(law, ()), self.values[place], strict=True))

    def step_of(self, time: float) -> float:
        """The step of the log at a time, which is counted by the learning rate; beyond the end as at the end."""
        if not time > self.time[-1]:
            return float(np.interp(time, self.time, self.steps))
        last = (self.steps[-1] - self.steps[-2]) / max(self.time[-1] - self.time[-2], 1e-300)
        return float(self.steps[-1] + (time - self.time[-1]) * last)

    def __call__(self, t: Float[np.ndarray, " entries"], place: int = 0) -> Float[np.ndarray, "entries skills"]:
        """What a law says of times from the first step on. Raises ValueError for curves that have no shared law."""
        law = self.laws[place].removesuffix("+")
        if law == "apart":
            raise ValueError("the curves share no law; choose the place of one that is among `laws`")
        return left_over(law, self.parameters(place), self.p[place], np.asarray(t, dtype=float))
