"""Affine scales of inputs and outputs: networks train on numbers near 1, and are handed over for raw numbers."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from .recurrent import RecurrentMLP

__all__ = ["Scaling"]


@dataclass(frozen=True)
class Scaling:
    """Centre and spread of each coordinate: scaled = (raw - centre) / spread."""

    input_centre: Tensor
    input_spread: Tensor
    output_centre: Tensor
    output_spread: Tensor

    @classmethod
    def of(cls, inputs: Float[Tensor, "row input"], outputs: Float[Tensor, "row output"]) -> Scaling:
        """Mean and standard deviation over rows of `inputs` and `outputs`; a constant coordinate has spread 1.

        >>> Scaling.of(torch.tensor([[1.0], [3.0]]), torch.tensor([[5.0], [5.0]])).output_spread
        tensor([1.])
        """
        return cls(inputs.mean(0), _spread(inputs), outputs.mean(0), _spread(outputs))

    def to(self, device: str) -> Scaling:
        """The same scaling on another device."""
        parts = (self.input_centre, self.input_spread, self.output_centre, self.output_spread)
        return Scaling(*(part.to(device) for part in parts))

    def fold(self, network: RecurrentMLP) -> RecurrentMLP:
        """Change a network for scaled numbers, in place, into the same network for raw ones.

        W_x x_scaled + b = (W_x / spread) x + (b - W_x centre / spread),   y = spread y_scaled + centre
        """
        with torch.no_grad():
            driving = network.update_weights[0][:, network.shape.hidden_size :]
            driving /= self.input_spread[:, None]
            network.update_biases[0] -= self.input_centre @ driving[:, None]
            network.readout_weights[-1] *= self.output_spread
            network.readout_biases[-1].mul_(self.output_spread).add_(self.output_centre)
        return network


def _spread(rows: Tensor) -> Tensor:
    spread = rows.std(0, correction=0)
    return torch.where(spread > 0, spread, torch.ones_like(spread))
