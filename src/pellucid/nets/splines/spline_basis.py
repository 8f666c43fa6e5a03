"""Cubic cardinal B-splines on a uniform grid, continued by straight lines beyond it.

On a grid of G cells every point lies in one cell, where exactly four of the G + 3 splines are not zero. With f in
[0, 1] the place within the cell they are

    (1 - f)^3 / 6,   (3 f^3 - 6 f^2 + 4) / 6,   (-3 f^3 + 3 f^2 + 3 f + 1) / 6,   f^3 / 6

(arXiv 2404.19756, section 2.2 has the same splines by the Cox-de Boor recursion). Beyond the grid each spline goes on
with the value and the slope that it has at the border. Nothing here is NaN for a finite input: places are bounded by
`limit`, far inside what the number format can hold.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["basis", "bounded_silu", "limit", "local_splines"]

Polynomials = tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]


def limit(dtype: torch.dtype) -> float:
    """The largest magnitude that enters a layer, about 1e32 for float32, 1e256 for float64; more counts as it.

    >>> limit(torch.float32) > 1e31
    True
    """
    return torch.finfo(dtype).max ** 0.83


def bounded_silu(x: Float[Tensor, "... input"]) -> Float[Tensor, "... input"]:
    """silu(x) = x / (1 + exp(-x)), with x bounded by `limit`.

    >>> bounded_silu(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7311])
    """
    most = limit(x.dtype)
    return F.silu(x.clamp(-most, most))


def local_splines(
    x: Float[Tensor, "... input"], low: Float[Tensor, " input"], high: Float[Tensor, " input"], grid_size: int
) -> tuple[Int[Tensor, "... input 4"], Float[Tensor, "... input 4"], Float[Tensor, "... input 4"]]:
    """The numbers of the four splines in each input's cell, their values, and their slopes (per cell, not per x)."""
    most = limit(x.dtype)
    place = ((x - low) * (grid_size / (high - low))).clamp(-most, most)
    inside = place.clamp(0, grid_size)
    cell = inside.detach().floor().clamp(max=grid_size - 1)
    f = inside - cell
    square = f * f
    powers = torch.stack([f, square, square * f], -1)
    (values_from, values_at), (slopes_from, slopes_at) = _polynomials(x.dtype, x.device)
    slopes = powers @ slopes_from + slopes_at
    values = torch.addcmul(powers @ values_from + values_at, (place - inside)[..., None], slopes)
    # NaN is in no cell; it must still be in one that exists.
    numbers = cell.long().clamp(0, grid_size - 1)[..., None] + torch.arange(4, device=x.device)
    return numbers, values, slopes


def _polynomials(dtype: torch.dtype, device: torch.device) -> Polynomials:
    """The four splines, and their slopes, as linear functions of f, f^2 and f^3: one product gives all four."""
    return _made(dtype, device) if torch.compiler.is_compiling() else _kept(dtype, device)


@functools.cache
def _kept(dtype: torch.dtype, device: torch.device) -> Polynomials:
    with torch.inference_mode(False):  # else they could not be used outside of it
        return _made(dtype, device)


def _made(dtype: torch.dtype, device: torch.device) -> Polynomials:
    kind: dict[str, Any] = {"dtype": dtype, "device": device}
    values = torch.tensor([[1, 4, 1, 0], [-3, 0, 3, 0], [3, -6, 3, 0], [-1, 3, -3, 1]], **kind) / 6
    slopes = torch.tensor([[-1, 0, 1, 0], [2, -4, 2, 0], [-1, 3, -3, 1], [0, 0, 0, 0]], **kind) / 2
    return (values[1:], values[0]), (slopes[1:], slopes[0])


def basis(
    x: Float[Tensor, "... input"], low: Float[Tensor, " input"], high: Float[Tensor, " input"], grid_size: int
) -> Float[Tensor, "... input spline"]:
    """All grid_size + 3 splines of each input, most of them zero; differentiable, any number of times.

    >>> basis(torch.tensor([[0.0]]), torch.tensor([-1.0]), torch.tensor([1.0]), 2) * 6
    tensor([[[0., 1., 4., 1., 0.]]])
    """
    numbers, values, _ = local_splines(x, low, high, grid_size)
    return values.new_zeros(*x.shape, grid_size + 3).scatter(-1, numbers, values)
