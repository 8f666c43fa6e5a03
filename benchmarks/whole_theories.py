"""Which theories of mechanics can describe a system at all, in coordinates x and v: Hamilton's or Lagrange's.

    Hamilton, half:   dv/dt = -S_x
    Hamilton, whole:  dv/dt = -S_x,  dx/dt = S_v
    Lagrange:         dv/dt = (S_x - S_xv v) / S_vv

What arXiv 2504.02822 claims is that the Lagrangian description alone goes beyond textbook problems. Its networks are
trained on accelerations only, for which half of Hamilton's theory always has a solution, S = -(integral of dv/dt by x).
With dx/dt as well only S = v^2/2 + V(x) is left. Here the theory is fixed and S is v^2/2 and a network, so that what
the error comes down to says which systems the theory covers. (v^2/2: else S_vv = 0 somewhere, and learning stops.)
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pellucid.discover.theories.derivative_terms import LAGRANGE, TERMS, terms
from pellucid.nets.recurrent.stacked import Jets, StackedMLP
from pellucid.run.threads import one_thread
from pellucid.subjects.equations.motions import Motion, Motions

__all__ = ["THEORIES", "theory_errors"]

THEORIES = ("Hamilton, half", "Hamilton, whole", "Lagrange")
_HELD_OUT = 0.2
_START = 0.1
"""The network's share of S to begin with."""
_TINY = 1e-12
_DTYPE = torch.float32
Array = NDArray[np.float64]


def theory_errors(
    subject: Motions, theory: str, seed: int = 0, *, seeds: int = 3, steps: int = 1000, width: int = 20, batch: int = 64
) -> Array:
    """The relative error of one of `THEORIES` on held-out rows (system, seed), each S trained for it alone.

    Raises ValueError for an unknown theory, and for systems of more than one dimension.

    >>> generator = np.random.default_rng(0)
    >>> x, v = generator.uniform(-1, 1, (2, 60, 1))
    >>> theory_errors(Motions((Motion(x, v, -x),)), "Lagrange", seeds=2, steps=2).shape
    (1, 2)
    """
    if theory not in THEORIES:
        raise ValueError(f"theory={theory!r} is unknown; give one of {', '.join(THEORIES)}")
    if subject.systems[0].size != 1:
        raise ValueError(f"systems have {subject.systems[0].size} coordinates; these theories are for one")
    generator = np.random.default_rng(seed)
    halves = [system.split(_HELD_OUT, generator) for system in subject.systems]
    rows = min(train.rows for train, _ in halves), min(held.rows for _, held in halves)
    train, held = (_tables([half[k] for half in halves], rows[k], seeds) for k in (0, 1))
    with one_thread():
        draws = torch.Generator().manual_seed(seed)
        spread = train[0].std(1).clamp_min(1e-6)
        network = StackedMLP(
            len(train[0]), (2, width, width, 1), centre=train[0].mean(1), scale=spread, dtype=_DTYPE, generator=draws
        )
        with torch.no_grad():
            network.weights[-1].mul_(_START)
        _fit(network, train, theory, steps, batch, draws)
        with torch.no_grad():
            return _errors(network, *held, theory).reshape(len(halves), seeds).double().numpy()


def _tables(motions: list[Motion], rows: int, seeds: int) -> tuple[Tensor, Tensor]:
    """States (member, row, 2) and accelerations (member, row), each system once for every seed."""
    states = torch.stack([torch.from_numpy(m.table()[:rows]) for m in motions]).to(_DTYPE)
    wanted = torch.stack([torch.from_numpy(m.a[:rows, 0].copy()) for m in motions]).to(_DTYPE)
    return states.repeat_interleave(seeds, 0), wanted.repeat_interleave(seeds, 0)


def _fit(
    network: StackedMLP, train: tuple[Tensor, Tensor], theory: str, steps: int, batch: int, draws: torch.Generator
) -> None:
    own = [*network.weights, *list(network.biases)[:-1]]  # the last bias moves S by a constant, which nothing sees
    adam = torch.optim.Adam(own, lr=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    states, wanted = train
    for _ in range(steps):
        rows = torch.randint(0, states.shape[1], (min(batch, states.shape[1]),), generator=draws)
        adam.zero_grad()
        _errors(network, states[:, rows], wanted[:, rows], theory).sum().backward()
        for parameter in own:
            assert parameter.grad is not None
            length = parameter.grad.flatten(1).norm(dim=1).clamp_min(1.0)
            parameter.grad.div_(length.reshape(-1, 1, 1)).nan_to_num_(0.0, 0.0, 0.0)
        adam.step()
        schedule.step()


def _errors(network: StackedMLP, states: Tensor, wanted: Tensor, theory: str) -> Tensor:
    """The root mean square error of each member over that of what is to be told."""
    told, truth = _told(states, _jets(network, states), theory), wanted[..., None]
    if told.shape[-1] == 2:
        truth = torch.stack([wanted, states[..., 1]], -1)
    missed = ((told - truth).square().mean(1) / truth.square().mean(1).clamp_min(_TINY)).mean(-1)
    return (missed + _TINY).sqrt()


def _jets(network: StackedMLP, states: Tensor) -> Jets:
    """Of S: the network's and those of v^2/2."""
    jets, v = network.jets(states), states[..., 1]
    assert jets.second is not None
    first = jets.first + torch.stack([torch.zeros_like(v), v], 1)[..., None]
    return Jets(jets.value, first, jets.second + jets.second.new_tensor([0.0, 0.0, 1.0])[:, None, None])


def _told(states: Tensor, jets: Jets, theory: str) -> Tensor:
    """What the theory makes of S: (member, row, equation)."""
    slopes = jets.first[..., 0]
    if theory == "Lagrange":
        values = terms(states, jets)
        first, second = (values[..., TERMS.index(name)] for name in LAGRANGE)
        return (first - second)[..., None]
    if theory == "Hamilton, half":
        return -slopes[:, 0, :, None]
    return torch.stack([-slopes[:, 0], slopes[:, 1]], -1)
