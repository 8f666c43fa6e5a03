"""Columns of a table that can say nothing about the target: constant ones, copies, and of very many the idle ones.

A column counts by how much of the spread of y, or of |y - mean(y)|, lies between ten equally full bins of it (the
correlation ratio), less what chance alone would put there. The second figure sees factors that act only together, as in
y = a*b with means of zero. Cost: O(rows * columns) on at most `Screening.rows` rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

__all__ = ["SCREENING", "Screening", "informative_columns", "screen"]


@dataclass(frozen=True)
class Screening:
    """How columns are screened, and how much is said about it."""

    most: int = 24
    """More columns than this are screened: the searches for formulas slow down steeply with every column."""
    rows: int = 20_000
    """At most so many rows are looked at: the correlation ratio is then known to about one percent."""
    bins: int = 10
    """Bins of a column, or fewer where there are under fifty rows: enough to see that a curve rises and falls."""
    listed: int = 8
    """Names in a sentence, so that it stays readable."""


SCREENING = Screening()


def screen(
    columns: Sequence[Float[np.ndarray, " rows"]],
    y: Float[np.ndarray, " rows"],
    names: Sequence[str],
    *,
    most: int | None = SCREENING.most,
) -> tuple[list[int], list[str]]:
    """Which columns (rows,) to keep, in their order, and one sentence about each kind that is left out.

    More than `most` are screened; None keeps all that vary. Raises ValueError where nothing is left.

    >>> x = np.arange(9.0)
    >>> screen([x, x, 0 * x], x**2, ["a", "b", "c"])
    ([0], ["left out 'c', which is constant (0)", "left out 'b', which is a copy of 'a'"])
    """
    constant = _constant(columns)
    notes = _say_constant([f"{names[j]!r}, which is constant ({columns[j][0]:g})" for j in constant])
    kept, copies = _without_copies(columns, [j for j in range(len(columns)) if j not in set(constant)])
    notes += [f"left out {names[j]!r}, which is a copy of {names[original]!r}" for j, original in copies]
    if not kept:
        raise ValueError(f"every feature is constant ({_listed(names)}); give a column that varies")
    if most is None or len(kept) <= most:
        return kept, notes
    informative = [kept[i] for i in informative_columns([columns[j] for j in kept], y, most)]
    return informative, [*notes, _say_idle(kept, informative, names)]


def _say_idle(kept: Sequence[int], informative: Sequence[int], names: Sequence[str]) -> str:
    """A sentence about the columns that vary and say too little."""
    idle = _listed([names[j] for j in sorted(set(kept) - set(informative))])
    least = f"{len(kept) - len(informative)} of {len(kept)} columns that say least about the target"
    return f"screened out {least}: {idle}; name the features to keep them"


def _constant(columns: Sequence[NDArray[np.float64]]) -> list[int]:
    return [j for j, column in enumerate(columns) if len(column) and (column == column[0]).all()]


def _say_constant(columns: Sequence[str]) -> list[str]:
    """A sentence for each constant column, up to a number that can be read."""
    more = len(columns) - SCREENING.listed
    shown = [f"left out {column}" for column in columns[: SCREENING.listed]]
    return [*shown, f"left out {more} more constant columns"] if more > 0 else shown


def informative_columns(
    columns: Sequence[Float[np.ndarray, " rows"]], y: Float[np.ndarray, " rows"], most: int
) -> list[int]:
    """At most `most` columns that say something about y, in their order: at least one, and none by chance.

    >>> x, z = np.random.default_rng(0).normal(size=(2, 400))
    >>> informative_columns([z, x], x**2, 1)
    [1]
    """
    rows = np.linspace(0, len(y) - 1, min(len(y), SCREENING.rows)).astype(int)
    spread = y[rows] - y[rows].mean()
    spreads = np.stack([spread, np.abs(spread) - np.abs(spread).mean()], 1)
    total = (spreads**2).sum(0)
    total[total == 0] = 1.0
    bins = min(SCREENING.bins, max(2, len(rows) // 5))
    scores = np.array([(_between(column[rows], spreads, bins) / total).max() for column in columns])
    chance = (bins - 1) / max(1, len(rows) - 1)
    doubt = np.sqrt(2 * (bins - 1)) / max(1, len(rows) - 1)
    order = np.argsort(-scores, kind="stable")
    real = int((scores > chance + 4 * doubt).sum())
    return sorted(order[: min(most, max(1, real))].tolist())


def _without_copies(
    columns: Sequence[NDArray[np.float64]], candidates: Sequence[int]
) -> tuple[list[int], list[tuple[int, int]]]:
    """The first of each set of equal columns, and for every other one which it equals."""
    kept: list[int] = []
    copies: list[tuple[int, int]] = []
    seen: dict[int, list[int]] = {}
    for j in candidates:
        same = seen.setdefault(hash(columns[j].tobytes()), [])
        original = next((i for i in same if np.array_equal(columns[i], columns[j])), None)
        if original is None:
            same.append(j)
            kept.append(j)
        else:
            copies.append((j, original))
    return kept, copies


def _between(column: NDArray[np.float64], spreads: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    """The sum of squares between the bins of `column`, for each column of `spreads`."""
    edges = np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1])
    place = np.searchsorted(edges, column, side="right")
    counts = np.bincount(place, minlength=bins)
    sums = np.stack([np.bincount(place, spreads[:, k], minlength=bins) for k in range(spreads.shape[1])], 1)
    return (sums**2 / np.maximum(counts, 1)[:, None]).sum(0)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[: SCREENING.listed])
    return shown if len(names) <= SCREENING.listed else f"{shown}, ... ({len(names)} in all)"
