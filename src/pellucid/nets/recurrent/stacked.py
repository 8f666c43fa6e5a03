"""Many small smooth networks in one, with their first and second derivatives carried along.

The hot path is `StackedMLP.jets`: one batched product for each layer, O(members * rows * (1 + n + n(n+1)/2) * width^2)
for n inputs, instead of a backward pass for each derivative.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

__all__ = ["Jets", "StackedMLP"]


@dataclass(frozen=True)
class Jets:
    """Values, slopes and curvatures of the outputs by the inputs."""

    value: Float[Tensor, "member row output"]
    first: Float[Tensor, "member input row output"]
    second: Float[Tensor, "member pair row output"] | None
    """Second derivatives for each pair of inputs i <= j, as `pairs` lists them."""


def pairs(inputs: int) -> list[tuple[int, int]]:
    """All pairs i <= j of inputs.

    >>> pairs(2)
    [(0, 0), (0, 1), (1, 1)]
    """
    return list(itertools.combinations_with_replacement(range(inputs), 2))


class StackedMLP(nn.Module):
    """`members` independent networks y = W_k tanh(... tanh(W_1 (x - centre) / scale + b_1) ...) + b_k.

    `centre` and `scale` are (inputs,) or (members, inputs). Fewer than all members may be asked: the first ones.

    >>> network = StackedMLP(3, (2, 8, 1), generator=torch.Generator().manual_seed(0))
    >>> network(torch.zeros(3, 5, 2)).shape
    torch.Size([3, 5, 1])
    """

    def __init__(
        self, members: int, widths: tuple[int, ...], *, centre: Tensor | None = None, scale: Tensor | None = None,
        dtype: torch.dtype = torch.float64, generator: torch.Generator | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if members < 1 or len(widths) < 2 or min(widths) < 1:
            raise ValueError(f"members={members}, widths={widths} is no network; give positive numbers, two or more")
        self.widths = tuple(widths)
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for before, after in itertools.pairwise(widths):
            draw = torch.randn(members, before, after, dtype=dtype, generator=generator) / before**0.5
            self.weights.append(nn.Parameter(draw))
            bias = torch.randn(members, 1, after, dtype=dtype, generator=generator) * 0.3
            self.biases.append(nn.Parameter(bias))
        nothing, one = torch.zeros(widths[0], dtype=dtype), torch.ones(widths[0], dtype=dtype)
        self.register_buffer("centre", _for_members(nothing if centre is None else centre.to(dtype), members))
        self.register_buffer("scale", _for_members(one if scale is None else scale.to(dtype), members))
        self.centre: Tensor
        self.scale: Tensor

    def forward(self, x: Float[Tensor, "member row input"]) -> Float[Tensor, "member row output"]:
        members = len(x)
        hidden = (x - self.centre[:members]) / self.scale[:members]
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            hidden = hidden @ weight[:members] + bias[:members]
            hidden = hidden if i == last else torch.tanh(hidden)
        return hidden

    def jets(self, x: Float[Tensor, "member row input"], order: int = 2, start: int = 0) -> Jets:
        """Values and derivatives up to `order` (1 or 2) by the inputs, of the members from `start` on."""
        members, rows, inputs = x.shape
        chosen = slice(start, start + members)
        both = pairs(inputs) if order == 2 else []
        centre, scale = self.centre[chosen], self.scale[chosen]
        slope = torch.diag_embed(1 / scale[:, 0])[:, :, None].expand(members, inputs, rows, inputs)
        flat = x.new_zeros(members, len(both), rows, inputs)
        parts = torch.cat([((x - centre) / scale)[:, None], slope, flat], 1)
        last = len(self.weights) - 1
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            parts = parts.reshape(members, -1, parts.shape[-1]) @ weight[chosen]
            parts = parts.reshape(members, -1, rows, self.widths[k + 1])
            value, first, second = parts[:, 0] + bias[chosen], parts[:, 1 : 1 + inputs], parts[:, 1 + inputs :]
            if k == last:
                return Jets(value, first, second if order == 2 else None)
            bent = torch.tanh(value)
            gain = (1 - bent**2)[:, None]
            news = [bent[:, None], gain * first]
            if both:
                # slices, not a list of places: their gradient is far cheaper
                crossed = torch.cat([first[:, i : i + 1] * first[:, j : j + 1] for i, j in both], 1)
                news.append(gain * (second - 2 * bent[:, None] * crossed))
            parts = torch.cat(news, 1)
        raise AssertionError("a network has a last layer")


def _for_members(values: Tensor, members: int) -> Tensor:
    return (values.expand(members, -1) if values.ndim == 1 else values)[:, None].clone()
