"""Circles of embeddings: which there are, and what the network makes of each when the others are resampled.

A circle is the plane of cos and sin of 2 pi f i / n over the elements i. To see what the network makes of one circle
alone, each place keeps its own point on it and takes all other circles of a random element: the network stays on inputs
of the kind it knows, which it does not when the others are set to zero. The logits are averaged over draws, in two
halves, whose product is the squared size of the average without the draws' noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from ...artifacts.mechanisms.mechanism import Part

Array = Float[np.ndarray, "..."]
Scores = Callable[[Float[np.ndarray, "rows 2 width"]], Float[np.ndarray, "rows n"]]

PIZZA_RATIO = 8 / np.pi**2
"""Clock R2 over pizza R2 of an ideal pizza; of an ideal clock it is the inverse."""


@dataclass(frozen=True, eq=False)
class Inside:
    """Embeddings (n, width) of elements at both places, and the logits (rows, n), in the order of the elements."""

    tables: tuple[Float[np.ndarray, "n width"], Float[np.ndarray, "n width"]]
    scores: Scores

    @property
    def size(self) -> int:
        """How many elements there are."""
        return len(self.tables[0])


def circle_shares(inside: Inside) -> Float[np.ndarray, " frequencies"]:
    """The share of the embeddings' variance on each circle f = 1 .. n/2, the mean over both places."""
    found = []
    for table in inside.tables:
        power = (np.abs(np.fft.rfft(table - table.mean(0), axis=0)) ** 2).sum(1)[1:]
        if inside.size % 2 == 0:
            power[-1] /= 2  # the others stand for f and -f
        found.append(power / power.sum() if power.sum() > 0 else power)
    return np.mean(found, axis=0)


def on_circle(table: Float[np.ndarray, "n width"], frequency: int) -> Float[np.ndarray, "n width"]:
    """The part of the embeddings on one circle.

    >>> turns = np.arange(5)[:, None] * 2 * np.pi / 5
    >>> np.abs(on_circle(np.cos(turns) + np.cos(2 * turns), 2) - np.cos(2 * turns)).max() < 1e-12
    np.True_
    """
    angle = 2 * np.pi * (frequency * np.arange(len(table)) % len(table)) / len(table)
    basis, _ = np.linalg.qr(np.stack([np.cos(angle), np.sin(angle)], 1))
    used = basis if 2 * frequency != len(table) else basis[:, :1]
    return used @ (used.T @ (table - table.mean(0)))


def plane_points(table: Float[np.ndarray, "n width"], frequency: int) -> tuple[tuple[float, float], ...]:
    """Where a circle of embeddings has every element, in the plane that it lies in, to three digits of its radius."""
    left, size, _ = np.linalg.svd(on_circle(table, frequency), full_matrices=False)
    flat = np.pad(left[:, :2] * size[:2], ((0, 0), (0, max(0, 2 - len(size)))))
    flat = flat / (np.linalg.norm(flat, axis=1).max() or 1.0)
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in flat)


def part_of_circle(
    inside: Inside,
    frequency: int,
    share: float,
    pairs: Int[np.ndarray, "rows 2"],
    draws: int,
    generator: np.random.Generator,
) -> Part:
    """What the network makes of one circle: the frequency it writes most to, and how much of either form is there.

    Only that frequency is looked at: a circle may besides fill the blind spots of another one.
    """
    halves = [_resampled(inside, frequency, pairs, draws // 2, generator) for _ in range(2)]
    size, (i, j) = inside.size, pairs.T
    spectra = [np.fft.rfft(half, axis=1)[:, 1:] for half in halves]
    writes = 1 + int((spectra[0] * spectra[1].conj()).real.sum(0).argmax())
    halves = [_at_frequency(half, writes) for half in halves]
    clock = np.cos(2 * np.pi * (writes * (i[:, None] + j[:, None] - np.arange(size)) % size) / size)
    pizza = np.abs(np.cos(np.pi * (writes * (i - j)) / size))[:, None] * clock
    sums = np.array([_sums(halves, form) for form in (clock, pizza)])  # (2, three sums, rows)
    q, z = (_r2(form.sum(1)) for form in sums)
    return Part(str(frequency), share, writes, q, z, _ratio_error(sums))


def _resampled(
    inside: Inside, frequency: int, pairs: Int[np.ndarray, "rows 2"], draws: int, generator: np.random.Generator
) -> Float[np.ndarray, "rows n"]:
    """Logits averaged over draws of all other circles, less their means over the answers and over the pairs."""
    own = [on_circle(table, frequency) for table in inside.tables]
    rest = [table - part for table, part in zip(inside.tables, own, strict=True)]
    total = np.zeros((len(pairs), inside.size))
    for _ in range(draws):
        others = generator.integers(inside.size, size=pairs.shape)
        given = np.stack([own[p][pairs[:, p]] + rest[p][others[:, p]] for p in (0, 1)], 1)
        total += inside.scores(given) / draws
    total -= total.mean(1, keepdims=True)
    return total - total.mean(0)


def _at_frequency(values: Float[np.ndarray, "rows n"], frequency: int) -> Float[np.ndarray, "rows n"]:
    """The part of every row that has one frequency in the answers."""
    spectrum = np.fft.rfft(values, axis=1)
    kept = np.zeros_like(spectrum)
    kept[:, frequency] = spectrum[:, frequency]
    return np.fft.irfft(kept, values.shape[1], axis=1)


def _sums(halves: list[Array], form: Array) -> Float[np.ndarray, "three rows"]:
    """By row: <L, form>, <L1, L2> and <form, form>, L the mean of both halves."""
    mean = (halves[0] + halves[1]) / 2
    return np.stack([(mean * form).sum(1), (halves[0] * halves[1]).sum(1), (form**2).sum(1)])


def _r2(sums: Float[np.ndarray, " three"]) -> float:
    """The share that the best multiple of the form has of the logits, without the noise of the draws; 0 to 1."""
    product, size, form = sums
    return float(min(1.0, product**2 / (size * form))) if size > 0 and form > 0 else 0.0


def _ratio_error(sums: Float[np.ndarray, "2 three rows"], blocks: int = 10) -> float:
    """The standard error of clock R2 over pizza R2, leaving out one block of pairs at a time."""
    of = np.arange(sums.shape[2]) % blocks
    values = []
    for block in range(blocks):
        (p, _, f), (q, _, g) = sums[:, :, of != block].sum(2)
        values.append(p**2 * g / (q**2 * f) if q and f else 0.0)
    found = np.array(values)
    return float(np.sqrt((blocks - 1) / blocks * ((found - found.mean()) ** 2).sum()))


def right_from_sums(inside: Inside, pairs: Int[np.ndarray, "rows 2"], answers: Int[np.ndarray, " rows"]) -> int:
    """On how many pairs the answer stays when both places are given the mean of both embeddings.

    A pizza reads only the sum of the embeddings, so that it answers the same. Both places must have one table.
    """
    mean = (inside.tables[0][pairs[:, 0]] + inside.tables[1][pairs[:, 1]]) / 2
    return int((inside.scores(np.stack([mean, mean], 1)).argmax(1) == answers).sum())
