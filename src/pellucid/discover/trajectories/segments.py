"""Stretches of data of equal length, and how equations are marched through all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...subjects.equations.trajectories import Trajectories
from .settings import RECOVERY, SHOOTING, STRETCHES
from .smoothing import Piece, Smoothed, median_step, smooth, timescale

Array = NDArray[np.float64]
Flow = Callable[[Array, Array], Array]
"""The rates of states (segments, ...) with inputs and times (segments, others)."""


@dataclass(frozen=True)
class Segments:
    """Stretches of data of the same number of samples: t (segments, samples), x (segments, samples, variables).

    `start` (segments, variables) are the states that simulation starts from; `substeps` Runge-Kutta steps lie between
    two samples. `given` says inputs and times (points, others) of a segment at times (points,).
    """

    t: Array
    x: Array
    start: Array
    substeps: int
    given: tuple[Callable[[Array], Array], ...]
    fed: Array
    """Inputs and times at the start, middle and end of every step (segments, 3 steps, others): where an input jumps
    between two steps, the end of one is before the jump, and the start of the next after it."""
    order: ClassVar[int] = 4
    """Of the method of `march`."""

    def __len__(self) -> int:
        return len(self.t)

    @classmethod
    def of(
        cls, t: Array, x: Array, start: Array, substeps: int, given: tuple[Callable[[Array], Array], ...] = ()
    ) -> Segments:
        """With what is given looked up; time alone where nothing is.

        t (segments, samples), x (segments, samples, variables), start (segments, variables).
        """
        given = given or (clock,) * len(t)
        parts = (np.arange(substeps)[:, None] + [0.0, 0.5, 1.0 - SHOOTING.before]).ravel() / substeps
        gaps = np.diff(t, axis=1)[:, :, None]
        moments = (t[:, :-1, None] + gaps * parts).reshape(len(t), -1)
        fed = np.stack([look(times) for look, times in zip(given, moments, strict=True)])
        return cls(t, x, start, substeps, given, fed)

    def moved(self, starts: Array) -> Segments:
        """From other states (segments, variables)."""
        return replace(self, start=self.start + starts)

    def with_steps(self, substeps: int) -> Segments:
        """With so many steps between samples."""
        return self if substeps == self.substeps else Segments.of(self.t, self.x, self.start, substeps, self.given)

    def march(self, flow: Flow, start: Array) -> Array:
        """Runge-Kutta's method of order 4 for all segments at once; (segments, samples, ...).

        start, of shape (segments, ...).
        """
        found = np.empty((len(self), self.t.shape[1], *start.shape[1:]))
        found[:, 0] = state = start
        shape, place = (-1, *(1,) * (start.ndim - 1)), 0
        with np.errstate(all="ignore"):
            for i, gap in enumerate(np.diff(self.t, axis=1).T):
                h = (gap / self.substeps).reshape(shape)
                half, sixth = h / 2, h / 6
                for _ in range(self.substeps):
                    first, middle, last = self.fed[:, place], self.fed[:, place + 1], self.fed[:, place + 2]
                    k1 = flow(state, first)
                    k2 = flow(state + half * k1, middle)
                    k3 = flow(state + half * k2, middle)
                    state = state + sixth * (k1 + 2 * k2 + 2 * k3 + flow(state + h * k3, last))
                    place += 3
                found[:, i + 1] = state
        return found


def clock(times: Array) -> Array:
    """Nothing is given but the time.

    Shapes: (points,) gives (points, 1).
    """
    return times[:, None]


def cut_segments(smoothed: Smoothed, generator: np.random.Generator, most: int = SHOOTING.most_segments) -> Segments:
    """Segments of the pieces, at most `most` of them."""
    scale, step = timescale(smoothed), median_step([piece.t for piece in smoothed.pieces])
    wanted = max(SHOOTING.fewest_samples, min(SHOOTING.most_samples, round(SHOOTING.segment * scale / step))) + 1
    count = best_length([len(piece.t) for piece in smoothed.pieces], wanted)
    places = [(piece, low) for piece in smoothed.pieces for low in range(0, len(piece.t) - count + 1, count)]
    chosen = [places[i] for i in np.sort(generator.permutation(len(places))[:most])]
    t, x, start = (np.array([getattr(piece, name)[low : low + count] for piece, low in chosen])
                   for name in ("t", "x", "smooth"))  # fmt: skip
    longest = float(np.diff(t, axis=1).max())
    substeps = min(SHOOTING.most_substeps, max(1, ceil(longest / SHOOTING.step / scale)))
    return Segments.of(t, x, start[:, 0], substeps, tuple(piece.given for piece, _ in chosen))


def best_length(lengths: list[int], wanted: int) -> int:
    """The length of segments, near the wanted one, that leaves the fewest samples over.

    >>> best_length([120, 120], 50), best_length([6, 6, 200], 50)
    (40, 50)
    """
    most = min(wanted * 3 // 2, max(lengths))
    sizes = range(min(max(2, wanted * 2 // 3), most), most + 1)
    if sum(n for n in lengths if n < sizes[0]) > SHOOTING.short * sum(lengths):
        sizes = sorted(set(lengths))[:1]  # most orbits are short
    return max(sizes, key=lambda size: (sum(n // size * size for n in lengths), -abs(size - wanted)))


class NoEquations(ValueError):
    """No equations of these terms follow the trajectories; the message says what was tried."""


def evenly_sampled(subject: Trajectories) -> Trajectories:
    """The same, or the stretches that can be simulated of runs that are sampled too unevenly for one smooth curve.

    One curve cannot follow both ends of such a run, as stiff systems have, one for each stretch can. Stretches whose
    samples are too far apart for the fastest time that the others show are left out; `prediction.stiff_claims` tests
    there. Raises NoEquations where there are not two others.
    """
    ratios = [float(np.diff(t).max() / np.diff(t).min()) for t in subject.t]
    if max(ratios) <= RECOVERY.most_uneven:
        return subject
    cut = _cut(subject)
    farthest = SHOOTING.most_substeps * STRETCHES.stable * _fastest(smooth(cut))
    kept = [i for i, t in enumerate(cut.t) if np.diff(t).max() <= farthest]
    if len(kept) < 2:
        raise NoEquations(
            f"samples lie up to {max(ratios):.0e} times more densely at some times than at others, as those of stiff "
            f"systems do, but too few lie within {farthest:.2g} of each other, as the fastest changes need; give more "
            "samples at early times, evenly or evenly in log t"
        )
    return cut.select(kept)


def _cut(subject: Trajectories) -> Trajectories:
    """The runs in stretches, each sampled evenly enough for one smooth curve."""
    parts = [(i, slice(low, high)) for i, t in enumerate(subject.t) for low, high in _cuts(t)]
    return Trajectories(
        [subject.t[i][part] for i, part in parts],
        [subject.x[i][part] for i, part in parts],
        subject.names,
        inputs=subject.inputs,
        u=[subject.u[i][part] for i, part in parts],
    )


def _cuts(t: Array) -> list[tuple[int, int]]:
    """Where stretches begin and end, each with the first sample of the next."""
    gaps, edges, low = np.diff(t), [0], 0
    for k in range(len(gaps)):
        if k - low >= STRETCHES.fewest_samples and gaps[k] > STRETCHES.widest * gaps[low:k].min():
            if len(t) - k < STRETCHES.fewest_samples:
                break
            edges.append(k)
            low = k
    return [(a, min(b + 1, len(t))) for a, b in pairwise([*edges, len(t)])]


def _fastest(smoothed: Smoothed) -> float:
    """The shortest time in which a variable changes by its own size, in a stretch in which it does change."""
    everywhere = np.concatenate([piece.smooth for piece in smoothed.pieces]).std(0)
    least = np.maximum(STRETCHES.moves * smoothed.noise, STRETCHES.rounding * everywhere)
    return min(float(_times(piece, least).min()) for piece in smoothed.pieces)


def _times(piece: Piece, least: Array) -> Array:
    """Of each variable (variables,); infinite where it moves by less than `least`."""
    spread, speed = piece.smooth.std(0), np.asarray(piece.curve.derivative()(piece.t)).std(0)
    return np.where(spread > least, spread / np.maximum(speed, 1e-300), np.inf)
