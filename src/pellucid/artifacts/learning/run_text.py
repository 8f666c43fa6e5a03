"""What a run's phases say, in lines of words."""

from __future__ import annotations

import numpy as np

from .run_phases import MEANS, RunPhases


def phase_lines(found: RunPhases) -> list[str]:
    """The phase and what it means; both names where the thresholds do not agree."""
    named = [f"{name} ({100 * share:.0f} % of thresholds)" for name, share in found.votes]
    if found.is_plain:
        return [f"{named[0]}: {MEANS.get(found.phase, found.phase)}"]
    return [f"undecided between {' and '.join(named[:3])}"]


def time_lines(found: RunPhases) -> list[str]:
    """When it fitted, when it generalised, and how much later that was."""
    lines = []
    for what, interval in (("training data", found.fitted), ("held-out data", found.generalised)):
        if interval:
            lines.append(f"{what} learnt between steps {interval[0]:g} and {interval[1]:g}")
        elif what == "training data" or len(found.test_steps):
            last = found.train_steps if what == "training data" else found.test_steps
            lines.append(f"{what} not learnt up to step {last[-1]:g}")
    if found.ratio is not None:
        lines.append(f"held-out data {found.ratio:.3g} times later than the training data")
    if found.forecast:
        step, low, high = found.forecast
        most = f"{high:.0f}" if np.isfinite(high) else "never"
        when = "forecast at the fit" if found.generalised else "forecast"
        lines.append(f"{when}: held-out data learnt at step {step:.0f} ({low:.0f} to {most}), by the fall of the norm")
    return lines
