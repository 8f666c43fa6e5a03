"""Networks whose neurons lie on lines, one a layer, and pay for wires by length: brain-inspired modular training.

    loss = error + strength * ( sum |w_ij| (|x_i - x_j| + cost) + cost * sum |b| )          (arXiv:2305.08746)

Neuron i of a layer of n lies at (i + 1/2) / n. In training, the neurons of a layer change places: with its neighbours
where they are, neuron j costs C_jk = sum_i |w_ij| |x_i - y_k| at place k, so the best order of the whole layer is one
assignment problem, and going through the layers only lowers the cost. (The authors swap pairs of neurons.) The
optimiser's moments move with the weights. The hot path is the network's own, on all rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn
from torch.nn.functional import silu

Array = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class WiringOptions:
    """How a placed network is trained; the defaults are those of 2305.08746, with a tenth of its steps."""

    steps: int = 2000
    rate: float = 2e-3
    strength: float = 1e-3
    """Of the penalty; ten times that from a quarter to three quarters of the steps, when biases begin to pay, too."""
    length: float = 1.0
    """What a unit of length costs; 0: an L1 penalty alone, and neurons stay where they are."""
    cost: float = 0.1
    """What a weight costs without any length."""
    every: int = 200
    """Steps between two placements."""


class PlacedMLP(nn.Module):
    """Rows (batch, inputs) -> (batch, outputs); `order[0]` and `order[-1]` say which input or output lies where.

    Hidden neurons are SiLU. Weights whose `masks` are 0 are none.

    >>> PlacedMLP((4, 6, 2))(torch.zeros(3, 4)).shape
    torch.Size([3, 2])
    """

    def __init__(self, widths: tuple[int, ...], generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.widths = widths
        pairs = list(pairwise(widths))

        def drawn(*size: int, inputs: int) -> nn.Parameter:
            return nn.Parameter((2 * torch.rand(*size, generator=generator) - 1) / inputs**0.5)

        self.weights = nn.ParameterList([drawn(b, a, inputs=a) for a, b in pairs])
        self.biases = nn.ParameterList([drawn(b, inputs=a) for a, b in pairs])
        self.masks = [torch.ones(b, a) for a, b in pairs]
        self.order = [torch.arange(widths[0]), torch.arange(widths[-1])]

    def forward(self, rows: Float[Tensor, "batch inputs"]) -> Float[Tensor, "batch outputs"]:
        x = rows[:, self.order[0]]
        for number, (weight, bias, mask) in enumerate(zip(self.weights, self.biases, self.masks, strict=True)):
            x = x @ (weight * mask).T + bias
            if number < len(self.masks) - 1:
                x = silu(x)
        return x[:, self.order[1].argsort()]

    def penalty(self, options: WiringOptions, biases: bool) -> Tensor:
        """sum |w| (length * distance + cost), and cost * sum |b| where biases pay."""
        total = torch.zeros(())
        for number, weight in enumerate(self.weights):
            apart = distances(*self.widths[number : number + 2])
            total = total + (weight.abs() * (options.length * apart + options.cost)).sum()
        return total + options.cost * sum(bias.abs().sum() for bias in self.biases) if biases else total

    @property
    def wire_length(self) -> float:
        """sum |w| d / sum |w|: the mean distance that a weight bridges."""
        sizes = [(w * m).detach().abs() for w, m in zip(self.weights, self.masks, strict=True)]
        apart = [distances(*self.widths[i : i + 2]) for i in range(len(sizes))]
        total = sum(float(one.sum()) for one in sizes)
        return sum(float((one * d).sum()) for one, d in zip(sizes, apart, strict=True)) / max(total, 1e-300)

    @property
    def count(self) -> int:
        """How many weights there are."""
        return int(sum(mask.sum() for mask in self.masks))


def places(width: int) -> Float[Tensor, " width"]:
    """(i + 1/2) / n."""
    return (torch.arange(width) + 0.5) / width


def distances(before: int, after: int) -> Float[Tensor, "after before"]:
    """Between the places of two layers."""
    return (places(after)[:, None] - places(before)).abs()


def train_placed(
    network: PlacedMLP, rows: Tensor, wanted: Tensor, options: WiringOptions, *, penalised: bool = True
) -> None:
    """Trains in place by AdamW on all rows; without a penalty neurons stay where they are."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.0)
    for step in range(options.steps):
        loss = (network(rows) - wanted).square().mean()
        middle = options.steps // 4 <= step < 3 * options.steps // 4
        if penalised:
            strength = options.strength * (10 if middle else 1)
            loss = loss + strength * network.penalty(options, step >= 3 * options.steps // 4)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if penalised and options.length and step % options.every == options.every - 1:
            place(network, optimiser)


def polish_placed(network: PlacedMLP, rows: Tensor, wanted: Tensor, iterations: int) -> None:
    """Trains in place by L-BFGS without a penalty, so that two networks can be compared at their best."""
    optimiser = torch.optim.LBFGS(network.parameters(), max_iter=iterations, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = (network(rows) - wanted).square().mean()
        value.backward()
        return value

    optimiser.step(loss)  # type: ignore[arg-type]


@torch.no_grad()
def place(network: PlacedMLP, optimiser: torch.optim.Optimizer | None = None, sweeps: int = 20) -> float:
    """Puts the neurons of each layer in their best order, layer by layer, until none moves; the cost at the end."""
    last = len(network.widths) - 1
    for _ in range(sweeps):
        moved = False
        for layer in range(last + 1):
            cost = _cost_of_places(network, layer)
            chosen = linear_sum_assignment(cost)[1]
            gain = np.trace(cost) - cost[np.arange(len(chosen)), chosen].sum()
            if gain > 1e-6:
                _move(network, layer, torch.as_tensor(np.argsort(chosen)), optimiser)
                moved = True
        if not moved:
            break
    return sum(float((w.abs() * distances(*network.widths[i : i + 2])).sum()) for i, w in enumerate(network.weights))


def _cost_of_places(network: PlacedMLP, layer: int) -> Float[np.ndarray, "neurons places"]:
    """C_jk: what the wires of neuron j cost at place k, its neighbours being where they are."""
    width, total = network.widths[layer], torch.zeros(())
    if layer > 0:
        total = total + network.weights[layer - 1].abs() @ distances(width, network.widths[layer - 1])
    if layer < len(network.widths) - 1:
        total = total + network.weights[layer].abs().T @ distances(width, network.widths[layer + 1])
    return total.double().numpy()


def _move(network: PlacedMLP, layer: int, order: Tensor, optimiser: torch.optim.Optimizer | None) -> None:
    """Neuron order[k] goes to place k, with its weights and the optimiser's moments."""

    def moved(weight: Tensor, dim: int) -> None:
        held = [] if optimiser is None else optimiser.state.get(weight, {}).values()
        for one in (weight, *(each for each in held if each.shape == weight.shape)):
            one.copy_(one.index_select(dim, order))

    if layer > 0:
        moved(network.weights[layer - 1], 0)
        moved(network.biases[layer - 1], 0)
        network.masks[layer - 1] = network.masks[layer - 1][order]
    if layer < len(network.widths) - 1:
        moved(network.weights[layer], 1)
        network.masks[layer] = network.masks[layer][:, order]
    if layer == 0:
        network.order[0] = network.order[0][order]
    if layer == len(network.widths) - 1:
        network.order[1] = network.order[1][order]
