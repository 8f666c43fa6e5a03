"""Several networks as rows of one matrix of numbers, and the optimiser that moves all rows at once.

Every row is one member; nothing one member does (a large gradient, a NaN) reaches another row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from .recurrent import RecurrentMLP, RecurrentShape

__all__ = ["Population"]


class Population:
    """Networks, Adam's moments, and which hidden units each member may use.

    `values`, `mean`, `square`, `mask` are Float[Tensor, "member parameter"]; the parameters of `network` are views into
    the first.
    """

    decays: ClassVar[tuple[float, float]] = (0.9, 0.98)
    """Of Adam's two moments; the second is short, because lengths and losses change under way."""
    stored: ClassVar[tuple[str, ...]] = ("values", "mean", "square", "age")
    listed: ClassVar[tuple[str, ...]] = ("hidden_sizes", "names", "births")

    def __init__(
        self, shape: RecurrentShape, hidden_sizes: Sequence[int], kinks: np.ndarray, seed: int, device: str = "cpu"
    ) -> None:
        self.shape, self.seed, self.kinks, self.device = shape, seed, kinks, device
        self.hidden_sizes = list(hidden_sizes)
        self.names = list(range(len(hidden_sizes)))
        self.births = [0] * len(hidden_sizes)
        self._adopt(RecurrentMLP(shape, len(hidden_sizes)).to(device))
        self.mean, self.square = torch.zeros_like(self.values), torch.zeros_like(self.values)
        self.age = torch.zeros(len(self.names), 1, device=device)
        for row in range(len(self.names)):
            self.reborn(row, self.births[row])

    def reborn(self, row: int, birth: int) -> None:
        """Start one member afresh; `birth` counts its lives, each with weights of its own."""
        seeds = np.random.SeedSequence([self.seed, self.names[row], birth]).generate_state(1, np.uint64)
        newborn = _initial(self.shape, self.kinks, int(seeds[0] >> np.uint64(1)))
        with torch.no_grad():
            self.values[row] = _flat(newborn)[0].to(self.device) * self.mask[row]
        for moments in (self.mean, self.square, self.age):
            moments[row] = 0.0
        self.births[row] = birth

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these members only, in this order."""
        chosen = list(rows)
        self.hidden_sizes = [self.hidden_sizes[row] for row in chosen]
        self.names = [self.names[row] for row in chosen]
        self.births = [self.births[row] for row in chosen]
        mean, square, age = self.mean[chosen], self.square[chosen], self.age[chosen]
        self._adopt(self.network.select(chosen))
        self.mean, self.square, self.age = mean, square, age

    def descend(self, loss: Float[Tensor, " member"], rate: float, clip: float = 1.0) -> list[int]:
        """One Adam step on `loss` (one number a member); returns the rows that were not finite and did not move."""
        parts = torch.autograd.grad(loss.sum(), list(self.network.parameters()))
        gradients = torch.cat([part.flatten(1) for part in parts], 1) * self.mask
        norm = gradients.norm(dim=1, keepdim=True)
        sound = torch.isfinite(norm) & torch.isfinite(loss.detach()[:, None])
        gradients = torch.where(sound, gradients / (norm / clip).clamp_min(1.0), 0.0)
        self.age += 1
        self.mean.lerp_(gradients, 1 - self.decays[0])
        self.square.lerp_(gradients.square(), 1 - self.decays[1])
        mean = self.mean / (1 - self.decays[0] ** self.age)
        square = self.square / (1 - self.decays[1] ** self.age)
        self.values.sub_(rate * mean / (square.sqrt() + 1e-8))
        return torch.nonzero(~sound[:, 0])[:, 0].tolist()

    def tensors(self) -> dict[str, Float[Tensor, "member ..."]]:
        """All numbers by name, to be stored."""
        return {name: getattr(self, name) for name in self.stored}

    def facts(self) -> dict[str, list[int]]:
        """All lists by name, to be stored."""
        return {name: list(getattr(self, name)) for name in self.listed}

    def restore(self, tensors: Mapping[str, Shaped[Tensor, ...]], facts: Mapping[str, list[int]]) -> None:
        """Go back to what `tensors` and `facts` said."""
        for name in self.listed:
            setattr(self, name, list(facts[name]))
        self._adopt(RecurrentMLP(self.shape, len(self.names)).to(self.device))
        self.values.copy_(tensors["values"])
        self.mean, self.square, self.age = (tensors[name].clone().to(self.device) for name in self.stored[1:])

    def _adopt(self, network: RecurrentMLP) -> None:
        """Take over a network: lay its parameters out as views of one matrix."""
        self.network = network
        self.values = _flat(network)
        self.mask = torch.cat([part.flatten(1) for part in _masks(network, self.hidden_sizes)], 1)
        start = 0
        for parameter in network.parameters():
            size = parameter[0].numel()
            view = slice(start, start + size)
            parameter.data = self.values[:, view].view(parameter.shape)
            start += size


def _flat(network: RecurrentMLP) -> Tensor:
    return torch.cat([parameter.detach().flatten(1) for parameter in network.parameters()], 1)


def _masks(network: RecurrentMLP, hidden_sizes: Sequence[int]) -> list[Tensor]:
    """1 for the numbers each member may use, 0 for those that belong to hidden units it does not have."""
    device = network.update_biases[0].device
    units = torch.arange(network.shape.hidden_size, device=device)
    used = (units[None] < torch.tensor(list(hidden_sizes), device=device)[:, None]).float()
    masks = {name: torch.ones_like(value) for name, value in network.state_dict().items()}
    masks["update_weights.0"][:, : network.shape.hidden_size] *= used[:, :, None]
    last = network.shape.update_depth - 1
    masks[f"update_weights.{last}"] *= used[:, None]
    masks[f"update_biases.{last}"] *= used[:, None]
    masks["readout_weights.0"] *= used[:, :, None]
    return [masks[name] for name, _ in network.named_parameters()]


def _initial(shape: RecurrentShape, kinks: np.ndarray, seed: int) -> RecurrentMLP:
    """Weights whose ReLU kinks lie spread over the inputs that occur, and whose state matters little at first."""
    generator = torch.Generator().manual_seed(seed)
    network = RecurrentMLP(shape, seed=seed)
    with torch.no_grad():
        _spread_kinks(network, kinks, generator)
        _begin_linear(network, generator)
    return network


def _spread_kinks(network: RecurrentMLP, kinks: np.ndarray, generator: torch.Generator) -> None:
    """Let the first ReLU layer of f bend at inputs that occur, whatever the state."""
    shape, width = network.shape, network.shape.update_width
    if shape.update_depth == 1:
        return
    weights, biases = network.update_weights[0][0], network.update_biases[0][0, 0]
    weights[: shape.hidden_size] = 0.5 * torch.randn(shape.hidden_size, width, generator=generator)
    weights[shape.hidden_size :] = torch.randn(shape.input_size, width, generator=generator)
    places = torch.from_numpy(kinks).float()[torch.randint(len(kinks), (width,), generator=generator)]
    jitter = torch.rand(places.shape, generator=generator) - 0.5
    biases.copy_(-((places + jitter) * weights[shape.hidden_size :].T).sum(1))


def _begin_linear(network: RecurrentMLP, generator: torch.Generator) -> None:
    """Let a readout with one hidden layer begin as a linear one: h = relu(h) - relu(-h), plus a little of the rest."""
    shape, hidden = network.shape, network.shape.hidden_size
    if shape.readout_depth != 2 or shape.readout_width < 2 * hidden:
        return
    first, second = network.readout_weights[0][0], network.readout_weights[1][0]
    linear = (2 * torch.rand(hidden, shape.output_size, generator=generator) - 1) / hidden**0.5
    first[:, : 2 * hidden] = torch.cat([torch.eye(hidden), -torch.eye(hidden)], 1)
    network.readout_biases[0][0, 0, : 2 * hidden] = 0.0
    second[: 2 * hidden] = torch.cat([linear, -linear])
    second[2 * hidden :] *= 0.3
