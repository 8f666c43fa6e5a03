"""What is known of the complexity of checkpoints, as rows of words."""

from __future__ import annotations

import numpy as np

from .complexity_curve import ComplexityCurve

HEADINGS = ("step", "loss", "held-out", "norm", "linear maps", "as defined", "learning coefficient", "chains agree")
NAMES = {
    "lmn": "linear mapping number",
    "lmn_plain": "linear mapping number as defined",
    "llc": "local learning coefficient",
    "norm": "norm of the weights",
}


def rows_of(found: ComplexityCurve) -> list[tuple[str, ...]]:
    """One row a checkpoint; "-" for what was not measured."""
    return [
        (
            f"{step:g}", _number(found.loss[i]), _number(found.test[i]), _number(found.norm[i]),
            _with_error(found.lmn[i], found.lmn_error[i]), _number(found.lmn_plain[i]),
            _with_error(found.llc[i], found.llc_error[i]), _number(found.agreement[i]),
        )
        for i, step in enumerate(found.steps)
    ]  # fmt: skip


def lines_of(found: ComplexityCurve) -> list[str]:
    """How each measure goes with the held-out loss."""
    what = "held-out" if np.isfinite(found.test).all() else "training"
    told = [(NAMES[name], found.together(name)) for name in found.MEASURES]
    parts = [f"{words} {value:+.2f}" for words, value in told if value is not None]
    return [f"rank correlation with the {what} loss: {', '.join(parts)}"] if parts else []


def remarks_on(found: ComplexityCurve) -> list[str]:
    """How to read the table."""
    lines = ["linear maps: 1 for a linear function; pairs of samples with nearly one output count as linear"]
    if np.isfinite(found.llc).any():
        text = (
            f"learning coefficient: n beta {found.n_beta:.3g}, localization {found.localization:g}; chains agree at 1"
        )
        lines.append(text)
    return lines


def _number(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "-"


def _with_error(value: float, error: float) -> str:
    """A value, and its standard error where it is known.

    >>> _with_error(2.345, 0.12), _with_error(2.345, float("nan")), _with_error(float("nan"), 1.0)
    ('2.35 +- 0.12', '2.35', '-')
    """
    if not np.isfinite(value):
        return "-"
    return f"{value:.3g} +- {error:.2g}" if np.isfinite(error) else f"{value:.3g}"
