"""Invariants as networks: constant along each trajectory, different between trajectories, independent of known ones.

    minimise log(var_within(H) / var_total(H)) + weight mean_x cos^2(grad H, span of the gradients before)

AI Poincare 2.0 (arXiv 2203.12610 section II) minimises (grad H . f)^2 with an independence penalty and needs the
equations f; variances along trajectories need none, and no derivative of noisy data.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...run.threads import one_thread
from .settings import NETWORKS
from .term_library import Library

Array = NDArray[np.float64]


def neural_invariants(
    states: Sequence[Array], known: Library, count: int, steps: int, generator: np.random.Generator
) -> tuple[list[dict[str, Array]], Array, Array]:
    """Weights of `count` networks, each independent of the `known` invariants and the ones before; centre and scale.

    Each of `states` (samples, variables); centre and scale, of shape (variables,).
    """
    stride = max(1, sum(map(len, states)) // NETWORKS.most_samples)
    thinned = [x[::stride] for x in states]
    together = np.concatenate(thinned)
    centre, scale = together.mean(0), together.std(0)
    rows = torch.from_numpy((together - centre) / scale)
    place = torch.from_numpy(np.repeat(np.arange(len(thinned)), [len(x) for x in thinned]))
    before = known.slopes(together) * scale if len(known) else np.zeros((len(together), 0, together.shape[1]))
    directions = [torch.from_numpy(before[:, i].copy()) for i in range(before.shape[1])]
    found = []
    with one_thread():
        for _ in range(count):
            weights = _trained(rows, place, directions, steps, generator)
            found.append({name: value.detach().numpy().copy() for name, value in weights.items()})
            directions.append(_gradient(rows, weights).detach())
    return found, centre, scale


def _trained(
    rows: Tensor, place: Tensor, directions: list[Tensor], steps: int, generator: np.random.Generator
) -> dict[str, Tensor]:
    width = rows.shape[1]
    hidden = NETWORKS.width
    shapes = {"W1": (hidden, width), "b1": (hidden,), "W2": (hidden, hidden), "b2": (hidden,)}
    shapes |= {"W3": (1, hidden), "b3": (1,)}
    weights = {
        name: torch.from_numpy(generator.standard_normal(shape) / np.sqrt(shape[-1])).requires_grad_()
        for name, shape in shapes.items()
    }
    basis = torch.linalg.qr(torch.stack(directions, 2))[0] if directions else None
    descent = torch.optim.Adam(list(weights.values()), NETWORKS.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(descent, steps)
    for _ in range(steps):
        descent.zero_grad()
        loss = torch.log(_ratio(_value(rows, weights), place) + 1e-9)
        if basis is not None:
            slope = _gradient(rows, weights)
            along = torch.einsum("sik,si->sk", basis, slope)
            share = ((along**2).sum(1) / ((slope**2).sum(1) + 1e-9)).mean()
            loss = loss + NETWORKS.independence * len(directions) * share
        loss.backward()
        descent.step()
        schedule.step()
    return weights


def _value(x: Tensor, weights: dict[str, Tensor]) -> Tensor:
    x = torch.tanh(x @ weights["W1"].T + weights["b1"])
    x = torch.tanh(x @ weights["W2"].T + weights["b2"])
    return (x @ weights["W3"].T + weights["b3"])[:, 0]


def _gradient(x: Tensor, weights: dict[str, Tensor]) -> Tensor:
    """dH/dx (rows, variables), by hand: cheaper than differentiating twice."""
    first = torch.tanh(x @ weights["W1"].T + weights["b1"])
    second = torch.tanh(first @ weights["W2"].T + weights["b2"])
    back = weights["W3"][0] * (1 - second**2)
    return ((back @ weights["W2"]) * (1 - first**2)) @ weights["W1"]


def _ratio(values: Tensor, place: Tensor) -> Tensor:
    """Variance within trajectories over the variance of all."""
    count = torch.bincount(place).double()
    means = torch.zeros_like(count).index_add(0, place, values) / count
    return ((values - means[place]) ** 2).mean() / values.var()
