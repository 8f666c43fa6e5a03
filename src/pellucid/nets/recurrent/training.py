"""The one training loop: many small recurrent networks on one set of labelled sequences, until one is perfect.

The hot path is one optimiser step: O(members · batch · length · width · (hidden + input)); about 2.5 ms for 8 members
of width 32 on 128 sequences of length 10, one thread.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import ArrayLike
from torch import Tensor

from ...run.checkpoint import Checkpoint
from ...run.progress import SILENT, Reporter
from ...run.threads import one_thread
from .history import History
from .labelled_sequences import LabelledSequences, Score
from .options import TrainingOptions
from .population import Population
from .recurrent import RecurrentMLP, RecurrentShape

__all__ = ["Training", "train"]


@dataclass(frozen=True)
class Training:
    """What came out of a training.

    Args:
        network: the members that were not dropped, for raw numbers.
        hidden_sizes: hidden units each member may use (the others are dead).
        score: accuracy and rounding error of each member on the held-out sequences, at full length.
        drift: max |y - round(y)| of each member on random sequences ten times as long as those trained on; 0.5 means
            that states drift away. Needs no labels.
        members: which of the members that were started each one is (a column of the history).
        history: loss and accuracy of all members, step by step.
        steps: optimiser steps done.
        seconds: CPU seconds.
    """

    network: RecurrentMLP
    hidden_sizes: tuple[int, ...]
    score: Score
    drift: Float[np.ndarray, " member"]
    members: tuple[int, ...]
    history: History
    steps: int
    seconds: float

    @property
    def accuracy(self) -> Float[np.ndarray, " member"]:
        """The share of held-out positions each member gets right."""
        return self.score.accuracy

    @property
    def best(self) -> int:
        """The most accurate member; among equals the smallest; then the one that drifts least on long sequences."""
        return min(range(len(self.members)), key=self._rank)

    def _rank(self, member: int) -> tuple[float, int, float]:
        return -self.accuracy[member], self.hidden_sizes[member], self.drift[member]

    @property
    def perfect(self) -> bool:
        """Whether the best member is right on every held-out position."""
        return bool(self.score.perfect[self.best])


def train(
    inputs: ArrayLike | Int[np.ndarray, "sequence time input"],
    outputs: ArrayLike | Int[np.ndarray, "sequence time output"],
    shape: RecurrentShape,
    *,
    options: TrainingOptions | None = None,
    seed: int = 0,
    mask: ArrayLike | None = None,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Training:
    """Train `options.members` networks of one shape until one is perfect on held-out sequences.

        loss = mean e^2 (in units of the outputs' spread), then mean log(1 + (2e)^2) / 2

    The paper (arXiv 2402.05110, section 3.2) minimises log(1 + e^2) / 2 throughout; squares first are faster. With a
    `checkpoint` folder the state is written there from time to time, and a call that was interrupted goes on from it
    and ends with the same numbers. The global random state is left alone.

    Raises:
        ValueError: data that is not usable (see `LabelledSequences.checked`) or does not fit `shape`; a checkpoint of
            something else.

    >>> bits = np.random.default_rng(0).integers(0, 2, (2000, 8, 1))
    >>> shape = RecurrentShape(1, 2, 1, update_depth=2, update_width=16)
    >>> train(bits, bits.cumsum(1) % 2, shape, seed=0).perfect
    True
    """
    options = options or TrainingOptions()
    data = LabelledSequences.checked(inputs, outputs, mask)
    sizes = (data.inputs.shape[2], data.outputs.shape[2])
    if sizes != (shape.input_size, shape.output_size):
        raise ValueError(f"shape={shape!r}: the data has input_size, output_size = {sizes}")
    store = Checkpoint(checkpoint, _fingerprint(data, shape, options, seed)) if checkpoint else None
    loop = _Loop(data, shape, options, seed)
    before = store.load("training") if store else None
    if before is not None:
        loop.restore(*before)
    reporter.start(f"training {shape.hidden_size} hidden units", options.steps)
    reporter.advance(loop.step, loop.note)
    try:
        with one_thread():
            _run(loop, reporter, store)
            return loop.result()
    finally:
        reporter.finish()


def _run(loop: _Loop, reporter: Reporter, store: Checkpoint | None) -> None:
    """Step until done, with a checkpoint from time to time and one more when interrupted."""
    snapshot, written = None, time.monotonic()
    try:
        while not loop.done:
            loop.advance()
            if not loop.evaluated:
                continue
            reporter.advance(loop.step - loop.history.steps_before_last, loop.note)
            if store:
                snapshot = loop.snapshot()
                if time.monotonic() - written > loop.options.checkpoint_seconds or loop.done:
                    store.save("training", *snapshot)
                    written = time.monotonic()
    except KeyboardInterrupt:
        if store and snapshot is not None:
            store.save("training", *snapshot)
        raise


class _Loop:
    """The state of a training, and one step of it."""

    counters = ("step", "since_growth", "in_cycle", "length", "cosine", "cycle", "finished")

    def __init__(self, data: LabelledSequences, shape: RecurrentShape, options: TrainingOptions, seed: int) -> None:
        self.options, self.shape, self.seed = options, shape, seed
        training, held_out = data.split(options.held_out, seed)
        scaling = training.scaling()
        scaled = training.scaled(scaling)
        self.held_out, self.scaling = held_out.to(options.device), scaling.to(options.device)
        self.scaled = scaled.to(options.device)
        self.draw = np.random.default_rng([seed, 2])
        self.noise = torch.Generator().manual_seed(seed)
        kinks = scaled.inputs.flatten(0, 1).numpy()
        kinks = kinks[np.random.default_rng([seed, 3]).integers(0, len(kinks), 4096)]
        hidden = options.hidden_sizes or (shape.hidden_size,)
        sizes = [min(hidden[row % len(hidden)], shape.hidden_size) for row in range(options.members)]
        self.population = Population(shape, sizes, kinks, seed, options.device)
        self.spread = torch.ones(options.members, shape.hidden_size, device=options.device)
        self.history = History.empty(options.members)
        self.step = self.since_growth = self.in_cycle = 0
        self.length = 1 + int(training.mask.any(0).nonzero().min())  # shorter ones have no label
        self.cosine, self.cycle = 1, options.first_cycle
        self.finished, self.late, self.seconds, self.began = False, False, 0.0, time.process_time()

    @property
    def done(self) -> bool:
        return self.finished or self.late

    @property
    def grown(self) -> bool:
        return self.length == self.held_out.length

    @property
    def evaluated(self) -> bool:
        """Whether the step just done was evaluated."""
        return self.history.last_step == self.step

    @property
    def note(self) -> str:
        return f"length {self.length}, best {self.history.best_accuracy:.2%}"

    def advance(self) -> None:
        """One optimiser step; then, when it is time, an evaluation and what follows from it."""
        self.step += 1
        self.since_growth += 1
        self.in_cycle += self.grown
        share = self.in_cycle / self.cycle
        rate = self.options.learning_rate * (0.5 * (1 + math.cos(math.pi * share)) + 0.002)
        loss = self._loss(robust=share > 1 - self.options.robust_share)
        for row in self.population.descend(loss, rate):
            self.population.reborn(row, self.population.births[row] + 1)
        self.finished = self.step >= self.options.steps
        self.late = self._spent() > (self.options.seconds or math.inf)
        if self.finished or self.late or self.step % self.options.evaluate_every == 0 or share >= 1:
            self._evaluate(loss.detach())

    def _loss(self, robust: bool) -> Float[Tensor, " member"]:
        """The loss of each member on a batch, with noise on the states of those members that get some."""
        rows = torch.from_numpy(self.draw.integers(0, len(self.scaled), self.options.batch_size))
        batch = self.scaled.take(rows, self.length)
        error = self.population.network(batch.inputs, self._disturbance()) - batch.outputs
        each = error.square()
        if robust:
            each = 0.5 * torch.log1p(4 * self.scaling.output_spread.square() * each)
        return (each.sum(-1) * batch.mask).sum((1, 2)) / batch.mask.sum().clamp_min(1)

    def _disturbance(self) -> Float[Tensor, "time member batch hidden"] | None:
        """Noise for the states, or None where no member gets any. Every hidden size meets every noise."""
        noise, repeats = self.options.noise, max(1, len(self.options.hidden_sizes))
        sigma = torch.tensor([noise[name // repeats % len(noise)] for name in self.population.names])
        sigma = sigma.to(self.options.device)
        if not sigma.any():
            return None
        size = (self.length, len(sigma), self.options.batch_size, self.shape.hidden_size)
        return torch.randn(size, generator=self.noise).to(self.options.device) * (self.spread * sigma[:, None])[:, None]

    def _evaluate(self, loss: Float[Tensor, " member"]) -> None:
        """Look at held-out sequences; lengthen sequences, end a cosine, drop members or stop accordingly."""
        quick = self.held_out.take(slice(self.options.quick))
        with torch.no_grad():
            network = self.scaling.fold(self.population.network.select(range(len(self.population.names))))
            states = network.states(quick.inputs)
            predicted = network.readout(states.flatten(1, 2)).unflatten(1, states.shape[1:3])
        self.spread = states[:, :, : self.length].flatten(1, 2).std(1).nan_to_num(1.0).clamp(1e-3, 10.0)
        short = quick.take(slice(None), self.length).judge(predicted[:, :, : self.length])
        full = quick.judge(predicted)
        self.history.record(self.step, self.length, self.population.names, loss, full.accuracy)
        if not self.grown:
            self._grow(short)
        elif (full.perfect & (full.rounding_error < self.options.margin)).any() or self.in_cycle >= self.cycle:
            self._conclude(self.held_out.score(network))

    def _grow(self, score: Score) -> None:
        """Longer sequences once a quarter of the members are right on short ones, or their time is over."""
        ranked = np.sort(score.accuracy)[::-1]
        if ranked[max(0, len(ranked) // 4 - 1)] >= 0.98 or self.since_growth >= self.options.growth_steps:
            self.length = min(self.held_out.length, self.length + max(1, self.length // 2))
            self.since_growth = 0

    def _conclude(self, score: Score) -> None:
        """Stop where a member is perfect; else, at the end of a cosine, begin one twice as long with fewer members."""
        sizes, error = np.array(self.population.hidden_sizes), score.rounding_error
        if self.in_cycle < self.cycle:
            good = score.perfect & (error < self.options.margin)
            self.finished = self.finished or bool(good.any() and sizes[good].min() == sizes.min())
            return
        done = bool((score.perfect & (error < 2 * self.options.margin)).any())
        last = self.cosine == self.options.cosines
        if done or last or score.accuracy.max() < self.options.promising:
            self.finished = True
        else:
            self._drop(score)
            self.in_cycle, self.cycle, self.cosine = 0, 2 * self.cycle, self.cosine + 1

    def _drop(self, score: Score) -> None:
        keep = max(min(self.options.least_members, len(self.spread)), len(self.spread) // 2)
        rows = sorted(np.argsort(-score.accuracy, kind="stable")[:keep].tolist())
        self.population.keep(rows)
        self.spread = self.spread[rows]

    def _spent(self) -> float:
        return self.seconds + time.process_time() - self.began

    def result(self) -> Training:
        population = self.population
        network = self.scaling.fold(population.network.select(range(len(population.names))))
        score, drift = self.held_out.score(network), self.held_out.drift(network, self.seed)
        return Training(
            network=network.cpu(),
            hidden_sizes=tuple(population.hidden_sizes),
            score=score,
            drift=drift,
            members=tuple(population.names),
            history=self.history,
            steps=self.step,
            seconds=self._spent(),
        )

    def snapshot(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Arrays and facts that are enough to go on as if nothing had happened."""
        tensors = {**self.population.tensors(), "spread": self.spread, "noise": self.noise.get_state()}
        tensors.update(self.history.tensors())
        facts = {name: getattr(self, name) for name in self.counters}
        facts.update(seconds=self._spent(), draw=self.draw.bit_generator.state, population=self.population.facts())
        return {name: value.clone().cpu().numpy() for name, value in tensors.items()}, facts

    def restore(self, arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> None:
        """Go on from a snapshot."""
        tensors = {name: torch.from_numpy(value.copy()) for name, value in arrays.items()}
        for name in self.counters:
            setattr(self, name, facts[name])
        self.seconds, self.began = facts["seconds"], time.process_time()
        self.draw.bit_generator.state = facts["draw"]
        self.noise.set_state(tensors["noise"])
        self.spread = tensors["spread"].to(self.options.device)
        self.history = History.of(tensors)
        self.population.restore(tensors, facts["population"])


def _fingerprint(data: LabelledSequences, shape: RecurrentShape, options: TrainingOptions, seed: int) -> str:
    """Everything but time limits that decides the result, as one hash."""
    decisive = {name: value for name, value in asdict(options).items() if "seconds" not in name}
    digest = hashlib.sha256(repr((asdict(shape), decisive, seed, tuple(data.inputs.shape))).encode())
    for part in (data.inputs, data.outputs, data.mask):
        digest.update(part.numpy().tobytes())
    return digest.hexdigest()
