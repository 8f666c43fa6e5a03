"""What is odd about a log: values that are no numbers, spikes, smoothed series, few test cases."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from ...subjects.runs.training_run import Curve, TrainingRun
from .phases import smooth

LONG = 40
"""Values that a series must have before its noise says anything."""


def anomalies(run: TrainingRun) -> Iterator[str]:
    """One sentence for each oddity."""
    for part, curve in (("train", run.train), ("test", run.test)):
        if curve is None:
            continue
        yield from _not_finite(part, run.kind, curve)
        yield from _spikes(part, run.kind, curve)
    yield from _smoothed(run.train, run.kind)
    cases = cases_of(run.test) if run.kind == "accuracy" and run.test is not None else None
    if cases is not None and cases < 500:
        error = 0.5 / np.sqrt(cases)
        yield f"test accuracies are multiples of 1/{cases}: {cases} cases, a standard error of up to {error:.2g}"


def _not_finite(part: str, kind: str, curve: Curve) -> Iterator[str]:
    bad = np.flatnonzero(~np.isfinite(curve.values))
    if len(bad):
        first, last = curve.steps[bad[0]], curve.steps[-1]
        rest = "and stays so" if len(bad) == len(curve) - bad[0] and len(bad) > 1 else f"{len(bad)} times in all"
        yield f"the {part} {kind} is no number from step {first:g} (of {last:g}), {rest}"


def _spikes(part: str, kind: str, curve: Curve) -> Iterator[str]:
    """Values far worse than their neighbours, and by a good part of the whole range."""
    found = spikes(curve, -1.0 if kind == "accuracy" else 1.0)
    if len(found):
        places = ", ".join(f"{curve.steps[place]:g}" for place in found[:4])
        more = f" and {len(found) - 4} more" if len(found) > 4 else ""
        yield f"the {part} {kind} spikes at step{'s' if len(found) > 1 else ''} {places}{more}"


def spikes(curve: Curve, worse: float, most: float = 8.0, part: float = 0.1) -> np.ndarray:
    """Places where a value is `most` times the noise, and `part` of the whole range, worse than on either side.

    The first and the last value have one side alone: a loss that starts high has no spike there.

    >>> spikes(Curve(np.arange(20.0), [2.0] * 9 + [9.0] + [1.0] * 10), 1.0).tolist()
    [9]
    """
    values = curve.values.copy()
    if np.isfinite(values).sum() < 10:
        return np.array([], dtype=int)
    values[~np.isfinite(values)] = np.nan
    above = worse * (values - smooth(values, 7))
    sides = [worse * (values - _beside(values, side)) for side in (-1, 1)]
    noise = 1.4826 * float(np.nanmedian(np.abs(above - np.nanmedian(above))))
    middle = np.nanquantile(values, [0.05, 0.95])
    wide = max(float(middle[1] - middle[0]), 1e-12)
    least = np.nan_to_num(np.minimum(*sides), nan=0.0)
    return np.flatnonzero(least > max(most * noise, part * wide))


def _beside(values: Float[np.ndarray, " entries"], side: int, width: int = 4) -> Float[np.ndarray, " entries"]:
    """The median of up to `width` values before (-1) or after (1) each; NaN where there are none."""
    count = len(values)
    ranges = [(max(0, i - width), i) if side < 0 else (i + 1, min(count, i + 1 + width)) for i in range(count)]
    return np.array(
        [np.nanmedian(values[a:b]) if b > a and np.isfinite(values[a:b]).any() else np.nan for a, b in ranges]
    )


def _smoothed(curve: Curve, kind: str) -> Iterator[str]:
    """A smoothed loss goes on in the direction it went; one of single batches jumps back (by -1/2)."""
    values = curve.values[np.isfinite(curve.values)]
    if kind != "loss" or len(values) < LONG:
        return
    step = np.diff(values[len(values) // 4 :])
    step = step - smooth(step, 9)  # without the way down
    if step.std() <= 2e-3 * np.ptp(values):  # too smooth for the noise of batches: all data at once, or rounded
        return
    bend = float((step[1:] * step[:-1]).sum() / (step**2).sum())
    signs = float((step[1:] * step[:-1] < 0).mean())
    if -0.15 < bend < 0.9 and signs < 0.55 and signs > 0.2:
        yield "the train loss looks smoothed (its noise goes on from row to row): times may be late by its window"


def cases_of(curve: Curve | None, most: int = 2000) -> int | None:
    """How many cases the accuracies are fractions of: the least number that makes all of them whole; None where none.

    >>> cases_of(Curve([0, 1, 2, 3, 4], [0.25, 0.5, 0.625, 0.75, 0.875]))
    8
    """
    if curve is None:
        return None
    values = np.unique(curve.values[np.isfinite(curve.values)])
    if len(values) < 5:
        return None
    numbers = np.arange(1, most + 1)[:, None] * values[None, :]
    whole = (np.abs(numbers - np.round(numbers)) < 2e-4).all(1)
    return int(np.argmax(whole)) + 1 if whole.any() else None
