"""Logits as a formula: circles with the amplitudes of clock and pizza in cyclic groups, characters in any group.

One pass over the logits fits, a second one looks at what is left; both are O(n^3 log n) and hold n^2 numbers at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from ...algebra.groups.characters import character_table
from .coordinates import Coordinates

Array = Float[np.ndarray, "..."]


@dataclass(frozen=True, eq=False)
class CircleForm:
    """A_f(i - j) cos w_f(i + j - k), A_f = alpha_f + beta_f |cos w_f(i - j)/2|, for frequencies f = 1 .. n/2."""

    frequencies: tuple[int, ...]
    coefficients: tuple[tuple[float, float], ...]
    shares: Float[np.ndarray, " all"]
    """Of the logits' variance, by the frequency in the answer, whatever its form."""

    def rows(self, i: int, size: int) -> Float[np.ndarray, "n n"]:
        """The formula's logits [j, k] of the element i."""
        j, k = np.arange(size)[:, None], np.arange(size)[None]
        found = np.zeros((size, size))
        for f, (alpha, beta) in zip(self.frequencies, self.coefficients, strict=True):
            amplitude = alpha + beta * np.abs(np.cos(np.pi * f * (i - j) / size))
            found += amplitude * np.cos(2 * np.pi * (f * (i + j - k) % size) / size)
        return found


@dataclass(frozen=True, eq=False)
class ClassForm:
    """f(i j k^-1), f a sum of characters of the irreps with enough of the variance."""

    values: Float[np.ndarray, " n"]
    names: tuple[str, ...]
    shares: Float[np.ndarray, " irreps"]
    """Of the logits' variance, by irrep (with its conjugate)."""
    lookup: Float[np.ndarray, " irreps"]
    """What the shares would be, were the right answer's logit 1 and the others' 0: d^2 / (n - 1)."""
    kept: tuple[int, ...]
    any_function: float
    """The share of any function of i j k^-1."""
    means: Float[np.ndarray, " n"]
    """That function, fitted to the same pairs."""

    def rows(self, i: int, coordinates: Coordinates) -> Float[np.ndarray, "n n"]:
        """The formula's logits [j, k] of the element i."""
        return self.values[quotients(coordinates, i)]

    @property
    def unlike_lookup(self) -> float:
        """How far the shares are from those of a table of answers, 0 to 1 (total variation)."""
        total = self.shares.sum()
        return float(np.abs(self.shares / total - self.lookup).sum() / 2) if total > 0 else 0.0


def quotients(coordinates: Coordinates, i: int) -> Int[np.ndarray, "n n"]:
    """The element i j k^-1 at [j, k]."""
    group = coordinates.group
    return group.table[group.table[i][:, None], group.inverses[None]]


def circle_form(
    logits: Array, coordinates: Coordinates, fitted: Bool[np.ndarray, "n n"], smallest: float
) -> CircleForm:
    """The formula fitted to the pairs that are `fitted` [i, j], of frequencies with a share of at least `smallest`."""
    size = len(logits)
    frequencies = np.arange(1, size // 2 + 1)
    sums, counts = np.zeros((size, len(frequencies))), np.zeros(size)
    power, total, j = np.zeros(len(frequencies)), 0.0, np.arange(size)
    scale = np.where(2 * frequencies == size, 1.0, 2.0) / size
    for i in range(size):
        rows = coordinates.centred(logits, i)
        turned = np.exp(2j * np.pi * (np.outer(i + j, frequencies) % size) / size)
        found = scale * np.fft.rfft(rows, axis=1)[:, 1:] * turned
        power += (np.abs(found) ** 2 / scale).sum(0)
        total += (rows**2).sum()
        apart = (i - j) % size
        np.add.at(sums, apart[fitted[i]], found.real[fitted[i]])
        np.add.at(counts, apart[fitted[i]], 1)
    shares = power / total if total > 0 else power
    kept = [int(f) for f in frequencies[shares >= smallest]]
    coefficients = []
    for f in kept:
        half = np.abs(np.cos(np.pi * f * np.arange(size) / size))
        basis, weight = np.stack([np.ones(size), half], 1), np.sqrt(counts)
        means = sums[:, f - 1] / np.maximum(counts, 1)
        alpha, beta = np.linalg.lstsq(basis * weight[:, None], means * weight, rcond=None)[0]
        coefficients.append((float(alpha), float(beta)))
    return CircleForm(tuple(kept), tuple(coefficients), shares)


def class_form(logits: Array, coordinates: Coordinates, fitted: Bool[np.ndarray, "n n"], smallest: float) -> ClassForm:
    """The formula fitted to the pairs that are `fitted` [i, j], of irreps with a share of at least `smallest`."""
    size, group = len(logits), coordinates.group
    sums, halves, counts, total = np.zeros(size), np.zeros(size), np.zeros(size), 0.0
    for i in range(size):
        rows, where = coordinates.centred(logits, i), quotients(coordinates, i)
        sums += np.bincount(where.ravel(), rows.ravel(), size)
        halves += np.bincount(where[fitted[i]].ravel(), rows[fitted[i]].ravel(), size)
        counts += np.bincount(where[fitted[i]].ravel(), minlength=size)
        total += (rows**2).sum()
    total = total or 1.0
    mean, half = sums / size**2, halves / np.maximum(counts, 1)
    parts = character_table(group).real_parts()
    basis = np.array([chi for _, chi in parts])
    norms = (basis**2).sum(1)
    shares = size**2 * (basis @ mean) ** 2 / norms / total
    kept = [i for i, share in enumerate(shares) if share >= smallest]
    values = ((basis @ half) / norms)[kept] @ basis[kept] if kept else np.zeros(size)
    degrees = [round(chi[group.identity]) for _, chi in parts]
    lookup = np.array([d * d / len(irreps) for d, (irreps, _) in zip(degrees, parts, strict=True)]) / (size - 1)
    names = [f"{i + 1} ({d // len(irreps)}d)" for i, (d, (irreps, _)) in enumerate(zip(degrees, parts, strict=True))]
    return ClassForm(values, tuple(names), shares, lookup, tuple(kept), float(size**2 * (mean**2).sum() / total), half)


@dataclass(frozen=True)
class Fit:
    """How well a formula stands for the logits."""

    held_out: float
    """R2 on the pairs that nothing was fitted to."""
    error: float
    """Its standard error, by blocks of pairs."""
    same_answer: int
    """Pairs on which the formula gives the network's answer."""
    alone: int
    """Pairs on which what is left of the logits is too small to change the formula's answer."""
    margin: float
    """The least distance between the formula's largest and second largest logit."""


def fit_of(
    logits: Array, coordinates: Coordinates, form: CircleForm | ClassForm, fitted: Bool[np.ndarray, "n n"]
) -> Fit:
    """What is left of the logits, pair by pair.

    The formula's answer t stands where max_c r_c - min_c r_c < the formula's margin, r being what is left.
    """
    size = len(logits)
    rest, total = np.zeros((size, size)), np.zeros((size, size))
    same = alone = 0
    margin = np.inf
    for i in range(size):
        rows = coordinates.centred(logits, i)
        formula = form.rows(i, size) if isinstance(form, CircleForm) else form.rows(i, coordinates)
        left = rows - formula
        left -= left.mean(1, keepdims=True)
        rest[i], total[i] = (left**2).sum(1), (rows**2).sum(1)
        best = np.partition(formula, size - 2, axis=1)[:, -2:]
        margins = best[:, 1] - best[:, 0]
        agrees = (formula.argmax(1) == rows.argmax(1)) & (margins > 0)
        same += int(agrees.sum())
        alone += int((agrees & (np.ptp(left, axis=1) < margins)).sum())
        margin = min(margin, float(margins.min()))
    r2, error = _held_out_r2(rest[~fitted], total[~fitted])
    return Fit(r2, error, same, alone, margin)


def _held_out_r2(rest: Float[np.ndarray, " pairs"], total: Float[np.ndarray, " pairs"]) -> tuple[float, float]:
    """1 - rest / total over pairs, and its standard error by leaving out one of ten blocks at a time."""
    if total.sum() == 0:
        return 0.0, 0.0
    blocks = np.arange(len(rest)) % 10
    without = np.array([1 - rest[blocks != b].sum() / max(total[blocks != b].sum(), 1e-300) for b in range(10)])
    return float(1 - rest.sum() / total.sum()), float(np.sqrt(0.9 * ((without - without.mean()) ** 2).sum()))
