"""How well its tokens tell a feature: a table of tokens for each, and how well that says where the feature fires.

    s(t) = (k_t - 1/2) / n_t      of k_t firings at the n_t places of token t, in the text the table is made from
    table of f = {t: s(t) >= b},  b where the F1 is best with every place judged by all the others
    F1 = 2 TP / (predicted + firings),   on text that the table was not made from

The tokens at which a feature fires most strongly are the tip of it: a table of rates tells more, and has to be beaten
by any label. Directions drawn at random, as often firing, are told so well by nothing but tokens' being tokens. Cost:
a sort of the pairs (feature, token) that occur, and a sparse product.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

__all__ = ["Firings", "TableScores", "random_firings", "score_tables"]


@dataclass(frozen=True)
class Firings:
    """Firing i is of feature `features`[i] at token `tokens`[i] of the sample, of strength `values`[i]."""

    tokens: Int[Tensor, " firings"]
    features: Int[Tensor, " firings"]
    values: Float[Tensor, " firings"]
    size: int
    """How many features there are."""

    @classmethod
    def of(cls, values: Float[Tensor, "tokens k"], indices: Int[Tensor, "tokens k"], size: int) -> Firings:
        """Of sparse codes: what is above 0.

        >>> Firings.of(torch.tensor([[2.0, 0.0]]), torch.tensor([[5, 1]]), 6).features.tolist()
        [5]
        """
        tokens, places = (values > 0).nonzero(as_tuple=True)
        return cls(tokens, indices[tokens, places].long(), values[tokens, places].float(), size)

    def part(self, chosen: Bool[Tensor, " firings"]) -> Firings:
        """Some of them."""
        return Firings(self.tokens[chosen], self.features[chosen], self.values[chosen], self.size)


@dataclass(frozen=True)
class TableScores:
    """Of each feature's table, on held-out text: counts in each sequence, and the table itself.

    `hits`, `predicted` and `firings` (sequences, features): places where both, the table, the feature says so.
    `table` (pairs, 2) are features and tokens (as the text has them), by feature, the most frequent firings first.
    """

    hits: Float[Tensor, "sequences features"]
    predicted: Float[Tensor, "sequences features"]
    firings: Float[Tensor, "sequences features"]
    table: Int[Tensor, "pairs 2"]

    @property
    def counts(self) -> Int[Tensor, " features"]:
        """How often each feature fires where it is judged."""
        return self.firings.sum(0).long()

    @property
    def precision(self) -> Float[Tensor, " features"]:
        """NaN where a table says nothing."""
        return self.hits.sum(0) / self.predicted.sum(0)

    @property
    def recall(self) -> Float[Tensor, " features"]:
        """NaN where a feature does not fire."""
        return self.hits.sum(0) / self.firings.sum(0)

    @property
    def f1(self) -> Float[Tensor, " features"]:
        """NaN where a feature does not fire."""
        return _f1(self.hits.sum(0), self.predicted.sum(0), self.firings.sum(0))

    def f1_without_each(self) -> Float[Tensor, "sequences features"]:
        """With one sequence left out at a time, for errors (the jackknife)."""
        return _f1(*(one.sum(0) - one for one in (self.hits, self.predicted, self.firings)))

    def f1_error(self) -> Float[Tensor, " features"]:
        """Standard errors over sequences; NaN where a feature fires in fewer than two."""
        return _spread(self.f1_without_each()).where((self.firings > 0).sum(0) > 1, torch.tensor(torch.nan).double())

    def mean_f1(self, chosen: Int[Tensor, " chosen"]) -> tuple[float, float]:
        """Over some features, and its standard error over sequences."""
        others = self.f1_without_each()[:, chosen].nan_to_num().mean(1, keepdim=True)
        return float(self.f1[chosen].nan_to_num().mean()), float(_spread(others))

    def first_tokens(self, count: int) -> Int[Tensor, "features count"]:
        """The first tokens of each table; -1 where it has no more."""
        features, tokens = self.table.unbind(1)
        size = self.hits.shape[1]
        sizes = torch.bincount(features, minlength=size)
        place = torch.arange(len(features)) - (sizes.cumsum(0) - sizes)[features]
        first = torch.full((size, count), -1)
        shown = place < count
        first[features[shown], place[shown]] = tokens[shown]
        return first


def score_tables(
    firings: Firings,
    tokens: Int[Tensor, " places"],
    rows: Int[Tensor, " places"],
    held: Bool[Tensor, " places"],
    *,
    strongest: int = 0,
) -> TableScores:
    """Tables from the places that are not `held`, judged on those that are. `tokens` and `rows`: of each place.

    With `strongest`, a table is nothing but the tokens of a feature's so many strongest firings.

    >>> text = torch.tensor([3, 4, 3, 4, 3, 4])
    >>> fires = Firings(torch.tensor([0, 2, 4]), torch.zeros(3).long(), torch.ones(3), 1)
    >>> rows = torch.tensor([0, 0, 0, 0, 1, 1])
    >>> score_tables(fires, text, rows, rows == 1).f1.tolist()
    [1.0]
    """
    known, types = tokens.unique(return_inverse=True)
    seen = held[firings.tokens]
    fitted, judged = firings.part(~seen), firings.part(seen)
    counts = torch.bincount(types[~held], minlength=len(known))
    found = _Pairs.of(fitted, types, counts)
    pairs = _of_strongest(fitted, types, len(known), strongest) if strongest else found.table(fitted.size)
    which, sequence = rows[held].unique(return_inverse=True)
    place = torch.full((len(tokens),), -1)
    place[held] = sequence
    shape = (len(which), firings.size)
    key = judged.features * len(known) + types[judged.tokens]
    said = torch.isin(key, pairs[:, 0] * len(known) + pairs[:, 1])
    fires, hits = torch.zeros(shape, dtype=torch.float64), torch.zeros(shape, dtype=torch.float64)
    where = (place[judged.tokens], judged.features)
    fires.index_put_(where, torch.ones(len(key)).double(), accumulate=True)
    hits.index_put_(where, said.double(), accumulate=True)
    often = torch.zeros(len(known), len(which), dtype=torch.float64)
    often.index_put_((types[held], sequence), torch.ones(int(held.sum())).double(), accumulate=True)
    ones, sizes = torch.ones(len(pairs)).double(), (firings.size, len(known))
    tables = torch.sparse_coo_tensor(pairs.t(), ones, sizes, check_invariants=False)
    predicted = torch.sparse.mm(tables, often).t()
    return TableScores(hits, predicted, fires, torch.stack([pairs[:, 0], known[pairs[:, 1]]], 1))


def random_firings(
    x: Float[Tensor, "tokens width"], densities: Float[Tensor, " randoms"], generator: torch.Generator
) -> Firings:
    """Firings of directions drawn at random with the covariance of the activations, each at the share of places given.

    A direction fires where what is along it is largest. Directions among which all vary alike would be told by tokens
    far less: they lie where a model puts next to nothing, and no dictionary looks.
    """
    centred = x - x.mean(0)
    directions = centred.t() @ torch.randn(len(x), len(densities), generator=generator).to(x)
    found: list[Firings] = []
    for number, share in enumerate(densities.tolist()):
        along = centred @ directions[:, number]
        count = min(len(x), max(1, round(share * len(x))))
        top = along.topk(count)
        found.append(Firings(top.indices, torch.full((count,), number), top.values - top.values.min() + 1, 1))
    joined = (torch.cat([getattr(one, name) for one in found]) for name in ("tokens", "features", "values"))
    return Firings(*joined, size=len(densities))


@dataclass(frozen=True)
class _Pairs:
    """Each feature with each token at which it fires: how often it does, at so many places of that token."""

    features: Int[Tensor, " pairs"]
    types: Int[Tensor, " pairs"]
    fired: Float[Tensor, " pairs"]
    places: Float[Tensor, " pairs"]

    @classmethod
    def of(cls, firings: Firings, types: Int[Tensor, " places"], counts: Int[Tensor, " types"]) -> _Pairs:
        key, fired = (firings.features * len(counts) + types[firings.tokens]).unique(return_counts=True)
        token = key % len(counts)
        return cls(key // len(counts), token, fired.double(), counts[token].double())

    def table(self, size: int) -> Int[Tensor, "some 2"]:
        """Those pairs whose rate is above the feature's own bound; first the tokens at which it fires most often."""
        rate = (self.fired - 0.5) / self.places
        kept = rate >= self._bounds(size)[self.features]
        features, types = self.features[kept], self.types[kept]
        order = self.fired[kept].argsort(descending=True, stable=True)
        order = order[features[order].argsort(stable=True)]
        return torch.stack([features[order], types[order]], 1)

    def _bounds(self, size: int) -> Float[Tensor, " features"]:
        """The bound of each feature where F1 is best, each place judged by the table that all other places make."""
        others = (self.places - 1).clamp_min(1)
        features = torch.cat([self.features, self.features])
        score = torch.cat([(self.fired - 1.5) / others, (self.fired - 0.5) / others])
        hits = torch.cat([self.fired, torch.zeros_like(self.fired)])
        said = torch.cat([self.fired, self.places - self.fired])
        order = score.argsort(descending=True, stable=True)
        order = order[features[order].argsort(stable=True)]
        features, score, hits, said = features[order], score[order], hits[order], said[order]
        total = torch.zeros(size, dtype=torch.float64).index_add_(0, features, hits)
        starts = torch.searchsorted(features, torch.arange(size))
        sums = [torch.cat([torch.zeros(1).double(), one.cumsum(0)]) for one in (hits, said)]
        up_to = [one[1:] - one[starts][features] for one in sums]
        f1 = 2 * up_to[0] / (up_to[1] + total[features])
        ends = torch.ones(len(f1), dtype=torch.bool)  # places of one score are told alike
        ends[:-1] = (score[1:] != score[:-1]) | (features[1:] != features[:-1])
        f1 = f1.where(ends & (score > 0), torch.tensor(0.0).double())
        best = torch.zeros(size, dtype=torch.float64).scatter_reduce_(0, features, f1, "amax")
        chosen = (f1 == best[features]) & (f1 > 0)
        bound = torch.full((size,), torch.inf, dtype=torch.float64)
        return bound.scatter_reduce_(0, features[chosen], score[chosen], "amin")


def _of_strongest(firings: Firings, types: Tensor, known: int, count: int) -> Int[Tensor, "some 2"]:
    """The tokens of each feature's strongest firings."""
    order = firings.values.argsort(descending=True, stable=True)
    order = order[firings.features[order].argsort(stable=True)]
    features = firings.features[order]
    place = torch.arange(len(order)) - torch.searchsorted(features, torch.arange(firings.size))[features]
    order = order[place < count]
    key = (firings.features[order] * known + types[firings.tokens[order]]).unique()
    return torch.stack([key // known, key % known], 1)


def _f1(hits: Tensor, predicted: Tensor, firings: Tensor) -> Tensor:
    return (2 * hits / (predicted + firings)).where(firings > 0, torch.tensor(torch.nan).double())


def _spread(others: Float[Tensor, "sequences many"]) -> Float[Tensor, " many"]:
    """The jackknife's standard error."""
    return ((others - others.mean(0)).pow(2).mean(0) * (len(others) - 1)).sqrt()
