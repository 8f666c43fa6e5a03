"""By which law the skills of a run are learnt, and when those that are not yet learnt will be.

Liu et al. (arXiv 2501.12391): geometry, resource and domino models. Michaud et al. (arXiv 2303.13506): sudden drops.
Ours: the shared clock in which both competing laws have a closed form, the choice by held-out time, and forecasts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ...artifacts.learning.skill_dynamics import SkillDynamics
from ...artifacts.learning.skill_laws import LAWS, PARAMETERS, time_to
from ...core.claim import Claim, Measured, Tested, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.runs.skill_curves import SkillCurves
from .skill_choice import APART, Candidate, Choice, candidates, choose
from .skill_fit import SkillFit

PARTS = (0.5, 0.7)
"""Laws are fitted to the first half of the log, chosen by the next fifth, and tested on the rest."""
LEARNT = 0.1
"""A skill counts as learnt when a tenth of its way is left, as in arXiv 2501.12391."""
MOVED = 0.05
"""A skill of which less has gone says nothing yet about when it will be learnt, unless its frequency is told."""
FAR = 100.0
"""Times the length of the log: what is forecast for later is not told as a number."""


@dataclass(frozen=True)
class SkillForecast(Method[SkillCurves, SkillDynamics]):
    """The law that forecasts the curves of a run's tasks best, how well it does, and when the rest are learnt.

        l_k = exp(-p_k T(t)),   dT/dt = rate / (norm of (p_j l_j) + spare)

    and relatives (`artifacts.learning.skill_laws`). `law` names the one to be fitted; "auto": the log decides.

    >>> steps, p = np.arange(60.0), np.array([0.6, 0.3, 0.1])
    >>> curves = SkillCurves(steps, np.exp(-p * steps[:, None] / 4), frequencies=p)
    >>> SkillForecast().explain(curves).artifact.law
    'independent'
    """

    law: str = "auto"
    within: float = 1.5
    """The factor within which a forecast of the time of a skill counts as right, where it is tested."""

    def _find(self, subject: SkillCurves, context: Context) -> Found[SkillDynamics]:
        """Raises ValueError for a law that is none, and a factor without sense."""
        self._refuse()
        t, left, p = subject.time, subject.left, subject.frequencies
        options = candidates(p, self.law)
        ends = (round(PARTS[0] * len(t)), round(PARTS[1] * len(t)))
        context.reporter.start("laws", 2 * len(options))
        with context.timed("choice"):
            choice = choose(options, t, left, p, ends, lambda label: context.reporter.advance(1, label))
        known = slice(0, ends[1])
        with context.timed("test"):
            said = choice.candidates[0].forecast(t[known], left[known], t[ends[1] :], p)
            alone = Candidate(APART).forecast(t[known], left[known], t[ends[1] :], p)
        with context.timed("fit"):
            fits = [None if one.law == APART else one.fitted(t, left, p) for one in choice.candidates]
            context.reporter.advance(len(options), "fit to the whole log")
        found = _dynamics(subject, choice, fits, said, ends[1])
        claims = [
            *_held_out(found, choice, alone, ends[1], p is not None),
            *self._times(found, ends[1]),
            *_open(found, subject),
        ]
        context.reporter.finish()
        notes = list(subject.notes)
        return Found(found, tuple(claims), route=found.laws[0], settings={"notes": notes, "told": p is not None})

    def _refuse(self) -> None:
        if self.law not in ("auto", *LAWS):
            raise ValueError(f"law={self.law!r} is unknown; give auto, {', '.join(LAWS)}")
        if not (np.isfinite(self.within) and self.within > 1):
            raise ValueError(f"within={self.within} is no factor; give one above 1")

    def _times(self, found: SkillDynamics, start: int) -> Iterator[Claim]:
        """Of the skills that were learnt in the tested part: whether the forecast before it said when."""
        cases = (found.learnt > found.time[start]) & np.isfinite(found.learnt)
        if not cases.any() or found.law == APART:
            return
        later = found.time[start:]
        curves = np.concatenate([found.left[start - 1 : start], found.tested])[:, cases]
        said = _crossings(np.concatenate([found.time[start - 1 : start], later]), curves)
        came = found.learnt[cases]
        with np.errstate(invalid="ignore"):
            factor = np.maximum(said / came, came / said)
        wrong = int((~(factor <= self.within)).sum())
        statement = f"skills learnt in the tested part were forecast within a factor of {self.within:g}"
        yield Tested(statement, int(cases.sum()), wrong, key="times")


def _crossings(t: np.ndarray, left: np.ndarray, part: float = LEARNT, hold: int = 3) -> np.ndarray:
    """The time (skills,) from which at most `part` is left, `hold` entries in a row; NaN where it never is.

    >>> _crossings(np.arange(5.0), np.array([[1, 1], [0.5, 1], [0.05, 1], [0.0, 0.9], [0.0, 0.8]])).tolist()
    [2.0, nan]
    """
    found = np.full(left.shape[1], np.nan)
    for k, below in enumerate((left <= part).T):
        held = [i for i in np.flatnonzero(below) if below[i : i + hold].all()]
        if held:
            found[k] = t[held[0]]
    return found


def _dynamics(
    subject: SkillCurves, choice: Choice, fits: list[SkillFit | None], said: np.ndarray, start: int
) -> SkillDynamics:
    t, left = subject.time, subject.left
    floors = [0.0 if one is None else one.values["floor"] for one in fits]
    learnt = _crossings(t, (left - floors[0]) / (1 - floors[0]))
    coming = np.array([_coming(one, learnt, t, left, subject.frequencies is not None) for one in fits])
    kept = coming[choice.tolerated]
    known = np.isfinite(kept).any(0) | np.isinf(kept).any(0)
    low = np.where(known, np.nanmin(np.where(np.isnan(kept), np.inf, kept), axis=0), np.nan)
    high = np.where(known, np.nanmax(np.where(np.isnan(kept), -np.inf, kept), axis=0), np.nan)
    empty = np.full(subject.skills, 1.0 / subject.skills)
    return SkillDynamics(
        laws=tuple(one.label for one in choice.candidates),
        values=tuple(() if one is None else tuple(one.values[name] for name in PARAMETERS[one.law]) for one in fits),
        names=subject.names,
        p=np.array([empty if one is None else one.p for one in fits]),
        error=choice.error,
        tolerated=choice.tolerated,
        steps=np.array(subject.steps),
        time=np.array(t),
        left=np.array(left),
        tested_from=float(subject.steps[start]),
        tested=said,
        learnt=learnt,
        forecast=coming[0],
        forecast_range=np.stack([low, high]),
    )


def _coming(
    fit: SkillFit | None, learnt: np.ndarray, t: np.ndarray, left: np.ndarray, told: bool
) -> Float[np.ndarray, " skills"]:
    """When the skills that are not learnt will be; NaN of the others, and where neither curve nor frequency says."""
    if fit is None:
        return np.full(len(learnt), np.nan)
    times = time_to(fit.law, fit.values, fit.p, LEARNT, FAR * t[-1])
    says = told or fit.law == "domino"
    moved = 1 - np.median(left[-5:], axis=0) >= MOVED
    return np.where(np.isnan(learnt) & (says | moved), np.maximum(times, t[-1]), np.nan)


def _held_out(found: SkillDynamics, choice: Choice, alone: np.ndarray, start: int, told: bool) -> Iterator[Claim]:
    """The error on the last part of the log, which neither the fit nor the choice has seen."""
    actual = found.left[start:]
    own, other = (((said - actual) ** 2).mean(0) for said in (found.tested, alone))
    error = float(np.sqrt(own.mean()))
    spread = float(own.std(ddof=1) / np.sqrt(len(own)) / (2 * error)) if error > 0 else None
    statement = "error (rms) of what is left of the skills in the last 30 % of the log; baseline: each curve by itself"
    yield Measured(statement, error, "of the way", float(np.sqrt(other.mean())), spread, key="held_out")
    others = [one.label for one, near in zip(choice.candidates[1:], choice.tolerated[1:], strict=True) if near]
    if others:
        reason = f"the log cannot tell {choice.candidates[0].label} from {', '.join(others)}"
        remedy = "log more skills, or a longer part of the run" + ("" if told else ", or give --frequencies")
        yield Undecided("the law by which skills are learnt", reason, remedy, key="law")


def _open(found: SkillDynamics, subject: SkillCurves) -> Iterator[Claim]:
    """Skills of which nothing can be said yet."""
    silent = np.isnan(found.learnt) & np.isnan(found.forecast)
    if not silent.any():
        return
    names = ", ".join(np.array(found.names)[silent][:4]) + (" ..." if silent.sum() > 4 else "")
    statement = f"when {int(silent.sum())} of {subject.skills} skills will be learnt ({names})"
    if found.law == APART:
        yield Undecided(statement, "the curves share no law that forecasts them", "go by each curve", key="silent")
    else:
        reason = f"less than {100 * MOVED:g} % of their way is gone, and no frequencies are told"
        yield Undecided(statement, reason, "give --frequencies", key="silent")
