"""What is claimed of a narrow network: how good it is beside others of its size, and how much is left of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt

import numpy as np
import torch
from scipy.stats import binom
from torch import nn

from ...artifacts.mechanisms.narrow_network import NARROW, WHOLE, NarrowNetwork
from ...core.claim import Claim, Exhausted, Measured, Refuted, Tested
from ...subjects.skills.skills import Skill

CHANCE_LEVEL = 0.001
"""Of the test whether more of a skill is left than chance: a false alarm in a thousand skills."""


def narrow_claims(
    found: NarrowNetwork,
    narrow: nn.Module,
    keep: Skill,
    forget: Sequence[Skill],
    others: Mapping[str, Sequence[float]],
    hidden: float,
) -> Iterator[Claim]:
    """`others` are the accuracies on the kept skill of other networks of that size, one of each draw."""
    yield Measured("hidden neurons that are left (baseline: the whole network)", float(found.neurons), "neurons",
                   float(sum(found.widths)), key="neurons")  # fmt: skip
    yield _kept(narrow, keep)
    ours = found.accuracy(NARROW, keep.name)
    for name, values in others.items():
        mean, count = float(np.mean(values)), len(values)
        spread = float(np.std(values, ddof=1) / sqrt(count)) if count > 1 else 0.0
        what = f"rows of {keep.name} right (baseline: {name}, as many neurons and steps)"
        yield Measured(what, ours, "share", mean, spread or None, key=f"against {name}")
    for number, skill in enumerate(forget):
        yield from _forgotten(found, narrow, skill, number, hidden)


def _kept(narrow: nn.Module, keep: Skill) -> Claim:
    """Of a whole domain every row; else the rows held out."""
    with torch.no_grad():
        wrong = (narrow(keep.inputs).argmax(1) != keep.labels).nonzero()[:, 0].tolist()
    rows = len(keep.labels)
    if not keep.whole:
        return Tested(f"the narrow network is right on held-out rows of {keep.name}", rows, len(wrong), key="kept")
    statement = f"the narrow network is right on every row of {keep.name}"
    if wrong:
        return Refuted(statement, f"row {wrong[0]}: {_row(keep, wrong[0])}; {len(wrong):,} of {rows:,}", key="kept")
    return Exhausted(statement, f"all {rows:,} rows of {keep.name}", rows, key="kept")


def _row(skill: Skill, row: int) -> str:
    return ", ".join(f"{value:g}" for value in skill.inputs[row].flatten()[:12].tolist())


def _forgotten(found: NarrowNetwork, narrow: nn.Module, skill: Skill, number: int, hidden: float) -> Iterator[Claim]:
    """What is left, and whether it comes back faster than it is learnt."""
    left, rows, whole = found.accuracy(NARROW, skill.name), len(skill.labels), found.accuracy(WHOLE, skill.name)
    error = 0.0 if skill.whole else sqrt(left * (1 - left) / rows)
    yield Measured(f"rows of {skill.name} still right (baseline: its most frequent class)", left, "share",
                   skill.chance, error or None, key=f"{skill.name} left")  # fmt: skip
    ours, fresh = found.relearning[number]
    goal = (whole + skill.chance) / 2
    steps, theirs = (steps_to(goal, found.steps, one) for one in (ours, fresh))
    most = found.steps[-1] if found.steps else 0
    said = f" (of {most}: not reached)" if steps is None else ""
    yield Measured(
        f"steps until {skill.name} is half back, at {goal:.0%}{said} (baseline: a fresh network"
        + (", never there)" if theirs is None else ")"),
        float(most if steps is None else steps), "steps", float(most if theirs is None else theirs),
        key=f"{skill.name} relearnt",
    )  # fmt: skip
    count = round(left * rows)
    if whole > skill.chance and binom.sf(count - 1, rows, min(skill.chance, 1 - 1e-9)) < CHANCE_LEVEL:
        evidence = f"{count:,} of {rows:,} rows are right, {skill.chance:.0%} by its most frequent class"
        yield Refuted(f"nothing of {skill.name} is left", evidence, key=f"{skill.name} gone")
    elif steps is not None and steps <= hidden * (most if theirs is None else theirs):
        after = "a fresh network never" if theirs is None else f"a fresh network after {theirs}"
        yield Refuted(f"nothing of {skill.name} is left", f"it is half back after {steps} steps, {after}",
                      key=f"{skill.name} gone")  # fmt: skip


def steps_to(goal: float, steps: Sequence[int], accuracies: Sequence[float]) -> int | None:
    """The first step at which the goal is reached; None where it never is.

    >>> steps_to(0.8, (0, 20, 40), (0.5, 0.7, 0.9))
    40
    """
    return next((step for step, value in zip(steps, accuracies, strict=True) if value >= goal), None)
