"""What all ways to find a dictionary share: training on one part of the activations, measuring on another.

The optimiser is Adam without a first moment (arXiv 2407.14435, 2408.05147), which moves only the latents that fired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from ...artifacts.features.dictionary import Dictionary
from ...core.context import Context
from ...core.method import Found, Method
from ...nets.dictionaries.dictionary_options import DictionaryOptions
from ...nets.dictionaries.dictionary_shape import DictionaryShape
from ...nets.dictionaries.dictionary_training import DictionaryTraining, train_dictionary
from ...subjects.models.out_of_memory import is_out_of_memory
from .activation_pairs import ActivationPairs, Pair, activation_pairs
from .dictionary_claims import Measurements, dictionary_claims
from .trained_dictionary import dictionary_of


@dataclass(frozen=True)
class DictionaryMethod(Method[ActivationPairs, Dictionary]):
    """The fields of every dictionary method.

    `width` latents, of which `k` fire (on average, where each has a threshold or a batch shares them out); `steps` of
    `batch_size` activations, in as many passes as that takes; `held_out`: the share of the sequences that is only
    measured on. `bfloat16`: choose latents in that format (None: where the processor is faster with it); their
    values are always float32. `revive_every`: how often latents that have not fired for `dead_after` rows, or 1/32 of
    the training if that is less, start again (0: never). `device`: where it is trained; the dictionary comes back to
    the CPU.
    The subject is a Site, Activations, an ActivationStore, or a tensor (rows, width).
    """

    width: int = 8192
    k: int = 32
    steps: int = 1000
    batch_size: int = 1024
    learning_rate: float = 3e-3
    held_out: float = 0.1
    revive_every: int = 5
    dead_after: int = 100_000
    bfloat16: bool | None = None
    device: str = "cpu"

    chooses: ClassVar[str] = "top_k"
    """The dictionary's kind: how latents are chosen (`nets.dictionaries.dictionary_shape.KINDS`)."""
    sample: ClassVar[int] = 8192
    """Rows that say centre, scale, thresholds and baselines: so many that none of them moves much with another
    sample, so few that they fit into memory at any width."""

    def shape(self, width: int, width_out: int) -> DictionaryShape:
        """The dictionary's shape; raises ValueError where sizes do not fit."""
        return DictionaryShape(width, width_out, self.width, self.k, self.chooses)

    def options(self) -> DictionaryOptions:
        """How it is trained."""
        return DictionaryOptions(
            steps=self.steps,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            revive_every=self.revive_every,
            dead_after=self.dead_after,
            bfloat16=self.bfloat16,
        )

    def _as_subject(self, given: Any) -> Any:
        return activation_pairs(given)

    def _find(self, subject: ActivationPairs, context: Context) -> Found[Dictionary]:
        """The dictionary, with what it leaves unexplained on held-out activations beside plain baselines."""
        shape = self.shape(subject.width, subject.width_out)
        generator = torch.Generator().manual_seed(context.seed)
        train, held = self._split(subject, generator)
        sample = train.rows(torch.randperm(train.count, generator=generator)[: self.sample])
        with context.timed("training"):
            training = self._trained(train, shape, sample, context, subject.fingerprint())
        found = dictionary_of(training, type(self).__name__.removesuffix("SAE"), sample[0]).to("cpu")
        rows = torch.randperm(held.count, generator=generator)[: self.sample].sort().values
        measured = Measurements.of(found, sample, held.rows(rows), training.scale.to("cpu"))
        claims = (*dictionary_claims(found, measured), *subject.claims(found, measured))
        return Found(subject.in_original_units(found), claims)

    def _split(self, pairs: ActivationPairs, generator: torch.Generator) -> tuple[ActivationPairs, ActivationPairs]:
        train, held = pairs.split(self.held_out, generator)
        if train.count < self.batch_size:
            raise ValueError(
                f"{train.count} activations are left to train on, fewer than batch_size={self.batch_size}; give more "
                "text, or a smaller batch_size"
            )
        if held.count <= 2 * self.k:
            raise ValueError(f"{held.count} activations are held out, too few for k={self.k}; give more text")
        return train, held

    def _trained(
        self, train: ActivationPairs, shape: DictionaryShape, sample: Pair, context: Context, task: str
    ) -> DictionaryTraining:
        inputs = sample[0].to(self.device)
        there = (inputs, inputs if sample[1] is sample[0] else sample[1].to(self.device))
        try:
            return train_dictionary(
                lambda generator: train.batches(self.batch_size, generator),
                shape,
                self.options(),
                sample=there,
                seed=context.seed,
                reporter=context.reporter,
                checkpoint=context.checkpoint,
                task=task,
            )
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            needed = self.batch_size * shape.each * 4 + 4 * self.width * 2 * (shape.width + shape.width_out)
            raise MemoryError(
                f"training needs about {needed / 2**30:.1f} GiB beside the activations, which there are not; lower "
                f"width={self.width} or batch_size={self.batch_size}"
            ) from error
