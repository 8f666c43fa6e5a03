"""Whether the state before tells of the next one: logs of order 1 against order 2, by permutations."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from ...core.claim import Claim, Measured, Undecided
from ...subjects.worlds.world_logs import WorldLogs

Ints = Int[np.ndarray, " steps"]


def order_claims(
    logs: WorldLogs, seed: int = 0, permutations: int = 199, most: int = 20_000, level: float = 0.01
) -> list[Claim]:
    """The p-value of: given state and action, the next state does not depend on the state before.

    The statistic is sum n log n over (state before, state, action, next); states before are shuffled among the steps of
    one state and action. Of long logs the first `most` steps are taken; p below `level` is told as a doubt about the
    bound, which rests on it: one log of a hundred without memory raises it.
    """
    steps = [i for i in range(len(logs.rows)) if logs.follows(i)][:most]
    statement = "p-value of the test that steps depend on state and action alone (against the state before)"
    if len(steps) < 2:
        reason = "no row goes on where the one before it ended"
        return [Undecided("each step depends on state and action alone", reason, "log whole runs", key="order")]
    group, before, after = (_numbered(names) for names in zip(*(
        (logs.rows[i][:2], logs.rows[i - 1][0], logs.rows[i][2]) for i in steps), strict=True))  # fmt: skip
    generator = np.random.default_rng(seed)
    order = np.argsort(group, kind="stable")
    group, before, after = group[order], before[order], after[order]
    seen = _statistic(group, before, after)
    larger = 0
    for _ in range(permutations):
        shuffled = before[np.lexsort((generator.random(len(group)), group))]
        larger += _statistic(group, shuffled, after) >= seen - 1e-9
    p = (1 + larger) / (1 + permutations)
    spread = (p * (1 - p) / permutations) ** 0.5 or 1 / permutations
    found: list[Claim] = [Measured(statement, p, "", None, spread, key="order")]
    if p <= level:
        reason = f"the state before tells of the next one, p = {p:.3g}"
        remedy = "put what came before into the names of states"
        found.append(Undecided("each step depends on state and action alone", reason, remedy, key="memory"))
    return found


def _numbered(names: tuple[object, ...]) -> Ints:
    number: dict[object, int] = {}
    return np.array([number.setdefault(name, len(number)) for name in names])


def _statistic(group: Ints, before: Ints, after: Ints) -> float:
    code = (group * (before.max() + 1) + before) * (after.max() + 1) + after
    count = np.unique(code, return_counts=True)[1]
    return float((count * np.log(count)).sum())
