"""Cutting the wires of placed networks: the smallest ones, or the cheapest that separate an output from an input."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow
from torch import Tensor

from .placed import PlacedMLP

CAPACITY = 1_000_000
"""Of the largest weight, in whole numbers: flows are computed in those."""


@torch.no_grad()
def keep_wires(network: PlacedMLP, masks: list[Tensor]) -> None:
    """Cuts all wires but those of the masks, and those that are then on no path from an input to an output."""
    fed, used = [torch.ones(network.widths[0])], [torch.ones(network.widths[-1])]
    for mask in masks:
        fed.append(((mask @ fed[-1]) > 0).float())
    for mask in reversed(masks):
        used.insert(0, ((mask.T @ used[0]) > 0).float())
    network.masks = [used[i + 1][:, None] * mask * fed[i] for i, mask in enumerate(masks)]
    for weight, mask in zip(network.weights, network.masks, strict=True):
        weight *= mask


def without_smallest(network: PlacedMLP, count: int) -> None:
    """Keeps the `count` largest weights."""
    sizes = torch.cat([(w * m).detach().abs().flatten() for w, m in zip(network.weights, network.masks, strict=True)])
    least = sizes.sort(descending=True).values[min(count, len(sizes)) - 1]
    keep_wires(
        network, [((w * m).abs() >= least).float() * m for w, m in zip(network.weights, network.masks, strict=True)]
    )


def path_products(network: PlacedMLP) -> Float[np.ndarray, "outputs inputs"]:
    """|W_L| ... |W_1|, by places: how strong all paths between two ends are together; 0 where there is none."""
    found = torch.eye(network.widths[0], dtype=torch.float64)
    for weight, mask in zip(network.weights, network.masks, strict=True):
        found = (weight * mask).detach().abs().double() @ found
    return found.numpy()


def separate(network: PlacedMLP, output: int, entry: int) -> None:
    """Cuts those wires, of the least sum of |w|, without which no path leads from input `entry` to `output` (places).

    By the maximal flow: the wires out of what it can still reach.
    """
    starts = np.cumsum([0, *network.widths])
    sizes = [(w * m).detach().abs().double().numpy() for w, m in zip(network.weights, network.masks, strict=True)]
    largest = max(float(one.max()) for one in sizes) or 1.0
    table = np.zeros((starts[-1], starts[-1]), np.int32)
    for layer, size in enumerate(sizes):
        rows, columns = slice(starts[layer], starts[layer + 1]), slice(starts[layer + 1], starts[layer + 2])
        table[rows, columns] = np.ceil(size.T / largest * CAPACITY)
    ends = (int(starts[0]) + entry, int(starts[-2]) + output)
    flow = maximum_flow(csr_matrix(table), *ends).flow.toarray()
    reached = np.zeros(starts[-1], bool)
    reached[breadth_first_order(csr_matrix(table - flow > 0), ends[0], return_predecessors=False)] = True
    keep_wires(network, [
        mask * torch.as_tensor(~_leaving(reached[starts[i] : starts[i + 1]], reached[starts[i + 1] : starts[i + 2]]))
        for i, mask in enumerate(network.masks)
    ])  # fmt: skip


def _leaving(before: Bool[np.ndarray, " n"], after: Bool[np.ndarray, " m"]) -> Bool[np.ndarray, "m n"]:
    """Wires from what is reached to what is not."""
    return ~after[:, None] & before[None]
