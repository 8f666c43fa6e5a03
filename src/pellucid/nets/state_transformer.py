"""A small causal transformer over states, that predicts the next one: x_1, ..., x_t -> x_(t+1)."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from ..run.threads import one_thread


class Block(nn.Module):
    """x + attention(norm(x)), then x + MLP(norm(x))."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention, self.norm_mlp = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys_values, self.mixed = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Float[Tensor, "batch length width"]) -> Float[Tensor, "batch length width"]:
        batch, length, width = x.shape
        parts = self.queries_keys_values(self.norm_attention(x)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.mixed(seen.transpose(1, 2).reshape(batch, length, width))
        return x + self.mlp(self.norm_mlp(x))


class StateTransformer(nn.Module):
    """States (batch, length, features) -> the next states (batch, length, features).

    Raises ValueError for a width that the heads do not divide.

    >>> StateTransformer(2, 16, 2, 1, 10)(torch.zeros(3, 5, 2)).shape
    torch.Size([3, 5, 2])
    """

    def __init__(
        self,
        features: int = 2,
        width: int = 32,
        heads: int = 2,
        layers: int = 2,
        length: int = 64,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width={width} is no multiple of heads={heads}; choose another one")
        self.embed, self.places = nn.Linear(features, width), nn.Parameter(torch.zeros(length, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, features)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                scale = 0.02 if name == "places" else 1 / math.sqrt(parameter.shape[1])
                nn.init.normal_(parameter, std=scale, generator=generator)

    def forward(self, states: Float[Tensor, "batch length features"]) -> Float[Tensor, "batch length features"]:
        x = self.embed(states) + self.places[: states.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def fit_next_state(
    network: StateTransformer,
    states: Float[Tensor, "rows length features"],
    *,
    steps: int = 2000,
    batch: int = 64,
    rate: float = 3e-3,
    generator: torch.Generator,
) -> list[float]:
    """Adam with a cosine schedule on the squared error of the next state; every hundredth loss."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    losses = []
    with one_thread():
        for step in range(steps):
            rows = states[torch.randint(len(states), (batch,), generator=generator)]
            loss = ((network(rows[:, :-1]) - rows[:, 1:]) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            if step % 100 == 0 or step == steps - 1:
                losses.append(float(loss.detach()))
    return losses
