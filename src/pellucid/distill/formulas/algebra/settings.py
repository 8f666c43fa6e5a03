"""The numbers that decide in the algebra: what counts as zero, and what a surrogate has to reach to be believed.

Data come in float64, exact to eps = 2.2e-16; the limits of `Precision` follow from what QR and SVD make of that. The
limits of `SurrogateLimits` are rougher: what a surrogate proposes is verified on the data, so that a wrong proposal
costs time, and only a missed one costs a law. No record says that any of them was fitted to a benchmark; take the AI
Feynman equations (benchmarks/formulas.py) as having been in view.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Precision:
    """What is zero, and what is exact, for columns scaled to norm 1 and a target scaled to root mean square 1."""

    dependent: float = 1e-11
    """A column depends on those before it where QR leaves this share of it: eps by rounding alone, more for
    collinear columns."""
    null_vector: float = 2e-12
    """The shortest a null vector makes a table: a sharper question than `dependent`, asked of fewer columns."""
    negligible: float = 1e-6
    """A weight this far below the largest one is no term of the relation, but the rounding of another."""
    rounding: float = 4e-15
    """How uncertain a weight is at least: twenty eps, as columns come from a few operations each."""
    cancels: float = 1e-9
    """A relation holds on rows where its terms cancel to this share of their sizes: far above rounding, and far below
    what an approximant leaves on rows that it was not made on."""
    uncertain_weight: float = 1e-6
    """Weights less certain than this belong to an approximant, not to a law."""
    largest: float = 1e150
    """Columns above this, or below its inverse, would overflow when they are squared."""
    exact: float = 1e-8
    """A formula is exact where its root mean square error is this share of the target's: looser than `cancels`, as
    solving for y and taking roots lose digits. On all rows, the held-out ones too."""
    weight_error: float = 1e-14
    """The least relative error of a ratio of two weights, for snapping it to an exact number."""
    fastest: float = 400.0
    """The largest argument of a sine, in radians, whose value double precision still knows well."""
    largest_exponent: float = 200.0
    """The largest argument of an exponential: its square must stay below `largest`."""
    few_rows: int = 12
    """With no more rows than this all would be inner rows, and none left to confirm what these obey."""
    inner: float = 0.7
    """The share of the rows that relations are looked for on; the outer ones confirm them, for there approximants come
    apart first."""


@dataclass(frozen=True)
class SurrogateLimits:
    """Gaussian interpolants of the data: how they are fitted, and what they must reach for what they say to be used.

    Errors are leave-one-out, relative to the spread of the target.
    """

    widths: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0)
    """Widths of the Gaussians that are tried, in standard deviations of the coordinates."""
    ridge: float = 1e-10
    """Added to the kernel's diagonal, so that it can be inverted where rows nearly coincide."""
    ridges: tuple[float, ...] = tuple(10.0**k for k in range(-10, 1, 2))
    """Added instead where noise is allowed for: from none to as much as the signal."""
    few: int = 400
    """How many rows the surrogate is fitted to at first; the cost grows with the cube."""
    many: int = 800
    """And where those leave more than `good_error`."""
    worst_error: float = 0.5
    """Above this, slopes say nothing about symmetries."""
    good_error: float = 0.03
    """Below this, no other coordinates are tried."""
    null: float = 0.02
    """A direction is a symmetry where the slopes along it are this share of the largest: the surrogate's own error."""
    close: float = 0.03
    """How close an exponent of a symmetry must be to a fraction; what is rounded wrongly is not confirmed."""
    largest_denominator: int = 4
    """Of those fractions: exponents of physics are quarters at the most."""
    noise_rows: int = 500
    """How many rows tell noise from a law."""
    fewest_noise_rows: int = 50
    """A quarter of the rows must be this many, or it is not asked whether they are noisy."""
    falls: float = 1.35
    """A smooth law's error falls by more than this from a quarter of the rows to all of them; under noise it stays."""
    fewest_lawless_rows: int = 12
    """With fewer rows it is not asked whether there is a law."""
    most_labels: int = 10
    """A target with so few values, four rows or more for each, is a label."""


PRECISION = Precision()
SURROGATE = SurrogateLimits()
