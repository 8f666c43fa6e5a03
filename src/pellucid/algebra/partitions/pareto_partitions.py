"""The partitions of a few elements that no other beats in two sums over blocks; compiled, or in numpy.

    undominated { (sum_b cost(b), sum_b gain(b)) : {b} a partition },   cost low, gain high

By dynamic programming over subsets, 3^(n-1) / 2 pairs of a set and a block instead of Bell(n) partitions: compiled some
10 CPU seconds for n = 16, in numpy about twenty times as much.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ...run.compiled import compiled

Array = NDArray[np.float64]


class TooManyLabels(ValueError):
    """More partial sums are undominated than may be kept."""


def pareto_partitions(
    cost: Float[np.ndarray, " blocks"],
    gain: Float[np.ndarray, " blocks"],
    tolerance: float = 1e-12,
    most: int = 60_000_000,
    advance: Callable[[float], None] = lambda share: None,
) -> Int[np.ndarray, "partitions elements"]:
    """Block numbers (partitions, elements), by rising cost and gain, of every partition that none beats.

    `cost`, `gain` (2^n,) are those of each block, by its bits; costs are not negative and sum to log2(n) at most. Every
    partition of the n elements is matched or beaten by a listed one up to n `tolerance` in each sum, and rounding.
    `advance` is told the share that is done. Raises TooManyLabels beyond `most` partial sums (24 bytes each).

    >>> cost = np.array([0.0, 0.5, 0.5, 0.0])
    >>> pareto_partitions(cost, np.array([0.0, 0.5, 0.5, 0.0])).tolist()
    [[0, 0], [0, 1]]
    """
    size = int(cost.size).bit_length() - 1
    kernel = _kernel()
    blocks = _plain(cost, gain, size, tolerance, most) if kernel is None else _compiled(
        kernel, cost, gain, size, tolerance, most, advance)  # fmt: skip
    return numbered(blocks)


def best_partitions(gain: Float[np.ndarray, " blocks"]) -> Int[np.ndarray, "counts elements"]:
    """Block numbers (n, elements): in row k - 1, of the partition into exactly k blocks whose gain is greatest.

    >>> best_partitions(np.array([0.0, 0.5, 0.5, 0.0])).tolist()
    [[0, 0], [0, 1]]
    """
    size = int(gain.size).bit_length() - 1
    kernel, blocks = _kernel(), np.zeros((size, size), np.uint32)
    given = np.ascontiguousarray(gain, float)
    if kernel is None:
        _plain_corners(given, size, blocks)
    elif not kernel.partitions_corners(size, _pointer(given), size, blocks.ctypes.data_as(ctypes.c_void_p)):
        raise MemoryError(f"{size} elements take more memory than there is; merge some first")
    return numbered(blocks)


def numbered(blocks: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Blocks by their bits (partitions, elements) as numbers 0, 1, ... in the order in which they come.

    >>> numbered(np.array([[5, 2, 5]], np.uint32)).tolist()
    [[0, 1, 0]]
    """
    found = np.zeros(blocks.shape, np.int64)
    for row, out in zip(blocks, found, strict=True):
        known: dict[int, int] = {}
        out[:] = [known.setdefault(int(bits), len(known)) for bits in row]
    return found


def block_sums(rows: Float[np.ndarray, "elements columns"]) -> Float[np.ndarray, "blocks columns"]:
    """The sums (2^n, columns) of the rows (n, columns) of each block, by its bits.

    >>> block_sums(np.array([[1.0], [2.0]])).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    sums = np.zeros((1, rows.shape[1]))
    for row in rows:
        sums = np.concatenate([sums, sums + row])
    return sums


def _compiled(
    kernel: ctypes.CDLL, cost: Array, gain: Array, size: int, tolerance: float, most: int,
    advance: Callable[[float], None], pieces: int = 64,
) -> NDArray[np.uint32]:  # fmt: skip
    """Sets are done in pieces, between which progress is told and Ctrl-C is heard."""
    held = [np.ascontiguousarray(array, float) for array in (cost, gain)]
    work = kernel.partitions_begin(size, _pointer(held[0]), _pointer(held[1]), tolerance, most)
    if not work:
        raise MemoryError(f"{size} elements take more memory than there is; merge some first")
    try:
        total = left = 1 << (size - 1)
        while left:
            left = kernel.partitions_step(work, max(1, total // pieces))
            if left < 0:
                raise TooManyLabels(f"more than {most:,} partial sums of {size} elements are undominated")
            advance(1 - left / total)
        blocks = np.zeros((kernel.partitions_count(work), size), np.uint32)
        kernel.partitions_copy(work, blocks.ctypes.data_as(ctypes.c_void_p))
        return blocks
    finally:
        kernel.partitions_free(work)


def _plain(cost: Array, gain: Array, size: int, tolerance: float, most: int) -> NDArray[np.uint32]:
    """The same in numpy: for each set the labels (cost, gain) and how each came about (block, place before)."""
    labels: dict[int, tuple[Array, NDArray[np.int64]]] = {0: (np.zeros((1, 2)), np.zeros((1, 2), np.int64))}
    whole, kept = (1 << size) - 1, 0
    for bits in [*range(2, whole + 1, 2), whole] if size > 1 else [whole]:
        parts, came = [], []
        for block in _blocks_of(bits):
            before = labels[bits ^ block][0]
            parts.append(before + np.array([cost[block], gain[block]]))
            came.append(np.column_stack([np.full(len(before), block), np.arange(len(before))]))
        found, how = np.concatenate(parts), np.concatenate(came)
        rows = _undominated(found, tolerance)
        labels[bits] = found[rows], how[rows]
        kept += len(rows)
        if kept > most:
            raise TooManyLabels(f"more than {most:,} partial sums of {size} elements are undominated")
    blocks = np.zeros((len(labels[whole][0]), size), np.uint32)
    for number, out in enumerate(blocks):
        bits, place = whole, number
        while bits:
            block, place = map(int, labels[bits][1][place])
            out[[k for k in range(size) if block >> k & 1]] = block
            bits ^= block
    return blocks


def _undominated(found: Array, tolerance: float) -> NDArray[np.intp]:
    """The rows of (labels, 2) that none beats, by rising cost."""
    order = np.lexsort((-found[:, 1], found[:, 0]))
    gains = found[order, 1]
    best = np.concatenate([[-np.inf], np.maximum.accumulate(gains)[:-1]])
    rows = order[gains > best + tolerance]
    last = np.append(np.diff(found[rows, 0]) > tolerance, True)
    return rows[last]


def _plain_corners(gain: Array, size: int, blocks: NDArray[np.uint32]) -> None:
    whole = (1 << size) - 1
    sets = [*range(2, whole + 1, 2), whole] if size > 1 else [whole]
    best: list[dict[int, tuple[float, int]]] = []
    for k in range(size):
        best.append({})
        for bits in sets:
            ways = []
            for block in _blocks_of(bits):
                left = bits ^ block
                if k == 0 and not left:
                    ways.append((float(gain[block]), block))
                elif k and left in best[k - 1]:
                    ways.append((float(gain[block]) + best[k - 1][left][0], block))
            if ways:
                best[k][bits] = max(ways)
        bits = whole
        for j in range(k, -1, -1):
            block = best[j][bits][1]
            blocks[k, [i for i in range(size) if block >> i & 1]] = block
            bits ^= block


def _blocks_of(bits: int) -> list[int]:
    """Every subset of a set that holds its lowest element."""
    low = bits & -bits
    rest = sub = bits ^ low
    found = [bits]
    while sub:
        sub = (sub - 1) & rest
        found.append(sub | low)
    return found


@functools.cache
def _kernel() -> ctypes.CDLL | None:
    """The compiled kernel; None where there is no compiler, or PELLUCID_PARTITIONS=off."""
    kernel = compiled(Path(__file__).with_name("partitions.c"), "PELLUCID_PARTITIONS")
    if kernel is None:
        return None
    kernel.partitions_begin.restype = ctypes.c_void_p
    kernel.partitions_begin.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_double, ctypes.c_int64]
    kernel.partitions_step.restype = ctypes.c_int64
    kernel.partitions_step.argtypes = [ctypes.c_void_p, ctypes.c_int64]
    kernel.partitions_count.restype = ctypes.c_int64
    kernel.partitions_count.argtypes = [ctypes.c_void_p]
    kernel.partitions_copy.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    kernel.partitions_free.argtypes = [ctypes.c_void_p]
    kernel.partitions_corners.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
    return kernel


def _pointer(array: Array) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)
