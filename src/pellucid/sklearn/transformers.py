"""Two transformers for scikit-learn: scores become grades, categories fewer of them, by what they say about y."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from ..compress.exact_frontier import best_clusterings
from ..compress.greedy_frontier import GreedyFrontier
from ..compress.intervals import best_intervals, information, score_cells


class ScoreBins(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Cuts each column of numbers into the `bins` intervals that keep most information about y (arXiv 1908.08961).

    Of all intervals between `cells` cells of about equally many rows (or between all values, where these are fewer) the
    best are found by dynamic programming. y are classes; numbers of more than 20 values are taken in ten equal groups.

    After `fit`: `cuts_` (for each column, rising), `information_` (features,) in bits, of the rows that were fitted.
    `transform` gives the numbers of intervals (rows, features), 0 for the lowest.

    >>> x = np.linspace(0, 1, 100)[:, None]
    >>> ScoreBins(bins=2).fit(x, x[:, 0] > 0.7).cuts_[0].round(2).tolist()
    [0.7]
    """

    cuts_: list[NDArray[np.float64]]
    information_: NDArray[np.float64]

    def __init__(self, bins: int = 5, *, cells: int = 200) -> None:
        self.bins = bins
        self.cells = cells

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Finds the cuts of X (rows, features) for y (rows,). Raises ValueError for fewer than 2 bins or cells."""
        if self.bins < 1 or self.cells < 2:
            raise ValueError(f"bins={self.bins}, cells={self.cells}: give 1 bin or more, and 2 cells or more")
        checked = _checked(self, X, y, dtype=np.float64)
        labels = _classes(checked[1])
        self.cuts_, said = [], []
        for column in checked[0].T:
            counts, cuts = score_cells(column, labels, self.cells)
            starts = best_intervals(counts, self.bins)[-1]
            self.cuts_.append(cuts[starts[1:] - 1])
            said.append(information(np.add.reduceat(counts, starts, axis=0)))
        self.information_ = np.array(said)
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.int64]:
        """The interval of each number in X (rows, features)."""
        check_is_fitted(self)
        checked = _checked(self, X, dtype=np.float64, reset=False)
        columns = zip(self.cuts_, checked.T, strict=True)
        return np.stack([np.searchsorted(cuts, column, side="right") for cuts, column in columns], 1)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []  # whole numbers, whatever comes in
        return tags


class CategoryMerger(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Merges the values of each column into `clusters` that keep most information about y (arXiv 2204.02489).

    Of columns with up to `exact_up_to` values all clusterings are gone through; of others they are merged greedily, the
    rarest beyond `most_values` as one. y are classes; numbers of more than 20 values are taken in ten equal groups.

    After `fit`: `clusters_` (for each column, value -> number), `information_` (features,) in bits, of the rows that
    were fitted. `transform` gives the numbers (rows, features); a value that was not seen is -1, or, with
    `unknown="error"`, a ValueError.

    >>> X = np.array([["a"], ["b"], ["c"], ["d"]] * 20, dtype=object)
    >>> CategoryMerger(clusters=2).fit_transform(X, [0, 0, 1, 1] * 20)[:4].ravel().tolist()
    [0, 0, 1, 1]
    """

    clusters_: list[dict[Any, int]]
    information_: NDArray[np.float64]

    def __init__(
        self, clusters: int = 4, *, exact_up_to: int = 14, most_values: int = 60,
        unknown: Literal["new", "error"] = "new",
    ) -> None:  # fmt: skip
        self.clusters = clusters
        self.exact_up_to = exact_up_to
        self.most_values = most_values
        self.unknown = unknown

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Finds the clusters of X (rows, features) for y (rows,). Raises ValueError for settings that are none."""
        if self.clusters < 1 or not 1 <= self.exact_up_to <= 18 or self.most_values < 2:
            raise ValueError(
                f"clusters={self.clusters}, exact_up_to={self.exact_up_to}, most_values={self.most_values}: give 1 "
                "cluster or more, up to 18 values, and 2 values or more"
            )
        if self.unknown not in ("new", "error"):
            raise ValueError(f"unknown={self.unknown!r} is not to be had; give 'new' or 'error'")
        checked = _checked(self, X, y, dtype=None)
        labels = _classes(checked[1])
        fitted = [self._merged(column, labels) for column in checked[0].T]
        self.clusters_ = [clusters for clusters, _ in fitted]
        self.information_ = np.array([said for _, said in fitted])
        return self

    def _merged(self, column: NDArray[Any], labels: NDArray[np.int64]) -> tuple[dict[Any, int], float]:
        """The cluster of each value of a column, and what they say of the labels."""
        values, place = np.unique(column, return_inverse=True)
        counts = np.zeros((len(values), int(labels.max()) + 1))
        np.add.at(counts, (place.ravel(), labels), 1)
        groups = _with_rare_ones_joined(counts.sum(1), self.most_values)
        joined = np.zeros((groups.max() + 1, counts.shape[1]))
        np.add.at(joined, groups, counts)
        many = min(self.clusters, len(joined))
        p = joined[:, joined.sum(0) > 0] / joined.sum()
        best = best_clusterings(p) if len(p) <= self.exact_up_to else GreedyFrontier(work=1, improved=1)(p)[1]
        chosen = best[many - 1]
        sums = np.zeros((many, joined.shape[1]))
        np.add.at(sums, chosen, joined)
        numbers = chosen[groups]
        return {_plain(value): int(number) for value, number in zip(values, numbers, strict=True)}, information(sums)

    def transform(self, X: ArrayLike) -> NDArray[np.int64]:
        """The cluster of each value in X (rows, features)."""
        check_is_fitted(self)
        checked = _checked(self, X, dtype=None, reset=False)
        found = np.full(checked.shape, -1, np.int64)
        for j, known in enumerate(self.clusters_):
            values, place = np.unique(checked[:, j], return_inverse=True)
            numbers = np.array([known.get(_plain(value), -1) for value in values])
            if self.unknown == "error" and (numbers < 0).any():
                new = _plain(values[int(np.argmax(numbers < 0))])
                raise ValueError(f"X holds {new!r} in column {j}, which was not fitted; give unknown='new' for -1")
            found[:, j] = numbers[place.ravel()]
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []  # whole numbers, whatever comes in
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


def _checked(estimator: Any, X: Any, *y: Any, **options: Any) -> Any:
    """X, and y where it is given, as scikit-learn takes them."""
    return validate_data(estimator, X, *y, **options)


def _classes(y: Any, most: int = 20, groups: int = 10) -> NDArray[np.int64]:
    """Numbers of classes (rows,); numbers of many values in equal groups."""
    y = column_or_1d(y, warn=True)
    values, place = np.unique(y, return_inverse=True)
    if len(values) > most and values.dtype.kind in "iuf":
        cuts = np.unique(np.quantile(y, np.arange(1, groups) / groups))
        return np.searchsorted(cuts, y, side="right")
    return place.ravel()


def _with_rare_ones_joined(masses: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Numbers (values,) of groups: each value its own, the rarest together where there are more than `most`."""
    groups = np.arange(len(masses))
    if len(masses) <= most:
        return groups
    order = np.argsort(-masses, kind="stable")
    groups = np.full(len(masses), most - 1)
    groups[order[: most - 1]] = np.arange(most - 1)
    return groups


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
