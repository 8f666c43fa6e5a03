"""Laws of skills fitted to curves by least squares; what each curve would give by itself beside them.

Hot path: O(entries * skills) an evaluation, a few hundred of them where frequencies are known; where they are not, each
skill adds one parameter and one evaluation to every slope.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ...artifacts.learning.skill_laws import PARAMETERS, left_over

Times = Float[np.ndarray, " entries"]
Left = Float[np.ndarray, "entries skills"]

RANGES = {
    "spare": (1e-5, 1.0),
    "power": (0.5, 4.0),
    "exponent": (0.1, 3.0),
    "steepness": (1.0, 30.0),
    "floor": (1e-4, 0.5),
}
"""Beyond a power of 4 a curve cannot be told from one with a delay; a floor above half the start is no learnt skill."""
STARTS = {"spare": (1e-3, 0.1), "power": (1.0, 2.0), "exponent": (0.7, 1.2), "steepness": (3.0, 8.0), "floor": (0.01,)}
PULL = 0.01
"""A frequency that is e times what it was told to be costs as much as an error of 0.01 along its whole curve, which is
the noise of a curve that was measured on some hundred cases."""
MOST_ENTRIES = 80
"""Of a long log so many are fitted, evenly: curves are smooth beside that."""


@dataclass(frozen=True)
class SkillFit:
    """One law with its parameters and the frequencies that it was given or found."""

    law: str
    values: dict[str, float]
    p: Float[np.ndarray, " skills"]
    error: float
    """Root mean square of what is left over, on the entries that were fitted."""

    def __call__(self, t: Times) -> Left:
        return left_over(self.law, self.values, self.p, t)


def half_times(t: Times, left: Left) -> Float[np.ndarray, " skills"]:
    """When half of each curve is gone; of one that has not got there, the end times its share left over what is gone.

    >>> half_times(np.array([0.0, 1, 2, 3]), np.array([[1, 1], [0.8, 1], [0.4, 1], [0, 0.9]])).round(9).tolist()
    [2.0, 15.0]
    """
    found = np.empty(left.shape[1])
    for k, curve in enumerate(left.T):
        below = np.flatnonzero(curve < 0.5)
        gone = max(1 - float(np.median(curve[-3:])) if len(curve) > 20 else 1 - float(curve[-1]), 0.02)
        found[k] = t[below[0]] if len(below) else t[-1] * 0.5 / gone
    return np.maximum(found, t[1] / 2)


def fit_law(law: str, t: Times, left: Left, p: Float[np.ndarray, " skills"] | None, *, moved: bool = False) -> SkillFit:
    """The least squares fit, from several starts.

    Without frequencies `p`, those that fit best are found beside it. With `moved`, they may move away from `p`, at a
    cost (`PULL`): skills of which the curve says little then stay where they are told to be.
    """
    from scipy.optimize import least_squares

    if len(t) > MOST_ENTRIES:
        kept = np.unique(np.linspace(0, len(t) - 1, MOST_ENTRIES).round().astype(int))
        t, left = t[kept], left[kept]
    halves = half_times(t, left)
    free = (p is None or moved) and law != "domino"
    pull = PULL * np.sqrt(len(t)) if p is not None else 0.0
    guessed = _guessed(halves) if p is None else p
    names = PARAMETERS[law]
    low, high = _bounds(law, names, t, guessed, halves)
    if free:
        low, high = np.concatenate([low, np.full(len(guessed), -18.0)]), np.concatenate([high, np.zeros(len(guessed))])
    best: SkillFit | None = None
    for start in _starts(law, names, t, guessed, halves, 1 if free else 2):
        first = np.concatenate([start, np.log(guessed)]) if free else start
        found = least_squares(
            lambda x: np.concatenate([
                (left_over(law, *_read(x, names, guessed, free), t) - left).ravel(),
                pull * (x[len(names) :] - np.log(guessed)) if free else [],
            ]),
            np.clip(first, low + 1e-6, high - 1e-6), bounds=(low, high), max_nfev=60,
        )  # fmt: skip
        values, frequencies = _read(found.x, names, guessed, free)
        error = float(np.sqrt(2 * found.cost / left.size))
        if best is None or error < best.error:
            best = SkillFit(law, values, frequencies, error)
    assert best is not None
    return best


def _read(
    x: np.ndarray, names: tuple[str, ...], guessed: np.ndarray, free: bool
) -> tuple[dict[str, float], np.ndarray]:
    """Parameters and frequencies from their logarithms."""
    values = {name: float(np.exp(one)) for name, one in zip(names, x, strict=False)}
    if not free:
        return values, guessed
    p = np.exp(x[len(names) :])
    return values, p / p.sum()


def _guessed(halves: np.ndarray) -> np.ndarray:
    """Frequencies as one over the time that a skill takes: right where skills do not compete, an order elsewhere."""
    return (1 / halves) / (1 / halves).sum()


def _scale(law: str, t: Times, p: np.ndarray, halves: np.ndarray) -> float:
    """A rate of the right size, by when the first skill is half learnt."""
    first = int(np.argmin(halves))
    if law == "domino":
        return max(1 / halves[first] / 2, (halves < t[-1]).sum() / t[-1])
    if law == "powers":
        return 1 / (halves[first] * p[first])
    return (0.7 if law == "independent" else 0.5) / halves[first] / (p[first] if law == "independent" else 1)


def _bounds(
    law: str, names: tuple[str, ...], t: Times, p: np.ndarray, halves: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """In logarithms; the rate within 10,000 times its guess either way."""
    scale = _scale(law, t, p, halves)
    ranges = [(scale * 1e-4, scale * 1e4) if name == "rate" else RANGES[name] for name in names]
    low, high = np.log(np.array(ranges)).T
    return low, high


def _starts(
    law: str, names: tuple[str, ...], t: Times, p: np.ndarray, halves: np.ndarray, many: int
) -> list[np.ndarray]:
    """Every start of the second parameter with the same of the others: two, or one where frequencies are free."""
    scale = _scale(law, t, p, halves)
    found = []
    for place in range(many):
        values = [scale if name == "rate" else STARTS[name][min(place, len(STARTS[name]) - 1)] for name in names]
        found.append(np.log(values))
    return found


def fit_alone(t: Times, left: Left, later: Times) -> Left:
    """What each curve would be at `later` times by itself: 1 / (1 + (t / t_k)^s_k), fitted to it alone."""
    from scipy.optimize import least_squares

    found = []
    for half, curve in zip(half_times(t, left), left.T, strict=True):
        low, high = np.log([half * 1e-3, 0.5]), np.log([half * 1e3, 30.0])
        fits = [
            least_squares(
                lambda x, curve=curve: _logistic(x, t) - curve, np.log([half, steep]), bounds=(low, high), max_nfev=60
            )
            for steep in (2.0, 8.0)
        ]
        found.append(_logistic(min(fits, key=lambda one: one.cost).x, later))
    return np.stack(found, 1)


def _logistic(x: np.ndarray, t: Times) -> Times:
    with np.errstate(over="ignore"):
        return 1 / (1 + (t / np.exp(x[0])) ** np.exp(x[1]))
