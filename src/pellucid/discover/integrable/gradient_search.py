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
from ..conserved.stages import Arrays, Stages
from .scalings import normalise
from .settings import ASCENT


def ascend(
    soft: SoftCount, starts: int, steps: int, share: float, seed: int, reporter: Reporter, stages: Stages
) -> NDArray[np.float64]:
    """The end points of `starts` ascents, (starts, monomials), each of length 1; every batch has its own seed."""
    size = soft.tensor.shape[2]
    ends = []
    with one_thread():
        for first in range(0, starts, ASCENT.batch):
            batch = min(ASCENT.batch, starts - first)

            def climb(first: int = first, batch: int = batch) -> Arrays:
                generator = torch.Generator().manual_seed(seed + first)
                return {"ends": _climb(soft, batch, steps, share, generator)}

            ends.append(stages.arrays(f"ascent-{first}", climb)["ends"])
            reporter.advance(batch, f"{first + batch} starts")
    return np.concatenate(ends) if ends else np.zeros((0, size))


def _climb(soft: SoftCount, batch: int, steps: int, share: float, generator: torch.Generator) -> NDArray[np.float64]:
    """Ascents side by side, (batch, monomials)."""
    size = soft.tensor.shape[2]
    ranks = torch.rand(batch, size, generator=generator, dtype=torch.float64).argsort(1).argsort(1)
    mask = (ranks < max(2, round(share * size))).to(torch.float64)
    free = torch.randn(batch, size, generator=generator, dtype=torch.float64).requires_grad_()
    optimiser = torch.optim.Adam([free], lr=ASCENT.learning_rate)
    for step in range(steps):
        part = step / max(1, steps - 1)
        optimiser.param_groups[0]["lr"] = _rate(part)
        optimiser.zero_grad()
        count = soft(_unit(free * mask), _threshold(part))
        (-count.sum()).backward()
        optimiser.step()
    return _unit(free.detach() * mask).numpy()


def sparse_equations_near(
    soft: SoftCount, exact: ExactCount, vector: NDArray[np.float64], minimum: int
) -> list[dict[int, Fraction]]:
    """Sparse equations near `vector` with at least `minimum` densities, as fractions whose count is exact.

    For each number of terms, those with the largest coefficients are solved for again.

    `vector` has shape (monomials,).
    """
    order = [int(i) for i in np.argsort(-np.abs(vector)) if abs(vector[i]) > ASCENT.negligible]
    found: list[dict[int, Fraction]] = []
    for size in range(1, min(ASCENT.most_terms, len(order)) + 1):
        solved = _solved(soft, vector, order[:size], minimum)
        if solved is None:
            continue
        snapped = normalise(
            exact.family.weights, {int(i): float(solved[i] / soft.scales[i]) for i in np.flatnonzero(solved)}
        )
        if snapped is not None and exact.count(all_coefficients(exact, snapped)) >= minimum and snapped not in found:
            found.append(snapped)
    return found


def all_coefficients(exact: ExactCount, coefficients: dict[int, Fraction]) -> Any:
    """All coefficients of the family as residues."""
    return residues([coefficients.get(i, Fraction(0)) for i in range(len(exact.family.monomials))])


def _solved(
    soft: SoftCount, vector: NDArray[np.float64], places: list[int], minimum: int
) -> NDArray[np.float64] | None:
    """An equation over `places` near the vector with as many densities as there are, None for fewer than `minimum`."""
    kept = np.zeros(len(vector))
    kept[places] = vector[places] / np.linalg.norm(vector[places])
    sizes = soft.singular_values(torch.from_numpy(kept)).numpy()
    near = min(ASCENT.most_densities, max(minimum, int((sizes < ASCENT.near).sum())))
    for count in range(near, minimum - 1, -1):
        best, worst = soft.polished(kept, count, places)
        if worst < ASCENT.exact:
            return np.where(np.abs(best) > ASCENT.negligible, best, 0.0)
    return None


def _rate(part: float) -> float:
    """The learning rate after a part of the steps: half a cosine."""
    end = ASCENT.last_rate
    return ASCENT.learning_rate * (end + (1 - end) * (1 + math.cos(math.pi * part)) / 2)


def _threshold(part: float) -> float:
    """The soft count's threshold after a part of the steps: it falls by equal factors."""
    return ASCENT.first_threshold * (ASCENT.last_threshold / ASCENT.first_threshold) ** part


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp_min(1e-12)
