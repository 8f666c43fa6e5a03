"""Noise models: how y scatters around f. Each says what a residual is, how rows are weighed, and how long y is given f.

    Gauss     y = f + s e                     the scatter is the same everywhere
    relative  ln|y| = ln|f| + s e             it is a share of the value
    Student   y = f + s t, 3 degrees          mostly small, now and then far off (heavy tails)
    gross     y = f + s e, or f + S e         but for a share of the rows, which lie anywhere (contaminated,
                                              Tukey 1960); of the values, or of their logarithms

Heavy tails and gross errors are two things: a slipped digit that lies a thousand scales off costs 2 ln(1000^2 / 3)
nats under Student's tails, more than a narrow pole that goes through it would, and ln(1000) where it may lie anywhere.

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
    told: str
    """What is said of it, after "noise in y, "."""
    is_share: bool = False
    """Whether its scale is a share of the value, and its residuals are those of the logarithms."""
    has_outliers: bool = False

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

    name, price, told = "Gauss", -math.log(0.6), "the same in every row"

    def scatter(self, r: Array, y: Array, weights: Array, smallest: float) -> Scatter:
        n = len(r)
        s2 = max(float((weights * r * r).sum()) / n, smallest**2)
        nats = n / 2 * math.log(2 * math.pi * s2) + float((weights * r * r).sum()) / (2 * s2)
        return Scatter(math.sqrt(s2), weights, nats - float(np.log(weights).sum()) / 2, weights / s2)


class Relative(Gauss):
    """The scatter is a share of the value: Gauss on the logarithms."""

    name, price, told = "relative", -math.log(0.2), "as a share of its value"
    is_share = True

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
        return Scatter(found.s, found.weights, found.nats + self.change(y), found.information)

    def change(self, y: Array) -> float:
        """Of variables: the density is that of y, not of ln y."""
        return float(np.log(np.abs(y)).sum())


class Student(Noise):
    """Outliers among rows that scatter little: Student's distribution with 3 degrees of freedom."""

    name, price, told = "Student", -math.log(0.1), "with outliers (Student, 3 degrees)"
    has_outliers = True

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


class Gross(Gauss):
    """Gauss but for gross errors: p(r) = (1 - e) N(r; 0, s) + e N(r; 0, S), with S at least five times s.

    e and S are estimated with s, and cost 1/2 ln n each. A share e of more than a quarter is no longer one of errors.
    """

    name, price, told = "Gauss with gross errors", -math.log(0.06), "the same in every row but for gross errors"
    has_outliers = True
    largest_share = 0.25
    least_ratio = 5.0
    fewest = 12
    """Of fewer rows, three quarters are hardly more than a formula has constants, and can be met by chance."""

    def applies(self, y: Float[np.ndarray, " rows"]) -> bool:
        """Where there are rows enough to tell an error from a law."""
        return len(y) >= self.fewest

    def scatter(self, r: Array, y: Array, weights: Array, smallest: float) -> Scatter:
        n, z = len(r), weights * r * r
        s2 = max((1.4826 * float(np.median(np.sqrt(z)))) ** 2, smallest**2)
        far = z > self.least_ratio**2 * s2
        share = self._share(float(far.mean()), n)
        wide2 = float(z[far].mean()) if far.any() else self.least_ratio**2 * s2
        for _ in range(100):
            is_gross, _ = _mixed(z, s2, wide2, share)
            fine = 1 - is_gross
            before, s2 = s2, max(float((fine * z).sum() / fine.sum()), smallest**2)
            wide2 = max(float((is_gross * z).sum() / max(is_gross.sum(), 1e-300)), self.least_ratio**2 * s2)
            share = self._share(float(is_gross.mean()), n)
            if abs(s2 - before) < 1e-6 * s2:
                break
        is_gross, density = _mixed(z, s2, wide2, share)
        nats = -float(density.sum()) - float(np.log(weights).sum()) / 2 + math.log(n)
        rowwise = weights * (1 - is_gross + is_gross * s2 / wide2)
        return Scatter(math.sqrt(s2), rowwise, nats, rowwise / s2)

    def _share(self, share: float, n: int) -> float:
        return min(max(share, 1 / n), self.largest_share)


class GrossRelative(Gross, Relative):
    """Relative noise but for gross errors, which are a factor that may be anything."""

    name, price, told = "relative with gross errors", -math.log(0.04), "as a share of its value but for gross errors"
    is_share = True

    def applies(self, y: Float[np.ndarray, " rows"]) -> bool:
        """Where both are possible."""
        return Gross.applies(self, y) and Relative.applies(self, y)

    def scatter(self, r: Array, y: Array, weights: Array, smallest: float) -> Scatter:
        found = Gross.scatter(self, r, y, weights, smallest)
        return Scatter(found.s, found.weights, found.nats + self.change(y), found.information)


def _mixed(z: Array, s2: float, wide2: float, share: float) -> tuple[Array, Array]:
    """Of squared residuals: how likely each row is a gross error, and ln of its density."""
    fine = math.log(1 - share) - 0.5 * (math.log(2 * math.pi * s2) + z / s2)
    gross = math.log(share) - 0.5 * (math.log(2 * math.pi * wide2) + z / wide2)
    density = np.logaddexp(fine, gross)
    return np.exp(gross - density), density


GAUSS, RELATIVE, STUDENT, GROSS, GROSS_RELATIVE = Gauss(), Relative(), Student(), Gross(), GrossRelative()
NOISES: tuple[Noise, ...] = (GAUSS, RELATIVE, STUDENT, GROSS, GROSS_RELATIVE)


def outliers(r: Float[np.ndarray, " rows"], s: float, chance: float = 0.01) -> Bool[np.ndarray, " rows"]:
    """The rows that Gauss with the scale s would not give: further off than the largest of so many.

    >>> outliers(np.array([0.1, -0.2, 9.0, 0.3]), 0.2).tolist()
    [False, False, True, False]
    """
    limit = math.sqrt(2 * math.log(max(len(r), 2) / chance))
    return np.abs(r) > limit * s


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
