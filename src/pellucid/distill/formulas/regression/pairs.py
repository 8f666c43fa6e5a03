"""Exhaustive regression on products and pairs: every y = c e1 e2 and y = c e1 + d e2 of a bank, by matrix products.

    products  y = c a_i b_j          c = <y a_i, b_j> / <a_i^2, b_j^2>: two matrix products for all i, j
              y = c a_i b_j + d      the same of what is left without the means: a third one, <a_i, b_j>
    shared    y = f (c m_i + d m_j)  normal equations of all (f, i, j) from <f^2, m_i m_j> and <f y, m_i>
    sums      y = c p_i + d p_j      normal equations of all (i, j) from the Gram matrix
    extended  one more term on top of each of the best sums, by the correlation with what is left of y

Each returns the combinations with the least description length n/2 log2(residual) + bits, on the rows it is given. Hot
path: O(rows * combinations) multiplications in float32, blocked for the cache; about 30 ns a combination for 400 rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .settings import REGRESSION

Floats = NDArray[np.float32]
Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Scores = NDArray[Any]


@dataclass
class Best:
    """The `most` lowest scores seen, with the indices they belong to."""

    most: int
    scores: list[Scores] = field(default_factory=list)
    indices: list[Integers] = field(default_factory=list)
    worst: float = np.inf
    count: int = 0

    def add(self, scores: Scores, indices: Integers) -> None:
        """scores (k,), indices (k, any).

        >>> best = Best(1)
        >>> best.add(np.array([3.0, 1.0]), np.array([[0], [7]]))
        >>> best.result()
        (array([1.]), array([[7]]))
        """
        self.scores.append(scores)
        self.indices.append(indices)
        self.count += len(scores)
        if self.count > 4 * self.most:
            self._trim()

    def result(self) -> tuple[Array, Integers]:
        """Scores ascending and their indices.

        Shapes (k,) and (k, any); k is at most `most`.
        """
        if not self.scores:
            return np.zeros(0), np.zeros((0, 0), np.int64)
        self._trim()
        return self.scores[0].astype(np.float64), self.indices[0]

    def _trim(self) -> None:
        scores, indices = np.concatenate(self.scores), np.concatenate(self.indices)
        order = np.argsort(scores, kind="stable")[: self.most]
        self.scores, self.indices, self.count = [scores[order]], [indices[order]], len(order)
        if len(order) == self.most:
            self.worst = float(self.scores[0][-1])


def unit_columns(columns: Array) -> Floats:
    """Columns divided by their norms, as float32; columns that are not finite become zero.

    columns (rows, columns).

    >>> unit_columns(np.array([[3.0, np.inf], [4.0, 1.0]])).tolist()
    [[0.6000000238418579, 0.0], [0.800000011920929, 0.0]]
    """
    with np.errstate(all="ignore"):
        scaled = columns / np.sqrt((columns * columns).sum(0))
    return np.ascontiguousarray(np.where(np.isfinite(scaled).all(0), scaled, 0.0), dtype=np.float32)


def description(residual: Scores, rows: int) -> Scores:
    """rows / 2 * log2 of the relative residual, NaN and negative ones taken as no fit at all.

    Shape of the result is that of `residual`.

    >>> description(np.array([0.25, 1.0, np.nan]), 10).tolist()
    [-10.0, 0.0, 0.0]
    """
    safe = np.maximum(residual, np.float32(REGRESSION.least_residual))
    return np.float32(rows / 2) * np.log2(np.where(np.isfinite(safe), safe, np.float32(1.0)))


def score_products(
    y: Array,
    left: Floats,
    right: Floats,
    bits: tuple[Array, Array],
    best: Best,
    tag: int = 0,
    offset_bits: float | None = None,
) -> None:
    """All y = c left_i right_j into `best`, as (tag, i, j); y (rows,), left (rows, i), right (rows, j).

    With `offset_bits`, which is what it costs, all y = c left_i right_j + d.
    """
    rows = len(y)
    target = (y / np.sqrt(y @ y)).astype(np.float32)
    target -= np.float32(0 if offset_bits is None else target.mean())
    varies = float(target @ target)
    if varies == 0:
        return
    moments = np.ascontiguousarray((left * (target / np.float32(np.sqrt(varies)))[:, None]).T)
    squares = np.ascontiguousarray((left * left).T)
    plain = np.ascontiguousarray(left.T)
    left_bits = bits[0].astype(np.float32)[:, None] + np.float32(offset_bits or 0.0)
    width = max(1, REGRESSION.block // max(left.shape[1], 1))
    for start in range(0, right.shape[1], width):
        block = right[:, start : start + width]
        with np.errstate(all="ignore"):
            gain = moments @ block
            gain *= gain
            size = squares @ (block * block)
            if offset_bits is not None:
                own = size - (plain @ block) ** 2 / np.float32(rows)
                gain[own < REGRESSION.least_determinant * size] = 0
                size = own
            gain /= size
            residual = np.float32(varies) * (1 - gain)
            scores = description(residual, rows) + left_bits + bits[1].astype(np.float32)[start : start + width]
        i, j = np.nonzero(scores < best.worst)
        _keep(best, scores[i, j], (np.full(len(i), tag), i, j + start))


def score_shared(y: Array, factors: Floats, terms: Floats, bits: tuple[Array, Array], best: Best, tag: int = 0) -> None:
    """All y = factor_f (c term_i + d term_j), i < j, into `best`, as (tag, f, i, j).

    y (rows,), factors (rows, f), terms (rows, i); bits of factors (f,) and of terms (i,).
    """
    rows, count = len(y), terms.shape[1]
    target = np.float32(y / np.sqrt(y @ y))
    first, second = np.triu_indices(count, 1)
    crossed = np.ascontiguousarray(terms[:, first] * terms[:, second])
    pair_bits = (bits[1][first] + bits[1][second]).astype(np.float32)
    width = max(1, REGRESSION.block // max(len(first), 1))
    for start in range(0, factors.shape[1], width):
        block = np.ascontiguousarray(factors[:, start : start + width].T)
        squared = block * block
        moment = (block * target) @ terms
        with np.errstate(all="ignore"):
            scale = 1 / np.sqrt(squared @ (terms * terms))
            moment *= scale
            cosine = (squared @ crossed) * scale[:, first] * scale[:, second]
            a, b = moment[:, first], moment[:, second]
            determinant = 1 - cosine * cosine
            gain = (a * a + b * b - 2 * a * b * cosine) / determinant
            gain[determinant < REGRESSION.least_determinant] = 0
            scores = description(1 - gain, rows) + pair_bits
            scores += bits[0].astype(np.float32)[start : start + width, None]
        f, p = np.nonzero(scores < best.worst)
        _keep(best, scores[f, p], (np.full(len(f), tag), f + start, first[p], second[p]))


def score_sums(y: Array, terms: Floats, bits: Array, best: Best) -> None:
    """All y = c term_i + d term_j, i < j, into `best`, as (i, j)."""
    rows, count = len(y), terms.shape[1]
    target = np.float32(y / np.sqrt(y @ y))
    moment, cost = target @ terms, bits.astype(np.float32)
    height = max(1, REGRESSION.block // max(count, 1))
    for start in range(0, count, height):
        cosine = terms[:, start : start + height].T @ terms[:, start:]
        a, b = moment[start : start + height, None], moment[None, start:]
        with np.errstate(all="ignore"):
            gain = a * a + b * b - (2 * a * b) * cosine
            cosine *= cosine
            np.subtract(1, cosine, out=cosine)
            gain /= cosine
            gain[cosine < REGRESSION.least_determinant] = 0
            scores = description(1 - gain, rows) + (cost[start : start + height, None] + cost[None, start:])
        i, j = np.nonzero(scores < best.worst)
        upper = i < j
        i, j = i[upper], j[upper]
        _keep(best, scores[i, j], (i + start, j + start))


def score_extended(y: Array, terms: Floats, bits: Array, bases: Integers, best: Best) -> None:
    """One more term for each base (bases (k, size) of term indices), into `best` as sorted (size + 1) tuples."""
    rows, (count, size) = len(y), bases.shape
    target = y / np.sqrt(y @ y)
    directions, _ = np.linalg.qr(np.moveaxis(terms[:, bases].astype(np.float64), 1, 0))
    left = target - np.einsum("krs,ks->kr", directions, np.einsum("krs,r->ks", directions, target))
    basis = directions.transpose(0, 2, 1).reshape(count * size, rows).astype(np.float32)
    remaining = (left * left).sum(1).astype(np.float32)[:, None]
    height = max(1, REGRESSION.block // max(terms.shape[1] * size, 1))
    for start in range(0, count, height):
        stop = min(count, start + height)
        inside = basis[start * size : stop * size] @ terms
        inside *= inside
        free = 1 - inside.reshape(stop - start, size, -1).sum(1)
        with np.errstate(all="ignore"):
            gain = (left[start:stop].astype(np.float32) @ terms) ** 2 / free
            gain[free < REGRESSION.least_determinant] = 0
            scores = description(remaining[start:stop] - gain, rows) + bits.astype(np.float32)
        scores += bits[bases[start:stop]].sum(1).astype(np.float32)[:, None]
        i, j = np.nonzero(scores < best.worst)
        chosen = np.sort(np.column_stack([bases[i + start], j]), axis=1)
        _keep(best, scores[i, j], tuple(chosen.T))


def _keep(best: Best, scores: Scores, columns: tuple[Scores, ...]) -> None:
    """Hand over the best of a block, no more than can matter."""
    if not len(scores):
        return
    if len(scores) > best.most:
        order = np.argpartition(scores, best.most - 1)[: best.most]
        scores, columns = scores[order], tuple(column[order] for column in columns)
    best.add(scores, np.column_stack(columns).astype(np.int64))
