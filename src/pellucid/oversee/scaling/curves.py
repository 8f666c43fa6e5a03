"""Domain ratings as a function of general ones: a line, cut above, below, or both (a double ReLU), by AICc.

Weighted least squares; the places of cuts are tried on a grid. Four forms with the same weights, so that these compare:

    n log(sum w r^2 / n) + 2 k + 2 k (k + 1) / (n - k - 1),   k constants, the spread among them

The last term (Hurvich and Tsai, Biometrika 76, 297, 1989) is what AIC, which the paper takes, leaves out: with a dozen
players AIC sees a plateau in many lines.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...artifacts.oversight.nested_success import Curve

Array = NDArray[np.float64]
FORMS = {"line": 2, "cut above": 3, "cut below": 3, "double ReLU": 4}
"""Each form's number of constants."""


def fit_curve(
    x: Float[np.ndarray, " players"],
    y: Float[np.ndarray, " players"],
    weights: Float[np.ndarray, " players"],
    form: str,
    places: int = 13,
) -> tuple[Curve, float]:
    """The curve of a form with the least weighted squares, and its AICc; infinite where there are too few players.

    >>> x = np.arange(8.0)
    >>> curve, _ = fit_curve(x, np.clip(x, 2, 5), np.ones(8), "double ReLU")
    >>> float(curve.low), float(curve.high), round(curve.b, 6)
    (2.0, 5.0, 1.0)
    """
    best, curve = np.inf, Curve(float(np.average(y, weights=weights)), 0.0)
    for low, high in _cuts(x, form, places):
        bent = np.clip(x, low, high)
        middle, centre = np.average(bent, weights=weights), np.average(y, weights=weights)
        spread = weights @ (bent - middle) ** 2
        b = float(weights @ ((bent - middle) * (y - centre)) / spread) if spread > 1e-12 else 0.0
        squares = float(weights @ (y - centre - b * (bent - middle)) ** 2)
        if squares < best - 1e-12:
            a = float(centre - b * middle)
            ends = sorted(a + b * end for end in (low, high)) if b else [-np.inf, np.inf]
            best, curve = squares, Curve(a, b, *map(float, ends))
    count, constants = len(x), FORMS[form] + 1
    if count <= constants + 1:
        return curve, np.inf
    correction = 2 * constants * (constants + 1) / (count - constants - 1)
    return curve, count * float(np.log(max(best, 1e-9) / count)) + 2 * constants + correction


def _cuts(x: Array, form: str, places: int, fewest: int = 3) -> Iterator[tuple[float, float]]:
    """Where the general rating is cut: below, above. At least two players stand between, and `fewest` on a plateau.

    One or two players at the end, whose ratings happen to be low, are no plateau, and one that is drawn out from there
    would promise oversight over any gap.
    """
    if form == "line":
        yield -np.inf, np.inf
        return
    low, high = float(x.min()), float(x.max())
    at = np.linspace(low, high, places)
    at = np.unique(np.concatenate([at, x[1:-1]])) if len(x) <= places else at
    for one in at if form != "cut above" else [-np.inf]:
        for other in at if form != "cut below" else [np.inf]:
            held = (one == -np.inf or (x <= one).sum() >= fewest) and (other == np.inf or (x >= other).sum() >= fewest)
            if held and other > one and ((x > one) & (x < other)).sum() >= 2:
                yield float(one), float(other)


def weights_of(scores: Float[np.ndarray, " forms"]) -> Float[np.ndarray, " forms"]:
    """Akaike's weights of forms, by their AICc.

    >>> weights_of(np.array([0.0, 0.0, 1e9])).tolist()
    [0.5, 0.5, 0.0]
    """
    finite = np.where(np.isfinite(scores), scores, scores[np.isfinite(scores)].max(initial=0.0) + 1e3)
    found = np.exp(-(finite - finite.min()) / 2)
    return found / found.sum()
