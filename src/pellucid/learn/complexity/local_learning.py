"""The local learning coefficient: how fast the volume of nearly as good weights shrinks with the loss.

Lau et al. (arXiv 2308.12108, eq. 9): with n samples and beta = 1 / ln n, under weights w drawn from
exp(-n beta L(w) - localization / 2 |w - w0|^2),

    lambda = n beta (E[L(w)] - L(w0))

For L = sum_i |w_i|^p_i it is sum_i 1 / p_i. The draws are by Hamiltonian steps that are accepted or refused
(Metropolis), so that the size of a step does not move what they converge to; it only adapts while they warm up. Hot
path: chains * draws * leaps gradients of the loss on all rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

Losses = Callable[[Float[Tensor, "chains weights"]], Float[Tensor, " chains"]]
WANTED = 0.8
"""The share of accepted steps to which their size adapts: near the best for Hamiltonian steps in many dimensions."""


@dataclass(frozen=True)
class Coefficient:
    """lambda with its standard error over chains; how well these agree (1: wholly); how much they lose."""

    value: float
    error: float
    agreement: float
    """The potential scale reduction factor (R-hat) of the chains' losses."""
    excess: float
    """E[L(w)] - L(w0)."""


@dataclass(frozen=True)
class Sampler:
    """How weights are drawn near a point."""

    chains: int = 4
    draws: int = 150
    warm: int = 150
    leaps: int = 10
    localization: float = 1.0
    """Of the pull back to the checkpoint: flat directions reach 1 / sqrt(localization) far."""

    def coefficient(self, losses: Losses, start: Float[Tensor, " weights"], n_beta: float, seed: int) -> Coefficient:
        """Of the loss at `start`.

        >>> sampler = Sampler(draws=400, localization=1e-6)
        >>> found = sampler.coefficient(lambda w: (w**2).sum(1), torch.zeros(4), 1000.0, seed=0)
        >>> abs(found.value - 2) < 0.3
        True
        """
        generator = torch.Generator().manual_seed(seed % 2**63)
        w = start.double().repeat(self.chains, 1)
        size = torch.full((self.chains, 1), 0.1 / (1 + n_beta) ** 0.5, dtype=torch.float64)
        kept = []
        state = self._energy(losses, w, start, n_beta)
        first = float(state[1][0])
        for step in range(self.warm + self.draws):
            w, state, accepted = self._leap(losses, w, state, start, n_beta, size, generator)
            if step < self.warm:
                size = size * torch.exp((accepted - WANTED)[:, None] * 2 / (1 + step / 10) ** 0.6)
            else:
                kept.append(state[1])
        values = torch.stack(kept)  # (draws, chains)
        means, within = values.mean(0), values.var(0).mean()
        between = means.var()
        agreement = float(torch.sqrt((within * (1 - 1 / self.draws) + between) / within.clamp_min(1e-300)))
        excess = float(means.mean()) - first
        return Coefficient(n_beta * excess, n_beta * float(between.sqrt()) / self.chains**0.5, agreement, excess)

    def _energy(
        self, losses: Losses, w: Tensor, start: Tensor, n_beta: float
    ) -> tuple[Float[Tensor, " chains"], Float[Tensor, " chains"], Float[Tensor, "chains weights"]]:
        """The potential, the loss, and the slope of the potential."""
        at = w.detach().requires_grad_()
        loss = losses(at)
        away = at - start
        energy = n_beta * loss + self.localization / 2 * (away**2).sum(1)
        (slope,) = torch.autograd.grad(energy.sum(), at)
        return energy.detach(), loss.detach(), slope

    def _leap(
        self,
        losses: Losses,
        w: Tensor,
        state: tuple[Tensor, Tensor, Tensor],
        start: Tensor,
        n_beta: float,
        size: Tensor,
        generator: torch.Generator,
    ) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor], Float[Tensor, " chains"]]:
        """One Hamiltonian step of 1 to twice `leaps` leapfrogs; with the chance of each chain that it was accepted."""
        speed = torch.randn(w.shape, generator=generator, dtype=torch.float64)
        before = state[0] + (speed**2).sum(1) / 2
        many = int(torch.randint(1, 2 * self.leaps, (1,), generator=generator))
        now, moved = state, w
        for _ in range(many):
            speed = speed - size / 2 * now[2]
            moved = moved + size * speed
            now = self._energy(losses, moved, start, n_beta)
            speed = speed - size / 2 * now[2]
        after = now[0] + (speed**2).sum(1) / 2
        chance = torch.nan_to_num(torch.exp((before - after).clamp(max=0)), nan=0.0)
        taken = torch.rand(len(w), generator=generator, dtype=torch.float64) < chance
        pairs = zip(now, state, strict=True)
        kept = tuple(torch.where(taken if new.ndim == 1 else taken[:, None], new, old) for new, old in pairs)
        return torch.where(taken[:, None], moved, w), kept, chance  # type: ignore[return-value]
