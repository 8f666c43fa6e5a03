"""Phases of a run: comprehension, grokking, memorisation, overfitting, confusion, by a vote over thresholds.

Liu et al. (arXiv 2205.10343, section 4) name the first four by thresholds of .9 and a gap of 1,000 steps. As a gap
depends on the learning rate and a threshold is a choice, the delay is a ratio here, and every threshold has one vote.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from ...subjects.runs.training_run import Curve, TrainingRun

Interval = tuple[float, float]


@dataclass(frozen=True)
class Rules:
    """What is counted as reached, and as late."""

    thresholds: tuple[float, ...] = field(default_factory=lambda: tuple(np.linspace(0.8, 0.99, 20).round(4).tolist()))
    """Shares of the way from chance (or the first loss) to the best; each has one vote."""
    of_train: float = 0.9
    """The test data are reached at this part of the training threshold: held-out values end lower."""
    hold: int = 3
    """So many values in a row: a single one may be luck."""
    late: float = 3.0
    """Test steps over train steps from which generalisation is called late; the paper's gap is 1,000 steps."""
    moved: float = 0.05
    """A training loss that has not come down by this part of its start has learnt nothing."""
    worse: float = 0.1
    """Of the way that the test values had come: lost again, it is overfitting."""


RULES = Rules()


@dataclass(frozen=True)
class Shares:
    """How much of the way to the best is done, by step: 0 as at the start (or by chance), 1 as well as can be."""

    train: Curve
    test: Curve | None
    note: str = ""


@dataclass(frozen=True)
class Vote:
    """The phases by their share of the votes, the first one first, and the delays of the thresholds that have one."""

    phases: tuple[tuple[str, float], ...]
    ratios: tuple[float, ...]

    @property
    def winner(self) -> str:
        return self.phases[0][0]

    @property
    def share(self) -> float:
        return self.phases[0][1]


def shares_of(run: TrainingRun, ceiling: float = 1.0) -> Shares:
    """Accuracies from chance to `ceiling`; losses from the first to the least training loss.

    >>> run = TrainingRun(Curve([0, 1], [0.1, 1.0]), Curve([0, 1], [0.1, 0.55]), chance=0.1)
    >>> shares_of(run).test.values.round(9).tolist()
    [0.0, 0.5]
    """
    if run.kind == "loss":
        finite = run.train.values[np.isfinite(run.train.values)]
        start, best = float(finite[0]), float(finite.min())
        way = max(start - best, 1e-12)
        return _shares(run, start, -way)
    chance, note = chance_of(run)
    return _shares(run, chance, ceiling - chance, note)


def _shares(run: TrainingRun, zero: float, way: float, note: str = "") -> Shares:
    return Shares(_mapped(run.train, zero, way), None if run.test is None else _mapped(run.test, zero, way), note)


def _mapped(curve: Curve, zero: float, way: float) -> Curve:
    """Where the values are numbers; that they stop being so is told as an oddity."""
    there = np.isfinite(curve.values)
    return Curve(curve.steps[there], (curve.values[there] - zero) / way, curve.name)


def chance_of(run: TrainingRun) -> tuple[float, str]:
    """The accuracy of guessing: what is given, or the first test accuracy where that is below half of the best one."""
    if run.chance is not None:
        return run.chance, ""
    first = (run.test or run.train).values
    first = first[np.isfinite(first)]
    best = float(np.nanmax(run.train.values))
    if first[0] <= 0.5 * best:
        return float(first[0]), f"chance is taken as the first accuracy, {first[0]:.3g}; give it with --chance"
    return 0.0, "the first accuracy is not one of guessing: chance is taken as 0; give it with --chance"


def reached(curve: Curve, threshold: float, hold: int = 3) -> Interval | None:
    """(last step below, first step at or above) from where `threshold` is held; None where it never is.

    At the end of a log fewer values than `hold` may follow; it is held where all that do are above.

    >>> reached(Curve([0, 10, 20, 30], [0.1, 0.9, 0.2, 0.95]), 0.9, hold=2)
    (20.0, 30.0)
    """
    above = curve.values >= threshold
    for place in np.flatnonzero(above):
        if above[place : place + hold].all():
            return (float(curve.steps[place - 1]) if place else 0.0), float(curve.steps[place])
    return None


def vote(shares: Shares, rules: Rules = RULES) -> Vote:
    """Every threshold names a phase."""
    counted: dict[str, int] = {}
    ratios = []
    gone = lost(shares, rules) is not None
    for threshold in rules.thresholds:
        phase, ratio = _phase(shares, threshold, rules, gone)
        counted[phase] = counted.get(phase, 0) + 1
        if ratio is not None:
            ratios.append(ratio)
    ordered = sorted(counted.items(), key=lambda pair: -pair[1])
    return Vote(tuple((name, count / len(rules.thresholds)) for name, count in ordered), tuple(ratios))


def _phase(shares: Shares, threshold: float, rules: Rules, gone: bool) -> tuple[str, float | None]:
    """The phase by one threshold, and the ratio of the steps at which test and train reach it."""
    fitted = reached(shares.train, threshold, rules.hold)
    if shares.test is None:
        return ("fitted" if fitted else "not fitted"), None
    learnt = reached(shares.test, threshold * rules.of_train, rules.hold)
    if fitted is None:
        return ("confusion" if learnt is None else "test before train"), None
    if learnt is None:
        return ("overfitting" if gone else "memorisation"), None
    if gone and shares.test.values[-1] < threshold * rules.of_train:
        return "overfitting", None
    ratio = learnt[1] / max(fitted[1], 1.0)
    return ("grokking" if ratio >= rules.late else "comprehension"), ratio


def lost(shares: Shares, rules: Rules = RULES) -> tuple[float, float] | None:
    """(step of the best test value, share that was lost since); None where little was.

    Where the best is no more than the start, nothing was learnt that could be lost.
    """
    if shares.test is None:
        return None
    values = smooth(shares.test.values)
    best = int(np.nanargmax(values))
    gone = float(values[best] - values[-1])
    came = float(values[best] - values[0])
    if came <= 0.02 or gone < rules.worse * came or gone < 0.02:
        return None
    return float(shares.test.steps[best]), gone


def smooth(values: Float[np.ndarray, " entries"], width: int = 3) -> Float[np.ndarray, " entries"]:
    """The running median of `width` values; fewer at the ends.

    >>> smooth(np.array([1.0, 9.0, 2.0, 3.0])).tolist()
    [5.0, 2.0, 3.0, 2.5]
    """
    half = width // 2
    windows = (values[max(0, i - half) : i + half + 1] for i in range(len(values)))
    return np.array([np.nanmedian(one) if np.isfinite(one).any() else np.nan for one in windows])
