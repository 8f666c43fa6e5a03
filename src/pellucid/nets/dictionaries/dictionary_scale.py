"""Centre and scale of activations, so that one learning rate serves every model and layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor


@dataclass(frozen=True)
class Scale:
    """x' = (x - mean) · factor, so that the median |x'|^2 is the width; the same for targets.

    `bar` is where thresholds begin, in the units of x'.
    """

    mean: Float[Tensor, " width"]
    factor: float
    mean_out: Float[Tensor, " width_out"]
    factor_out: float
    same: bool
    bar: float = 1.0
    outlier: ClassVar[float] = 10.0
    """Rows this many times further from the centre than the median row are left out: a model's attention sinks, whose
    squared norm would be most of the loss."""

    @classmethod
    def of(cls, x: Float[Tensor, "rows width"], y: Float[Tensor, "rows width_out"]) -> Scale:
        """Of a sample of rows; `y is x` for autoencoders. Raises ValueError where all rows are the same."""
        mean, factor = _centre(x)
        if y is x:
            return cls(mean, factor, mean, factor, True)
        return cls(mean, factor, *_centre(y), False)

    def inputs(self, x: Float[Tensor, "batch width"]) -> Float[Tensor, "batch width"]:
        return (x - self.mean).mul_(self.factor)

    def normalised(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs and targets, without outliers."""
        x = self.inputs(x.to(self.mean))
        if self.same:
            kept = self.usual(x)
            x = x if bool(kept.all()) else x[kept]
            return x, x
        y = (y.to(self.mean_out) - self.mean_out) * self.factor_out
        kept = self.usual(x) & self.usual(y)
        return x[kept], y[kept]

    @classmethod
    def usual(cls, x: Float[Tensor, "batch width"]) -> Bool[Tensor, " batch"]:
        """Which normalised rows are no outliers.

        >>> Scale.usual(torch.tensor([[1.0, 1.0], [20.0, 0.0]]))
        tensor([ True, False])
        """
        return torch.linalg.vector_norm(x, dim=1) <= cls.outlier * x.shape[1] ** 0.5

    def to(self, device: str | torch.device) -> Scale:
        """The same on another device."""
        return replace(self, mean=self.mean.to(device), mean_out=self.mean_out.to(device))

    def with_bar(self, bar: float) -> Scale:
        return replace(self, bar=bar)

    def tensors(self) -> dict[str, Tensor]:
        numbers = torch.tensor([self.factor, self.factor_out, float(self.same), self.bar], dtype=torch.float64)
        return {"mean": self.mean, "mean_out": self.mean_out.clone(), "factors": numbers}

    @classmethod
    def from_tensors(cls, tensors: dict[str, Tensor]) -> Scale:
        factor, factor_out, same, bar = tensors["factors"].tolist()
        return cls(tensors["mean"], factor, tensors["mean_out"], factor_out, bool(same), bar)


def geometric_median(x: Float[Tensor, "rows width"], iterations: int = 50) -> Float[Tensor, " width"]:
    """The point with the least sum of distances to all rows (Weiszfeld's iteration): outliers hardly move it.

    >>> geometric_median(torch.tensor([[0.0], [0.0], [0.0], [100.0]])).round(decimals=3)
    tensor([0.])
    """
    kind, x = x.dtype, x.double()
    found = x.mean(0)
    for _ in range(iterations):
        weight = 1 / torch.linalg.vector_norm(x - found, dim=1).clamp_min(1e-6)
        new = (weight @ x) / weight.sum()
        if bool(torch.linalg.vector_norm(new - found) <= 1e-5 * torch.linalg.vector_norm(new)):
            return new.to(kind)
        found = new
    return found.to(kind)


def _centre(x: Tensor) -> tuple[Tensor, float]:
    centre = geometric_median(x)
    spread = float(torch.linalg.vector_norm(x - centre, dim=1).median())
    if not spread > 1e-6 * float(torch.linalg.vector_norm(centre)):
        raise ValueError("all activations are the same; give a site that depends on its input")
    return centre, x.shape[1] ** 0.5 / spread
