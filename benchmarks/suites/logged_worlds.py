"""Worlds whose risk is known, of which logs are drawn.

Written down before any was run; the half of a case is decided by its name (`halves`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pellucid.subjects.worlds.world_logs import WorldLogs


@dataclass(frozen=True)
class LoggedCase:
    """A chain of `states` inner states, each with `outcomes` next ones, no probability below `rarest`.

    Logs are runs from s0 that end in pit or goal, of `steps` steps in all; or `each` rows for each state where that is
    given.
    """

    name: str
    states: int
    outcomes: int
    rarest: float
    steps: int
    each: int = 0

    def chain(self, generator: np.random.Generator) -> dict[str, dict[str, float]]:
        """Next states with their probabilities, by state; from every state an end can be come to."""
        inner = [f"s{i}" for i in range(self.states)]
        rows = {}
        for i, state in enumerate(inner):
            ends = ["goal", "pit"] if i % 3 == 0 else [inner[(i + 1) % self.states]]
            rest = [name for name in [*inner, "pit", "goal"] if name not in ends]
            targets = [*ends, *generator.choice(rest, max(1, self.outcomes - len(ends)), replace=False).tolist()]
            free = 1 - self.rarest * len(targets)
            rows[state] = dict(zip(targets, (self.rarest + free * generator.dirichlet(np.ones(len(targets)))).tolist(),
                                   strict=True))  # fmt: skip
        return rows

    def logs(self, rows: dict[str, dict[str, float]], generator: np.random.Generator) -> WorldLogs:
        """What was seen of a chain."""
        found: list[tuple[str, str, str]] = []
        runs: list[str] = []
        if self.each:
            for state, row in rows.items():
                drawn = generator.choice(list(row), self.each, p=list(row.values()))
                found += [(state, "", str(target)) for target in drawn]
            return WorldLogs(tuple(found), tuple(map(str, range(len(found)))))
        state, run = "s0", 0
        for _ in range(self.steps):
            target = str(generator.choice(list(rows[state]), p=list(rows[state].values())))
            found.append((state, "", target))
            runs.append(str(run))
            over = target in ("pit", "goal")
            state, run = ("s0", run + 1) if over else (target, run)
        return WorldLogs(tuple(found), tuple(runs))


def risk(rows: dict[str, dict[str, float]]) -> float:
    """P(reach pit) from s0."""
    inner = list(rows)
    P = np.array([[rows[s].get(t, 0.0) for t in inner] for s in inner])
    return float(np.linalg.solve(np.eye(len(inner)) - P, [rows[s].get("pit", 0.0) for s in inner])[0])


CASES = (
    LoggedCase("kestrel", 4, 3, 0.05, 2000),
    LoggedCase("heron", 6, 3, 0.05, 4000),
    LoggedCase("plover", 8, 4, 0.03, 8000),
    LoggedCase("curlew", 4, 3, 0.01, 2000),
    LoggedCase("dunlin", 12, 3, 0.02, 10000),
    LoggedCase("avocet", 5, 4, 0.05, 0, each=500),
    LoggedCase("godwit", 3, 3, 0.1, 500),
    LoggedCase("knot", 6, 3, 0.002, 6000),
    LoggedCase("ruff", 4, 4, 0.05, 0, each=200),
    LoggedCase("snipe", 10, 3, 0.05, 0, each=1000),
)
