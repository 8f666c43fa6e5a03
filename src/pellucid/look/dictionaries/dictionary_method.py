"""What all ways to find a dictionary share: training on one part of the activations, measuring on another.

The optimiser is Adam without a first moment (arXiv 2407.14435, 2408.05147), which moves only the latents that fired.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import torch
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...core.claim import Claim
from ...core.finding import Finding
from ...core.method import Method
from ...core.provenance import Provenance
from ...core.reporter import SILENT, Reporter
from ...nets.dictionaries.dictionary_options import DictionaryOptions
from ...nets.dictionaries.dictionary_shape import DictionaryShape
from ...nets.dictionaries.dictionary_training import DictionaryTraining, Epoch, train_dictionary
from ...subjects.models.activations import Vectors, as_activations
from ...subjects.models.out_of_memory import is_out_of_memory
from .dictionary_claims import Measurements, dictionary_claims
from .trained_dictionary import dictionary_of

_SAMPLE = 8192
"""Rows that say centre, scale, thresholds and baselines."""


@dataclass(frozen=True)
class DictionaryMethod(Method[Any, Dictionary]):
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

    def explain(
        self,
        subject: Any,
        seed: int = 0,
        *,
        reporter: Reporter = SILENT,
        checkpoint: Path | None = None,
    ) -> Finding[Dictionary]:
        """The dictionary, with what it leaves unexplained on held-out activations beside plain baselines."""
        began = process_time()
        vectors = self.vectors(subject)
        shape = self.shape(*self.widths(vectors))
        generator = torch.Generator().manual_seed(seed)
        train, held = self._split(vectors, generator)
        sample = self.pairs_at(train, torch.randperm(train.count, generator=generator)[:_SAMPLE])
        training = self._trained(train, shape, sample, seed, reporter, checkpoint, vectors.fingerprint())
        found = self.artifact(training, sample, vectors).to("cpu")
        rows = torch.randperm(held.count, generator=generator)[:_SAMPLE].sort().values
        claims = self.claims(found, Measurements.of(found, sample, self.pairs_at(held, rows), training.scale.to("cpu")))
        return Finding(
            self.in_original_units(found, vectors),
            claims,
            Provenance(
                f"look.{type(self).__name__}",
                self.settings(),
                seed,
                vectors.fingerprint(),
                seconds={"training": process_time() - began},
            ),
        )

    def shape(self, width: int, width_out: int) -> DictionaryShape:
        """The dictionary's shape; raises ValueError where sizes do not fit."""
        return DictionaryShape(width, width_out, self.width, self.k)

    def options(self) -> DictionaryOptions:
        return DictionaryOptions(
            steps=self.steps,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            revive_every=self.revive_every,
            dead_after=self.dead_after,
            bfloat16=self.bfloat16,
        )

    def vectors(self, subject: Any) -> Vectors:
        """The subject as activations."""
        return as_activations(subject)

    def widths(self, vectors: Vectors) -> tuple[int, int]:
        """What is read, and what is written."""
        return vectors.width, vectors.width

    def pairs_at(self, vectors: Vectors, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs and targets of some rows; the same tensor twice where both are one."""
        values = vectors.rows(rows)
        return values, values

    def pass_over(self, vectors: Vectors, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Shuffled batches of inputs and targets."""
        for values in vectors.batches(self.batch_size, generator):
            yield values, values

    def artifact(self, training: DictionaryTraining, sample: tuple[Tensor, Tensor], vectors: Vectors) -> Dictionary:
        """What was trained, in the units of `vectors`."""
        return dictionary_of(training, type(self).__name__.removesuffix("SAE"), sample[0])

    def in_original_units(self, found: Dictionary, vectors: Vectors) -> Dictionary:
        """For the subject's own activations, where `vectors` changed their units."""
        return found

    def claims(self, found: Dictionary, measured: Measurements) -> tuple[Claim, ...]:
        """What holds on the held-out part."""
        return dictionary_claims(found, measured)

    def _trained(
        self,
        train: Vectors,
        shape: DictionaryShape,
        sample: tuple[Tensor, Tensor],
        seed: int,
        reporter: Reporter,
        checkpoint: Path | None,
        task: str,
    ) -> DictionaryTraining:
        inputs = sample[0].to(self.device)
        there = (inputs, inputs if sample[1] is sample[0] else sample[1].to(self.device))
        options, epoch = self.options(), self._epoch(train)
        try:
            return train_dictionary(
                epoch, shape, options, sample=there, seed=seed, reporter=reporter, checkpoint=checkpoint, task=task
            )
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            needed = self.batch_size * shape.each * 4 + 4 * self.width * 2 * (shape.width + shape.width_out)
            raise MemoryError(
                f"training needs about {needed / 2**30:.1f} GiB beside the activations, which there are not; lower "
                f"width={self.width} or batch_size={self.batch_size}"
            ) from error

    def _split(self, vectors: Vectors, generator: torch.Generator) -> tuple[Vectors, Vectors]:
        train, held = vectors.split(self.held_out, generator)
        if train.count < self.batch_size:
            raise ValueError(
                f"{train.count} activations are left to train on, fewer than batch_size={self.batch_size}; give more "
                "text, or a smaller batch_size"
            )
        if held.count <= 2 * self.k:
            raise ValueError(f"{held.count} activations are held out, too few for k={self.k}; give more text")
        return train, held

    def _epoch(self, train: Vectors) -> Epoch:
        return lambda generator: self.pass_over(train, generator)
