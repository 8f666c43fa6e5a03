"""Noise models: how y scatters around f. Each says what a residual is, how rows are weighed, and how long y is given f.

    Gauss     y = f + s e                     the scatter is the same everywhere
    relative  ln|y| = ln|f| + s e             it is a share of the value
    Student   y = f + s t, 3 degrees          mostly small, now and then far off (outliers)

The scale s is unknown in all of them, and bounded below by the rounding of the numbers in the table. `weights` are
1/s_i^2 of each row up to a common factor, where the user knows them.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from scipy.special import gammaln

Array = NDArray[np.float64]
STUDENT_DEGREES = 3.0
"""Heavy enough that one row in a hundred may lie ten scales off, light enough to have a variance."""


@dataclass(frozen=True)
class Scatter:
    """The scale `s` of the noise, the `weights` of the rows in the next step of a fit, and `nats`: -ln p(y | f, s).

    `information`: what each row's squared slope counts in the Fisher information of the constants.
    """

    s: float
    weights: Float[np.ndarray, " rows"]
    nats: float
    information: Float[np.ndarray, " rows"]


class Noise(ABC):
    """One noise model. `price` is -ln of how likely it is before the data are seen, in nats."""

    name: str
    price: float

    def applies(self, y: Float[np.ndarray, " rows"]) -> bool:
        """Whether y can have scattered like this."""
        return True

    def residuals(self, f: Float[np.ndarray, " rows"], y: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        """How far y lies from f; not finite where it cannot."""
        return y - f

    def slopes(self, f: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"] | float:
        """-d residual / d f."""
        return 1.0

    def smallest(self, y: Float[np.ndarray, " rows"], rounding: float) -> float:
        """The smallest scale, where `rounding` is that of y itself."""
        return rounding

    @abstractmethod
    def scatter(self, r: Array, y: Array, weights: Array, smallest: float) -> Scatter:
        """The most likely scale of residuals r (rows,), and what follows from it."""


class Gauss(Noise):
    """The same scatter in every row."""

    name, price = "Gauss", -math.log(0.6)

    def scatter(self, r: Array, y: Array, weights: Array, smallest: float) -> Scatter:
        n = len(r)
        s2 = max(float((weights * r * r).sum()) / n, smallest**2)
        nats = n / 2 * math.log(2 * math.pi * s2) + float((weights * r * r).sum()) / (2 * s2)
        return Scatter(math.sqrt(s2), weights, nats - float(np.log(weights).sum()) / 2, weights / s2)


class Relative(Gauss):
    """The scatter is a share of the value: Gauss on the logarithms."""

    name, price = "relative", -math.log(0.2)

    def applies(self, y: Float[np.ndarray, " rows"]) -> bool:
        """Where y has one sign, and spans enough for the two to differ (a factor of 1.3)."""
        size = np.abs(y)
        return bool((y > 0).all() or (y < 0).all()) and float(size.max()) > 1.3 * float(size.min())

    def residuals(self, f: Float[np.ndarray, " rows"], y: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        with np.errstate(all="ignore"):
            return np.log(y / f)

    def slopes(self, f: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"] | float:
        return 1 / f

    def smallest(self, y: Float[np.ndarray, " rows"], rounding: float) -> float:
        return rounding / float(np.median(np.abs(y)))

    def scatter(self, r: Array, y: Array, weights: Array, smallest: float) -> Scatter:
        found = super().scatter(r, y, weights, smallest)
        change = float(np.log(np.abs(y)).sum())  # of variables: the density is that of y, not of ln y
        return Scatter(found.s, found.weights, found.nats + change, found.information)


class Student(Noise):
    """Outliers among rows that scatter little: Student's distribution with 3 degrees of freedom."""

    name, price = "Student", -math.log(0.2)

    def scatter(self, r: Array, y: Array, weights: Array, smallest: float) -> Scatter:
        n, nu = len(r), STUDENT_DEGREES
        s2 = max((1.4826 * float(np.median(np.abs(r)))) ** 2, smallest**2)
        z = weights * r * r
        for _ in range(50):
            rowwise = (nu + 1) / (nu + z / s2)
            after = max(float((rowwise * z).sum()) / n, smallest**2)
            if abs(after - s2) < 1e-6 * s2:
                break
            s2 = after
        constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * math.log(nu * math.pi * s2)
        nats = (nu + 1) / 2 * float(np.log1p(z / (nu * s2)).sum()) - n * constant - float(np.log(weights).sum()) / 2
        rowwise = weights * (nu + 1) / (nu + z / s2)
        return Scatter(math.sqrt(s2), rowwise, float(nats), weights * (nu + 1) / (nu + 3) / s2)

    def outliers(self, r: Array, s: float, chance: float = 0.01) -> Bool[np.ndarray, " rows"]:
        """The rows that Gauss with the same scale would not give: further off than the largest of so many."""
        limit = math.sqrt(2 * math.log(max(len(r), 2) / chance))
        return np.abs(r) > limit * s


GAUSS, RELATIVE, STUDENT = Gauss(), Relative(), Student()
NOISES: tuple[Noise, ...] = (GAUSS, RELATIVE, STUDENT)


def rounding_of(y: Float[np.ndarray, " rows"], unknown: float = 1e-9) -> float:
    """Half of the last written digit's step divided by sqrt(3): the scale below which no scatter can be told.

    Numbers with few digits are taken as rounded to them; others to the share `unknown` of the typical |y|, nine digits.

    >>> round(rounding_of(np.array([0.25, 1.5, 3.75])), 6)
    0.002887
    """
    typical = float(np.median(np.abs(y))) or float(np.abs(y).max()) or 1.0
    least = unknown * typical
    for digits in range(-12, 13):
        step = 10.0**-digits
        if step < 2 * least:
            break
        if np.abs(np.round(y / step) * step - y).max() < 1e-9 * typical and not (y == np.round(y)).all():
            return max(step / 2 / math.sqrt(3), least)
    return least
