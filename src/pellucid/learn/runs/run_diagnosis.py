"""What a training run is doing, from its log alone.

Phases: Liu et al. (arXiv 2205.10343, section 4); norms and their shrinking: Liu et al. (arXiv 2210.01117). Ours: votes
over thresholds, times as intervals, the forecast from the slope of the norm, and what is odd about the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...artifacts.learning.run_phases import RunPhases
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.runs.training_run import Curve, TrainingRun
from .anomalies import anomalies
from .forecast import forecast
from .phases import RULES, Interval, Shares, Vote, lost, reached, shares_of, vote

NAMED = 0.9
"""The threshold whose steps are told, as in the paper; the votes say how much the choice matters."""


@dataclass(frozen=True)
class RunDiagnosis(Method[TrainingRun, RunPhases]):
    """Comprehension, grokking, memorisation, overfitting or confusion; when it was, or when it will be.

    `critical_norm` is the length of the weights at which held-out data are learnt, known from other runs or a norm
    landscape; `critical_factor` is by how much it may be off either way. With it, and a logged norm, a run that
    memorises gets a forecast. `ceiling` is the best accuracy that noisy labels allow.

    >>> steps = np.arange(0.0, 100.0, 10.0)
    >>> run = TrainingRun(Curve(steps, np.minimum(1, steps / 20)), Curve(steps, 0.01 * steps), chance=0.0)
    >>> RunDiagnosis().explain(run).artifact.phase
    'grokking'
    """

    critical_norm: float | None = None
    critical_factor: float = 1.3
    ceiling: float = 1.0

    def _find(self, subject: TrainingRun, context: Context) -> Found[RunPhases]:
        """Raises ValueError for a norm or a ceiling without sense."""
        self._refuse()
        shares = shares_of(subject, self.ceiling)
        votes = vote(shares)
        fitted = reached(shares.train, NAMED, RULES.hold)
        learnt = None if shares.test is None else reached(shares.test, NAMED * RULES.of_train, RULES.hold)
        known = Known(subject, shares, votes, fitted, learnt)
        forecasts, steps = self._forecasts(known)
        claims = (*phase_claims(known), *time_claims(known), *forecasts)
        found = RunPhases(
            phase=votes.winner,
            votes=votes.phases,
            metric=subject.kind,
            fitted=fitted or (),
            generalised=learnt or (),
            **_arrays(subject),
            ratio=float(np.median(votes.ratios)) if votes.ratios else None,
            critical=self.critical_norm,
            forecast=steps,
            anomalies=tuple(anomalies(subject)),
            advice=tuple(self._advice(known)),
            name=subject.name,
        )
        notes = [*subject.notes, *([shares.note] if shares.note else [])]
        return Found(found, claims, settings={"notes": notes})

    def _refuse(self) -> None:
        if self.critical_norm is not None and not (np.isfinite(self.critical_norm) and self.critical_norm > 0):
            raise ValueError(f"critical_norm={self.critical_norm} is no length; give a positive number")
        if not self.critical_factor >= 1:
            raise ValueError(f"critical_factor={self.critical_factor} is below 1; give 1 or more")
        if not 0 < self.ceiling <= 1:
            raise ValueError(f"ceiling={self.ceiling} is no accuracy; give one above 0 and up to 1")

    def _forecasts(self, known: Known) -> tuple[list[Claim], tuple[float, ...]]:
        """When it will generalise, or how well that could have been said when the training data were fitted."""
        run, fitted = known.run, known.fitted
        what = "the step at which held-out data are learnt"
        if fitted is None or known.shares.test is None:
            return [], ()
        if run.norm is None or self.critical_norm is None:
            if known.learnt is not None:
                return [], ()
            missing = "the log has no norm of the weights" if run.norm is None else "no critical norm is known"
            remedy = (
                "log the norm (learn.RunLogger)" if run.norm is None else "give --critical-norm, or a folder of runs"
            )
            return [Undecided(what, missing, remedy, key="forecast")], ()
        at = fitted[1] if known.learnt is not None else None
        ends = [self.critical_norm * self.critical_factor**sign for sign in (0, 1, -1)]
        made = [forecast(run, fitted[1], critical, at) for critical in ends]
        if made[0] is None or made[1] is None or made[2] is None:
            return [Undecided(what, "fewer than 4 norms were logged", "log it more often", key="forecast")], ()
        steps = tuple(one.step for one in made if one is not None)
        if known.learnt is not None:
            return [_hindsight(steps[0], fitted, known.learnt)], steps
        if made[0].norm <= made[0].critical:
            reason = f"the norm, {made[0].norm:.3g}, is below the critical one already: it does not decide here"
            return [Undecided(what, reason, "go by runs of the same task", key="forecast")], ()
        if not np.isfinite(steps[0]):
            statement = "how fast the norm of the weights falls; it has to, for held-out data to be learnt"
            return [Measured(statement, made[0].rate, "a step", 0.0, key="norm_rate")], ()
        half = (min(steps[2], 1e300) - steps[1]) / 2
        return [Measured(f"{what}, by the fall of the norm", steps[0], "", run.last_step, half, key="forecast")], steps

    def _advice(self, known: Known) -> Iterator[str]:
        """What the claims support, and nothing else."""
        run, gone = known.run, lost(known.shares)
        if known.votes.winner == "overfitting" and gone is not None:
            yield f"keep the weights of about step {gone[0]:g}, where the test values were best"
        waits = known.votes.winner in ("memorisation", "grokking") and run.norm is not None
        if waits and self.critical_norm is not None and run.norm is not None:
            ratio = float(run.norm.values[0]) / self.critical_norm
            if ratio > 1.5:
                yield f"start from weights {ratio:.2g} times smaller, or raise the decay: the norm has to fall so far"
        bad = np.flatnonzero(~np.isfinite(run.train.values))
        if len(bad):
            yield f"go back to before step {run.train.steps[bad[0]]:g} and lower the learning rate there"


@dataclass(frozen=True)
class Known:
    """A run, and what was read off it."""

    run: TrainingRun
    shares: Shares
    votes: Vote
    fitted: Interval | None
    learnt: Interval | None


def phase_claims(known: Known) -> Iterator[Claim]:
    """The phase by its votes; open below seven in ten."""
    votes = known.votes
    yield Measured(f"thresholds that name it {votes.winner}", 100 * votes.share, "%", 20.0, key="phase")
    if votes.share < 0.7:
        others = ", ".join(f"{name} {100 * share:.0f} %" for name, share in votes.phases)
        yield Undecided("the phase of the run", f"it depends on the threshold: {others}", "train on", key="phase")


def time_claims(known: Known) -> Iterator[Claim]:
    """The steps as the middle of their interval, and the delay."""
    for interval, what, key in (
        (known.fitted, "training data", "fitted"),
        (known.learnt, "held-out data", "generalised"),
    ):
        if interval is not None:
            low, high = interval
            share = NAMED if key == "fitted" else NAMED * RULES.of_train
            statement = f"step at which {100 * share:.0f} % of the way on {what} is done, between two evaluations"
            yield Measured(statement, (low + high) / 2, "", None, (high - low) / 2, key=key)
    if known.votes.ratios:
        ratios = np.array(known.votes.ratios)
        spread = float(np.quantile(ratios, 0.84) - np.quantile(ratios, 0.16)) / 2
        statement = "how many times later held-out data are learnt than the training data"
        yield Measured(statement, float(np.median(ratios)), "times", 1.0, spread or None, key="delay")
    gone = lost(known.shares)
    if gone is not None:
        step, share = gone
        yield Measured(f"share of the way lost on held-out data since step {step:g}", 100 * share, "%", 0.0, key="lost")


def _hindsight(step: float, fitted: Interval, learnt: Interval) -> Claim:
    """A forecast that was made when the training data were fitted, beside what came."""
    came = max((learnt[0] + learnt[1]) / 2, 1.0)
    factor, plain = (max(one / came, came / one) for one in (max(step, 1.0), max(fitted[1], 1.0)))
    statement = "factor by which a forecast at the fit would have missed; baseline: as soon as the training data"
    return Measured(statement, float(factor), "times", float(plain), key="hindsight")


def _arrays(run: TrainingRun) -> dict[str, np.ndarray]:
    empty = np.zeros(0)

    def both(curve: Curve | None) -> tuple[np.ndarray, np.ndarray]:
        return (empty, empty) if curve is None else (np.array(curve.steps), np.array(curve.values))

    pairs = {"train": both(run.train), "test": both(run.test), "norm": both(run.norm)}
    return {name: both[1] for name, both in pairs.items()} | {f"{name}_steps": both[0] for name, both in pairs.items()}
