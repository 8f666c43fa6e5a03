"""Short exact sums among many columns, in double precision: one column, pairs by their Gram matrix, and what grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ....run.cpu_limit import is_over

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SumSettings:
    """How much is tried, and what counts as zero."""

    rows: int = 80
    """Looked at first; what holds on them must hold on all."""
    spare: int = 4
    """Rows that a sum must have beyond its terms: each leaves a share of 1e-12 or so of what chance could fit."""
    shortest: float = 1e-7
    """What terms may leave, as a share, to be looked at more closely: rounding of columns that nearly depend."""
    close: float = 1e-4
    """The same where it is computed by the Gram matrix, which squares the rounding."""
    apart: float = 1e-5
    """What a column must have beside a polynomial, as a share: less is rounding of the polynomial."""
    grown: int = 60
    """Sums that further terms are added to, and sums that each gives."""
    most_terms: int = 4
    highest_degree: int = 12
    """Of a polynomial: beyond it monomials on few rows depend on each other to rounding."""
    heavy: float = 1e3
    """Times its typical size at which a target is looked at relative to itself."""
    largest: float = 1e30
    """Of a column, and its inverse the smallest: beyond, powers leave the range of floating numbers."""
    enough: int = 6
    """Formulas of one stage; more are the same ones written otherwise."""


SUMS = SumSettings()


@dataclass(frozen=True)
class Off:
    """A target and unit columns (rows, columns) without what a base says; a column that is nothing else is zero."""

    rest: Float[np.ndarray, " rows"]
    columns: Float[np.ndarray, "rows columns"]

    @classmethod
    def of(cls, base: Float[np.ndarray, "rows base"], g: Floats, table: Floats) -> Off:
        """Of g (rows,) and a table (rows, columns), which may have any scale and missing values."""
        widths = np.linalg.norm(base, axis=0)
        Q = np.linalg.qr(base / np.where(widths > 0, widths, 1.0))[0]
        with np.errstate(all="ignore"):
            sizes = np.linalg.norm(table, axis=0)
            T = table / np.where((sizes > 0) & np.isfinite(sizes), sizes, np.inf)
        T[:, ~np.isfinite(T).all(axis=0)] = 0.0
        T -= Q @ (Q.T @ T)
        T -= Q @ (Q.T @ T)
        lengths = np.linalg.norm(T, axis=0)
        rest = g - Q @ (Q.T @ g)
        rest -= Q @ (Q.T @ rest)
        size = float(np.linalg.norm(rest))
        if size < SUMS.shortest * float(np.linalg.norm(g)):  # the base says it all
            return cls(np.zeros(len(g)), np.zeros((len(g), 0)))
        return cls(rest / size, np.where(lengths > SUMS.apart, T / np.where(lengths > 0, lengths, 1.0), 0.0))

    def alone(self, most: int = 8) -> list[int]:
        """The columns of which one alone is the target."""
        left = np.linalg.norm(self.rest[:, None] - self.columns * (self.rest @ self.columns), axis=0)
        hits = np.flatnonzero(left < SUMS.shortest)
        return [int(i) for i in hits[np.argsort(left[hits], kind="stable")][:most]]


def leaves_nothing(g: Float[np.ndarray, " rows"], columns: Float[np.ndarray, "rows columns"]) -> bool:
    """Whether a least squares fit leaves at most the share `SUMS.shortest` of g."""
    lengths = np.linalg.norm(columns, axis=0)
    scaled = columns / np.where(lengths > 0, lengths, 1.0)
    if not np.isfinite(scaled).all():
        return False
    left = g - scaled @ np.linalg.lstsq(scaled, g, rcond=None)[0]
    return bool(np.linalg.norm(left) < SUMS.shortest * np.linalg.norm(g))


def grown(off: Off, base: int) -> Iterator[tuple[int, ...]]:
    """Sets of columns that leave nothing of the target: pairs, then what grows from the best of them."""
    rows = len(off.rest)
    chosen = best_pairs(off, 4 * SUMS.grown)
    for size in range(2, SUMS.most_terms + 1):
        if base + 1 + size + SUMS.spare > rows or is_over():
            return
        hits = [some for some in chosen if leaves_nothing(off.rest, off.columns[:, list(some)])]
        yield from hits
        if hits:
            return
        chosen = _extended(off, chosen[: SUMS.grown]) if size < SUMS.most_terms else []


def best_pairs(off: Off, most: int, close: float = np.inf, block: int = 500) -> list[tuple[int, ...]]:
    """The pairs that leave least, at most `close`, by the Gram matrix: 1 - (a^2 + b^2 - 2 a b g) / (1 - g^2)."""
    a, T = off.rest @ off.columns, off.columns
    found: list[tuple[float, int, int]] = []
    for start in range(0, T.shape[1], block):
        gram = T[:, start : start + block].T @ T
        here, apart = a[start : start + block, None], 1 - gram**2
        with np.errstate(all="ignore"):
            left = 1 - (here**2 + a**2 - 2 * gram * here * a) / apart
        below = np.arange(len(left))[:, None] + start >= np.arange(T.shape[1])
        left[below | (apart < 1e-8) | (here == 0) | (a == 0)] = np.inf
        i, j = np.unravel_index(np.argpartition(left, min(most, left.size - 1), axis=None)[:most], left.shape)
        found += [(float(v), int(p) + start, int(q)) for v, p, q in zip(left[i, j], i, j, strict=True) if v < close**2]
    return [(i, j) for _, i, j in sorted(found)[:most]]


def _extended(off: Off, chosen: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The best sums of one more term."""
    found: dict[tuple[int, ...], float] = {}
    for some in chosen:
        Q = np.linalg.qr(off.columns[:, list(some)])[0]
        rest = off.rest - Q @ (Q.T @ off.rest)
        free = 1 - ((Q.T @ off.columns) ** 2).sum(0)
        with np.errstate(all="ignore"):
            gain = np.where(free > 1e-8, (rest @ off.columns) ** 2 / free, 0.0)
        for k in np.argsort(-gain)[: SUMS.grown]:
            found[tuple(sorted((*some, int(k))))] = float(rest @ rest - gain[k])
    return sorted(found, key=lambda some: found[some])[: 4 * SUMS.grown]
