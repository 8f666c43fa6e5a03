"""Sparse Kolmogorov-Arnold networks: how much the edges do, and a smaller network from those that matter."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from .kan import KAN, SplineLayer

__all__ = ["entropy", "l1", "prune"]


def l1(network: KAN, x: Float[Tensor, "... input"]) -> Float[Tensor, ""]:
    """The sum over all edges of the mean absolute value that each adds on the samples `x`; differentiable.

    arXiv 2404.19756, section 2.5.1, equations (2.17) and (2.18).

    >>> network = KAN([2, 1])
    >>> network.layers[0].mask.data.zero_().sum(), l1(network, torch.zeros(3, 2)).item()
    (tensor(0.), 0.0)
    """
    return torch.stack([size.sum() for size in _edge_sizes(network, x)]).sum()


def entropy(network: KAN, x: Float[Tensor, "... input"]) -> Float[Tensor, ""]:
    """The sum over the layers of - sum p log p, p the edges' shares of the layer's `l1`; differentiable.

    Between 0, where one edge per layer does everything, and the logarithm of the number of edges (arXiv 2404.19756,
    section 2.5.1, equation (2.19)).
    """
    return torch.stack([_entropy(size) for size in _edge_sizes(network, x)]).sum()


def _edge_sizes(network: KAN, x: Tensor) -> list[Float[Tensor, "input output"]]:
    inputs = network.activations(x)[:-1]
    return [
        layer.edges(given).abs().flatten(0, -3).mean(0)
        for layer, given in zip(network.spline_layers, _at_least_2d(inputs), strict=True)
    ]


def _at_least_2d(inputs: list[Tensor]) -> list[Tensor]:
    return [given if given.ndim > 1 else given[None] for given in inputs]


def _entropy(size: Tensor) -> Tensor:
    # Layers and edges that do nothing have entropy 0, with a finite gradient.
    tiny = torch.finfo(size.dtype).tiny
    total = size.sum()
    share = size / torch.where(total > tiny**0.5, total, torch.ones_like(total))
    return -(share * (share + tiny).log()).sum()


@torch.no_grad()
def prune(network: KAN, x: Float[Tensor, "batch input"], threshold: float = 1e-2) -> KAN:
    """A new network without the edges, and then the nodes, that hardly vary over the samples `x`.

    An edge stays if the standard deviation of what it adds is more than `threshold` times the largest in its layer and
    its end leads to an output; a node stays if an edge from it does. The mean of a removed edge is added to one that
    stays, so that edges that only add a constant are removed without loss; on what is kept nothing changes. Inputs and
    outputs are as many as before (arXiv 2404.19756, section 2.5.1, by deviation in place of size).

    Raises:
        ValueError: fewer than two samples, samples that are not finite, a `threshold` outside [0, 1).

    >>> network = KAN([2, 5, 1], generator=torch.Generator().manual_seed(0))
    >>> _ = network.layers[1].mask.data[1:].zero_()
    >>> prune(network, torch.rand(100, 2), 0.0).widths
    [2, 1, 1]
    """
    if x.ndim != 2 or len(x) < 2 or not bool(torch.isfinite(x).all()):
        raise ValueError(f"x has shape {tuple(x.shape)}: give at least two finite samples, one row each")
    if not 0 <= threshold < 1:
        raise ValueError(f"threshold={threshold!r}: give a number of at least 0 and below 1")
    inputs = network.activations(x)[:-1]
    values = [layer.edges(given) for layer, given in zip(network.spline_layers, inputs, strict=True)]
    deviations = [value.std(0, correction=0) for value in values]
    means = [value.mean(0) for value in values]
    kept, sums, nodes = _what_stays(network, deviations, threshold)
    return _smaller(network, kept, sums, nodes, means)


def _what_stays(
    network: KAN, deviations: list[Tensor], threshold: float
) -> tuple[list[Bool[Tensor, "input output"]], list[Bool[Tensor, " output"]], list[Bool[Tensor, " input"]]]:
    """From the outputs back: the edges that stay, and every layer's sums and inputs that do."""
    count = len(deviations)
    kept, sums, nodes = [deviations[0].bool()] * count, [deviations[0].bool()] * count, [deviations[0].bool()] * count
    sums_stay = deviations[-1].new_ones(deviations[-1].shape[1], dtype=torch.bool)
    for number in reversed(range(count)):
        deviation = deviations[number]
        # Beyond rounding: a constant function is not exactly constant in floating point.
        floor = max(threshold, 1e2 * torch.finfo(deviation.dtype).eps) * deviation.max()
        stays = (deviation > floor) & sums_stay
        # Every sum keeps its strongest edge, which carries its constant.
        strongest = deviation.argmax(0, keepdim=True)
        stays = stays.scatter(0, strongest, sums_stay[None] | stays.gather(0, strongest))
        nodes_stay = stays.any(1) if number else torch.ones_like(stays[:, 0])
        kept[number], sums[number], nodes[number] = stays, sums_stay, nodes_stay
        width = network.widths[number]
        if not isinstance(width, int):
            nodes_stay = torch.cat([nodes_stay[: width[0]], nodes_stay[width[0] :].repeat_interleave(2)])
        sums_stay = nodes_stay
    return kept, sums, nodes


def _smaller(network: KAN, kept: list[Tensor], sums: list[Tensor], nodes: list[Tensor], means: list[Tensor]) -> KAN:
    widths: list[int | tuple[int, int]] = []
    ends = network.widths[-1]
    for width, stay in zip(network.widths[:-1], nodes, strict=True):
        plain = width if isinstance(width, int) else width[0]
        widths.append((int(stay[:plain].sum()), int(stay[plain:].sum())))
    first = network.spline_layers[0]
    smaller = KAN(
        [widths[0][0] if isinstance(widths[0], tuple) else widths[0], *widths[1:], ends],
        network.grid_sizes,
        base=first.base is not None,
        dtype=first.low.dtype,
        device=first.low.device,
    )
    for old, new, *stay in zip(network.spline_layers, smaller.spline_layers, kept, sums, nodes, means, strict=True):
        _select(old, new, *stay)
    return smaller


def _select(old: SplineLayer, new: SplineLayer, kept: Tensor, sums: Tensor, nodes: Tensor, mean: Tensor) -> None:
    stays = kept[nodes][:, sums].to(old.mask)
    coefficients = (old.coefficients * old.mask[:, None])[nodes][:, :, sums]
    constant = (mean * ~kept).sum(0)[sums]
    # The splines of an input add up to 1, so a constant on all of an edge's coefficients shifts its values by as much.
    carrier = stays.argmax(0)
    coefficients[carrier, :, torch.arange(len(carrier), device=carrier.device)] += constant[:, None]
    new.coefficients.copy_(coefficients)
    new.mask.copy_(stays)
    new.low.copy_(old.low[nodes])
    new.high.copy_(old.high[nodes])
    if old.base is not None and new.base is not None:
        new.base.copy_((old.base * old.mask)[nodes][:, sums])
