"""The numbers that decide when laws of motion are told apart, and how their networks are trained. Set by hand; take the
worlds and systems of benchmarks/physics.py as having been in view.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Divide:
    """AI Physicist: patches that propose laws, and what it costs to tell them (arXiv 1810.10525 section II)."""

    gamma: float = -1.0
    """Of the generalised mean: below 0, so that a row is cheap as soon as one theory explains it. The paper's value."""
    real_bits: float = 20.0
    """What a coefficient costs that is no fraction: a number known to one part in a million."""
    precision: float = 1e-6
    """The finest epsilon, over the root mean square acceleration: the same part in a million."""
    patch: float = 2.0
    """Rows of a patch for each coefficient of a law."""
    fewest_bits: float = 1e-12
    """Of a row: the mean takes their inverses."""
    largest_denominator: int = 12
    """Of fractions that coefficients become."""
    explained: float = 10.0
    """A row is explained where its error is below this many epsilons."""
    rows_in_a_leaf: int = 4
    pruning: float = 1e-3
    """Of the decision tree over positions: leaves with fewer rows, and splits that gain less, are none."""
    resamples: int = 200
    """Of the bootstrap of errors."""


@dataclass(frozen=True)
class Training:
    """Networks of MASS and NNPhD."""

    dtype: torch.dtype = torch.float32
    """Errors stay at a percent, and a step takes half the time of double precision."""
    readout: float = 0.05
    """The size of MASS's readout at the start: nearly nothing is carried."""
    report: int = 50
    """Steps between two reports."""
    tiny: float = 1e-12
    """Added where a root or a quotient would have no slope at 0, in units of squared errors."""
    smooth: float = 1e-6
    """Norms of NNPhD are sqrt(|.|^2 + smooth^2), so that they have a slope at 0."""
    resamples: int = 200
    """Of the bootstrap of errors."""


DIVIDE = Divide()
TRAINING = Training()
