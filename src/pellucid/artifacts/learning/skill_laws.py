"""The laws by which skills are learnt: how much of each is left, at each time.

Skill k is trained on with frequency p_k (they sum to 1); l_k, from 1 down to 0, is how much of it is left. Three laws
are those of Liu et al. (arXiv 2501.12391). Where every skill gets its share of one step, the gradients of the skills
compete, and all of the competition is in one clock T that they share (derived here, as d ln l_k / dT = -p_k):

    l_k = exp(-p_k T(t)),   dT/dt = rate / (norm of (p_j l_j) + spare)

    independent   norm = 1: no competition                          T = rate t
    resource      norm = sum p_j l_j                                rate t = sum_j (1 - exp(-p_j T)) + spare T
    geometry      norm = sqrt(sum p_j^2 l_j^2): sign descent along random directions in many dimensions
    domino        one skill after another, in order of frequency, each in the same time
    powers        l_k = 1 / (1 + (t / t_k)^s),  t_k = t_1 (p_k / p_1)^-g: sudden drops (g = 1 in arXiv 2303.13506)

The curve that is seen is floor + (1 - floor) l_k^power, as a loss may be the square of what is left.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

LAWS = ("independent", "resource", "geometry", "domino", "powers")
PARAMETERS = {
    "independent": ("rate", "floor"),
    "resource": ("rate", "spare", "power", "floor"),
    "geometry": ("rate", "spare", "power", "floor"),
    "domino": ("rate", "power", "floor"),
    "powers": ("rate", "exponent", "steepness", "floor"),
}
"""What each law is given beside the frequencies; the rate of domino is one over the time of a skill, that of powers
one over the time of a skill of frequency 1."""

Times = Float[np.ndarray, " entries"]
Frequencies = Float[np.ndarray, " skills"]
POINTS = 400
"""Of a clock: with 400 in logarithms the integral is right to 1e-4 of itself."""


def left_over(law: str, values: dict[str, float], p: Frequencies, t: Times) -> Float[np.ndarray, "entries skills"]:
    """The share of each curve that is left at times t, floor and power included. Raises ValueError for no such law.

    >>> p = np.array([0.75, 0.25])
    >>> left_over("independent", {"rate": 1.0, "floor": 0.0}, p, np.array([0.0, 4.0])).round(3).tolist()
    [[1.0, 1.0], [0.05, 0.368]]
    >>> left_over("domino", {"rate": 0.5, "power": 1.0, "floor": 0.0}, p, np.array([1.0, 3.0])).tolist()
    [[0.5, 1.0], [0.0, 0.5]]
    """
    if law not in PARAMETERS:
        raise ValueError(f"law={law!r} is unknown; give one of {', '.join(LAWS)}")
    floor = values["floor"]
    if law == "powers":
        with np.errstate(over="ignore", divide="ignore"):
            times = p ** -values["exponent"] / values["rate"]
            part = 1 / (1 + (t[:, None] / times) ** values["steepness"])
    elif law == "domino":
        place = np.argsort(np.argsort(-p, kind="stable"), kind="stable")
        part = (1 - np.clip(t[:, None] * values["rate"] - place, 0, 1)) ** values["power"]
    else:
        shared = clock(law, values, p, t)
        part = np.exp(-values.get("power", 1.0) * p * shared[:, None])
    return floor + (1 - floor) * part


def clock(law: str, values: dict[str, float], p: Frequencies, t: Times) -> Times:
    """T at times t: the integral of (norm + spare) over T gives rate t, which is turned round.

    >>> p = np.array([0.9, 0.1])
    >>> T = clock("resource", {"rate": 1.0, "spare": 0.01}, p, np.array([0.7]))
    >>> round(float((1 - np.exp(-p * T)).sum() + 0.01 * T[0]), 4)
    0.7
    """
    if law == "independent":
        return values["rate"] * t
    grid = np.concatenate([[0.0], np.geomspace(1e-4 / p.max(), 60 / p.min(), POINTS - 1)])
    if law == "resource":
        taken = -np.expm1(-p * grid[:, None]).sum(1)
    else:
        norm = np.sqrt((p**2 * np.exp(-2 * p * grid[:, None])).sum(1))
        taken = np.concatenate([[0.0], np.cumsum(np.diff(grid) * (norm[1:] + norm[:-1]) / 2)])
    taken = taken + values["spare"] * grid
    return np.interp(values["rate"] * t, taken, grid)


def time_to(law: str, values: dict[str, float], p: Frequencies, part: float, last: float) -> Frequencies:
    """When so little (`part`, without the floor) of each skill is left; infinite where it takes longer than `last`.

    >>> p = np.array([0.75, 0.25])
    >>> time_to("domino", {"rate": 0.5, "power": 1.0, "floor": 0.1}, p, 0.1, 100.0).round(2).tolist()
    [1.8, 3.8]
    """
    times = np.concatenate([[0.0], np.geomspace(last * 1e-5, last, 20_000)])
    without = {**values, "floor": 0.0}
    found = np.full(len(p), np.inf)
    curves = left_over(law, without, p, times)
    for k, curve in enumerate(curves.T):
        if curve[-1] <= part:
            found[k] = np.interp(-part, -curve, times)
    return found
