"""What is done to features: one is added to at every token, or set to a value wherever it would be another.

added:  x + a d_f             at every token, whatever fires
set:    x + (a - v_f) d_f     v_f what the feature's activation is there; a = 0 takes it out
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...subjects.models.hooks import Edit

__all__ = ["FeatureStep", "random_like", "steering_edit"]


@dataclass(frozen=True)
class FeatureStep:
    """`amount` is added to a feature's activation, or with `sets` takes its place.

    >>> FeatureStep.parse("1792=+8"), FeatureStep.parse("7=0").text
    (FeatureStep(feature=1792, amount=8.0, sets=False), '7=0')
    """

    feature: int
    amount: float
    sets: bool = False

    @classmethod
    def parse(cls, text: str) -> FeatureStep:
        """From "1792=+8" or "1792=-8" (added), "1792=8" or "1792=0" (set). Raises ValueError for anything else."""
        found = re.fullmatch(r"\s*(\d+)\s*=\s*([+-]?)\s*(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)\s*", text, re.IGNORECASE)
        amount = float(f"{found[2]}{found[3]}") if found else math.inf
        if found is None or not math.isfinite(amount):
            raise ValueError(f"feature={text!r} is no step; write NUMBER=+8 (add), or NUMBER=8 or NUMBER=0 (set)")
        return cls(int(found[1]), amount, not found[2])

    @property
    def text(self) -> str:
        """As it is parsed."""
        return f"{self.feature}={'' if self.sets else '+' if self.amount >= 0 else ''}{self.amount:g}"


def refuse_steps(dictionary: Dictionary, steps: Iterable[FeatureStep], reads_where_it_writes: bool) -> None:
    """Raises ValueError for features that are not there, and for one that is to be set where it is not read."""
    for step in steps:
        if step.feature >= dictionary.size:
            raise ValueError(f"feature {step.feature} is none of {dictionary.size:,}; use 0 to {dictionary.size - 1}")
        if step.sets and not reads_where_it_writes:
            raise ValueError(
                f"feature {step.text}: this dictionary writes elsewhere than it reads, so that nothing can be set; "
                f"add to it, {step.feature}=+{abs(step.amount):g}"
            )


def random_like(directions: Float[Tensor, "steps width"], generator: torch.Generator) -> Float[Tensor, "steps width"]:
    """Directions drawn at random, as long as those that are given."""
    drawn = torch.randn(directions.shape, generator=generator)
    return torch.nn.functional.normalize(drawn, dim=1) * directions.norm(dim=1, keepdim=True).cpu()


def steering_edit(
    dictionary: Dictionary,
    steps: tuple[FeatureStep, ...],
    directions: Float[Tensor, "rows steps width"],
    first: int,
) -> Edit:
    """Row r of a batch is moved along `directions`[r] from its token `first` on, each step by its own amount.

    A step that sets a feature moves by what that row's own activation lacks. Zeros move nothing.
    """
    amounts = torch.tensor([step.amount for step in steps])
    sets = torch.tensor([step.sets for step in steps])
    features = torch.tensor([step.feature for step in steps])

    def edit(x: Tensor) -> Tensor:
        size = amounts.expand(*x.shape[:2], -1).clone()
        if sets.any():
            now = _activations(dictionary, x.reshape(-1, x.shape[-1]), features)
            size[..., sets] -= now.reshape(*x.shape[:2], -1)[..., sets]
        size[:, :first] = 0
        moved = torch.einsum("rts,rsw->rtw", size.to(x.device).float(), directions.to(x.device).float())
        return x + moved.to(x)

    return edit


def _activations(dictionary: Dictionary, x: Tensor, features: Tensor) -> Float[Tensor, "tokens some"]:
    codes = dictionary.encode(x.float().to(dictionary.device))
    hits: Any = codes.indices.cpu()[:, :, None] == features
    return (codes.values.float().cpu()[:, :, None] * hits).sum(1)
