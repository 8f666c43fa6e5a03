"""Formulas: typeset, against the data with the residual, and the front of error against length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..algebra.expressions.jumps import latex_of
from ..artifacts import Formula, Front, NextPoint, Posterior, Predictions
from ..artifacts.formulas.readable import equation, readable
from .drawing import draws
from .style import FAINT, INK, PAPER, ROOM, STATE_COLOURS, new_figure, quiet, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]


@draws(Formula)
def draw_formula(formula: Formula) -> Figure:
    """The equation, typeset."""
    import sympy

    left, right = equation(formula)
    text = f"${sympy.latex(left)} = {latex_of(right)}$".replace(r"\operatorname", r"\mathrm")
    figure = new_figure(max(2.0, 0.12 * len(readable(formula)) + 0.6), 0.9)
    figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=18, color=INK)
    return figure


@draws(Predictions, beside=Formula)
def draw_predictions(predictions: Predictions, formula: Formula | None = None) -> Figure:
    """What was observed and what the formula says, above the residual.

    With one feature the target is drawn over it, the formula as a curve; else observed over predicted.
    """
    figure = new_figure(4.9, 4.6)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2.6, 1))
    kept = np.isfinite(predictions.predicted)
    observed, predicted = predictions.observed[kept], predictions.predicted[kept]
    held = predictions.held_out[kept]
    single = predictions.X.shape[1] == 1
    across = predictions.X[kept, 0] if single else predicted
    logarithmic = _logarithmic(upper, "x", across), _logarithmic(upper, "y", observed)
    if single:
        _curve(upper, predictions, formula, logarithmic[0])
        upper.set_ylabel(predictions.target)
        lower.set_xlabel(predictions.names[0])
    else:
        ends = [float(min(observed.min(), predicted.min())), float(max(observed.max(), predicted.max()))]
        upper.plot(ends, ends, color=FAINT, lw=1.2, zorder=1)
        upper.set_ylabel(f"{predictions.target} observed")
        lower.set_xlabel(f"{predictions.target} by the formula")
    residual, relative = _residual(observed, predicted, logarithmic[1])
    lower.axhline(0, color=FAINT, lw=1.0, zorder=1)
    for axes, values in ((upper, observed), (lower, residual)):
        _draw_rows(axes, across, values, held)
        quiet(axes)
    lower.set_ylabel("residual, %" if relative else "residual")
    if held.any():
        upper.legend(frameon=False, fontsize=9, labelcolor=INK, loc="best", handletextpad=0.2)
    return figure


def _residual(observed: Array, predicted: Array, wide: bool) -> tuple[Array, bool]:
    """The residual at each row, and whether in percent: where that shows more, over a `wide` range."""
    difference, percent = observed - predicted, 100 * (observed / np.where(predicted == 0, np.nan, predicted) - 1)
    relative = wide and _evenness(percent) > _evenness(difference)
    return (percent if relative else difference), relative


def _draw_rows(axes: Axes, across: Array, values: Array, held: NDArray[np.bool_]) -> None:
    """Rows as points: filled where they were fitted, rings where they were held out."""
    many = len(values) > ROOM.points
    options: dict[str, Any] = {"marker": "o", "ls": "", "ms": 3.2 if many else 5.5, "zorder": 2, "rasterized": many}
    fitted, blue, red = ~held, STATE_COLOURS[0], STATE_COLOURS[5]
    axes.plot(across[fitted], values[fitted], label="fitted", color=blue, lw=0, alpha=0.85, **options)
    if held.any():
        rings: dict[str, Any] = {"markerfacecolor": "none", "markeredgecolor": red, "mew": 1.3, "alpha": 1.0}
        axes.plot(across[held], values[held], label="held out", **rings, **options)


def _evenness(values: Array) -> float:
    """Near 0 where a few values are far larger than the rest, so that a drawing of them would show little else."""
    sizes = np.abs(values[np.isfinite(values)])
    return float(np.median(sizes) / sizes.max()) if len(sizes) and sizes.max() > 0 else 0.0


def _logarithmic(axes: Axes, axis: str, values: Array, wide: float = 30.0) -> bool:
    """Makes an axis logarithmic where values are positive and the largest is more than `wide` times the smallest."""
    if len(values) and values.min() > 0 and values.max() > wide * values.min():
        (axes.set_xscale if axis == "x" else axes.set_yscale)("log")
        getattr(axes, f"{axis}axis").set_major_formatter(lambda value, _: f"{value:g}")
        return True
    return False


def _curve(axes: Axes, predictions: Predictions, formula: Formula | None, logarithmic: bool) -> None:
    x = np.sort(predictions.X[:, 0])
    if formula is not None and x[0] < x[-1]:
        x = np.geomspace(x[0], x[-1], 300) if logarithmic else np.linspace(x[0], x[-1], 300)
        axes.plot(x, formula(x[:, None]), color=INK, lw=1.4, zorder=1)


@draws(Front)
def draw_front(front: Front) -> Figure:
    """Error over length, from short to exact; the chosen formula is filled, and written beside its point.

    >>> front = Front((Formula("a", ("a",)), Formula("2*a", ("a",))), (1.0, 0.1), (4.0, 9.0), 1)
    >>> [text.get_text() for text in draw_front(front).axes[0].texts]
    ['1', '2', 'y = 2·a']
    """
    figure = new_figure(4.9, 3.6)
    axes = figure.add_subplot()
    errors = np.array(front.errors, dtype=float)
    real = errors[np.isfinite(errors) & (errors > 0)]
    least = float(real.min()) / 3 if len(real) else 1.0
    shown = np.where(np.isfinite(errors), np.maximum(errors, least), np.nan)
    bits = np.array(front.bits, dtype=float)
    axes.plot(bits, shown, color=FAINT, lw=1.2, drawstyle="steps-post", zorder=1)
    axes.plot(bits, shown, marker="o", ms=6, ls="", mfc=PAPER, mec=STATE_COLOURS[0], mew=1.4, zorder=2)
    for number, (x, y) in enumerate(zip(bits, shown, strict=True), 1):
        if len(bits) <= 12 and np.isfinite(y):
            place: dict[str, Any] = {"xytext": (5, 5), "textcoords": "offset points"}
            axes.annotate(str(number), (x, y), fontsize=8.5, color=INK, **place)
    if 0 <= front.chosen < len(bits):
        axes.plot(bits[front.chosen], shown[front.chosen], "o", ms=9, color=STATE_COLOURS[5], zorder=3)
        text = shortened(readable(front.formulas[front.chosen]), 34)
        right = bits[front.chosen] > (np.nanmin(bits) + np.nanmax(bits)) / 2
        offset: dict[str, Any] = {"xytext": (-9 if right else 11, -11), "textcoords": "offset points"}
        side = "right" if right else "left"
        where = (bits[front.chosen], shown[front.chosen])
        axes.annotate(text, where, ha=side, va="top", fontsize=9.5, color=STATE_COLOURS[5], parse_math=False, **offset)
    axes.set_yscale("log")
    axes.set(xlabel="length of the formula, bits", ylabel="error (root mean square)")
    axes.margins(x=0.12, y=0.2)
    quiet(axes)
    return figure


@draws(Posterior)
def draw_posterior(posterior: Posterior) -> Figure:
    """The likeliest formulas over one feature, the band that holds the law in 95 of 100 cases, and where to measure.

    Of several features the one is drawn along which the formulas' disagreement changes most; the others are those of
    the point at which to measure next.

    >>> from pellucid.artifacts import WeighedFormula
    >>> one = WeighedFormula(Formula("2*x", ("x",)), "a*x", ("a",), (2.0,), ((0.01,),), 0.0, "Gauss", 0.5)
    >>> [axes.get_ylabel() for axes in draw_posterior(Posterior((one,), ((0.0, 4.0),))).axes]
    ['y']
    """
    figure = new_figure(4.9, 3.6)
    axes = figure.add_subplot()
    found = posterior.next_point()
    column, X = _slice_through(posterior, found)
    x = X[:, column]
    band = posterior.predict(X)
    axes.fill_between(x, band.low, band.high, color=STATE_COLOURS[4], alpha=0.35, lw=0, label="95 %")
    for entry, weight in list(zip(posterior.entries, posterior.weights, strict=True))[:6]:
        if weight > 0.01:
            axes.plot(x, entry.formula(X), color=INK, lw=0.6 + 1.4 * weight, alpha=0.35 + 0.65 * weight)
    here = posterior.predict([found.x]).value
    axes.axvline(found.x[column], color=STATE_COLOURS[5], lw=1.0, ls=":")
    axes.plot([found.x[column]], here, "o", ms=8, color=STATE_COLOURS[5], label="measure next", zorder=3)
    axes.set(xlabel=posterior.names[column], ylabel=posterior.target)
    axes.legend(frameon=False, fontsize=9, labelcolor=INK, loc="best", handletextpad=0.4)
    quiet(axes)
    return figure


def _slice_through(posterior: Posterior, found: NextPoint, points: int = 300) -> tuple[int, Array]:
    """The feature to be drawn, and rows (points, features) along it through the point."""
    slices = []
    for column, (low, high) in enumerate(posterior.box):
        X = np.repeat(np.array([found.x]), points, axis=0)
        X[:, column] = np.linspace(low, high, points)
        slices.append(X)
    fixed = posterior.cases[0] if posterior.cases else (None,) * len(slices)
    free = [column for column, value in enumerate(fixed) if value is None] or list(range(len(slices)))
    row = 0 if found.between else 1
    column = max(free, key=lambda column: float(np.ptp(posterior.disagreement(slices[column])[row])))
    return column, slices[column]
