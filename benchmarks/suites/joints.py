"""Tables whose clusterings are known: by how they were made, or small enough to try every clustering.

Written down before any was run. `clusters` is how many kinds of rows there are (0: none were planted); the frontier of
each table of up to nine rows is enumerated by `every_clustering`, which knows nothing of how the method goes through
them. The half of a case is decided by its name (`halves`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pellucid.subjects import Joint


@dataclass(frozen=True)
class JointCase:
    """A table: what it is made of, its size, and the number of kinds of rows that were planted."""

    name: str
    kind: str
    rows: int
    columns: int
    total: int
    clusters: int = 0
    seed: int = 0

    def joint(self) -> Joint:
        """The table."""
        return _MADE[self.kind](self, np.random.default_rng(self.seed))


def _random(case: JointCase, generator: np.random.Generator) -> Joint:
    """Counts of a random joint distribution."""
    p = generator.dirichlet(np.full(case.rows * case.columns, 0.7))
    counts = generator.multinomial(case.total, p).reshape(case.rows, case.columns)
    return Joint.from_counts(counts + np.eye(case.rows, case.columns, dtype=int))


def _ties(case: JointCase, generator: np.random.Generator) -> Joint:
    """Small counts: many clusterings of exactly the same entropy, or information."""
    return Joint.from_counts(
        generator.integers(0, 3, (case.rows, case.columns)) + np.eye(case.rows, case.columns, dtype=int)
    )


def _planted(case: JointCase, generator: np.random.Generator) -> Joint:
    """Rows of a few kinds, each kind with its own distribution, well apart."""
    kinds = 0.15 / case.columns + 0.85 * np.eye(case.columns)[: case.clusters]
    weights = generator.uniform(0.5, 1.5, case.rows)
    p = weights[:, None] * kinds[np.arange(case.rows) % case.clusters]
    return Joint.from_counts(generator.multinomial(case.total, (p / p.sum()).ravel()).reshape(case.rows, case.columns))


def _independent(case: JointCase, generator: np.random.Generator) -> Joint:
    """Rows that say nothing about columns."""
    p = np.outer(generator.dirichlet(np.full(case.rows, 3.0)), generator.dirichlet(np.full(case.columns, 3.0)))
    return Joint.from_counts(generator.multinomial(case.total, p.ravel()).reshape(case.rows, case.columns))


def _certain(case: JointCase, generator: np.random.Generator) -> Joint:
    """Each row has one column: merging rows of the same column loses nothing."""
    table = np.zeros((case.rows, case.columns), int)
    table[np.arange(case.rows), np.arange(case.rows) % case.columns] = generator.integers(5, 50, case.rows)
    return Joint.from_counts(table)


_MADE = {"random": _random, "ties": _ties, "planted": _planted, "independent": _independent, "certain": _certain}

CASES = (
    JointCase("pebbles", "random", 6, 3, 400, seed=1),
    JointCase("shells", "random", 7, 2, 900, seed=2),
    JointCase("drift wood", "random", 7, 5, 300, seed=3),
    JointCase("lichen", "random", 8, 3, 5000, seed=4),
    JointCase("moss", "random", 8, 4, 200, seed=5),
    JointCase("fern", "random", 9, 3, 1000, seed=6),
    JointCase("bracken", "random", 9, 6, 10_000, seed=7),
    JointCase("dice", "ties", 6, 2, 0, seed=8),
    JointCase("dominoes", "ties", 7, 3, 0, seed=9),
    JointCase("draughts", "ties", 8, 2, 0, seed=10),
    JointCase("marbles", "ties", 8, 3, 0, seed=11),
    JointCase("skittles", "ties", 9, 2, 0, seed=12),
    JointCase("jacks", "ties", 9, 4, 0, seed=13),
    JointCase("two herds", "planted", 8, 2, 1500, 2, seed=14),
    JointCase("three flocks", "planted", 9, 3, 1500, 3, seed=15),
    JointCase("four swarms", "planted", 12, 4, 3000, 4, seed=16),
    JointCase("five shoals", "planted", 15, 5, 4000, 5, seed=17),
    JointCase("six packs", "planted", 16, 6, 6000, 6, seed=18),
    JointCase("two crowds", "planted", 30, 2, 4000, 2, seed=19),
    JointCase("three guilds", "planted", 40, 3, 9000, 3, seed=20),
    JointCase("four choirs", "planted", 24, 4, 5000, 4, seed=21),
    JointCase("rain and coins", "independent", 8, 3, 600, 1, seed=22),
    JointCase("tides and dice", "independent", 12, 4, 1500, 1, seed=23),
    JointCase("wind and cards", "independent", 16, 2, 800, 1, seed=24),
    JointCase("names and weather", "independent", 30, 3, 3000, 1, seed=25),
    JointCase("keys and doors", "certain", 9, 3, 0, 3, seed=26),
    JointCase("stamps and towns", "certain", 12, 4, 0, 4, seed=27),
    JointCase("plates and cars", "certain", 20, 2, 0, 2, seed=28),
)


def every_clustering(rows: int) -> np.ndarray:
    """All clusterings of so many rows (Bell number, rows), one by one."""
    found = [[0]]
    for _ in range(rows - 1):
        found = [[*one, k] for one in found for k in range(max(one) + 2)]
    return np.array(found)


def enumerated_frontier(joint: Joint, digits: int = 9) -> set[tuple[float, float]]:
    """Entropy and information, rounded, of the clusterings that none beats: each of them is valued on its own."""
    p = np.array(joint.weights) / joint.total
    points = []
    for clustering in every_clustering(len(p)):
        sums = np.stack([p[clustering == k].sum(0) for k in range(clustering.max() + 1)])
        z, y = sums.sum(1), p.sum(0)
        used = sums > 0
        entropy = -float((z * np.log2(z)).sum())
        points.append(
            (round(entropy, digits), round(float((sums[used] * np.log2((sums / np.outer(z, y))[used])).sum()), digits))
        )
    found, best = set(), -1.0
    for entropy, information in sorted(points, key=lambda one: (one[0], -one[1])):
        if information > best + 2 * 10.0**-digits:
            found.add((entropy, information))
            best = information
    return found
