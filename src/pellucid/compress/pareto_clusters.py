"""Every best way to merge the values of one thing, by how much is told apart and what it says about another.

The primal deterministic information bottleneck (Tan, Tegmark and Chuang, arXiv 2204.02489): all hard clusterings Z of X
that none beats in H(Z), low, and I(Z;Y), high. The paper searches among merges; here all clusterings of up to 18 rows
are gone through by dynamic programming over subsets, and for more rows there is a bound on what was missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..algebra.partitions.pareto_partitions import TooManyLabels
from ..algebra.partitions.parted_bound import heavy_parts, parted_bound
from ..artifacts.compression.frontier import Frontier, as_clusterings
from ..artifacts.compression.frontier_text import chosen_clusters, counted_clusters
from ..core.claim import Claim, Exhausted, Measured, Undecided
from ..core.context import Context
from ..core.measurement import Evidence, measured_by, measurement
from ..core.method import Found, Method
from ..subjects.tables.joint import Joint
from .exact_frontier import best_clusterings, exact_frontier
from .greedy_frontier import GreedyFrontier
from .held_out import held_out_information, shares_that_stay


@dataclass(frozen=True)
class ParetoClusters(Method[Joint, Frontier]):
    """Hard clusterings of the rows that no other one beats in entropy and information.

        undominated { (H(Z), I(Z;Y)) : Z = f(X) },   H low, I high

    Up to `exact_up_to` rows all clusterings are gone through (CPU seconds: 0.2 for 14 rows, 1.4 for 16, 9 for 18, four
    times as many for each further one). Beyond, merges are searched greedily with `work` terms a level, and all
    clusterings of `part` rows at a time bound what was missed. Of counts, a share `held_out` of the observations is
    kept from the choice of clusters and told what they predict of it; `resamples` tables say which points would stay.

    >>> found = ParetoClusters().explain(Joint(((9, 1), (8, 1), (1, 9))))
    >>> found.artifact.at(clusters=2)
    (('x0', 'x1'), ('x2',))
    """

    exact_up_to: int = 18
    work: int = 4_000_000
    part: int = 15
    held_out: float = 1 / 3
    resamples: int = 100

    def _find(self, subject: Joint, context: Context) -> Found[Frontier]:
        """Raises ValueError for settings that are none, and for more rows than merging can take."""
        self._refuse_settings(subject)
        context.reporter.start("clusterings", 100)
        done = 0

        def advance(share: float) -> None:
            nonlocal done
            if round(100 * share) > done:
                context.reporter.advance(round(100 * share) - done, f"{len(subject.rows)} {subject.row_name}")
                done = round(100 * share)

        claims: tuple[Claim, ...]
        try:
            if len(subject.rows) > self.exact_up_to:
                raise TooManyLabels(f"{len(subject.rows)} rows are more than exact_up_to={self.exact_up_to}")
            found = self._all(subject, advance)
            claims = (_all_tried(found),)
        except TooManyLabels as error:
            found = self._some(subject, advance)
            claims = (
                _gap(found),
                Undecided("the frontier holds every best clustering", str(error), "merge rows first"),
            )
        if subject.sampled:
            found = self._resampled(found, subject, context)
        context.reporter.finish()
        again = measured_by("compress.held_out", (_held_out_claim(found) if found.held_out else _kept(found),))
        return Found(found, (*claims, *again), settings={"notes": list(subject.notes)})

    def _refuse_settings(self, subject: Joint) -> None:
        if not 1 <= self.exact_up_to <= 22:
            raise ValueError(f"exact_up_to={self.exact_up_to} is not to be had; give 1 to 22, which takes an hour")
        if not 2 <= self.part <= 18 or not 0 < self.held_out < 1 or self.resamples < 2:
            raise ValueError(
                f"part={self.part}, held_out={self.held_out}, resamples={self.resamples}: give 2 to 18 rows a part, a "
                "share between 0 and 1, and at least 2 tables"
            )
        if len(subject.rows) > 400:
            raise ValueError(f"{len(subject.rows)} rows are too many to merge; put the rare ones together, up to 400")

    def _all(self, joint: Joint, advance: Callable[[float], None]) -> Frontier:
        clusterings = exact_frontier(joint, advance)
        best = best_clusterings(joint.probabilities)
        return _frontier(joint, clusterings, best)

    def _some(self, joint: Joint, advance: Callable[[float], None]) -> Frontier:
        p = joint.probabilities
        clusterings, best = GreedyFrontier(self.work)(p, lambda share: advance(share / 2))
        parts = heavy_parts(p, self.part)
        steps = parted_bound(p, parts, advance=lambda share: advance(0.5 + share / 2))
        found = _frontier(joint, clusterings, best)
        return replace(found, complete=False, parts=parts, steps=tuple((float(h), float(i)) for h, i in steps))

    def _resampled(self, found: Frontier, joint: Joint, context: Context, fewest: int = 30) -> Frontier:
        """With what stays, and what is said of held-out observations; as it is where these are fewer than `fewest`."""
        if joint.total < fewest:
            return found
        counts, streams = joint.counts, [np.random.default_rng(context.stream(name)) for name in ("split", "tables")]
        held_out = held_out_information(counts, self._best, self.held_out, self.resamples, streams[0])
        stays = shares_that_stay(counts, np.array(found.clusterings), self.resamples, streams[1])
        return replace(found, held_out=held_out, stays=stays)

    def _best(self, p: NDArray[np.float64]) -> NDArray[np.int64]:
        return best_clusterings(p) if len(p) <= self.exact_up_to else GreedyFrontier(self.work)(p)[1]


def _frontier(joint: Joint, clusterings: NDArray[np.int64], best: NDArray[np.int64]) -> Frontier:
    found = as_clusterings(clusterings), as_clusterings(best)
    return Frontier(
        joint.weights, joint.rows, joint.columns, *found, row_name=joint.row_name, column_name=joint.column_name
    )


def bell_number(count: int) -> int:
    """How many partitions a set of so many elements has.

    >>> bell_number(16)
    10480142147
    """
    row = [1]
    for _ in range(count - 1):
        new = [row[-1]]
        for value in row:
            new.append(new[-1] + value)
        row = new
    return row[-1]


def _all_tried(found: Frontier) -> Exhausted:
    cases = bell_number(len(found.rows))
    statement = f"no clustering beats one of these {len(found.clusterings)} in entropy and information"
    domain = f"all {cases:,} clusterings of the table as it is given, to 1e-9 bit"
    return Exhausted(statement, domain, cases, key="complete")


def _gap(found: Frontier) -> Measured:
    before = np.append(found.entropy[1:], found.most[0])
    without = float((np.minimum(before, found.most[1]) - found.information).max())
    statement = "how far a clustering that was not met could lie above the listed ones, at most (baseline: I <= H)"
    return Measured(statement, found.gap, "bit", without, key="gap")


def _kept(found: Frontier) -> Measured:
    knee = found.knee()
    statement = (
        f"what the best {counted_clusters(knee)} say about {found.column_name} (baseline: all {len(found.rows)} apart)"
    )
    return Measured(statement, float(found.best_points[knee - 1, 1]), "bit", found.most[1], key="kept")


def _held_out_claim(found: Frontier) -> Measured:
    one = found.held_out[chosen_clusters(found) - 1]
    statement = (
        f"what the best {counted_clusters(one.clusters)}, chosen without them, predict of held-out observations of "
        f"{found.column_name} (baseline: all {len(found.rows)} apart)"
    )
    return Measured(statement, one.held_out, "bit each", found.held_out[-1].held_out, one.error or None, key="held_out")


@measurement("compress.held_out", on_data=True)
def _held_out_again(evidence: Evidence) -> tuple[Claim, ...]:
    told, found = evidence.finding.provenance.settings, evidence.the(Frontier)
    names = ("exact_up_to", "work", "part", "held_out", "resamples")
    method = ParetoClusters(**{name: told[name] for name in names})
    found = method._resampled(replace(found, held_out=(), stays=()), evidence.subject, evidence.context)
    return ((_held_out_claim(found) if found.held_out else _kept(found)),)
