"""Kolmogorov-Arnold networks: every edge carries a function of its own, a cubic spline on a uniform grid.

The hot path is `SplineLayer.forward`: O(batch · in · out), computed in `spline_sum`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .spline_basis import basis, bounded_silu
from .spline_sum import spline_sum

__all__ = ["KAN", "SplineLayer", "kan_from"]

Width = int | tuple[int, int] | Sequence[int]


class SplineLayer(nn.Module):
    """One layer of a Kolmogorov-Arnold network (arXiv 2404.19756, section 2.2): from `in` to `out` numbers.

        y_o = sum_i mask_io (base_io silu(x_i) + sum_k coefficients_iko B_k((x_i - low_i) / h_i))

    with cubic B-splines B_k on grid_size cells of width h_i = (high_i - low_i) / grid_size, continued by straight lines
    beyond [low, high]. `coefficients` is Float[Tensor, "input grid_size+3 output"], `base` is None or
    Float[Tensor, "input output"]; the buffers `low` and `high` are Float[Tensor, "input"], and `mask`
    Float[Tensor, "input output"] switches edges off. It takes Float[Tensor, "... input"]. Without a `generator` the
    first weights are those of seed 0.

    Raises:
        ValueError: a size below 1, or `low` not below `high`.

    >>> layer = SplineLayer(2, 3, grid_size=4, generator=torch.Generator().manual_seed(0))
    >>> layer(torch.zeros(7, 5, 2)).shape
    torch.Size([7, 5, 3])
    """

    coefficients: nn.Parameter
    base: nn.Parameter | None
    low: Tensor
    high: Tensor
    mask: Tensor

    def __init__(
        self,
        in_features: int,
        out_features: int,
        grid_size: int = 5,
        *,
        low: float | Tensor = -1.0,
        high: float | Tensor = 1.0,
        base: bool = True,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        for name, value in (("in_features", in_features), ("out_features", out_features), ("grid_size", grid_size)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}={value!r}: give a whole number of at least 1")
        self.in_features, self.out_features, self.grid_size = in_features, out_features, grid_size
        kind: dict[str, Any] = {"dtype": dtype or torch.get_default_dtype(), "device": device}
        self.register_buffer("low", torch.as_tensor(low, **kind).expand(in_features).clone())
        self.register_buffer("high", torch.as_tensor(high, **kind).expand(in_features).clone())
        if self.low.device.type != "meta" and not bool((self.low < self.high).all()):
            raise ValueError(f"low={low!r} is not below high={high!r}: give every input a range of its own width")
        self.register_buffer("mask", torch.ones(in_features, out_features, **kind))
        generator = generator or torch.Generator().manual_seed(0)
        # Drawn where the generator lives, so that a seed means the same weights on every device.
        size = (in_features, grid_size + 4, out_features)
        noise = torch.randn(size, generator=generator, dtype=self.low.dtype, device=generator.device)
        noise = noise.to(self.low.device) * in_features**-0.5
        self.coefficients = nn.Parameter((noise[:, :-1] * (0.1 if base else 1.0)).contiguous())
        if base:
            self.base = nn.Parameter(noise[:, -1].clone())
        else:
            self.register_parameter("base", None)

    def forward(self, x: Float[Tensor, "... input"]) -> Float[Tensor, "... output"]:
        """The layer's outputs; raises ValueError where the last dimension is not `in_features`."""
        self._check(x)
        return spline_sum(x, self.low, self.high, self.mask, self.coefficients, self.base)

    def edges(self, x: Float[Tensor, "... input"]) -> Float[Tensor, "... input output"]:
        """What every edge adds: `edges(x).sum(-2)` is the layer's output.

        >>> layer = KAN([2, 3]).spline_layers[0]
        >>> layer.edges(torch.zeros(7, 2)).shape
        torch.Size([7, 2, 3])
        """
        self._check(x)
        splines = basis(x, self.low, self.high, self.grid_size)
        values = torch.einsum("...ik,iko->...io", splines, self.coefficients)
        if self.base is not None:
            values = values + bounded_silu(x)[..., None] * self.base
        return values * self.mask

    def extra_repr(self) -> str:
        """What `repr` shows of it."""
        return f"{self.in_features}, {self.out_features}, grid_size={self.grid_size}, base={self.base is not None}"

    def _check(self, x: Tensor) -> None:
        if x.ndim == 0 or x.shape[-1] != self.in_features:
            raise ValueError(f"x has shape {tuple(x.shape)}: its last dimension must be in_features={self.in_features}")
        if x.dtype != self.low.dtype or x.device != self.low.device:
            theirs, ours = f"{x.dtype} on {x.device}", f"{self.low.dtype} on {self.low.device}"
            raise ValueError(f"x is {theirs} and the network {ours}: convert one of them with .to(...)")


class KAN(nn.Module):
    """Spline layers one after the other, with multiplication nodes where a width is a pair (sums, products).

    Before (sums, products) nodes stands a layer with sums + 2 products outputs z; the nodes are

        z_1 ... z_sums,   z_{sums+1} z_{sums+2},   z_{sums+3} z_{sums+4},   ...

    (KAN arXiv 2404.19756, section 2.2; multiplication nodes KAN 2.0 arXiv 2408.10205, section 2). `grid_size`, `low`
    and `high` are for all layers alike; `grid_size` may also give one number per layer. It takes
    Float[Tensor, "... input"].

    Raises:
        ValueError: fewer than two widths, a width without nodes, products among the inputs, a bad grid.

    >>> network = KAN([2, (1, 1), 1], grid_size=3, generator=torch.Generator().manual_seed(0))
    >>> network(torch.zeros(10, 2)).shape
    torch.Size([10, 1])
    >>> network
    KAN(
      (layers): ModuleList(
        (0): SplineLayer(2, 3, grid_size=3, base=True)
        (1): SplineLayer(2, 1, grid_size=3, base=True)
      )
    )
    """

    def __init__(
        self,
        widths: Sequence[Width],
        grid_size: int | Sequence[int] = 5,
        *,
        base: bool = True,
        low: float = -1.0,
        high: float = 1.0,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.widths = [_width(width) for width in widths]
        if len(self.widths) < 2 or not isinstance(self.widths[0], int):
            raise ValueError(f"widths={list(widths)!r}: give at least two, the first of them a whole number")
        sizes = [grid_size] * (len(self.widths) - 1) if isinstance(grid_size, int) else list(grid_size)
        if len(sizes) != len(self.widths) - 1:
            raise ValueError(
                f"grid_size={grid_size!r}: give one number, or one for each of {len(self.widths) - 1} layers"
            )
        generator = generator or torch.Generator().manual_seed(0)
        self.layers = nn.ModuleList(
            SplineLayer(
                _nodes(before),
                _sums_in(after),
                size,
                low=low,
                high=high,
                base=base,
                dtype=dtype,
                device=device,
                generator=generator,
            )
            for (before, after), size in zip(pairwise(self.widths), sizes, strict=True)
        )

    @property
    def grid_sizes(self) -> list[int]:
        """The number of grid cells of every layer.

        >>> KAN([2, 3, 1], grid_size=5).grid_sizes
        [5, 5]
        """
        return [layer.grid_size for layer in self.spline_layers]

    @property
    def spline_layers(self) -> list[SplineLayer]:
        """The layers, first to last.

        >>> len(KAN([2, 3, 1]).spline_layers)
        2
        """
        return [layer for layer in self.layers if isinstance(layer, SplineLayer)]

    def forward(self, x: Float[Tensor, "... input"]) -> Float[Tensor, "... output"]:
        """The network's outputs."""
        for layer, width in zip(self.layers, self.widths[1:], strict=True):
            x = multiply(layer(x), width)
        return x

    def activations(self, x: Float[Tensor, "... input"]) -> list[Tensor]:
        """What goes into every layer, and then the output.

        >>> [tuple(values.shape) for values in KAN([2, 3, 1]).activations(torch.zeros(7, 2))]
        [(7, 2), (7, 3), (7, 1)]
        """
        values = [x]
        for layer, width in zip(self.layers, self.widths[1:], strict=True):
            values.append(multiply(layer(values[-1]), width))
        return values

    def spec(self) -> dict[str, Any]:
        """All that `kan_from` needs beside the `state_dict`; plain numbers and lists, ready for JSON.

        >>> KAN([2, 3, 1], grid_size=5).spec()["widths"]
        [2, 3, 1]
        """
        widths = [width if isinstance(width, int) else list(width) for width in self.widths]
        return {"widths": widths, "grid_sizes": self.grid_sizes, "base": self.spline_layers[0].base is not None}


def kan_from(spec: Mapping[str, Any], state_dict: Mapping[str, Any]) -> KAN:
    """The network with this `spec` and these weights (tensors or arrays, copied), in their format and on their device.

    Raises:
        ValueError: weights that do not fit.

    >>> network = KAN([2, 3, 1])
    >>> kan_from(network.spec(), network.state_dict()).widths
    [2, 3, 1]
    """
    tensors = {name: torch.as_tensor(value) for name, value in state_dict.items()}
    first = tensors.get("layers.0.coefficients")
    if first is None:
        raise ValueError(f"state_dict has {sorted(tensors)[:3]} ...: give that of a KAN, with layers.0.coefficients")
    network = KAN(spec["widths"], spec["grid_sizes"], base=spec["base"], dtype=first.dtype, device=first.device)
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise ValueError(f"state_dict does not fit spec={dict(spec)!r}: {error}") from None
    return network


def multiply(sums: Float[Tensor, "... sum"], width: int | tuple[int, int]) -> Float[Tensor, "... node"]:
    """The values of a layer's nodes from its sums: plain ones first, then the products of pairs.

    >>> multiply(torch.tensor([1.0, 2.0, 3.0]), (1, 1))
    tensor([1., 6.])
    """
    if isinstance(width, int):
        return sums
    plain, _ = width
    return torch.cat([sums[..., :plain], sums[..., plain::2] * sums[..., plain + 1 :: 2]], -1)


def _width(width: Width) -> int | tuple[int, int]:
    pair = (width, 0) if isinstance(width, int) else tuple(width)
    if len(pair) != 2 or not all(isinstance(n, int) and n >= 0 for n in pair) or sum(pair) < 1:
        raise ValueError(f"widths has {width!r}: give a whole number of at least 1, or a pair (sums, products)")
    return pair if pair[1] else pair[0]


def _nodes(width: int | tuple[int, int]) -> int:
    return width if isinstance(width, int) else sum(width)


def _sums_in(width: int | tuple[int, int]) -> int:
    return width if isinstance(width, int) else width[0] + 2 * width[1]
