"""How complex the function of a network is at each of its checkpoints, by several measures, beside its losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class ComplexityCurve(ArrayArtifact):
    """Each array has one entry a checkpoint; NaN where a measure was not taken, or cannot be."""

    steps: NDArray[np.float64]
    loss: NDArray[np.float64]
    test: NDArray[np.float64]
    """The loss on held-out rows."""
    norm: NDArray[np.float64]
    """The length of all parameters together."""
    lmn: NDArray[np.float64]
    """The linear mapping number, with pairs of nearly one output counted as linear; its standard error is beside it."""
    lmn_error: NDArray[np.float64]
    lmn_plain: NDArray[np.float64]
    """The same as the paper defines it."""
    llc: NDArray[np.float64]
    """The local learning coefficient, its standard error over chains, and how well these agree (1: wholly)."""
    llc_error: NDArray[np.float64]
    agreement: NDArray[np.float64]
    excess: NDArray[np.float64]
    """By how much the draws that make the coefficient raise the loss, as a share of the way to a constant guess."""
    parameters: int
    rows: int
    n_beta: float
    """By which the loss is multiplied under the draws: samples over their logarithm."""
    localization: float
    """The pull of the draws back to the checkpoint."""
    loss_name: str = "cross_entropy"
    name: str = ""

    kind = "complexity_curve"

    MEASURES: ClassVar[tuple[str, ...]] = ("lmn", "lmn_plain", "llc", "norm")

    @property
    def held_out(self) -> NDArray[np.float64]:
        """The test losses where there are any, else those of training."""
        return self.test if np.isfinite(self.test).all() else self.loss

    def describe(self) -> str:
        return f"complexity of {len(self.steps)} checkpoints of {self.parameters:,} parameters, on {self.rows} rows"

    def together(self, measure: str) -> float | None:
        """Spearman's correlation of a measure with the held-out loss; None below four checkpoints, or where constant.

        Raises ValueError for a measure that is none.
        """
        if measure not in self.MEASURES:
            raise ValueError(f"measure={measure!r} is unknown; give one of {', '.join(self.MEASURES)}")
        values, losses = getattr(self, measure), self.held_out
        known = np.isfinite(values) & np.isfinite(losses)
        if known.sum() < 4:
            return None
        first, second = (np.argsort(np.argsort(one[known])).astype(float) for one in (values, losses))
        if min(np.ptp(values[known]), np.ptp(losses[known])) == 0:
            return None
        return float(np.corrcoef(first, second)[0, 1])
