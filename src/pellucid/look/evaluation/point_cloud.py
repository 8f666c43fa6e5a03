"""The shape of the cloud of features: eigenvalues that fall off as a power law, beside those of an isotropic cloud.

Of "The Geometry of Concepts: Sparse Autoencoder Feature Structure" (arXiv 2410.19750), section 5.1.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ...core.claim import Claim, Measured
from .settings import SETTINGS

__all__ = ["measure_point_cloud", "power_law"]


def measure_point_cloud(
    decoder: Float[Tensor, "features width"], points: Float[Tensor, "tokens width"], generator: torch.Generator
) -> tuple[list[Claim], dict[str, Any]]:
    """How fast the eigenvalues of the features' covariance fall: the slope of log eigenvalue over log rank.

    Beside it the slope of as many isotropic Gaussian directions, and of the activations. The uncertainty is that of
    drawing the features again. Nothing where there are no more features than dimensions.
    """
    count, width = decoder.shape
    if count <= width or width < 4:
        return [], {}
    rows = decoder.double()
    slope, straight = power_law(rows)
    control, _ = power_law(torch.randn(rows.shape, generator=generator, dtype=torch.float64))
    again = [rows[torch.randint(count, (count,), generator=generator)] for _ in range(SETTINGS.cloud_resamples)]
    spread = float(torch.tensor([power_law(one)[0] for one in again]).std())
    told = (
        f"slope of the eigenvalues of {count:,} features over their rank, on logarithmic scales (R^2 of the straight "
        f"line {straight:.2f}); baseline: isotropic directions"
    )
    data = {"slope": slope, "straight": straight, "slope_isotropic": control}
    if len(points) > width:
        data["slope_of_activations"] = power_law(points.double())[0]
    return [Measured(told, slope, "", control, spread, key="eigenvalue_slope")], data


def power_law(rows: Float[Tensor, "count width"]) -> tuple[float, float]:
    """Slope and R^2 of the straight line through log eigenvalue over log rank.

    >>> rows = torch.randn(4000, 20, generator=torch.Generator().manual_seed(0)).double()
    >>> slope, straight = power_law(rows * torch.arange(1, 21).double() ** -0.5)
    >>> round(slope, 1), straight > 0.99
    (-1.0, True)
    """
    centred = rows - rows.mean(0)
    values = torch.linalg.eigvalsh(centred.T @ centred).flip(0)
    values = values[: max(2, round(SETTINGS.cloud_kept * len(values)))]
    values = values[values > 1e-12 * values[0]].log()
    ranks = torch.arange(1, len(values) + 1).double().log()
    x, y = ranks - ranks.mean(), values - values.mean()
    slope = float((x * y).sum() / x.pow(2).sum().clamp_min(1e-300))
    return slope, 1 - float((y - slope * x).pow(2).sum() / y.pow(2).sum().clamp_min(1e-300))
