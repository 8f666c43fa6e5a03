"""OptPDE's soft number of conserved quantities (arXiv 2405.04484 section II), differentiable in the coefficients.

    G_pi = integral E(rho_i)(u_p) F(u_p) dx,    n_CQ = sum_i 1 / (1 + exp((ln s_i - A) / B)),    s the singular values

over random fields u_p: G a = 0 for the densities a that F conserves. F is linear in its coefficients, so that G is
T[p, i, j] c_j with T computed once. The densities are made orthonormal first, E(rho_i) E(rho_k) on the average over
the fields, so that x-derivatives count for nothing and every singular value has the same unit. The fields are
trigonometric polynomials: their derivatives and the integrals over a period are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .exact_count import ExactCount
from .settings import SOFT_COUNT

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SoftCount:
    """T[p, i, j] for orthonormal densities and for monomials with mean square 1 over the fields."""

    tensor: Tensor
    scales: Array
    """Root mean square of each monomial: a coefficient here is that much larger than in the equation."""

    @classmethod
    def build(cls, exact: ExactCount, fields: int = 60, seed: int = 0) -> Self:
        """T over `fields` random periodic fields; raises ValueError for fewer fields than densities."""
        if fields < len(exact.densities):
            raise ValueError(f"fields={fields} cannot tell {len(exact.densities)} densities apart; use more fields")
        highest = max(len(exact.family.exponents[0]), *(_order(e) + 1 for e in exact.eulers))
        jets = random_jets(fields, highest, np.random.default_rng(seed))
        eulers = np.stack([_evaluated(e.to_dict().items(), jets) for e in exact.eulers])
        monomials = np.stack([_evaluated([(row, 1)], jets) for row in exact.family.exponents])
        flat = eulers.reshape(len(eulers), -1)
        gram = np.linalg.cholesky(flat @ flat.T / flat.shape[1])
        eulers = np.linalg.solve(gram, flat).reshape(eulers.shape)
        scales = np.sqrt((monomials**2).mean((1, 2)))
        tensor = np.einsum("ipx,jpx->pij", eulers, monomials / scales[:, None, None]) / SOFT_COUNT.points
        return cls(torch.from_numpy(tensor / np.sqrt(fields)), scales)

    def singular_values(self, coefficients: Tensor) -> Tensor:
        """(..., densities), largest first; coefficients (..., monomials) in the units of `scales`."""
        return torch.linalg.svdvals(torch.einsum("pij,...j->...pi", self.tensor, coefficients))

    def __call__(self, coefficients: Tensor, threshold: float = 0.02, softness: float = 1.0) -> Tensor:
        """n_CQ (...) with A = ln threshold and B = softness; coefficients (..., monomials)."""
        logarithms = torch.log(self.singular_values(coefficients).clamp_min(1e-14))
        return torch.sigmoid((np.log(threshold) - logarithms) / softness).sum(-1)

    def polished(self, coefficients: Array, count: int, places: Sequence[int], rounds: int = 12) -> tuple[Array, float]:
        """The nearest equation over the monomials at `places` that conserves `count` densities, and how well.

        First alternating: the `count` best densities of the equation, then the best equation of those (the nearest one,
        where there are several). Then at most `rounds` of Newton's method, which converges quadratically: to first
        order, G(c + d) has `count` zero singular values where U0' G(c + d) V0 = 0 for the singular vectors of the
        smallest. The second value is the largest of those singular values.

        coefficients (monomials,) gives (monomials,).
        """
        tensor = self.tensor.numpy()[:, :, list(places)]
        vector = coefficients[list(places)] / np.linalg.norm(coefficients[list(places)])
        for _ in range(SOFT_COUNT.alternating):
            right = np.linalg.svd(tensor @ vector, full_matrices=False)[2]
            system = np.einsum("pij,ki->kpj", tensor, right[-count:]).reshape(-1, len(vector))
            _, strengths, basis = np.linalg.svd(np.linalg.qr(system, mode="r"), full_matrices=False)
            good = basis[strengths <= max(3 * strengths[-1], 1e-12)]
            moved = good.T @ (good @ vector)
            if np.linalg.norm(moved) < 1e-9:
                moved = basis[-1]
            vector = moved / np.linalg.norm(moved)
        best, worst = vector, np.inf
        for _ in range(rounds):
            left, sizes, right = np.linalg.svd(tensor @ vector)
            if sizes[-count] >= SOFT_COUNT.enough * worst:
                break
            best, worst = vector, float(sizes[-count])
            low, small = left[:, len(sizes) - count :], right[-count:]
            system = np.einsum("pa,pij,bi->abj", low, tensor, small).reshape(-1, len(vector))
            across = np.linalg.svd(vector[None])[2][1:]
            step = np.linalg.lstsq(system @ across.T, -system @ vector, rcond=1e-8)[0] @ across
            vector = (vector + step) / np.linalg.norm(vector + step)
        full = np.zeros(len(coefficients))
        full[list(places)] = best
        return full, worst


def random_jets(fields: int, orders: int, generator: np.random.Generator) -> Array:
    """u and its first derivatives, (orders, fields, points), of random trigonometric polynomials over one period.

    Shape (orders, fields, points).
    """
    x = np.arange(SOFT_COUNT.points) * (2 * np.pi / SOFT_COUNT.points)
    waves = np.arange(1, SOFT_COUNT.waves + 1)
    sizes = generator.normal(size=(2, fields, SOFT_COUNT.waves)) / waves**SOFT_COUNT.decay
    level = generator.normal(size=(fields, 1))
    jets = []
    for k in range(orders):
        angle = waves[:, None] * x + k * np.pi / 2
        wave = sizes[0] * waves**k @ np.cos(angle) + sizes[1] * waves**k @ np.sin(angle)
        jets.append(wave + level if k == 0 else wave)
    return np.stack(jets)


def _order(polynomial: Any) -> int:
    return max((k for row in polynomial.to_dict() for k, e in enumerate(row) if e), default=0)


def _evaluated(terms: Any, jets: Array) -> Array:
    total = np.zeros(jets.shape[1:])
    for row, coefficient in terms:
        value = np.full(
            jets.shape[1:], float(coefficient if isinstance(coefficient, int) else coefficient.p / coefficient.q)
        )
        for k, exponent in enumerate(row):
            if exponent:
                value = value * jets[k] ** int(exponent)
        total = total + value
    return total
