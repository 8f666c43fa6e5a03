"""Peeling: what a form leaves is fitted by small forms with constants of their own, beside it or as a factor of it.

    y - a - b f    ~  a' + b' g        ->  f + C g
    (y - a) / f    ~  a' + b' g        ->  f g  and  f (g + C)      rows weighed by f^2: it is y that is missed

So a sum or a product of two forms is found where neither stands in the catalogue beside the other: their number grows
with the sum of the two sizes, not with their product. The joint form is fitted from these constants (`search`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from .batch import Data, derivatives, fit_batch
from .equivalence import join, wrap
from .form import Form, count_constants, structure_price
from .nodes import MOST_CONSTANTS, NODES
from .starts import Starts

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Whole:
    """A form with its constants (all of them, in postfix order) and the line y = a + b f."""

    form: Form
    theta: Float[np.ndarray, " constants"]
    linear: tuple[float, float]


@dataclass(frozen=True)
class Peeler:
    """Fits what a form leaves of `data` by `forms`, which are small; `kept` of each kind are joined to it."""

    data: Data
    forms: Sequence[Form]
    seed: int = 0
    starts: int = 4
    kept: int = 12

    def peeled(self, whole: Whole) -> dict[Form, Array]:
        """Joint forms with the constants to start from, (1, 8) each."""
        found = derivatives(whole.form, _padded(whole.theta), self.data.X)
        if found is None:
            return {}
        f, (a, b) = found[0], whole.linear
        joint: dict[Form, Array] = {}
        for part in self._fitted(self.data.y - a - b * f, self.data.weights):
            _take(joint, self._sum(whole, part))
        size = float(np.sqrt(np.mean(f * f)))
        if b and (np.abs(f) > 1e-3 * size).all():  # a quotient by what is nearly 0 says nothing of y
            for part in self._fitted((self.data.y - a) / (b * f), self.data.weights * (f / size) ** 2):
                for product in self._products(whole, part):
                    _take(joint, product)
        return joint

    def _fitted(self, goal: Array, weights: Array) -> Iterator[Whole]:
        """The best of the small forms for another target, the shortest description first."""
        scale = float(np.sqrt(np.average(goal**2, weights=weights)))
        if not np.isfinite(scale) or scale == 0:
            return
        goal, rows, columns = goal / scale, self.data.rows, self.data.columns
        draw = Starts(self.data.X, goal, self.seed)
        starts = [draw.draw(form, self.starts) for form in self.forms]
        fits = fit_batch(self.forms, starts, Data(self.data.X, goal, weights), steps=8, more=8)
        with np.errstate(all="ignore"):
            lengths = 0.5 * rows * np.log(fits.objective / rows + 1e-24)
        lengths += [
            structure_price(form, columns) + 0.5 * count_constants(form, columns) * np.log(rows) for form in self.forms
        ]
        for i in np.argsort(lengths, kind="stable")[: self.kept]:
            if np.isfinite(lengths[i]) and fits.linear[i, 1]:
                theta = fits.theta[i, : count_constants(self.forms[i], columns)]
                yield Whole(self.forms[i], theta, (scale * fits.linear[i, 0], scale * fits.linear[i, 1]))

    def _sum(self, whole: Whole, part: Whole) -> tuple[Form | None, list[float]]:
        """f + C g, the two in the order that the catalogue writes them."""
        first, second = sorted((whole, part), key=lambda each: repr(each.form))
        ratio = second.linear[1] / first.linear[1] if first.linear[1] else 1.0
        return join(NODES["plus"], first.form, second.form), [*first.theta, *second.theta, ratio]

    def _products(self, whole: Whole, part: Whole) -> Iterator[tuple[Form | None, list[float]]]:
        """f g, and f (g + C) with C from what is fitted beside g."""
        shifted = Whole(wrap(NODES["shift"], part.form), np.append(part.theta, part.linear[0] / part.linear[1]), (0, 0))
        for factor in (part, shifted):
            if factor.form is not None:
                first, second = sorted((whole, factor), key=lambda each: repr(each.form))
                yield join(NODES["times"], first.form, second.form), [*first.theta, *second.theta]


def _take(joint: dict[Form, Array], entry: tuple[Form | None, list[float]]) -> None:
    """Where it is a form, and has no more constants than the compiled loops have room for."""
    form, constants = entry
    if form is not None and form not in joint and len(constants) <= MOST_CONSTANTS:
        joint[form] = _padded(np.array(constants, dtype=np.float64))[None]


def _padded(theta: Array) -> Array:
    return np.pad(theta[:MOST_CONSTANTS], (0, MOST_CONSTANTS - min(len(theta), MOST_CONSTANTS)))
