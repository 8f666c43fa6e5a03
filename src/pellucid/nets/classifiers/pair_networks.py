"""Networks that read two symbols and score n answers: a transformer that is read at its last place, and an MLP.

Both begin with `embed`, so that whoever opens them can put other embeddings in its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "gelu": nn.functional.gelu,
    "silu": nn.functional.silu,
    "tanh": torch.tanh,
}
"""By the names that checkpoints' configurations have for them."""


class PairAttention(nn.Module):
    """Attention whose weights are rate * softmax + (1 - rate): at rate 0 every place counts alike (2306.17844).

    Biases are there, as zeros that are not trained: checkpoints may bring their own.
    """

    o_bias: Tensor

    def __init__(self, width: int, heads: int, head: int, rate: float, causal: bool) -> None:
        super().__init__()
        self.rate, self.causal = rate, causal
        for name in ("q", "k", "v"):
            self.register_parameter(name, nn.Parameter(torch.zeros(heads, width, head)))
            self.register_buffer(f"{name}_bias", torch.zeros(heads, head))
        self.o = nn.Parameter(torch.zeros(heads, head, width))
        self.register_buffer("o_bias", torch.zeros(width))

    def forward(self, x: Float[Tensor, "batch length width"]) -> Float[Tensor, "batch length width"]:
        q, k, v = (
            torch.einsum("blw,hwd->bhld", x, getattr(self, name)) + getattr(self, f"{name}_bias")[:, None]
            for name in ("q", "k", "v")
        )
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        if self.causal:
            later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=x.device).triu(1)
            scores = scores.masked_fill(later, float("-inf"))
        weights = self.rate * scores.softmax(-1) + (1 - self.rate)
        return torch.einsum("bhld,hdw->blw", weights @ v, self.o) + self.o_bias


class PairBlock(nn.Module):
    """x + attention(norm(x)), then x + MLP(norm(x)); norms and MLP may be left out."""

    def __init__(
        self, width: int, heads: int, head: int, hidden: int, activation: str, norm: bool, rate: float, causal: bool
    ) -> None:
        super().__init__()
        self.activation = ACTIVATIONS[activation]
        self.norm_attention = nn.LayerNorm(width) if norm else nn.Identity()
        self.norm_mlp = nn.LayerNorm(width) if norm else nn.Identity()
        self.attention = PairAttention(width, heads, head, rate, causal)
        self.mlp_in = nn.Linear(width, hidden) if hidden else None
        self.mlp_out = nn.Linear(hidden, width) if hidden else None

    def forward(self, x: Float[Tensor, "batch length width"]) -> Float[Tensor, "batch length width"]:
        x = x + self.attention(self.norm_attention(x))
        if self.mlp_in is None or self.mlp_out is None:
            return x
        return x + self.mlp_out(self.activation(self.mlp_in(self.norm_mlp(x))))


class PairTransformer(nn.Module):
    """Tokens (batch, length) -> scores (batch, outputs) at the last place.

    Raises ValueError for a width that the heads do not divide, or an unknown activation.

    >>> PairTransformer(7, 7, width=8, heads=2)(torch.tensor([[3, 4]])).shape
    torch.Size([1, 7])
    """

    def __init__(
        self,
        vocabulary: int,
        outputs: int,
        width: int = 128,
        heads: int = 4,
        head: int | None = None,
        hidden: int | None = None,
        layers: int = 1,
        length: int = 2,
        activation: str = "relu",
        norm: bool = False,
        rate: float = 1.0,
        causal: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if head is None and width % heads:
            raise ValueError(f"width={width} is no multiple of heads={heads}; choose another one")
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation={activation!r} is unknown; use one of {', '.join(ACTIVATIONS)}")
        hidden, head = 4 * width if hidden is None else hidden, head or width // heads
        self.embed, self.places = nn.Embedding(vocabulary, width), nn.Parameter(torch.zeros(length, width))
        self.blocks = nn.ModuleList(
            PairBlock(width, heads, head, hidden, activation, norm, rate, causal) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width) if norm else nn.Identity()
        self.unembed = nn.Linear(width, outputs, bias=False)
        self.register_buffer("unembed_bias", torch.zeros(outputs))
        draw_weights(self, generator, {"unembed.weight": 1 / math.sqrt(outputs), "places": 1 / math.sqrt(width)})

    def forward(self, tokens: Int[Tensor, "batch length"]) -> Float[Tensor, "batch outputs"]:
        x = self.embed(tokens) + self.places[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.unembed(self.norm(x)[:, -1]) + self.unembed_bias


class PairMLP(nn.Module):
    """Symbols (batch, 2) -> scores (batch, outputs): both embeddings side by side, or their `sum`, then linear layers.

    `widths` are those of the hidden layers; with `tables` 2 the second symbol has a table of its own.

    >>> PairMLP(7, 7, width=4, widths=(8,))(torch.tensor([[3, 4]])).shape
    torch.Size([1, 7])
    """

    def __init__(
        self,
        vocabulary: int,
        outputs: int,
        width: int = 64,
        widths: Sequence[int] = (128,),
        activation: str = "relu",
        tables: int = 1,
        summed: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation={activation!r} is unknown; use one of {', '.join(ACTIVATIONS)}")
        self.activation, self.summed = ACTIVATIONS[activation], summed
        self.embed = nn.Embedding(vocabulary, width)
        self.embed_second = nn.Embedding(vocabulary, width) if tables == 2 else None
        sizes = [width if summed else 2 * width, *widths, outputs]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        draw_weights(self, generator, {})

    def forward(self, tokens: Int[Tensor, "batch 2"]) -> Float[Tensor, "batch outputs"]:
        if self.embed_second is None:
            first, second = self.embed(tokens).unbind(1)
        else:
            first, second = self.embed(tokens[:, :1])[:, 0], self.embed_second(tokens[:, 1:])[:, 0]
        x = first + second if self.summed else torch.cat([first, second], 1)
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def draw_weights(network: nn.Module, generator: torch.Generator | None, scales: dict[str, float]) -> None:
    """Fills every matrix with normal numbers of scale 1/sqrt(inputs), or that of `scales`; biases become 0."""
    for name, weight in network.named_parameters():
        if "norm" in name:
            continue
        if weight.ndim == 1:
            nn.init.zeros_(weight)
            continue
        inputs = weight.shape[1]  # (out, in) of a linear layer, (symbols, width), (heads, in, out)
        nn.init.normal_(weight, std=scales.get(name, 1 / math.sqrt(inputs)), generator=generator)
