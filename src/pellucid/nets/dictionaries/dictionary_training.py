"""Training a dictionary on activations: one loop for every kind.

    normalise -> choose latents -> gradients by hand -> move only what fired -> revive what never does

The hot path is one step: O(batch · n · width) for choosing, n / experts with a router, in bfloat16 where the processor
has it, and O(batch · k · width) for everything else; no dense codes, no gradient as large as the weights.
Whatever decides the result is drawn from a generator of the seed: an interrupted training ends with the same bits.
Under torch.distributed, processes share the rows or the experts out among themselves (`dictionary_parallel`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ...core.reporter import SILENT, Reporter
from ...run.checkpoint import Checkpoint
from ...sparse.kernels import by_latent
from ...sparse.row_update import Step, apply_gradient, update_rows
from .dictionary_gradients import Gradients, activations_of, scalar_sums
from .dictionary_options import DictionaryOptions
from .dictionary_parallel import Parallel
from .dictionary_scale import Scale
from .dictionary_shape import DictionaryShape, Penalty
from .dictionary_weights import Weights
from .initial_weights import initial_weights

Epoch = Callable[[torch.Generator], Iterator[tuple[Tensor, Tensor]]]
"""A pass over all activations in an order that the generator gives: pairs (input, target) of float32 (batch, width)."""


@dataclass
class DictionaryTraining:
    """A training under way: weights, and what is needed to go on.

    Raises:
        ValueError: activations of another width than the shape's.
    """

    shape: DictionaryShape
    options: DictionaryOptions
    scale: Scale
    weights: Weights
    step: int = 0
    sparsity: float = 0.0
    touched: Tensor = field(default_factory=lambda: torch.empty(0))
    """The step at which each latent last moved."""
    silent: Tensor = field(default_factory=lambda: torch.empty(0))
    """Rows since each latent last fired."""
    error: float = 0.0
    """|y' - y|^2 of the last batch over |y|^2."""
    revived: int = 0
    parallel: Parallel | None = None

    @classmethod
    def start(
        cls,
        shape: DictionaryShape,
        options: DictionaryOptions,
        x: Float[Tensor, "rows width"],
        y: Float[Tensor, "rows width_out"],
        generator: torch.Generator,
    ) -> DictionaryTraining:
        """From a sample of rows: their centre and scale, and latents that look their way."""
        if x.shape[1] != shape.width or y.shape[1] != shape.width_out:
            raise ValueError(
                f"activations have width {x.shape[1]} and {y.shape[1]}, the dictionary {shape.width} and "
                f"{shape.width_out}; give those it was made for"
            )
        scale = Scale.of(x, y)
        weights = initial_weights(
            shape,
            scale.normalised(x, y),
            generator,
            bfloat16=options.bfloat16,
            encoder_start=options.encoder_start,
        )
        found = cls(shape, options, scale, weights, sparsity=options.sparsity)
        found.parallel = Parallel.here(shape)
        if found.parallel is not None:
            found.weights = found.parallel.own(weights, shape)
        found.touched = torch.zeros(found.size, dtype=torch.long, device=x.device)
        found.silent = torch.zeros(found.size, dtype=torch.long, device=x.device)
        if shape.rule.learns_thresholds:
            found._start_thresholds(scale.inputs(x[: options.batch_size]))
        return found

    def gradients(self, x: Float[Tensor, "batch width"], y: Float[Tensor, "batch width_out"]) -> Gradients:
        """Of one normalised batch."""
        finder = self.shape.rule if self.parallel is None else self.parallel
        penalty = Penalty(self.sparsity, self.options.bandwidth * self.scale.bar)
        return finder.gradients(x, y, self.weights, self.shape, penalty)

    def apply(self, found: Gradients) -> None:
        """Move the weights."""
        self.step += 1
        options, weights = self.options, self.weights
        groups = by_latent(found.latents, self.size)
        rate = options.rate(self.step - 1)
        kind = weights.encoder.weight.dtype
        step = Step.of(self.step, rate, options.beta, self.step - self.touched[groups.touched], kind)
        faster = replace(step, rate=rate * options.decoder_rate)
        for rows, product, own in ((weights.decoder, found.decoder, faster), (weights.encoder, found.encoder, step)):
            update_rows(rows, product.values, product.sources, groups, product.matrix, own)
        sums = scalar_sums(found.scalars, found.latents, groups)
        apply_gradient(weights.scalars, sums, groups.touched, step)
        self.touched[groups.touched] = self.step
        every = replace(step, decay=torch.full((1,), options.beta, dtype=kind, device=sums.device))
        first = torch.zeros(1, dtype=torch.long, device=sums.device)
        apply_gradient(weights.decoder_bias, found.decoder_bias[None], first, every)
        if weights.router is not None and found.router is not None:
            faster = replace(every, rate=rate * options.router_rate)
            apply_gradient(weights.router, found.router, torch.arange(self.shape.experts, device=sums.device), faster)

    def advance(self, x: Tensor, y: Tensor, generator: torch.Generator) -> None:
        """One step on a batch of raw activations."""
        x, y = self.scale.normalised(x, y)
        if not len(x):
            return
        found = self.gradients(x, y)
        self.apply(found)
        self._look_after(x, y, found, generator)

    def tensors(self) -> dict[str, Tensor]:
        return self.weights.tensors() | {"touched": self.touched, "silent": self.silent} | self.scale.tensors()

    def facts(self) -> dict[str, Any]:
        return {"step": self.step, "sparsity": self.sparsity, "revived": self.revived, "error": self.error}

    def load(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Go on from what `tensors` and `facts` wrote."""
        self.weights.load(tensors)
        self.touched.copy_(tensors["touched"])
        self.silent.copy_(tensors["silent"])
        self.scale = Scale.from_tensors(tensors).to(self.touched.device)
        for name, value in facts.items():
            setattr(self, name, value)

    @property
    def size(self) -> int:
        """How many latents this process holds."""
        return len(self.weights.encoder.weight)

    def finished(self) -> DictionaryTraining:
        """With the latents of all processes."""
        if self.parallel is None:
            return self
        whole = self.parallel
        silent, touched = whole.joined(self.silent), whole.joined(self.touched)
        return replace(self, weights=whole.whole(self.weights), silent=silent, touched=touched, parallel=None)

    def _start_thresholds(self, x: Tensor) -> None:
        """Where k latents fire on average."""
        activations = activations_of(x, self.weights).float().reshape(-1)
        wanted = min(len(x) * self.shape.k, activations.numel())
        bar = max(float(activations.kthvalue(activations.numel() - wanted + 1).values), 1e-3)
        self.scale = self.scale.with_bar(bar)
        self.shape.rule.set_thresholds(self.weights, bar)

    @property
    def stored_as(self) -> str:
        """What its state is called in a checkpoint, where each process has its own."""
        return "training" if self.parallel is None else f"training-{self.parallel.rank}"

    def _look_after(self, x: Tensor, y: Tensor, found: Gradients, generator: torch.Generator) -> None:
        fired = torch.bincount(found.latents, found.fired.to(torch.float64), minlength=self.size)
        self.silent.add_(len(x))[fired > 0] = 0
        whole = torch.linalg.vector_norm(y).square() * (len(found.error) / len(y))
        self.error = float(found.error.sum() / whole)
        if self.shape.rule.learns_thresholds:
            excess = float(found.fired.sum()) / (len(x) * self.shape.k) - 1
            self.sparsity = self.shape.rule.next_sparsity(self.sparsity, excess)
        if self.options.revives(self.step):
            self._revive(x, found, generator)

    def _pairs(self, found: Gradients, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Dead latents, and badly reconstructed rows for them: rows that go to the latent's own expert."""
        dead = (self.silent >= self.options.patience).nonzero()[:, 0]
        chances, numbers = found.error.double().cpu(), torch.arange(len(found.error), device=dead.device)
        if self.shape.experts == 1 or not len(dead) or not len(numbers):
            return self._drawn(dead, numbers, chances, generator)
        expert = found.latents.view(len(numbers), -1)[:, 0] // self.shape.each
        parts = []
        for own in torch.unique(expert):
            rows = numbers[expert == own]
            parts.append(self._drawn(dead[dead // self.shape.each == own], rows, chances[rows.cpu()], generator))
        return torch.cat([part[0] for part in parts]), torch.cat([part[1] for part in parts])

    def _drawn(self, dead: Tensor, rows: Tensor, chances: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """As many of both, by chance: at most one latent for every few rows, or they undo what the others do."""
        count = min(len(dead), int((chances > 0).sum()), max(1, len(rows) // self.options.rows_for_one))
        if not count:
            return dead[:0], rows[:0]
        chosen = torch.randperm(len(dead), generator=generator)[:count].to(dead.device)
        return dead[chosen], rows[torch.multinomial(chances, count, generator=generator).to(rows.device)]

    def _revive(self, x: Tensor, found: Gradients, generator: torch.Generator) -> None:
        """Start dead latents again at rows that are badly reconstructed, with the others' typical strength."""
        dead, rows = self._pairs(found, generator)
        if not len(dead):
            return
        weights = self.weights
        target = -found.residual[rows]  # what is missing
        target = target / torch.linalg.vector_norm(target, dim=1, keepdim=True).clamp_min(1e-12)
        source = target if self.shape.width == self.shape.width_out else x[rows]
        source = source / torch.linalg.vector_norm(source, dim=1, keepdim=True).clamp_min(1e-12)
        alive = (self.silent == 0).nonzero()[:, 0]
        alive = alive[:: max(1, len(alive) // self.options.typical)]
        if len(alive):
            source = source * torch.linalg.vector_norm(weights.encoder.weight[alive], dim=1).median()
        scalars = weights.scalars.weight[dead]
        scalars[:, 0] = 0
        for own, values in ((weights.encoder, source), (weights.decoder, target), (weights.scalars, scalars)):
            own.put(dead, values, own.square[alive].mean(0) if len(alive) else 0.0)
        self.silent[dead] = 0
        self.touched[dead] = self.step
        self.revived += len(dead)


def train_dictionary(
    epoch: Epoch,
    shape: DictionaryShape,
    options: DictionaryOptions,
    *,
    sample: tuple[Tensor, Tensor],
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
    task: str = "",
) -> DictionaryTraining:
    """Train on as many passes over the activations as the steps take.

    `sample` are rows (input, target) that say centre and scale. With a `checkpoint` folder the state is written every
    `save_every` steps and at the end, and a call that was interrupted goes on from it; `task` is a fingerprint of the
    activations.

    Raises:
        ValueError: widths that do not fit; a checkpoint of something else; a loss that is not finite.
    """
    generator = torch.Generator().manual_seed(seed)
    training = DictionaryTraining.start(shape, options, *sample, generator)
    owner = f"{task} {asdict(shape)} {asdict(options)} {seed}"
    store = None if checkpoint is None else _Store(Checkpoint(checkpoint, owner), training.stored_as)
    place = (0, 0) if store is None else store.load(training, generator)
    reporter.start("dictionary", options.steps)
    reporter.advance(training.step)
    for number, done, x, y in _stream(epoch, seed, *place):
        if training.step >= options.steps:
            break
        training.advance(x, y, generator)
        if training.step % 10 == 0:
            reporter.advance(10, f"error {training.error:.3f}")
        if training.error != training.error:
            raise ValueError(f"the loss is not a number after {training.step} steps; use a smaller learning_rate")
        if store is not None and (training.step % options.save_every == 0 or training.step == options.steps):
            store.save(training, generator, (number, done))
    reporter.finish()
    return training.finished()


def _stream(epoch: Epoch, seed: int, number: int, done: int) -> Iterator[tuple[int, int, Tensor, Tensor]]:
    """Batches for ever, from the place (pass, batches of it already done); each pass in an order of its own."""
    while True:
        order = torch.Generator().manual_seed((seed * 1_000_003 + number) % 2**62)
        empty = True
        for x, y in islice(epoch(order), done, None):
            done, empty = done + 1, False
            yield number, done, x, y
        if empty and done == 0:
            raise ValueError("there are too few activations for one batch; use a smaller batch_size or more text")
        number, done = number + 1, 0


@dataclass(frozen=True)
class _Store:
    """The state of an unfinished training, in a checkpoint."""

    checkpoint: Checkpoint
    name: str

    def save(self, training: DictionaryTraining, generator: torch.Generator, place: tuple[int, int]) -> None:
        """Everything that decides what comes next, the place in the activations too."""
        tensors = training.tensors() | {"generator": generator.get_state()}
        arrays = {name: value.detach().cpu().contiguous().numpy() for name, value in tensors.items()}
        self.checkpoint.save(self.name, arrays, training.facts() | {"place": list(place)})

    def load(self, training: DictionaryTraining, generator: torch.Generator) -> tuple[int, int]:
        """Go on from what was saved; the place to go on at, the beginning where nothing was."""
        found = self.checkpoint.load(self.name)
        if found is None:
            return 0, 0
        arrays, facts = found
        number, done = facts.pop("place")
        tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
        generator.set_state(tensors.pop("generator"))
        training.load(tensors, facts)
        return number, done
