"""Clusters of a dictionary's latents that are one feature of more than one dimension, such as the days of the week.

Engels et al., Not All Language Model Features Are One-Dimensionally Linear (arXiv 2405.14860): clusters of decoder
directions (section 4.1), the separability and mixture indices (section 3.2, definitions 3 to 5 and their tests).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...artifacts.feature_clusters import FeatureClusters
from ...core.claim import Claim, Measured
from ...core.finding import Finding
from ...core.method import Method
from ...core.provenance import Provenance
from ...core.reporter import SILENT, Reporter
from ...run.threads import one_thread
from ...subjects.coded import Coded

Array = NDArray[np.float64]
_BLOCK = 1024
_ANGLES = 36
_BINS = 8
_FEWEST = 40
"""Tokens, below which no index is estimated."""


@dataclass(frozen=True)
class FeatureGroups(Method[Coded, FeatureClusters]):
    """Codes of a dictionary -> clusters of latents, those first whose plane is neither separable nor a mixture.

    Each latent is joined with its `neighbours` nearest ones, if their cosine is at least `cosine`; clusters are what
    is connected, of `smallest` to `largest` latents. On the tokens where one fires, what its latents say together is
    projected on pairs of principal axes; score = (1 - mixture) separability, of the best pair. The control are random
    clusters of the same sizes. Raises ValueError for fewer latents than `smallest`.

    Cost O(latents^2 width) for the neighbours, in blocks of 1024 rows.

    >>> angles = 2 * np.pi * np.arange(900) / 900; corners = np.pi / 2 * np.arange(4)
    >>> fires = np.maximum(0, np.cos(angles[:, None] - corners))
    >>> decoder = np.vstack([np.stack([np.cos(corners), np.sin(corners), 2 + 0 * corners], 1), [[0, 0, -1.0]]])
    >>> found = FeatureGroups().explain(Coded(fires, np.tile(np.arange(4), (900, 1)), decoder))
    >>> found.artifact.sizes
    (4,)
    """

    neighbours: int = 2
    cosine: float = 0.5
    smallest: int = 3
    largest: int = 400
    most: int = 200
    epsilon: float = 0.1
    shown: int = 6
    tokens: int = 1000

    def explain(
        self, subject: Coded, seed: int = 0, *, reporter: Reporter = SILENT, checkpoint: Path | None = None
    ) -> Finding[FeatureClusters]:
        start, generator = time.perf_counter(), np.random.default_rng(seed)
        if subject.latents < self.smallest:
            raise ValueError(f"{subject.latents} latents cannot make a cluster of {self.smallest}; lower smallest")
        firing = _Firing(subject)
        with one_thread():
            clusters = [c for c in self._clusters(subject.decoder, firing.alive) if len(firing.rows(c)) >= _FEWEST]
            clusters = clusters[: self.most]
            judged = [self._judge(firing, cluster, generator) for cluster in clusters]
            random = [
                self._judge(firing, np.sort(generator.choice(firing.alive, len(cluster), replace=False)), generator)
                for cluster in clusters[:40]
            ]
        order = sorted(range(len(clusters)), key=lambda i: -judged[i][2])
        points = np.full((min(self.shown, len(order)), self.tokens, 2), np.nan)
        for place, i in enumerate(order[: self.shown]):
            points[place, : len(judged[i][4])] = judged[i][4]

        def column(which: int) -> Array:
            return np.array([judged[i][which] for i in order], dtype=np.float64)

        artifact = FeatureClusters(
            np.concatenate([clusters[i] for i in order]) if order else np.zeros(0, dtype=np.int64), column(0),
            column(1), column(2), column(3), points, tuple(len(clusters[i]) for i in order), subject.latents,
        )  # fmt: skip
        told = Provenance(
            type(self).__name__, self.settings(), seed, subject.fingerprint(),
            seconds={"total": time.perf_counter() - start},
        )  # fmt: skip
        return Finding(artifact, self._claims(artifact, random), told)

    def _claims(
        self, found: FeatureClusters, random: list[tuple[float, float, float, int, Array]]
    ) -> tuple[Claim, ...]:
        claims: list[Claim] = [Measured("clusters of latents with enough tokens", float(len(found.sizes)), "")]
        if found.sizes:
            scores = [one[2] for one in random]
            claims += [
                Measured(f"control: score of random clusters of the same sizes, mean of {len(scores)}",
                         float(np.mean(scores)), ""),
                Measured("score of the least reducible cluster; baseline: the best random cluster",
                         float(found.score[0]), "", float(max(scores))),
                Measured("score of all clusters, mean; baseline: random clusters", float(found.score.mean()), "",
                         float(np.mean(scores))),
            ]  # fmt: skip
        return tuple(claims)

    def _clusters(self, decoder: Array, alive: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """What is connected, the largest first."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        units = decoder[alive] / np.maximum(np.linalg.norm(decoder[alive], axis=1, keepdims=True), 1e-300)
        units = units.astype(np.float32)
        count, near = len(alive), min(self.neighbours, len(alive) - 1)
        pairs = []
        for start in range(0, count, _BLOCK):
            cosines = units[start : start + _BLOCK] @ units.T
            own = np.arange(len(cosines))
            cosines[own, start + own] = -2
            best = np.argpartition(-cosines, near - 1, axis=1)[:, :near]
            row, column = np.nonzero(np.take_along_axis(cosines, best, 1) >= self.cosine)
            pairs.append(np.stack([row + start, best[row, column]]))
        rows, columns = np.concatenate(pairs, 1)
        graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
        _, labels = connected_components(graph, directed=False)
        order = np.argsort(labels, kind="stable")
        split = np.split(alive[order], np.flatnonzero(np.diff(labels[order])) + 1)
        kept = [np.sort(part) for part in split if self.smallest <= len(part) <= self.largest]
        return sorted(kept, key=lambda part: (-len(part), part[0]))

    def _judge(
        self, firing: _Firing, cluster: NDArray[np.int64], generator: np.random.Generator
    ) -> tuple[float, float, float, int, Array]:
        """Mixture, separability, score, tokens and points (tokens, 2) in the best pair of principal axes."""
        rows = firing.rows(cluster)
        count = len(rows)
        if count > self.tokens:
            rows = np.sort(generator.choice(rows, self.tokens, replace=False))
        values = firing.together(cluster, rows)
        centred = values - values.mean(0)
        _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
        spread = sizes[: min(5, len(cluster))]
        best = (1.0, 0.0, 0.0, count, np.zeros((len(rows), 2)))
        for i in range(len(spread) - 1):
            if spread[i + 1] < 1e-6 * spread[0]:
                break
            points = centred @ axes[i : i + 2].T
            mixture, separability = mixture_index(points, self.epsilon), separability_index(points, generator)
            score = (1 - mixture) * separability
            if score > best[2]:
                best = (mixture, separability, score, count, points)
        return best


class _Firing:
    """Which tokens each latent fires on, and what several latents say together of a token."""

    def __init__(self, coded: Coded) -> None:
        self.decoder = coded.decoder
        token, slot = np.nonzero(coded.values)
        latent = coded.indices[token, slot]
        order = np.argsort(latent, kind="stable")
        self.token, self.value = token[order], coded.values[token, slot][order]
        self.start = np.searchsorted(latent[order], np.arange(coded.latents + 1))
        self.alive = np.flatnonzero(np.diff(self.start) > 0)

    def rows(self, cluster: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.unique(np.concatenate([self.token[self.start[i] : self.start[i + 1]] for i in cluster]))

    def together(self, cluster: NDArray[np.int64], rows: NDArray[np.int64]) -> Array:
        """(rows, width) sums of the values of the cluster's latents times their directions."""
        found = np.zeros((len(rows), self.decoder.shape[1]))
        for i in cluster:
            part = slice(self.start[i], self.start[i + 1])
            place = np.searchsorted(rows, self.token[part])
            known = (place < len(rows)) & (rows[np.minimum(place, len(rows) - 1)] == self.token[part])
            found[place[known]] += self.value[part][known, None] * self.decoder[i]
        return found


def mixture_index(points: Array, epsilon: float = 0.1) -> float:
    """max over lines v . f + c of P(|v . f + c| < epsilon sqrt(E (v . f + c)^2)): near 1 where f is off most times.

    Definition 4 and its test in arXiv 2405.14860, section 3.2; by a grid of directions and offsets.

    >>> round(mixture_index(np.array([[1.0, 0]] * 9 + [[0, 1.0]])), 1)
    0.9
    """
    best = 0.0
    for angle in np.pi * np.arange(_ANGLES) / _ANGLES:
        line = np.sort(points @ np.array([np.cos(angle), np.sin(angle)]))
        places = np.quantile(line, np.linspace(0, 1, 41))
        width = epsilon * np.sqrt(((line[None] - places[:, None]) ** 2).mean(1))
        inside = np.searchsorted(line, places + width) - np.searchsorted(line, places - width)
        best = max(best, float(inside.max()) / len(line))
    return best


def separability_index(points: Array, generator: np.random.Generator) -> float:
    """min over rotations of the mutual information (bits) of the two coordinates: 0 where they are independent.

    Definition 3 and its test in arXiv 2405.14860, section 3.2; by histograms over equally many tokens each, less what
    the same histogram has of coordinates in random order.
    """
    least = np.inf
    mixed = generator.permutation(len(points))
    for angle in np.pi / 2 * np.arange(_ANGLES // 2) / (_ANGLES // 2):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        one, two = (points @ turn).T
        least = min(least, _information(one, two) - _information(one, two[mixed]))
    return max(0.0, float(least))


def _information(one: Array, two: Array) -> float:
    ranks = [np.argsort(np.argsort(values, kind="stable")) * _BINS // len(values) for values in (one, two)]
    joint = np.bincount(ranks[0] * _BINS + ranks[1], minlength=_BINS**2).reshape(_BINS, _BINS) / len(one)
    alone = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    known = joint > 0
    return float((joint[known] * np.log2(joint[known] / alone[known])).sum())
