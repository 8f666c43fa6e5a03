"""Many small networks trained in one tensor: each with its own rate, decay, first scale, seed and data.

    p <- p (1 - rate decay) - rate m / (sqrt(v) + 1e-8)          (AdamW: the weights shrink beside the gradient step)

Adam with an L2 penalty is another system: it does not shrink what has no gradient, and does not make networks that
memorise generalise (Liu et al., arXiv 2210.01117). Hot path: O(members * rows * width^2) a step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

Inputs = Float[Tensor, "members rows features"]
Labels = Int[Tensor, "members rows"]


@dataclass(frozen=True)
class Member:
    """How one network is trained; `scale` multiplies its default first weights."""

    rate: float = 1e-3
    decay: float = 0.0
    scale: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Recipe:
    """What all members share. `loss` is "squares" (of one-hot targets) or "cross_entropy"."""

    widths: tuple[int, ...] = (100, 100)
    loss: str = "squares"
    betas: tuple[float, float] = (0.9, 0.999)
    hold_norm: bool = False
    """Whether the weights are scaled back to their first length after every step (a norm landscape)."""


@dataclass(frozen=True)
class MemberLogs:
    """By step (entries,), of every member (entries, members): accuracies, losses, and the norm of all weights."""

    steps: np.ndarray
    train: np.ndarray
    test: np.ndarray
    train_loss: np.ndarray
    test_loss: np.ndarray
    norm: np.ndarray


class BatchedMLP:
    """The members' weights, biases and moments; ReLU between layers.

    >>> members = [Member(seed=0), Member(seed=1, scale=2.0)]
    >>> net = BatchedMLP(members, 4, 3, Recipe(widths=(8,)))
    >>> net(torch.zeros(2, 5, 4)).shape
    torch.Size([2, 5, 3])
    """

    def __init__(self, members: Sequence[Member], features: int, classes: int, recipe: Recipe | None = None) -> None:
        """Raises ValueError where there is no member, or an unknown loss."""
        self.recipe = recipe or Recipe()
        if not members:
            raise ValueError("members is empty; give at least one Member")
        if self.recipe.loss not in ("squares", "cross_entropy"):
            raise ValueError(f"loss={self.recipe.loss!r} is unknown; give squares or cross_entropy")
        sizes = (features, *self.recipe.widths, classes)
        self.weights, self.biases = [], []
        for layer, (fan_in, fan_out) in enumerate(pairwise(sizes)):
            drawn = [_first(member, layer, fan_in, fan_out) for member in members]
            self.weights.append(torch.stack([one[:-1] for one in drawn]))
            self.biases.append(torch.stack([one[-1:] for one in drawn]))
        self.parameters = [*self.weights, *self.biases]
        self.moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in self.parameters]
        self.rate = torch.tensor([member.rate for member in members])[:, None, None]
        self.decay = torch.tensor([member.decay for member in members])[:, None, None]
        self.first_norm, self.taken = self.norm(), 0

    def __call__(self, inputs: Inputs) -> Float[Tensor, "members rows classes"]:
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            inputs = torch.relu(torch.baddbmm(bias, inputs, weight))
        return torch.baddbmm(self.biases[-1], inputs, self.weights[-1])

    def norm(self) -> Float[Tensor, " members"]:
        """The length of all weights and biases of each member together."""
        return torch.stack([p.square().sum((1, 2)) for p in self.parameters]).sum(0).sqrt()

    def losses(self, outputs: Tensor, labels: Labels) -> Float[Tensor, " members"]:
        """The mean loss of each member."""
        if self.recipe.loss == "squares":
            wanted = torch.nn.functional.one_hot(labels, outputs.shape[-1]).to(outputs.dtype)
            return (outputs - wanted).square().mean((1, 2))
        chosen = torch.log_softmax(outputs, -1).gather(-1, labels[..., None])
        return -chosen.mean((1, 2))

    def step(self, inputs: Inputs, labels: Labels) -> None:
        """One step of AdamW on all rows."""
        live = [p.requires_grad_() for p in self.parameters]
        gradients = torch.autograd.grad(self.losses(self(inputs), labels).sum(), live)
        self.taken += 1
        first, second = self.recipe.betas
        with torch.no_grad():
            for p, gradient, (mean, square) in zip(live, gradients, self.moments, strict=True):
                p.requires_grad_(False)
                p.mul_(1 - self.rate * self.decay)
                mean.mul_(first).add_(gradient, alpha=1 - first)
                square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
                size = (square / (1 - second**self.taken)).sqrt_().add_(1e-8)
                p.sub_(self.rate * (mean / (1 - first**self.taken)) / size)
            if self.recipe.hold_norm:
                ratio = (self.first_norm / self.norm())[:, None, None]
                for p in live:
                    p.mul_(ratio)

    def train(
        self,
        train: tuple[Inputs, Labels],
        test: tuple[Inputs, Labels],
        steps: int,
        every: int = 50,
        tick: Callable[[int], None] = lambda step: None,
    ) -> MemberLogs:
        """The logs of `steps` steps, one entry before the first and one after each `every`."""
        entries = [self._entry(0, train, test)]
        for step in range(1, steps + 1):
            self.step(*train)
            if step % every == 0 or step == steps:
                entries.append(self._entry(step, train, test))
                tick(step)
        columns = zip(*entries, strict=True)
        steps_of, *rest = (np.array(column) for column in columns)
        return MemberLogs(steps_of.astype(float), *rest)

    @torch.no_grad()
    def _entry(self, step: int, train: tuple[Inputs, Labels], test: tuple[Inputs, Labels]) -> tuple[object, ...]:
        outputs = [self(inputs) for inputs, _ in (train, test)]
        right = [(o.argmax(-1) == y).float().mean(1).numpy() for o, (_, y) in zip(outputs, (train, test), strict=True)]
        losses = [self.losses(o, y).numpy() for o, (_, y) in zip(outputs, (train, test), strict=True)]
        return (step, *right, *losses, self.norm().numpy())


def _first(member: Member, layer: int, fan_in: int, fan_out: int) -> Float[Tensor, "fan_in_and_one fan_out"]:
    """Weights and, in the last row, biases, uniform in +-scale / sqrt(fan_in), from the member's own stream."""
    generator = torch.Generator().manual_seed(1000 * member.seed + layer)
    drawn = torch.rand(fan_in + 1, fan_out, generator=generator)
    return member.scale * (2 * drawn - 1) / fan_in**0.5
