"""What a search for a proof may still spend, counted in steps and not timed: it ends where it ends on any machine.

    1 second of effort = 5,000,000 steps, one of them being a unit of Z3's resource count (`rlimit`)

Z3 makes 3,500 (bits) to 13,000 (polynomials) such steps a millisecond on one core of 2020, so that a limit in seconds
keeps about its meaning there. What else costs time is counted in the same unit by whoever does it, at the ratio that
was measured once. A clock stands behind the count as a last resort only: at four times the effort.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .proof import RanOut


@dataclass
class Effort:
    """An allowance that searches draw from; it is handed down, and what one spends the next one lacks.

    >>> effort = Effort.of_seconds(2)
    >>> effort.spend(1_000_000); effort.seconds
    1.8
    """

    left: int

    per_second: ClassVar[int] = 5_000_000
    clock: ClassVar[float] = 4.0
    """How much longer than the effort a solver may run by the clock: on a busy machine a step takes longer."""

    @classmethod
    def of_seconds(cls, seconds: float) -> Effort:
        """As many steps as an idle machine makes in `seconds`."""
        return cls(int(min(seconds, 1e9) * cls.per_second))

    @property
    def seconds(self) -> float:
        """What is left, in seconds of an idle machine; never below 0."""
        return max(0, self.left) / self.per_second

    def spend(self, steps: int) -> None:
        """Takes `steps` off. Raises `RanOut` where nothing was left."""
        if self.left <= 0:
            raise RanOut
        self.left -= steps

    def allow(self, seconds: float) -> int:
        """Steps for one question: those of `seconds`, or all that are left. Raises `RanOut` where there are none."""
        if self.left <= 0:
            raise RanOut
        return max(1, min(self.left, int(seconds * self.per_second)))

    def check(self, solver: Any, *marks: Any, seconds: float, least: int = 5_000) -> Any:
        """Z3's answer to one question, for which at most `seconds` of effort are spent.

        `least`: what asking costs even where Z3 has nothing to do (a millisecond).
        """
        steps = self.allow(seconds)
        solver.set("rlimit", min(steps, 2**31 - 1))
        solver.set("timeout", max(1, int(1000 * self.clock * steps / self.per_second)))
        before = _steps_of(solver)
        answer = solver.check(*marks)
        self.left -= max(least, _steps_of(solver) - before)
        return answer


def _steps_of(solver: Any) -> int:
    """The steps that a solver's context has made so far."""
    statistics = solver.statistics()
    return int(statistics.get_key_value("rlimit count")) if "rlimit count" in statistics.keys() else 0  # noqa: SIM118
