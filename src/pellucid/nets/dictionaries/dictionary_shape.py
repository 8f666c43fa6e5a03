"""What a dictionary in training looks like: its sizes, and its kind, which says how latents are chosen.

A kind registers itself in `KINDS` where it is defined, and everything that is true of it alone stands in its file: its
gradients, where its thresholds begin, how its sparsity is steered, and what it comes down to once it is trained.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, NamedTuple

from jaxtyping import Float
from torch import Tensor

from ...core.registry import Registry
from .dictionary_gradients import Gradients
from .dictionary_weights import Weights
from .experts import Experts


class Penalty(NamedTuple):
    """What the loss has beside the error, for kinds that learn how sparse they are."""

    sparsity: float = 0.0
    """Weight of the term that counts what fires."""
    bandwidth: float = 0.0
    """How near a threshold an activation says how to move it, in units of normalised activations."""


class Inference(NamedTuple):
    """What a trained dictionary does with one row: a = x encoder^T + bias, cut off at `threshold`."""

    encoder: Float[Tensor, "n width"]
    bias: Float[Tensor, " n"]
    threshold: Float[Tensor, " n"] | None = None
    """Above which a latent fires; None: the k largest fire."""


class DictionaryKind(ABC):
    """How the latents of a row are chosen in training, and all that follows from it."""

    scalars: ClassVar[tuple[str, ...]] = ("bias",)
    """What each latent has beside its two rows, the bias first."""
    experts: Experts | None = None
    """How the latents are shared out among experts; None: they cannot be."""
    nests: ClassVar[bool] = False
    """Whether the first latents can be made to do alone what they can."""
    by_row: ClassVar[bool] = False
    """Whether a row's latents depend on no other row, so that processes can share the rows of a batch."""
    learns_thresholds: ClassVar[bool] = False
    """Whether each latent has a threshold of its own, set at first so that k fire."""

    @abstractmethod
    def gradients(
        self,
        x: Float[Tensor, "batch width"],
        y: Float[Tensor, "batch width_out"],
        weights: Weights,
        shape: DictionaryShape,
        penalty: Penalty,
    ) -> Gradients:
        """Of one normalised batch: what the loss says about every weight that moves."""

    def set_thresholds(self, weights: Weights, least: float) -> None:
        """Let the activation `least`, and all above it, just fire; for kinds that learn thresholds."""
        raise NotImplementedError

    def next_sparsity(self, sparsity: float, excess: float) -> float:
        """The weight of the penalty after a step in which (1 + excess) k latents of a row fired."""
        return sparsity

    def at_inference(self, weights: Weights, batch_threshold: Callable[[], float]) -> Inference:
        """What is left of the training's rule; `batch_threshold()`: above which k latents fire on average."""
        return Inference(weights.encoder.weight, weights.bias)


KINDS: Registry[DictionaryKind] = Registry("dictionary kind", home="pellucid.nets.dictionaries.kinds")
"""Every kind by its name."""


@dataclass(frozen=True)
class DictionaryShape:
    """Sizes of a dictionary: `size` latents reading `width` numbers and writing `width_out`.

    `kind`: a name in `KINDS`, which says how latents are chosen. `experts` > 1: each row's latents come from one expert
    only. `groups`: sizes of nested dictionaries.

    Raises:
        ValueError: an unknown kind, sizes that do not fit each other or the kind.

    >>> DictionaryShape(width=4, width_out=4, size=64, k=2, experts=4).each
    16
    """

    width: int
    width_out: int
    size: int
    k: int
    kind: str = "top_k"
    experts: int = 1
    groups: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.experts < 1 or self.size % self.experts:
            raise ValueError(f"experts={self.experts} do not share width={self.size}; use a divisor of it")
        if not 1 <= self.k <= self.each:
            among = f"the {self.each} latents of an expert" if self.experts > 1 else f"width={self.size}"
            raise ValueError(f"k={self.k} is not within {among}; use a greater width or a smaller k")
        self._refuse_parts()

    def _refuse_parts(self) -> None:
        """Raises ValueError for experts and groups that do not go with the kind, or with each other."""
        rule = self.rule
        if self.experts > 1 and (rule.experts is None or self.groups):
            raise ValueError("experts go with the k largest of each row and without groups")
        if self.groups and not (rule.nests and _increasing(self.groups, self.size)):
            raise ValueError(f"groups={self.groups} are not increasing sizes that end with width={self.size}")

    @property
    def rule(self) -> DictionaryKind:
        """The kind itself."""
        return KINDS[self.kind]

    @property
    def each(self) -> int:
        """Latents of one expert.

        >>> DictionaryShape(width=4, width_out=4, size=8, k=2, experts=2).each
        4
        """
        return self.size // self.experts


def _increasing(groups: tuple[int, ...], size: int) -> bool:
    return groups[0] >= 1 and groups[-1] == size and all(a < b for a, b in pairwise(groups))
