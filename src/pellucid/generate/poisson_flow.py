"""PoissonFlow and Diffusion: a table becomes a generator of rows like its own, with how close they come.

A network learns to take noise away from rows, and new rows are drawn by following it from noise alone (`noise_flow`):
PFGM (arXiv:2209.11178), PFGM++ (arXiv:2302.04265) with D more dimensions, and diffusion, its limit of infinite D, with
the preconditioning and the steps of EDM (arXiv:2206.00364). Numbers are coded by their rank, categories by a coordinate
a level, missing cells by one of their own (`ColumnCode`). The hot path is training: see `training`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..artifacts.generators.column_code import ColumnCode
from ..artifacts.generators.generator import Generator
from ..artifacts.generators.generator_quality import GeneratorQuality
from ..core.claim import Claim, Measured, Undecided
from ..core.context import Context
from ..core.measurement import Evidence, measured_by, measurement
from ..core.method import Found, Method
from ..run.cpu_limit import check_budget, cpu_limit, ends_on_interrupt, was_interrupted
from ..run.threads import one_thread
from ..subjects.tables.mixed_table import MixedTable
from .closeness import copies
from .quality import COPULA, INDEPENDENT, LEARNT, Comparison
from .training import DenoiserTraining, train

WIDEST = 2000
"""Coordinates of a row beyond which a network of a few hundred units says nothing of it."""


@dataclass(frozen=True)
class PoissonFlow(Method[MixedTable, Generator]):
    """Learns to draw rows like those of a table, by noise with `extra_dimensions` more dimensions than the rows have.

        density of noise of level s around a row y:  (|x - y|^2 + D s^2)^(-(N + D)/2),  N(y, s^2) for D = infinity

    A share `held_out` of the rows is not learnt and measures how close drawn rows come; a share `validation` says when
    to stop. Training takes `training_steps` of `batch` rows, or `budget_seconds` of CPU time; `steps` levels of noise
    draw a row. Raises ValueError for settings that are none, and for tables too wide.

    >>> x = np.random.default_rng(0).normal(size=200)
    >>> table = MixedTable.from_columns({"x": x, "y": 2 * x, "sign": np.where(x > 0, "+", "-")})
    >>> found = PoissonFlow(training_steps=300, hidden=64).explain(table)
    >>> sorted(found.artifact.sample(2))
    ['sign', 'x', 'y']
    """

    extra_dimensions: float = np.inf
    """D. Finite ones measured no better on any table of our suite (papers/poisson_flow.toml), unlike on the paper's."""
    steps: int = 18
    training_steps: int = 2500
    hidden: int = 128
    blocks: int = 3
    batch: int = 256
    learning_rate: float = 1e-3
    held_out: float = 0.2
    validation: float = 0.1
    budget_seconds: float | None = None

    def _find(self, subject: MixedTable, context: Context) -> Found[Generator]:
        self._refuse_settings(subject)
        learnt, validation, held_out = self._parts(subject, context)
        generator = self._untrained(subject, learnt)
        if not 0 < generator.width <= WIDEST:
            raise ValueError(
                f"a row has {generator.width:,} coordinates; give a table with 1 to {WIDEST:,}: fewer columns or levels"
            )
        training = DenoiserTraining(
            self.extra_dimensions, self.hidden, self.blocks, self.training_steps, self.batch, self.learning_rate
        )
        owner = f"{subject.fingerprint()} {context.seed} {replace(self, budget_seconds=None)}"
        g = np.random.default_rng(context.stream("validation ties"))
        with ends_on_interrupt():
            with cpu_limit(self.budget_seconds):
                state = train(
                    training,
                    lambda random: generator.encode(subject.values[learnt], random),
                    generator.encode(subject.values[validation], g),
                    context,
                    owner,
                )
            interrupted = was_interrupted()
        generator = generator.with_weights(state.best)
        comparison = Comparison(generator, subject.values[learnt], subject.values[held_out], context)
        quality = self._quality(comparison, context)
        quality = replace(quality, losses=tuple(state.losses), best_step=state.best_step)
        claims = measured_by("generate.closeness", closeness_claims(quality))
        if state.step < self.training_steps and state.step - state.best_step < training.patience * training.every:
            claims = (*claims, _unfinished(state.step, self.training_steps, interrupted))
        return Found(generator, claims, {"quality": quality}, settings={"notes": list(subject.notes)})

    def _refuse_settings(self, subject: MixedTable) -> None:
        check_budget(self.budget_seconds)
        if not self.extra_dimensions >= 1:
            raise ValueError(f"extra_dimensions={self.extra_dimensions}: give 1 (Poisson) to inf (Gaussian)")
        if min(self.held_out, self.validation) <= 0 or self.held_out + self.validation > 0.6:
            raise ValueError(
                f"held_out={self.held_out}, validation={self.validation}: give shares above 0, together up to 0.6"
            )
        sizes = {n: getattr(self, n) for n in ("training_steps", "hidden", "batch")}
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name}={size} is too small; give at least 1")
        if self.steps < 2 or self.blocks < 0 or not self.learning_rate > 0:
            raise ValueError(
                f"steps={self.steps}, blocks={self.blocks}, learning_rate={self.learning_rate}: give at least 2 steps, "
                "0 blocks, and a rate above 0"
            )

    def _parts(self, subject: MixedTable, context: Context) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places of the rows that are learnt, that say when to stop, and that measure."""
        g = np.random.default_rng(context.stream("split"))
        rest, held_out = subject.split(self.held_out, g)
        order = g.permutation(len(rest))
        count = max(1, round(self.validation * subject.rows))
        return rest[order[count:]], rest[order[:count]], held_out

    def _untrained(self, subject: MixedTable, learnt: np.ndarray) -> Generator:
        """How rows are coded, from those that are learnt."""
        values = subject.values[learnt]
        linear = (float(values.mean()), float(values.std()) or 1.0) if subject.image else None
        codes = tuple(
            ColumnCode.of(one.name, one.kind, values[:, j], one.levels, one.decimals, linear, one.missing)
            for j, one in enumerate(subject.columns)
        )
        return Generator(codes, {}, self.extra_dimensions, self.steps, subject.image, len(values))

    def _quality(self, comparison: Comparison, context: Context) -> GeneratorQuality:
        context.reporter.start("comparing", 2)
        with one_thread():
            ways = comparison.ways(self.way)
            context.reporter.advance()
            levels = comparison.levels()
        context.reporter.finish()
        return GeneratorQuality(
            ways,
            levels,
            (),
            0,
            min(len(comparison.held_out), comparison.most),
            comparison.median_distance(),
            copies(comparison.learnt, comparison.held_out),
        )

    @property
    def way(self) -> str:
        """What the generator is called beside others."""
        return "diffusion" if np.isinf(self.extra_dimensions) else f"Poisson flow, D = {self.extra_dimensions:g}"


def Diffusion(**settings: object) -> PoissonFlow:
    """Gaussian diffusion: `PoissonFlow` with infinitely many more dimensions.

    >>> Diffusion(steps=9).extra_dimensions
    inf
    """
    return PoissonFlow(extra_dimensions=np.inf, **settings)  # type: ignore[arg-type]


def closeness_claims(quality: GeneratorQuality) -> tuple[Claim, ...]:
    """What is measured of drawn rows on held-out ones, and of the network beside the exact field."""
    first, learnt, alone, copula = quality.ways[0], *(quality.of(name) for name in (LEARNT, INDEPENDENT, COPULA))
    rows = f"{quality.held_out_rows:,} held-out rows"
    at = next(level for level in quality.levels if level.sigma == 0.2)
    return (
        Measured(
            f"AUC of boosted trees that tell drawn rows from {rows}; 0.5: they cannot (baseline: {INDEPENDENT}; learnt "
            f"rows {learnt.told_apart:.2f}, {COPULA} {copula.told_apart:.2f})",
            first.told_apart, "AUC", alone.told_apart, first.told_apart_error or None, key="two_sample",
        ),
        Measured(
            f"energy distance to {rows} (baseline: {INDEPENDENT}; learnt rows {learnt.energy:.2g} +- "
            f"{learnt.energy_error:.1g}, {COPULA} {copula.energy:.2g})",
            first.energy, "coordinates", alone.energy, first.energy_error or None, key="energy",
        ),
        Measured(
            "how likely a drawn row is nearer to a learnt one than a held-out row is; 1: copies (baseline: fresh rows)",
            first.nearer or 0.0, "share", 0.5, first.nearer_error or None, key="nearer",
        ),
        Measured("drawn rows that are learnt ones in every cell (baseline: held-out rows that are)",
                 first.copies, "share", quality.held_out_copies, key="copies"),
        Measured(
            f"squared error of held-out rows that are freed of noise of level {at.sigma:g} (baseline: the exact field "
            "of the learnt rows, which draws them again)",
            at.network, "a coordinate", at.exact, key="denoising",
        ),
    )  # fmt: skip


def _unfinished(step: int, steps: int, interrupted: bool) -> Claim:
    why = "Ctrl-C ended it" if interrupted else "its budget of CPU time was used up"
    key = "interrupted" if interrupted else "unfinished"
    remedy = "go on with --resume" if interrupted else "give more time"
    return Undecided("more training draws rows no closer", f"{why} after {step:,} of {steps:,} steps", remedy, key=key)


@measurement("generate.closeness", on_data=True)
def _closeness_again(evidence: Evidence) -> tuple[Claim, ...]:
    """The saved generator draws once more, beside the same held-out rows."""
    generator, told = evidence.the(Generator), evidence.finding.provenance.settings
    method = PoissonFlow(generator.extra_dimensions, held_out=told["held_out"], validation=told["validation"])
    learnt, _, held_out = method._parts(evidence.subject, evidence.context)
    values = evidence.subject.values
    comparison = Comparison(generator, values[learnt], values[held_out], evidence.context)
    return closeness_claims(method._quality(comparison, evidence.context))
