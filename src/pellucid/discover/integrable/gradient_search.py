"""OptPDE's search (arXiv 2405.04484 section II): gradient ascent on the soft count, then fewer terms, then fractions.

Random starts on the unit sphere climb n_CQ by Adam, with its threshold falling so that near misses no longer count.
Each start may use only a random share of the monomials: otherwise nearly all end at the linear equation, which has the
most densities. Then, as long as the densities remain, the smallest coefficient is set to 0 and the others are solved
for again; and what remains becomes fractions in units that make as many coefficients +-1 as there can be.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...core.reporter import Reporter
from ...run.threads import one_thread
from ..conserved.exact_count import ExactCount, residues
from ..conserved.soft_count import SoftCount
from .scalings import unit

_FIRST, _LAST = 1e-2, 1e-5
"""The threshold of the soft count at the first and at the last step."""
_RATE = 0.03
_EXACT = 1e-7
"""A density may be conserved where its singular value is below this; an exact count decides."""
_NEAR = 3e-3
_MOST = 5
_MOST_TERMS = 4
_SMALL = 1e-6
_BATCH = 64


def ascend(
    soft: SoftCount, starts: int, steps: int, share: float, seed: int, reporter: Reporter
) -> NDArray[np.float64]:
    """The end points of `starts` ascents, (starts, monomials), each of length 1."""
    generator = torch.Generator().manual_seed(seed)
    size = soft.tensor.shape[2]
    ends = []
    with one_thread():
        for first in range(0, starts, _BATCH):
            batch = min(_BATCH, starts - first)
            ranks = torch.rand(batch, size, generator=generator, dtype=torch.float64).argsort(1).argsort(1)
            mask = (ranks < max(2, round(share * size))).to(torch.float64)
            free = torch.randn(batch, size, generator=generator, dtype=torch.float64).requires_grad_()
            optimiser = torch.optim.Adam([free], lr=_RATE)
            for step in range(steps):
                part = step / max(1, steps - 1)
                optimiser.param_groups[0]["lr"] = _RATE * (0.02 + 0.98 * (1 + math.cos(math.pi * part)) / 2)
                optimiser.zero_grad()
                count = soft(_unit(free * mask), _FIRST * (_LAST / _FIRST) ** part)
                (-count.sum()).backward()
                optimiser.step()
            ends.append(_unit(free.detach() * mask).numpy())
            reporter.advance(batch, f"{first + batch} starts")
    return np.concatenate(ends) if ends else np.zeros((0, size))


def simplified(
    soft: SoftCount, exact: ExactCount, vector: NDArray[np.float64], minimum: int
) -> list[dict[int, Fraction]]:
    """Sparse equations near `vector` with at least `minimum` densities, as fractions whose count is exact.

    For each number of terms, those with the largest coefficients are solved for again.
    """
    order = [int(i) for i in np.argsort(-np.abs(vector)) if abs(vector[i]) > _SMALL]
    found: list[dict[int, Fraction]] = []
    for size in range(1, min(_MOST_TERMS, len(order)) + 1):
        solved = _solved(soft, vector, order[:size], minimum)
        if solved is None:
            continue
        snapped = unit(
            exact.family.weights, {int(i): float(solved[i] / soft.scales[i]) for i in np.flatnonzero(solved)}
        )
        if snapped is not None and exact.count(full(exact, snapped)) >= minimum and snapped not in found:
            found.append(snapped)
    return found


def full(exact: ExactCount, coefficients: dict[int, Fraction]) -> Any:
    """All coefficients of the family as residues."""
    return residues([coefficients.get(i, Fraction(0)) for i in range(len(exact.family.monomials))])


def _solved(
    soft: SoftCount, vector: NDArray[np.float64], places: list[int], minimum: int
) -> NDArray[np.float64] | None:
    """An equation over `places` near the vector with as many densities as there are, None for fewer than `minimum`."""
    kept = np.zeros(len(vector))
    kept[places] = vector[places] / np.linalg.norm(vector[places])
    sizes = soft.singular_values(torch.from_numpy(kept)).numpy()
    near = min(_MOST, max(minimum, int((sizes < _NEAR).sum())))
    for count in range(near, minimum - 1, -1):
        best, worst = soft.polished(kept, count, places)
        if worst < _EXACT:
            return np.where(np.abs(best) > _SMALL, best, 0.0)
    return None


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp_min(1e-12)
