"""When a run that memorises will generalise, from how fast its weights shrink.

Liu et al. (arXiv 2210.01117): test loss depends on the norm |w| of the weights, and is low near a critical norm w_c.
After the fit, gradients vanish and AdamW shrinks the weights, d ln|w|/dt = -s with s near lr * decay, so that

    t_generalise = max(t_fit, t + ln(|w| / w_c) / s)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...subjects.runs.training_run import Curve, TrainingRun


@dataclass(frozen=True)
class Forecast:
    """The step of generalisation, and what it rests on."""

    step: float
    """Infinite where the norm does not fall."""
    rate: float
    """-d ln|w| / d step."""
    norm: float
    critical: float
    made_at: float


def forecast(run: TrainingRun, fitted: float, critical: float, at: float | None = None) -> Forecast | None:
    """From what is known at step `at` (by default at the end); None without a norm, or with fewer than 4 of them.

    >>> steps = np.arange(0.0, 1000.0, 100.0)
    >>> norm = Curve(steps, 80 * np.exp(-1e-3 * steps))
    >>> run = TrainingRun(Curve(steps, steps / 900), Curve(steps, 0 * steps), norm=norm)
    >>> round(forecast(run, 200.0, 20.0).step)
    1386
    """
    if run.norm is None:
        return None
    known = run.norm if at is None else run.norm.until(at)
    if known is None or len(known) < 4:
        return None
    now = float(known.steps[-1])
    rate, norm = rate_of(known, fitted), float(known.values[-1])
    if norm <= critical:
        step = max(fitted, now)
    else:
        step = now + float(np.log(norm / critical)) / rate if rate > 1e-12 else np.inf
    return Forecast(max(fitted, step), rate, norm, critical, now)


def rate_of(norm: Curve, fitted: float) -> float:
    """How fast ln|w| falls: its slope in the second half of the log since the fit, or of the whole log.

    >>> steps = np.arange(0.0, 100.0, 10.0)
    >>> round(rate_of(Curve(steps, np.exp(-0.01 * steps)), 20.0), 9)
    0.01
    """
    since = norm.steps >= fitted
    steps, values = (norm.steps[since], norm.values[since]) if since.sum() >= 6 else (norm.steps, norm.values)
    half = len(steps) // 2 if len(steps) >= 6 else 0
    steps, logs = steps[half:], np.log(np.maximum(values[half:], 1e-300))
    return -float(np.polyfit(steps - steps[0], logs, 1)[0])
