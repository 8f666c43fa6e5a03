"""Scaling laws with honest intervals, and how to spend compute.

Hoffmann et al. (arXiv 2203.15556, approach 3), as Besiroglu et al. (arXiv 2404.10102) repeated it; the families of
Kaplan et al. (arXiv 2001.08361), Michaud et al. (arXiv 2303.13506) and Song et al. (arXiv 2402.05164). Ours: the choice
by backtests, and intervals that they have widened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...artifacts.learning.scaling_form import log_loss
from ...artifacts.learning.scaling_law import ScalingLaw
from ...core.claim import Claim, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.runs.scaling_runs import ScalingRuns
from .backtests import Choice, choose, noise_of
from .families import FAMILIES, Family, families_of
from .fitting import Fits, Problem, fit, polished, refit, resampled
from .scaling_claims import held_out_claims, law_claims


@dataclass(frozen=True)
class ScalingFit(Method[ScalingRuns, ScalingLaw]):
    """The law L(N), L(D) or L(N, D) that forecasts larger runs best, and how well it does.

        L = E + A N^-alpha + B D^-beta, and what is tied to it;   minimise sum huber_delta(ln L - ln L_law)

    The family is the one of least error in `backtests` (fit below a compute, forecast above it), or the one that is
    named. Before the final fit, the share `hold_out` of largest compute is kept out, the whole procedure is run on the
    rest, and its intervals are tested on them. `budget` is the compute that is to be spent.

    >>> N, D = np.meshgrid([1e6, 1e7, 1e8, 1e9], [1e8, 1e9, 1e10, 1e11])
    >>> runs = ScalingRuns(np.stack([N.ravel(), D.ravel()], 1), (2 + 90 * N**-0.3 + 900 * D**-0.4).ravel())
    >>> ScalingFit("free", bootstraps=20).explain(runs).artifact.equation()
    '2 + 90 N^-0.3 + 900 D^-0.4'
    """

    family: str = "auto"
    delta: float = 1e-3
    """Errors of ln L beyond it count linearly (arXiv 2203.15556, appendix D.2)."""
    starts: int = 100
    bootstraps: int = 1000
    backtests: int = 6
    """Cuts at which families are compared; more say little, as their held-out runs overlap."""
    hold_out: float = 0.1
    budget: float | None = None

    def _find(self, subject: ScalingRuns, context: Context) -> Found[ScalingLaw]:
        """Raises ValueError for a family that is none, or not of as many sizes, and for settings without sense."""
        families = self._families(subject)
        context.reporter.start("scaling", 3)
        claims: list[Claim] = []
        kept = held_out_rows(subject, self.hold_out)
        if kept.any():
            try:
                rest = subject.select(~kept)
            except ValueError as error:
                claims.append(Undecided("forecast of larger runs", f"without them too little is left: {error}"))
            else:
                tried = self._law(rest, families, context, "held out", min(self.bootstraps, 200))
                claims += held_out_claims(tried, subject, kept)
        context.reporter.advance(1, "the final fit")
        law = self._law(subject, families, context, "all", self.bootstraps)
        context.reporter.advance(1, "claims")
        claims += law_claims(law)
        context.reporter.finish()
        return Found(
            law, tuple(claims), route=law.family, settings={"rows": subject.rows, "notes": list(subject.notes)}
        )

    def _families(self, subject: ScalingRuns) -> list[Family]:
        """Those that compete: the named one alone decides, but the others are shown beside it."""
        self._refuse()
        many = subject.sizes.shape[1]
        if self.family == "auto":
            return families_of(many)
        named = FAMILIES[self.family]
        if named.variables != many:
            known = ", ".join(family.name for family in families_of(many))
            raise ValueError(
                f"family={self.family!r} is of {named.variables} sizes, the runs have {many}; give {known}"
            )
        return [named, *(family for family in families_of(many) if family != named)]

    def _refuse(self) -> None:
        for name, low, high in (("delta", 0, np.inf), ("hold_out", -1e-9, 0.5), ("backtests", 0, 100)):
            value = getattr(self, name)
            if not low < value <= high:
                raise ValueError(f"{name}={value} is out of range; give one above {max(low, 0)} and up to {high}")
        for name in ("starts", "bootstraps"):
            if getattr(self, name) < 2:
                raise ValueError(f"{name}={getattr(self, name)} is too small; give 2 or more")
        if self.budget is not None and not (np.isfinite(self.budget) and self.budget > 0):
            raise ValueError(f"budget={self.budget} is no compute; give a positive number such as 1e24")

    def _law(
        self, subject: ScalingRuns, families: list[Family], context: Context, stage: str, bootstraps: int
    ) -> ScalingLaw:
        """Backtests, fits and bootstraps on these runs."""
        sizes = np.log(subject.sizes)
        n, d = sizes[:, 0], sizes[:, 1] if sizes.shape[1] == 2 else np.zeros(len(sizes))
        problem = Problem(n, d, np.log(subject.loss), self.delta)
        groups = subject.group or None
        with context.timed(f"backtests, {stage}"):
            seed = context.stream(f"backtests, {stage}") % 2**32
            choice = choose(families, problem, subject.order, count=self.backtests, seed=seed, groups=groups)
        with context.timed(f"starts, {stage}"):
            order = choice.order if len(choice.cuts) else list(range(len(families)))
            if self.family != "auto":
                order = [0, *(i for i in order if i != 0)]
            fits = [polished(fit(families[i], problem, self.starts), problem) for i in order]
        tolerated = _tolerated(choice, order, fits, problem)
        with context.timed(f"bootstraps, {stage}"):
            generator = context.stream(f"bootstraps, {stage}") % 2**32
            many = [
                bootstraps if i == 0 else max(2, bootstraps // (5 if one else 20)) for i, one in enumerate(tolerated)
            ]
            drawn = [
                refit(best, problem, resampled(subject.rows, count, generator, groups)).full
                for best, count in zip(fits, many, strict=True)
            ]
        return _as_law(subject, problem, choice, order, fits, drawn, tolerated, self.budget or 0.0)


def held_out_rows(subject: ScalingRuns, share: float) -> np.ndarray:
    """The runs (rows,) of the largest compute: `share` of them, and all that have as much."""
    if share <= 0:
        return np.zeros(subject.rows, dtype=bool)
    least = np.sort(subject.order)[-max(1, round(share * subject.rows))]
    return subject.order >= least * (1 - 1e-9)


def _tolerated(choice: Choice, order: list[int], fits: list[Fits], problem: Problem) -> np.ndarray:
    """Which families stay, in the order of the law: the first, those of backtests, those within 2 of least AIC.

    Within the data and beyond them the criteria may disagree; then both answers are shown.
    """
    found = choice.tolerated[order] if len(choice.cuts) else np.zeros(len(order), dtype=bool)
    criterion = np.array([information(best, problem) for best in fits])
    found |= criterion <= criterion.min() + 2
    found[0] = True
    return found


def information(best: Fits, problem: Problem) -> float:
    """AIC by Laplace's distribution, whose likelihood the Huber sum of a small delta approaches."""
    size = np.abs(problem.y - log_loss(best.parameters[None], problem.n, problem.d)[0]).mean() + 1e-12
    return float(2 * best.free.shape[1] + 2 * len(problem.y) * np.log(size))


def _as_law(
    subject: ScalingRuns,
    problem: Problem,
    choice: Choice,
    order: list[int],
    fits: list[Fits],
    drawn: list[np.ndarray],
    tolerated: np.ndarray,
    budget: float,
) -> ScalingLaw:
    families = [choice.families[i] for i in order]
    widening = choice.widening[order] if len(choice.cuts) else np.ones(len(order))
    return ScalingLaw(
        families=tuple(family.name for family in families),
        forms=tuple(family.form for family in families),
        names=subject.names,
        parameters=np.array([best.parameters for best in fits]),
        cost=np.array([float(best.cost.min()) for best in fits]),
        noise=np.array([noise_of(best, problem) for best in fits]),
        widening=widening,
        errors=choice.errors[order],
        cuts=choice.cuts,
        tolerated=tolerated,
        draws=np.concatenate(drawn),
        drawn=np.repeat(np.arange(len(drawn)), [len(one) for one in drawn]),
        sizes=np.array(subject.sizes),
        loss=np.array(subject.loss),
        compute=np.array(subject.order),
        per_token=subject.per_token,
        budget=budget,
    )
