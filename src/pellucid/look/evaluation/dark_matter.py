"""Dark matter: how much of what a dictionary leaves over could be predicted linearly from the activation.

Of "Decomposing The Dark Matter of Sparse Autoencoders" (arXiv 2410.14670): the error vector and its
squared norm, and the split of the unexplained variance into a linear and a nonlinear part.
The regression is fitted on some sequences, its penalty chosen on others, and judged on the rest.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ...core.claim import Claim, Measured, Undecided
from .sample import Sample
from .settings import SETTINGS
from .uncertainty import jackknife, sums

__all__ = ["measure_dark_matter"]


def measure_dark_matter(sample: Sample, generator: torch.Generator) -> tuple[list[Claim], dict[str, Any]]:
    """R^2 of linear predictions of the error, and of its squared norm, from the activation, on sequences held out.

        error ~ A x + a,    |error|^2 ~ b.x + c,    R^2 = 1 - sum |y - y^|^2 / sum |y - mean y|^2

    The baseline of the squared norm is the prediction from |x|^2 alone.
    """
    fit, choose, judge = _split(sample, generator)
    if int(fit.sum()) < 2 * sample.x.shape[1]:
        reason = f"{int(fit.sum()):,} tokens are too few to fit {sample.x.shape[1]} coefficients"
        return [Undecided("the linear part of the error", reason, "evaluate on more tokens", key="error_r2")], {}
    error = sample.error.double()
    squared = error.pow(2).sum(1, keepdim=True)
    length = sample.x.double().pow(2).sum(1, keepdim=True)
    rows = sample.rows[judge]
    guess = _ridge(sample.x, error, fit, choose, judge)
    vector = _determination(error[judge], guess, rows)
    norm = _determination(squared[judge], _ridge(sample.x, squared, fit, choose, judge), rows)
    plain, _ = _determination(squared[judge], _ridge(length, squared, fit, choose, judge), rows)
    target = sample.target[judge].double()
    total = (target - target.mean(0)).pow(2).sum()
    whole, rest = (float(part.pow(2).sum() / total) for part in (error[judge], error[judge] - guess))
    held = f"R^2 on {len(rows):,} held-out tokens"
    claims: list[Claim] = [
        Measured(f"the error is linear in the activation: {held}", vector[0], "", 0.0, vector[1], key="error_r2"),
        Measured(
            f"the error's squared norm is linear in the activation: {held}; baseline: from the activation's own",
            norm[0], "", max(plain, 0.0), norm[1], key="norm_r2",
        ),
    ]  # fmt: skip
    data = {"error_r2": vector[0], "norm_r2": norm[0], "norm_r2_from_length": plain}
    split = {"fvu": whole, "linear_fvu": whole - rest, "nonlinear_fvu": rest}
    return claims, {**data, **split, "fitted_tokens": int(fit.sum())}


def _split(sample: Sample, generator: torch.Generator) -> tuple[Bool[Tensor, " tokens"], ...]:
    """Half of the sequences to fit on, a fifth to choose the penalty, the rest to judge."""
    count = int(sample.rows.max()) + 1
    order = torch.randperm(count, generator=generator)
    part = torch.full((count,), 2)
    part[order[: count // 2]] = 0
    part[order[count // 2 : count // 2 + max(1, count // 5)]] = 1
    which = part[sample.rows]
    return which == 0, which == 1, which == 2


def _ridge(x: Tensor, y: Tensor, fit: Tensor, choose: Tensor, judge: Tensor) -> Float[Tensor, "judged outputs"]:
    """Predictions of the judged tokens, with the penalty that does best on those it is chosen on."""
    x = x.double()
    middle, target = x[fit].mean(0), y[fit].mean(0)
    centred = x[fit] - middle
    values, basis = torch.linalg.eigh(centred.T @ centred)
    moments = basis.T @ (centred.T @ (y[fit] - target))
    checked, scale = (x[choose] - middle) @ basis, float(values.mean())

    def left(penalty: float) -> float:
        weights = moments / (values.clamp_min(0) + penalty * scale)[:, None]
        return float((y[choose] - target - checked @ weights).pow(2).sum())

    best = min(SETTINGS.error_penalties, key=left)
    weights = moments / (values.clamp_min(0) + best * scale)[:, None]
    return (x[judge] - middle) @ basis @ weights + target


def _determination(y: Tensor, guess: Tensor, rows: Tensor) -> tuple[float, float | None]:
    parts = torch.stack([(y - guess).pow(2).sum(1), (y - y.mean(0)).pow(2).sum(1)], 1)
    return jackknife(lambda total: 1 - total[:, 0] / total[:, 1].clamp_min(1e-300), sums(parts, rows))
