"""Smoothing: how fast ripples die, over their wave number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.laws.smoothing import Smoothing
from .drawing import draws
from .style import FAINT, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(Smoothing)
def draw_smoothing(found: Smoothing) -> Figure:
    """The rate of each ripple beside the mean's.

    >>> draw_smoothing(Smoothing("u_t - u_xx = 0", 1, (), ("0", "1"))).axes[0].get_xlabel()
    'wave number k'
    """
    k = np.linspace(0, 3, 301)
    rates = found.rates(k)
    figure = new_figure(5.6, 3.0)
    axes = figure.add_subplot()
    axes.axhline(rates[0], color=FAINT, lw=1, ls=":", label="the mean")
    axes.plot(k, rates, color=STATE_COLOURS[0], lw=1.6, label="ripples")
    axes.set(xlabel="wave number k", ylabel="rate r of growth, exp(r t)")
    axes.legend(frameon=False, fontsize=8)
    quiet(axes)
    return figure
