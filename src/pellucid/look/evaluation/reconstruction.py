"""How well a dictionary reconstructs, and with how many features: FVU and L0, beside principal components."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ...core.claim import Claim, Measured
from .sample import Sample
from .settings import SETTINGS
from .uncertainty import jackknife, sums

__all__ = ["measure_reconstruction", "unexplained"]


def measure_reconstruction(sample: Sample) -> tuple[list[Claim], dict[str, Any]]:
    """FVU and L0 on the sample.

        FVU = sum |x - x^|^2 / sum |x - mean x|^2,    L0 = mean number of features that fire

    Attention sinks are left out; what the FVU were with them is a claim of its own. The baseline is what as many
    principal components leave over, fitted on the first half of the sequences and judged on the others: the mean alone
    would leave 1.
    """
    fvu, error = unexplained(sample.target, sample.reconstruction, sample.rows)
    fired = (sample.values != 0).sum(1)
    counts = sums(torch.stack([fired, torch.ones_like(fired)], 1), sample.rows)
    l0, l0_error = jackknife(lambda total: total[:, 0] / total[:, 1], counts)
    components = max(1, round(l0))
    baseline = _principal(sample, components)
    without = f", {sample.sinks:,} attention sinks left out" if sample.sinks else ""
    told = (
        f"variance of {len(sample.x):,} tokens left unexplained (FVU){without}; baseline: {components} principal "
        "components"
    )
    claims: list[Claim] = [
        Measured(told, fvu, "", baseline, error, key="fvu"),
        Measured("features that fire at a token (L0)", l0, f"of {sample.size:,}", None, l0_error, key="l0"),
    ]
    data: dict[str, Any] = {
        "fvu": fvu,
        "l0": l0,
        "fvu_principal_components": baseline,
        "tokens": len(sample.x),
        "sinks": sample.sinks,
    }
    if sample.attention_sinks is not None:
        both = _with_sinks(sample, sample.attention_sinks, fvu)
        claims.insert(1, both)
        data["fvu_with_sinks"] = both.value
        data["sinks_at_first"] = int((sample.attention_sinks.positions == 0).sum())
    return claims, data


def _with_sinks(sample: Sample, sinks: Sample, without: float) -> Measured:
    """FVU of all tokens: a sink is so long that a few of them are most of the variance."""
    fvu, error = unexplained(*sample.joined(sinks))
    first = int((sinks.positions == 0).sum())
    told = (
        f"variance left unexplained (FVU) with the {len(sinks.x):,} attention sinks among the tokens (activations more "
        f"than {SETTINGS.outlier:g} times as long as the median; {first:,} of them the first of a row); baseline: "
        "without"
    )
    return Measured(told, fvu, "", without, error, key="fvu_with_sinks")


def unexplained(
    target: Float[Tensor, "tokens width"], guess: Float[Tensor, "tokens width"], rows: Tensor
) -> tuple[float, float | None]:
    """FVU of the guess, and its standard error over sequences."""
    centred = target - target.mean(0)
    parts = torch.stack([(target - guess).double().pow(2).sum(1), centred.double().pow(2).sum(1)], 1)
    return jackknife(lambda total: total[:, 0] / total[:, 1].clamp_min(1e-300), sums(parts, rows))


def _principal(sample: Sample, components: int) -> float | None:
    """FVU of as many principal components; None where there are too few sequences or tokens to fit them."""
    half = sample.rows < int(sample.rows.max()) / 2
    if not half.any() or half.all() or int(half.sum()) <= components or components >= sample.target.shape[1]:
        return None
    fitted, judged = sample.target[half].double(), sample.target[~half].double()
    mean = fitted.mean(0)
    covariance = (fitted - mean).T @ (fitted - mean)
    basis = torch.linalg.eigh(covariance)[1][:, -components:]
    rest = (judged - mean) - (judged - mean) @ basis @ basis.T
    return float(rest.pow(2).sum() / (judged - judged.mean(0)).pow(2).sum())
