"""Other grids for a Kolmogorov-Arnold network: finer ones for the same function, and new ranges by least squares."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from .kan import KAN, SplineLayer, multiply
from .spline_basis import basis

__all__ = ["refine_grid", "regrid"]


@torch.no_grad()
def refine_grid(network: KAN, factor: int) -> KAN:
    """A network with `factor` times as many grid cells that computes the same function, up to rounding.

    The cardinal cubic spline is a sum of finer ones (knot insertion),

        B(v) = sum_j p_j B(factor v - j),   sum_j p_j z^j = factor^-3 (1 + z + ... + z^(factor-1))^4,

    so that each fine coefficient is a short sum of coarse ones: the grid extension of arXiv 2404.19756, section 2.4,
    without its least squares.

    Raises:
        ValueError: a `factor` below 1.

    >>> refine_grid(KAN([2, 1], grid_size=5), 4).grid_sizes
    [20]
    """
    if not isinstance(factor, int) or factor < 1:
        raise ValueError(f"factor={factor!r}: give a whole number of at least 1")
    refined = _empty(network, [size * factor for size in network.grid_sizes])
    for old, new in zip(network.spline_layers, refined.spline_layers, strict=True):
        insertion = _insertion(old.grid_size, factor).to(old.coefficients)
        new.coefficients.copy_(torch.einsum("fk,iko->ifo", insertion, old.coefficients))
        _copy_rest(old, new)
    return refined


@torch.no_grad()
def regrid(network: KAN, x: Float[Tensor, "batch input"], grid_size: int | None = None) -> KAN:
    """A network whose ranges are those that the samples `x` take in every layer, and its splines close to the old ones.

    Each edge's new spline is the least-squares fit of the old one over the new range, at equally spaced points, so that
    it is well posed for any number of samples (the grid update of arXiv 2404.19756, section 2.2). A feature that does
    not vary keeps its range where it lies within it, and gets one of width 2 around it where not.

    Raises:
        ValueError: no samples, samples that are not finite, a `grid_size` below 1.

    >>> regrid(KAN([1, 1]), torch.tensor([[3.0], [5.0]])).layers[0].low
    tensor([3.])
    """
    if x.ndim < 2 or x.numel() == 0 or not bool(torch.isfinite(x).all()):
        raise ValueError(f"x has shape {tuple(x.shape)}: give finite samples, one row each")
    sizes = network.grid_sizes if grid_size is None else [grid_size] * len(network.layers)
    fitted = _empty(network, sizes)
    x = x.reshape(-1, x.shape[-1])
    for old, new, width in zip(network.spline_layers, fitted.spline_layers, network.widths[1:], strict=True):
        low, high = _ranges(old, x)
        _copy_rest(old, new)
        new.low.copy_(low)
        new.high.copy_(high)
        new.coefficients.copy_(_fit(old, new))
        x = multiply(new(x), width)
    return fitted


def _empty(network: KAN, grid_sizes: list[int]) -> KAN:
    first = network.spline_layers[0]
    kind = {"dtype": first.low.dtype, "device": first.low.device}
    return KAN(network.widths, grid_sizes, base=first.base is not None, **kind)


def _copy_rest(old: SplineLayer, new: SplineLayer) -> None:
    new.low.copy_(old.low)
    new.high.copy_(old.high)
    new.mask.copy_(old.mask)
    if old.base is not None and new.base is not None:
        new.base.copy_(old.base)


def _insertion(grid_size: int, factor: int) -> Float[Tensor, "fine coarse"]:
    ones = torch.ones(factor, dtype=torch.float64)
    mask = torch.ones(1, dtype=torch.float64)
    for _ in range(4):
        padded = torch.nn.functional.pad(mask, (factor - 1, factor - 1))
        mask = padded.unfold(0, factor, 1) @ ones
    mask = mask / factor**3
    matrix = torch.zeros(grid_size * factor + 3, grid_size + 3, dtype=torch.float64)
    for coarse in range(grid_size + 3):
        # Coarse spline k starts at cell k - 3, which is fine cell factor (k - 3): there starts fine spline number + 3.
        first = factor * (coarse - 3) + 3
        start, stop = max(first, 0), min(first + len(mask), len(matrix))
        matrix[start:stop, coarse] = mask[start - first : stop - first]
    return matrix


def _ranges(layer: SplineLayer, x: Tensor) -> tuple[Tensor, Tensor]:
    low, high = x.amin(0), x.amax(0)
    # Narrower than rounding allows counts as constant: the cells would have no width.
    size = x.abs().amax(0)
    constant = high - low <= 1e3 * torch.finfo(x.dtype).eps * size
    within = (layer.low <= low) & (high <= layer.high)
    spare = (size * 1e-3).clamp(min=1.0)  # one alone would be lost beside 1e20
    low = torch.where(constant, torch.where(within, layer.low, low - spare), low)
    high = torch.where(constant, torch.where(within, layer.high, high + spare), high)
    return low, high


def _fit(old: SplineLayer, new: SplineLayer, points_per_spline: int = 8) -> Float[Tensor, "input spline output"]:
    """Solved in float64 and for all features at once: seen from its own range, every feature has the same points."""
    count = points_per_spline * (max(old.grid_size, new.grid_size) + 3)
    kind = {"dtype": torch.float64, "device": old.low.device}
    places = torch.linspace(0, 1, count, **kind)
    low, high = new.low.double(), new.high.double()
    points = low + (high - low) * places[:, None]
    wanted = basis(points, old.low.double(), old.high.double(), old.grid_size)
    values = torch.einsum("pik,iko->pio", wanted, old.coefficients.double())
    zero, one = torch.zeros(1, **kind), torch.ones(1, **kind)
    design = basis(places[:, None], zero, one, new.grid_size)[:, 0]
    return torch.einsum("kp,pio->iko", torch.linalg.pinv(design), values).to(old.coefficients)
