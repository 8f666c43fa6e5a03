"""New physics as what no Lagrangian explains: arXiv 2106.00026.

    minimise  |a - a_c - a_f| + lambda |a_f|     (means of norms, not of their squares)

with a_c from the Lagrangian v'M(x)v/2 - V(x) and a_f from a free network. Below lambda = 1 all that no Lagrangian
explains goes into a_f, whatever lambda is; above it nothing does: both terms are norms, and one unit of force moved
into a_f saves 1 and costs lambda. A Lagrangian of this form is even in v, so friction, which is odd, is left over.
Cost: O(steps * lambdas * rows of a batch * width^2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ...artifacts.formulas.formula import Formula
from ...artifacts.theories.force_split import KINETICS, MASS_FLOOR, POTENTIALS, Array, ForceSplit
from ...core.artifact import Artifact
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...nets.recurrent.stacked import StackedMLP
from ...run.threads import one_thread
from ...subjects.equations.motions import Motion
from ...subjects.tables.samples import Samples
from .settings import TRAINING


@dataclass(frozen=True)
class NNPhD(Method[Motion, ForceSplit]):
    """A Lagrangian and a free force, split so that the free one is as small as it can be.

    `penalty` is the lambda of the split that is returned, `penalties` those of the sweep about the transition.
    `kinetic` is "unit" (unit masses in Cartesian coordinates) or "learned" (M(x), for any coordinates); `potential`
    "radial" makes V a function of the distance from the origin. `distiller`, a method that makes formulas of samples,
    gets the free force, one component after the other.

    >>> generator = np.random.default_rng(0)
    >>> x, v = generator.uniform(-1, 1, (2, 200, 1))
    >>> finding = NNPhD(steps=20, width=8).explain(Motion(x, v, -x - 0.2 * v))
    >>> finding.artifact.penalties
    (0.2, 0.5, 0.8, 1.25, 2.0)
    """

    penalty: float = 0.5
    penalties: tuple[float, ...] = (0.2, 0.5, 0.8, 1.25, 2.0)
    kinetic: str = "unit"
    potential: str = "free"
    width: int = 24
    steps: int = 2000
    batch: int = 128
    learning_rate: float = 0.01
    held_out: float = 0.2
    """The share of the rows that is kept for the claims."""
    distiller: Method[Samples, Formula] | None = None

    def _find(self, subject: Motion, context: Context) -> Found[ForceSplit]:
        """The split; raises ValueError for settings that do not fit the motion, and for too few rows."""
        seed, reporter = context.seed, context.reporter
        self._check(subject)
        train, held = subject.split(self.held_out, np.random.default_rng(seed))
        with one_thread():
            model = _Model(train, self, torch.Generator().manual_seed(seed))
            self._train(model, train, torch.Generator().manual_seed(context.stream("batches")), reporter)
            artifact, claims = self._judge(model, held, np.random.default_rng(seed))
        parts = self._formulas(artifact, train, seed, reporter)
        claims += _formula_claims(parts, artifact, held)
        return Found(artifact, claims, parts)

    @property
    def lambdas(self) -> tuple[float, ...]:
        """The lambdas of the sweep and that of the split, in order."""
        return tuple(sorted({*self.penalties, self.penalty}))

    def _check(self, subject: Motion) -> None:
        if self.kinetic not in KINETICS or self.potential not in POTENTIALS:
            raise ValueError(f"kinetic={self.kinetic!r}, potential={self.potential!r}; use {KINETICS}, {POTENTIALS}")
        if self.potential == "radial" and self.kinetic == "learned":
            raise ValueError("potential='radial' is for Cartesian coordinates; use kinetic='unit' with it")
        if min(self.lambdas) <= 0 or max(self.lambdas) <= 1 or not 0 < self.penalty < 1:
            raise ValueError(
                f"penalty={self.penalty}, penalties={self.penalties}; give positive ones, `penalty` below 1 and at "
                "least one of the others above it: that one is the baseline"
            )
        if not np.abs(subject.a).max() > 0:
            raise ValueError("a is 0 everywhere; give a motion with some acceleration")

    def _train(self, model: _Model, train: Motion, generator: torch.Generator, reporter: Reporter) -> None:
        table, wanted = (
            torch.from_numpy(train.table()).to(TRAINING.dtype),
            torch.from_numpy(train.a.copy()).to(TRAINING.dtype),
        )
        scale = float(np.linalg.norm(train.a, axis=1).mean())
        penalties = torch.tensor(self.lambdas, dtype=TRAINING.dtype)
        adam = torch.optim.Adam(model.parameters, lr=self.learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, max(1, self.steps))
        reporter.start("forces", self.steps)
        for step in range(self.steps):
            rows = torch.randint(0, len(table), (min(self.batch, len(table)),), generator=generator)
            lawful, free = model(table[rows].expand(len(penalties), -1, -1))
            error = _norm(wanted[rows] - lawful - free).mean(1) / scale
            loss = error + penalties * _norm(free).mean(1) / scale
            adam.zero_grad()
            loss.sum().backward()
            adam.step()
            schedule.step()
            if step % TRAINING.report == 0:
                reporter.advance(TRAINING.report, f"error {float(error[0].detach()):.2e}")
        reporter.finish()

    def _judge(
        self, model: _Model, held: Motion, generator: np.random.Generator
    ) -> tuple[ForceSplit, tuple[Claim, ...]]:
        """The split at `penalty`, and what held-out rows say about it and about a Lagrangian alone."""
        splits = [model.member(k, self, held.columns) for k in range(len(self.lambdas))]
        scale = float(np.linalg.norm(held.a, axis=1).mean())
        free = [np.linalg.norm(s.free(held.table()), axis=1) / scale for s in splits]
        missed = [np.linalg.norm(s(held.table()) - held.a, axis=1) / scale for s in splits]
        place = self.lambdas.index(self.penalty)
        chosen = splits[place]
        found = ForceSplit(
            chosen.columns, chosen.size, chosen.weights, self.lambdas, tuple(float(m.mean()) for m in missed),
            tuple(float(f.mean()) for f in free), place, self.kinetic, self.potential,
        )  # fmt: skip
        below = [s for s, penalty in zip(found.shares, self.lambdas, strict=True) if penalty < 1]
        above = [s for s, penalty in zip(found.shares, self.lambdas, strict=True) if penalty > 1]
        claims = (
            Measured(
                f"error of the acceleration on {held.rows} held-out rows; baseline: a Lagrangian alone",
                found.errors[place], "of the mean acceleration", found.errors[-1], _spread(missed[place], generator),
            ),
            Measured(
                "the free force on held-out rows; baseline: its size above lambda = 1",
                found.shares[place], "of the mean acceleration", max(above), _spread(free[place], generator),
            ),
            Measured("the free force's range below lambda = 1, where it should not change", float(np.ptp(below)),
                     "of the mean acceleration"),
        )  # fmt: skip
        return found, claims

    def _formulas(self, found: ForceSplit, train: Motion, seed: int, reporter: Reporter) -> dict[str, Artifact]:
        """The free force as a formula for each component, where there is a distiller."""
        if self.distiller is None:
            return {}
        parts: dict[str, Artifact] = {}
        table = train.table()
        for name, values in zip(train.names, found.free(table).T, strict=True):
            samples = Samples(table, values, train.columns, f"f_{name}")
            parts[f"force_{name}"] = self.distiller.explain(samples, seed, reporter=reporter).artifact
        return parts


class _Model:
    """One Lagrangian and one free network for each lambda, trained side by side."""

    def __init__(self, train: Motion, method: NNPhD, generator: torch.Generator) -> None:
        size, self.radial, self.learned = train.size, method.potential == "radial", method.kinetic == "learned"
        self.size, members = size, len(method.lambdas)
        places = np.linalg.norm(train.x, axis=1, keepdims=True) if self.radial else train.x
        outputs = 1 + (size * (size + 1) // 2 if self.learned else 0)
        self.lagrangian = _network(members, places, (method.width, method.width, outputs), generator)
        self.free = _network(members, train.table(), (method.width, method.width, size), generator)
        with torch.no_grad():
            for value in (self.free.weights[-1], self.free.biases[-1]):
                value.mul_(0.1)
            rows, columns = np.tril_indices(size)
            if self.learned:  # M starts near the identity
                self.lagrangian.weights[-1][..., 1:] *= 0.1
                self.lagrangian.biases[-1][..., 1:] = torch.from_numpy((rows == columns).astype(float))
        self.parameters = [*self.lagrangian.parameters(), *self.free.parameters()]

    def __call__(self, table: Float[Tensor, "member row column"]) -> tuple[Tensor, Tensor]:
        """Accelerations by the Lagrangian and by the free force, (member, row, size) each."""
        x, v = table[..., : self.size], table[..., self.size : 2 * self.size]
        distance = x.norm(dim=-1, keepdim=True)
        jets = self.lagrangian.jets((distance if self.radial else x).contiguous(), order=1)
        fall = -jets.first[..., 0].transpose(1, 2)
        if self.radial:
            fall = fall * x / distance
        if self.learned:
            fall = _euler_lagrange(jets.value[..., 1:], jets.first[..., 1:], fall, v)
        return fall, self.free(table)

    def member(self, k: int, method: NNPhD, columns: tuple[str, ...]) -> ForceSplit:
        """One of them as an artifact, the scaling of its inputs in the first layer."""
        weights: dict[str, Array] = {}
        for name, network in (("lagrangian", self.lagrangian), ("free", self.free)):
            for i, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
                w, b = weight[k].detach().double().numpy(), bias[k, 0].detach().double().numpy()
                if i == 0:
                    w = w / network.scale[k, 0].double().numpy()[:, None]
                    b = b - network.centre[k, 0].double().numpy() @ w
                weights |= {f"{name}.W{i + 1}": w, f"{name}.b{i + 1}": b}
        return ForceSplit(columns, self.size, weights, (0.0,), (0.0,), (0.0,), 0, method.kinetic, method.potential)


def _network(members: int, inputs: Array, widths: tuple[int, ...], generator: torch.Generator) -> StackedMLP:
    centre, scale = torch.from_numpy(inputs.mean(0)), torch.from_numpy(np.maximum(inputs.std(0), 1e-9))
    return StackedMLP(
        members, (inputs.shape[1], *widths), centre=centre, scale=scale, dtype=TRAINING.dtype, generator=generator
    )


def _euler_lagrange(value: Tensor, first: Tensor, fall: Tensor, v: Tensor) -> Tensor:
    """M^-1 (-dV/dx + d(v'Mv/2)/dx - (dM/dt) v); value (member, row, entry), first (member, size, row, entry)."""
    size = v.shape[-1]
    rows, columns = np.tril_indices(size)
    place = torch.zeros(len(rows), size, size, dtype=v.dtype)
    place[range(len(rows)), rows, columns] = 1.0
    lower = torch.einsum("mre,eij->mrij", value, place)
    steep = torch.einsum("mkre,eij->mrkij", first, place)
    mass = lower @ lower.mT + MASS_FLOOR * torch.eye(size, dtype=v.dtype)
    change = steep @ lower.mT[:, :, None]
    change = change + change.mT
    moved = (change @ v[:, :, None, :, None])[..., 0]
    force = fall + (moved * v[:, :, None]).sum(-1) / 2 - (moved * v[..., None]).sum(-2)
    return torch.linalg.solve(mass, force[..., None])[..., 0]


def _norm(vectors: Tensor) -> Tensor:
    return (vectors.square().sum(-1) + TRAINING.smooth**2).sqrt()


def _spread(values: Array, generator: np.random.Generator) -> float:
    """The bootstrap standard error of a mean."""
    return float(values[generator.integers(0, len(values), (TRAINING.resamples, len(values)))].mean(1).std())


def _formula_claims(parts: dict[str, Artifact], found: ForceSplit, held: Motion) -> tuple[Claim, ...]:
    """How far each formula is from what is left of the acceleration on held-out rows; baseline: the free network."""
    table = held.table()
    rest = held.a - found.conservative(held.x, held.v)
    claims: list[Claim] = []
    for i, name in enumerate(held.names):
        formula = parts.get(f"force_{name}")
        if isinstance(formula, Formula):
            scale = float(np.sqrt((rest[:, i] ** 2).mean())) or 1.0
            rms: Callable[[Array], float] = lambda values: float(np.sqrt((values**2).mean())) / scale  # noqa: E731, B023
            claims.append(
                Measured(f"error of {formula.describe()} on held-out rows; baseline: the free network",
                         rms(formula(table) - rest[:, i]), "of the rms", rms(found.free(table)[:, i] - rest[:, i]))
            )  # fmt: skip
    return tuple(claims)
