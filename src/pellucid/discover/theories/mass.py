"""Do two learners of mechanics find the same theory? arXiv 2504.02822 (MASS).

    dv/dt = sum_k w_k T_k(derivatives of S_i(x, v))

Each system i has a scalar network S_i, all systems share the readout w over fixed terms T_k (`derivative_terms`), and
systems are met one after the other. A penalty on what each term carries makes the readout sparse. The hot path is one
step for all seeds and systems at once: O(seeds * systems * rows of a batch * (6 width^2 + terms)).

No data can rule out Hamilton's term here, nor in the paper, whose loss has accelerations only: dv/dt = -S_x holds for
every system with S = -(integral of dv/dt by x), so that which theory wins is a matter of what is easier to learn, not
of what is true. Whole theories can be told apart: benchmarks/whole_theories.py does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ...artifacts.theories.shared_theory import SharedTheory
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...nets.recurrent.stacked import StackedMLP
from ...run.checkpoint import Checkpoint
from ...run.threads import one_thread
from ...subjects.equations.motions import Motion, Motions
from .derivative_terms import ENERGY, LAGRANGE, TERMS, terms
from .settings import TRAINING

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MASS(Method[Motions, SharedTheory]):
    """Which derivatives of a scalar S(x, v) several learners read accelerations from, and whether they agree.

    `seeds` learners of one-dimensional systems; `steps` for each system that is added, `sparsity` the weight of the
    penalty on what the terms carry, over the error, both relative to the acceleration.

    >>> generator = np.random.default_rng(0)
    >>> x, v = generator.uniform(-1, 1, (2, 60, 1))
    >>> MASS(seeds=2, steps=3, width=4).explain(Motions((Motion(x, v, -x),))).artifact.seeds
    2
    """

    seeds: int = 6
    steps: int = 500
    sparsity: float = 0.02
    width: int = 20
    batch: int = 48
    learning_rate: float = 0.01
    held_out: float = 0.2
    """The share of each system's rows that is kept for the claims."""

    def _find(self, subject: Motions, context: Context) -> Found[SharedTheory]:
        """The shared theory; raises ValueError for systems of more than one dimension, or that are at rest.

        With a checkpoint, goes on after the last system that was learned there.
        """
        self._check(subject)
        generator = np.random.default_rng(context.seed)
        halves = [system.split(self.held_out, generator) for system in subject.systems]
        folder, reporter = context.checkpoint, context.reporter
        store = None if folder is None else Checkpoint(folder, self._owner(subject, context.seed))
        with one_thread():
            learners = _Learners([train for train, _ in halves], self, torch.Generator().manual_seed(context.seed))
            records = [] if store is None else _resume(store, learners)
            for known in range(len(records) + 1, len(halves) + 1):
                reporter.start(f"{known} systems", self.steps)
                self._train(learners, known, reporter)
                records.append(learners.evaluate([held for _, held in halves[:known]]))
                reporter.finish()
                if store is not None:
                    store.save("mass", learners.state() | _arrays(records), {"known": known})
        artifact = _gather(records, subject.titles, self.seeds)
        return Found(artifact, _claims(artifact, halves))

    def _check(self, subject: Motions) -> None:
        if subject.systems[0].size != 1:
            raise ValueError(
                f"systems have {subject.systems[0].size} coordinates; this method takes one-dimensional ones"
            )
        if any(system.t is not None for system in subject.systems):
            raise ValueError("t is given, but the laws here do not depend on time; leave it out")
        for system, title in zip(subject.systems, subject.titles, strict=True):
            if not np.abs(system.a).max() > 0:
                raise ValueError(f"{title!r} is never accelerated; leave it out")
        if min(self.seeds, self.steps, self.width, self.batch) < 1:
            raise ValueError("seeds, steps, width and batch count something; give at least 1 of each")

    def _owner(self, subject: Motions, seed: int) -> str:
        return json.dumps([self.settings(), seed, subject.fingerprint()], sort_keys=True)

    def _train(self, learners: _Learners, known: int, reporter: Reporter) -> None:
        adam = torch.optim.Adam(learners.parameters, lr=self.learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, self.steps)
        for step in range(self.steps):
            error, carried = learners.losses(known, self.batch)
            penalty = self.sparsity * min(1.0, 2 * step / self.steps)
            adam.zero_grad(set_to_none=False)
            (error + penalty * carried).sum().backward()
            learners.clip()
            adam.step()
            schedule.step()
            if step % TRAINING.report == 0:
                reporter.advance(TRAINING.report, f"error {float(error.detach().median()):.2e}")


@dataclass
class _Record:
    """What one stage gave: (seed, term), (seed, system, term) and three times (seed, system)."""

    readout: Array
    carried: Array
    error: Array
    hamilton: Array
    lagrange: Array


class _Learners:
    """Networks for all systems and seeds in one, and a readout for each seed."""

    def __init__(self, systems: list[Motion], method: MASS, generator: torch.Generator) -> None:
        self.seeds, self.generator = method.seeds, generator
        rows = min(system.rows for system in systems)
        self.states = torch.stack([torch.from_numpy(s.table()[:rows]) for s in systems]).to(TRAINING.dtype)
        self.wanted = torch.stack([torch.from_numpy(s.a[:rows, 0].copy()) for s in systems]).to(TRAINING.dtype)
        self.scale = self.wanted.square().mean(1, keepdim=True).sqrt()
        centre = self.states.mean(1).repeat_interleave(self.seeds, 0)
        spread = self.states.std(1).clamp_min(1e-6).repeat_interleave(self.seeds, 0)
        self.network = StackedMLP(
            len(centre), (2, method.width, method.width, 1), centre=centre, scale=spread, dtype=TRAINING.dtype,
            generator=generator,
        )  # fmt: skip
        start = torch.randn(self.seeds, len(TERMS), dtype=TRAINING.dtype, generator=generator) * TRAINING.readout
        self.readout = start.requires_grad_()
        # the last bias moves S by a constant, which no derivative sees
        self.own = [*self.network.weights, *list(self.network.biases)[:-1]]
        self.parameters = [*self.own, self.readout]

    def state(self) -> dict[str, NDArray[Any]]:
        """All that training changes, as arrays."""
        arrays: dict[str, NDArray[Any]] = {
            f"parameter{i}": p.detach().numpy().copy() for i, p in enumerate(self.parameters)
        }
        return arrays | {"generator": self.generator.get_state().numpy().copy()}

    @torch.no_grad()
    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state` gave."""
        for i, parameter in enumerate(self.parameters):
            parameter.copy_(torch.from_numpy(arrays[f"parameter{i}"].copy()))
        self.generator.set_state(torch.from_numpy(arrays["generator"].copy()))

    def losses(self, known: int, batch: int) -> tuple[Tensor, Tensor]:
        """Relative error and what all terms carry together, (system, seed), on rows drawn anew."""
        count = self.wanted.shape[1]
        rows = torch.randint(0, count, (min(batch, count),), generator=self.generator)
        wanted, scale = self.wanted[:known, None, rows], self.scale[:known]
        carried = self._carried(self.states[:known, rows])[1]
        error = ((carried.sum(-1) - wanted).square().mean(-1) + TRAINING.tiny).sqrt() / scale
        return error, carried.abs().mean(2).sum(-1) / scale

    def clip(self) -> None:
        """Bring each seed's gradient to a length of at most 1, and to 0 where it is none."""
        systems = len(self.states)
        square = self.readout.grad.square().sum(1)  # type: ignore[union-attr]
        for parameter in self.own:
            square = square + parameter.grad.square().flatten(1).sum(1).reshape(systems, -1).sum(0)  # type: ignore[union-attr]
        factor = torch.nan_to_num(1 / square.sqrt().clamp_min(1.0), nan=0.0)
        for parameter in self.own:
            parameter.grad.mul_(factor.repeat(systems).reshape(-1, 1, 1)).nan_to_num_(0.0, 0.0, 0.0)  # type: ignore[union-attr]
        self.readout.grad.mul_(factor[:, None]).nan_to_num_(0.0, 0.0, 0.0)  # type: ignore[union-attr]

    @torch.no_grad()
    def evaluate(self, held: list[Motion]) -> _Record:
        """Errors, what each term carries, and how near S is to an energy or a Lagrangian, on held-out rows."""
        errors, shares, hamilton, lagrange = [], [], [], []
        for place, motion in enumerate(held):
            states = torch.from_numpy(motion.table()).to(TRAINING.dtype)
            values, carried = (part[0].double() for part in self._carried(states[None], place))
            wanted = torch.from_numpy(motion.a[:, 0].copy())
            errors.append((carried.sum(-1) - wanted).square().mean(-1).sqrt() / wanted.square().mean().sqrt())
            size = carried.abs().mean(1)
            shares.append(size / size.sum(-1, keepdim=True).clamp_min(TRAINING.tiny))
            first, second = (values[..., TERMS.index(name)] for name in LAGRANGE)
            hamilton.append(_explained(values[..., TERMS.index(ENERGY[0])], wanted))
            lagrange.append(_explained(first - second, wanted))
        arrays = (torch.stack(part, 1).numpy() for part in (shares, errors, hamilton, lagrange))
        return _Record(self.readout.detach().double().numpy().copy(), *arrays)

    def _carried(self, states: Float[Tensor, "system row 2"], place: int = 0) -> tuple[Tensor, Tensor]:
        """The terms, and times the readout what each carries: (system, seed, row, term); systems from `place` on."""
        every = states.repeat_interleave(self.seeds, 0)
        values = terms(every, self.network.jets(every, start=place * self.seeds))
        values = values.reshape(len(states), self.seeds, *values.shape[1:])
        return values, values * self.readout[None, :, None]


def _arrays(records: list[_Record]) -> dict[str, Array]:
    return {f"{name}.{k}": value for k, record in enumerate(records) for name, value in vars(record).items()}


def _resume(store: Checkpoint, learners: _Learners) -> list[_Record]:
    """The stages that a checkpoint holds, the learners set to where they ended."""
    saved = store.load("mass")
    if saved is None:
        return []
    arrays, data = saved
    learners.restore(arrays)
    names = [field.name for field in fields(_Record)]
    return [_Record(**{name: arrays[f"{name}.{k}"] for name in names}) for k in range(data["known"])]


def _explained(values: Tensor, wanted: Tensor) -> Tensor:
    """The squared correlation of each seed's values (seed, row) with the acceleration."""
    values, wanted = values - values.mean(-1, keepdim=True), wanted - wanted.mean()
    return (values * wanted).sum(-1).square() / (values.square().sum(-1) * wanted.square().sum()).clamp_min(
        TRAINING.tiny
    )


def _gather(records: list[_Record], titles: tuple[str, ...], seeds: int) -> SharedTheory:
    stages = len(records)
    shapes = {"carried": (len(TERMS),), "error": (), "hamilton": (), "lagrange": ()}
    arrays = {name: np.full((stages, seeds, stages, *rest), np.nan) for name, rest in shapes.items()}
    for stage, record in enumerate(records):
        for name, array in arrays.items():
            array[stage, :, : stage + 1] = getattr(record, name)
    return SharedTheory(titles, TERMS, np.stack([r.readout for r in records]), *arrays.values())


def _claims(found: SharedTheory, halves: list[tuple[Motion, Motion]]) -> tuple[Claim, ...]:
    agreement, (hamilton, lagrange) = found.agreement(), found.explained()
    last, count = found.errors[-1], len(found.systems)
    doubt = float(found.agreement_doubt()[-1]) if found.seeds > 2 else None
    spread = float(np.median(last, axis=1).std() / np.sqrt(found.seeds)) if found.seeds > 1 else None
    many = f"with {count} systems" if count > 1 else "with 1 system"
    return (
        Measured(f"median error on held-out rows {many}; baseline: a law linear in x and v for each",
                 float(np.median(last)), "of the rms acceleration",
                 float(np.median([_linear(train, held) for train, held in halves])), spread),
        Measured(f"agreement between seeds {many}; baseline: with the first alone", float(agreement[-1]),
                 "(mean cosine of what the terms carry)", float(agreement[0]), doubt),
        Measured(f"variance of the held-out acceleration that Hamilton's -S_x explains, {many}; baseline: Lagrange's",
                 float(hamilton[-1]), "of all", float(lagrange[-1])),
        Measured("the same with the first alone; baseline: Lagrange's", float(hamilton[0]), "of all",
                 float(lagrange[0])),
    )  # fmt: skip


def _linear(train: Motion, held: Motion) -> float:
    """The relative error of a = c0 + c1 x + c2 v on held-out rows."""
    fit = np.linalg.lstsq(np.column_stack([np.ones(train.rows), train.table()]), train.a[:, 0], rcond=None)[0]
    missed = np.column_stack([np.ones(held.rows), held.table()]) @ fit - held.a[:, 0]
    return float(np.sqrt((missed**2).mean() / (held.a[:, 0] ** 2).mean()))
