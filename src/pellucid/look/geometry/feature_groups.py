"""Clusters of a dictionary's latents that are one feature of more than one dimension, such as the days of the week.

Engels et al., Not All Language Model Features Are One-Dimensionally Linear (arXiv 2405.14860): clusters of decoder
directions (section 4.1), the separability and mixture indices (section 3.2, definitions 3 to 5 and their tests).
Latents that hardly ever fire together, whatever they are, lie on separate rays and score well too: so random clusters
of the same sizes are the control that counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...artifacts.features.feature_clusters import FeatureClusters
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...run.threads import one_thread
from ...subjects.models.coded import Coded

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureGroups(Method[Coded, FeatureClusters]):
    """Codes of a dictionary -> clusters of latents, those first whose plane is neither separable nor a mixture.

    Each latent is joined with its `neighbours` nearest ones, if their cosine is at least `cosine`; clusters are what
    is connected. In a dictionary of few latents hardly any are so close: `clusters` then says into how many average
    linkage is to sort all of them. Those of `smallest` to `largest` latents that fire on `fewest` tokens are judged,
    the `most` that fire on the most tokens. On these tokens, what the cluster's latents say together is projected on
    pairs of principal axes; score = (1 - mixture) separability, the mean over the pairs. Controls: `controls`
    random clusters of the same sizes, and as many of the clusters with each latent's activations shuffled over the
    tokens. Raises ValueError for
    fewer latents than `smallest`.

    Cost O(latents^2 width) for the neighbours, in blocks of 1024 rows; O(latents^2) memory with `clusters`.

    >>> angles = 2 * np.pi * np.arange(900) / 900; corners = np.pi / 2 * np.arange(4)
    >>> fires = np.maximum(0, np.cos(angles[:, None] - corners))
    >>> decoder = np.vstack([np.stack([np.cos(corners), np.sin(corners), 2 + 0 * corners], 1), [[0, 0, -1.0]]])
    >>> found = FeatureGroups().explain(Coded(fires, np.tile(np.arange(4), (900, 1)), decoder))
    >>> found.artifact.sizes
    (4,)
    """

    neighbours: int = 2
    cosine: float = 0.5
    clusters: int | None = None
    smallest: int = 3
    largest: int = 400
    fewest: int = 40
    most: int = 200
    epsilon: float = 0.1
    shown: int = 6
    tokens: int = 1000
    controls: int = 100

    def _find(self, subject: Coded, context: Context) -> Found[FeatureClusters]:
        self._refuse(subject)
        generator = np.random.default_rng(context.seed)
        firing = _Firing(subject)
        context.reporter.start("clusters of latents", 3)
        with one_thread():
            clusters = self._largest_clusters(subject, firing)
            context.reporter.advance(1, f"{len(clusters)} clusters")
            scored = [self._score(firing, cluster, generator) for cluster in clusters]
            context.reporter.advance(1, "random ones")
            random = self._random_scores(firing, clusters, generator)
            shuffled = [
                self._score(firing, cluster, generator, shuffled=True).score for cluster in clusters[: self.controls]
            ]
        context.reporter.finish()
        order = sorted(range(len(clusters)), key=lambda i: -scored[i].score)
        artifact = self._artifact([clusters[i] for i in order], [scored[i] for i in order], subject.latents)
        return Found(artifact, _claims(artifact, np.array(random), np.array(shuffled)))

    def _refuse(self, subject: Coded) -> None:
        if subject.latents < self.smallest:
            raise ValueError(f"{subject.latents} latents cannot make a cluster of {self.smallest}; lower smallest")
        if self.controls < 1:
            raise ValueError(f"controls={self.controls} leaves nothing to compare with; use at least 1")
        if self.clusters is not None and not 1 <= self.clusters <= subject.latents:
            raise ValueError(f"clusters={self.clusters} of {subject.latents} latents; give 1 to {subject.latents}")

    def _largest_clusters(self, subject: Coded, firing: _Firing) -> list[NDArray[np.int64]]:
        """Those that fire on the most tokens first."""
        if len(firing.alive) < self.smallest:
            return []
        clusters = self._clusters(subject.decoder, firing.alive)
        tokens = np.array([len(firing.rows(cluster)) for cluster in clusters])
        order = np.argsort(-tokens, kind="stable")[: self.most]
        return [clusters[i] for i in order if tokens[i] >= self.fewest]

    def _random_scores(
        self, firing: _Firing, clusters: list[NDArray[np.int64]], generator: np.random.Generator
    ) -> list[float]:
        """Of `controls` clusters of latents drawn at random, as large as the true ones in turn."""
        if not clusters:
            return []
        sizes = [len(clusters[i % len(clusters)]) for i in range(self.controls)]
        return [
            self._score(firing, np.sort(generator.choice(firing.alive, size, replace=False)), generator).score
            for size in sizes
        ]

    def _artifact(self, clusters: list[NDArray[np.int64]], scored: list[_Scored], latents: int) -> FeatureClusters:
        points = np.full((min(self.shown, len(scored)), self.tokens, 2), np.nan)
        for place, one in enumerate(scored[: self.shown]):
            points[place, : len(one.points)] = one.points

        def column(name: str) -> Array:
            return np.array([getattr(one, name) for one in scored], dtype=np.float64)

        members = np.concatenate(clusters) if clusters else np.zeros(0, dtype=np.int64)
        return FeatureClusters(
            members, column("mixture"), column("separability"), column("score"), column("tokens"), points,
            tuple(len(cluster) for cluster in clusters), latents,
        )  # fmt: skip

    def _clusters(self, decoder: Array, alive: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        units = decoder[alive] / np.maximum(np.linalg.norm(decoder[alive], axis=1, keepdims=True), 1e-300)
        units = units.astype(np.float32)
        labels = self._connected(units) if self.clusters is None else _linked(units, self.clusters)
        order = np.argsort(labels, kind="stable")
        split = np.split(alive[order], np.flatnonzero(np.diff(labels[order])) + 1)
        return [np.sort(part) for part in split if self.smallest <= len(part) <= self.largest]

    def _connected(self, units: NDArray[np.float32], block: int = 1024) -> NDArray[np.int64]:
        """Which latents hang together by their nearest neighbours."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        count, near = len(units), min(self.neighbours, len(units) - 1)
        pairs = []
        for start in range(0, count, block):
            cosines = units[start : start + block] @ units.T
            own = np.arange(len(cosines))
            cosines[own, start + own] = -2
            best = np.argpartition(-cosines, near - 1, axis=1)[:, :near]
            row, column = np.nonzero(np.take_along_axis(cosines, best, 1) >= self.cosine)
            pairs.append(np.stack([row + start, best[row, column]]))
        rows, columns = np.concatenate(pairs, 1)
        graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
        return connected_components(graph, directed=False)[1]

    def _score(
        self, firing: _Firing, cluster: NDArray[np.int64], generator: np.random.Generator, *, shuffled: bool = False
    ) -> _Scored:
        """The indices over the pairs of principal axes, and the tokens in the best pair."""
        rows = firing.rows(cluster)
        count = len(rows)
        if count > self.tokens:
            rows = np.sort(generator.choice(rows, self.tokens, replace=False))
        values = firing.together(cluster, rows, generator if shuffled else None)
        centred = values - values.mean(0)
        _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
        spread = sizes[: min(5, len(cluster))]
        found = []
        for i in range(len(spread) - 1):
            if spread[i + 1] < 1e-6 * spread[0]:
                break
            points = centred @ axes[i : i + 2].T
            mixture, separability = mixture_index(points, self.epsilon), separability_index(points, generator)
            found.append(_Scored(mixture, separability, (1 - mixture) * separability, count, points))
        if not found:
            return _Scored(1.0, 0.0, 0.0, count, np.zeros((len(rows), 2)))
        mixture, separability, score = np.mean([(one.mixture, one.separability, one.score) for one in found], 0)
        points = max(found, key=lambda one: one.score).points
        return _Scored(float(mixture), float(separability), float(score), count, points)


class _Scored(NamedTuple):
    mixture: float
    separability: float
    score: float
    tokens: int
    points: Array


def _claims(found: FeatureClusters, random: Array, shuffled: Array) -> tuple[Claim, ...]:
    count = len(found.sizes)
    claims: list[Claim] = [Measured("clusters of latents with enough tokens", float(count), "", key="clusters")]
    if count:
        high = float(np.quantile(random, 0.95))
        above = float((found.score > high).mean())
        claims += [
            Measured(f"control: score of random clusters of the same sizes, mean of {len(random)}",
                     float(random.mean()), "", key="control: random clusters"),
            Measured("control: score of the clusters with each latent's activations shuffled, mean",
                     float(shuffled.mean()), "", key="control: shuffled activations"),
            Measured("score of the least reducible cluster; baseline: the best random cluster",
                     float(found.score[0]), "", float(random.max()), key="best_score"),
            Measured("score of all clusters, mean; baseline: random clusters", float(found.score.mean()), "",
                     float(random.mean()), float(found.score.std() / count**0.5), key="mean_score"),
            Measured("share of the clusters that score above 95 % of the random ones; baseline: what chance gives",
                     above, "", 0.05, float((above * (1 - above) / count) ** 0.5), key="share_above_random"),
        ]  # fmt: skip
    return tuple(claims)


def _linked(units: NDArray[np.float32], clusters: int, block: int = 1024) -> NDArray[np.int64]:
    """Average linkage of 1 - cosine, cut where there are at most `clusters`."""
    from scipy.cluster.hierarchy import fcluster, linkage

    distances = []
    for start in range(0, len(units), block):
        cosines = units[start : start + block] @ units[start:].T
        distances += [1 - row[i + 1 :] for i, row in enumerate(cosines)]
    return fcluster(linkage(np.concatenate(distances), "average"), clusters, "maxclust") - 1


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

    def together(
        self, cluster: NDArray[np.int64], rows: NDArray[np.int64], shuffle: np.random.Generator | None = None
    ) -> Array:
        """(rows, latents) sums of the latents' values, shuffled over the rows if so wanted, times their directions.

        In an orthonormal basis of what these directions span: there are fewer latents than dimensions.
        """
        values = np.zeros((len(rows), len(cluster)))
        for column, i in enumerate(cluster):
            part = slice(self.start[i], self.start[i + 1])
            place = np.searchsorted(rows, self.token[part])
            known = (place < len(rows)) & (rows[np.minimum(place, len(rows) - 1)] == self.token[part])
            at = place[known] if shuffle is None else shuffle.choice(len(rows), int(known.sum()), replace=False)
            values[at, column] = self.value[part][known]
        return values @ np.linalg.qr(self.decoder[cluster].T)[1].T


def mixture_index(points: Float[np.ndarray, "tokens 2"], epsilon: float = 0.1, angles: int = 36) -> float:
    """max over lines v . f + c of P(|v . f + c| < epsilon sqrt(E (v . f + c)^2)): near 1 where f is off most times.

    Definition 4 and its test in arXiv 2405.14860, section 3.2; by a grid of directions and offsets.

    >>> round(mixture_index(np.array([[1.0, 0]] * 9 + [[0, 1.0]])), 1)
    0.9
    """
    best, middle = 0.0, points.mean(0)
    cut = np.linspace(0, len(points) - 1, 41).astype(int)
    for angle in np.pi * np.arange(angles) / angles:
        axis = np.array([np.cos(angle), np.sin(angle)])
        line = np.sort((points - middle) @ axis)
        places = line[cut]
        width = epsilon * np.sqrt((line**2).mean() + places**2)  # the line's own mean is 0
        inside = np.searchsorted(line, places + width) - np.searchsorted(line, places - width)
        best = max(best, float(inside.max()) / len(line))
    return best


def separability_index(
    points: Float[np.ndarray, "tokens 2"], generator: np.random.Generator, angles: int = 18, bins: int = 8
) -> float:
    """min over rotations of the mutual information (bits) of the two coordinates: 0 where they are independent.

    Definition 3 and its test in arXiv 2405.14860, section 3.2; by histograms over equally many tokens each, less what
    the same histogram has of coordinates in random order.
    """
    least = np.inf
    mixed = generator.permutation(len(points))
    for angle in np.pi / 2 * np.arange(angles) / angles:
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        one, two = (points @ turn).T
        least = min(least, _information(one, two, bins) - _information(one, two[mixed], bins))
    return max(0.0, float(least))


def _information(one: Array, two: Array, bins: int) -> float:
    both = _bins(one, bins) * bins + _bins(two, bins)
    joint = np.bincount(both, minlength=bins**2).reshape(bins, bins) / len(one)
    alone = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    known = joint > 0
    return float((joint[known] * np.log2(joint[known] / alone[known])).sum())


def _bins(values: Array, bins: int) -> NDArray[np.int64]:
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks * bins // len(values)
