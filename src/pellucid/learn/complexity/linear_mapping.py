"""The linear mapping number: how many linear maps the function of a network is worth.

Liu et al. (arXiv 2310.05918): R^2_ij is how well a straight line fits the output on the way from sample i to sample j,

    LMN = exp(-sum_k q_k ln q_k),   q = |eigenvalues of (R^2 + its transpose) / 2| / their sum

1 for a linear network, up to the number of samples. Where two samples have nearly one output, R^2 is that of noise;
`floored` adds a tenth of the variance over all samples to the denominator (ours), so that such pairs count as linear.
Hot path: samples^2 / 2 * points rows through the network.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

POINTS = 21
"""On the way between two samples, as in the paper."""
FLOOR = 0.1
"""Of the variance of the outputs over samples. On digits that are learnt at once the number rises by a quarter with it,
threefold without it, while the test loss falls."""


def linear_mapping_numbers(
    outputs: Callable[[Tensor], Float[Tensor, "rows outputs"]], inputs: Float[Tensor, "samples ..."]
) -> tuple[float, float]:
    """(as defined, floored) of a network on some samples.

    >>> layer = torch.nn.Linear(3, 2)
    >>> x = torch.randn(10, 3, generator=torch.Generator().manual_seed(0))
    >>> [round(value, 3) for value in linear_mapping_numbers(layer, x)]
    [1.0, 1.0]
    """
    count = len(inputs)
    first, second = torch.triu_indices(count, count, offset=1)
    way = torch.linspace(0, 1, POINTS, dtype=inputs.dtype)
    shape = (1, POINTS, *[1] * (inputs.ndim - 1))
    part = way.reshape(shape)
    with torch.no_grad():
        flat = [
            outputs(((1 - part) * inputs[first[some], None] + part * inputs[second[some], None]).flatten(0, 1))
            for some in torch.arange(len(first)).split(200)
        ]
        spread = float(outputs(inputs).double().var(0).sum()) * POINTS
    made = torch.cat(flat).double().reshape(len(first), POINTS, -1)
    made = made - made.mean(1, keepdim=True)
    centred = (way - way.mean()).double()[None, :, None]
    slope = (made * centred).sum(1, keepdim=True) / (centred**2).sum()
    missed, whole = ((made - slope * centred) ** 2).sum((1, 2)), (made**2).sum((1, 2))
    tiny = 1e-12 * max(spread, 1e-300)
    plain, floored = missed / (whole + tiny), missed / (whole + FLOOR * spread + tiny)
    return _number(1 - plain, first, second, count), _number(1 - floored, first, second, count)


def _number(r2: Tensor, first: Tensor, second: Tensor, count: int) -> float:
    whole = torch.eye(count, dtype=torch.float64)
    whole[first, second] = whole[second, first] = r2.clamp(0, 1)
    q = torch.linalg.eigvalsh(whole).abs()
    q = q / q.sum()
    return float(torch.exp(-(q * q.clamp_min(1e-300).log()).sum()))
