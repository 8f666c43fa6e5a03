"""The fixed terms of a shared theory: products of derivatives of a scalar S(x, v) in one dimension.

A term is (up to two of S_xx, S_vv, S_xv, 1/S_xx, 1/S_vv, 1/S_xv) times one of v, S_x, S_v, but for v alone: 74 terms.
The library of arXiv 2504.02822 has 172 entries, many of which are the same in one dimension; it also holds x times such
factors, and x/S_xx^2 is Hooke's law for any quadratic S: without S_x there is no theory in it, so x is left out here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from ...nets.recurrent.stacked import Jets

__all__ = ["ENERGY", "LAGRANGE", "TERMS", "terms"]

_FACTORS = ("S_xx", "S_vv", "S_xv", "1/S_xx", "1/S_vv", "1/S_xv")


def _pairs() -> list[tuple[int, int]]:
    """Places of two factors, but for those of which one takes the other back."""
    pairs = itertools.combinations_with_replacement(range(len(_FACTORS)), 2)
    return [(i, j) for i, j in pairs if f"1/{_FACTORS[i]}" != _FACTORS[j]]


def _names_of_terms() -> Iterator[str]:
    yield from ("S_x", "S_v")
    products = [(factor,) for factor in _FACTORS] + [(_FACTORS[i], _FACTORS[j]) for i, j in _pairs()]
    for product in products:
        below = "".join(f"/{factor[2:]}" for factor in product if factor.startswith("1/"))
        for vector in ("v", "S_x", "S_v"):
            yield "*".join((vector, *(factor for factor in product if not factor.startswith("1/")))) + below


TERMS = tuple(_names_of_terms())
"""How the terms are written, in the order of `terms`."""

ENERGY = ("S_x",)
"""What Hamilton's equation uses: dv/dt = -S_x."""
LAGRANGE = ("S_x/S_vv", "v*S_xv/S_vv")
"""What Euler and Lagrange's equation uses: dv/dt = S_x/S_vv - S_xv v/S_vv."""


def terms(x: Float[Tensor, "member row 2"], jets: Jets, floor: float = 0.1) -> Float[Tensor, "member row term"]:
    """The values of all `TERMS` at the rows (x, v), for the derivatives of each member's S.

    1/s stands for s/(s^2 + `floor`^2): the same for large s, and without a pole.
    """
    assert jets.second is not None
    slopes, bends = jets.first[..., 0], jets.second[..., 0]
    vectors = torch.stack([x[..., 1], slopes[:, 0], slopes[:, 1]], -1)
    straight = torch.stack([bends[:, 0], bends[:, 2], bends[:, 1]], -1)
    factors = torch.cat([straight, straight / (straight**2 + floor**2)], -1)
    # products with 0 and 1 pick the factors: far cheaper to go back through than lists of places
    left, right = (torch.eye(len(_FACTORS), dtype=x.dtype)[[pair[k] for pair in _pairs()]].T for k in (0, 1))
    doubled = (factors @ left) * (factors @ right)
    scales = torch.cat([factors, doubled], -1)
    products = (scales[..., None] * vectors[..., None, :]).flatten(-2)
    return torch.cat([vectors[..., 1:], products], -1)
