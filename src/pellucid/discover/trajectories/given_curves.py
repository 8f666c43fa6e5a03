"""Inputs between their samples, as smooth or as stepwise as these are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import make_interp_spline

from .settings import SHOOTING

Array = NDArray[np.float64]


def given_curve(t: Array, u: Array) -> Callable[[Array], Array]:
    """Inputs u (samples, inputs) and then the time, (points, inputs + 1) at times (points,).

    Smooth ones between samples by quintic splines; those that mostly keep their value from sample to sample keep it
    until the next one, as a controller's output does.

    >>> look = given_curve(np.arange(5.0), np.array([[0.0], [0.0], [1.0], [1.0], [1.0]]))
    >>> look(np.array([1.9, 2.1])).tolist()
    [[0.0, 1.9], [1.0, 2.1]]
    """
    stepwise = (np.diff(u, axis=0) == 0).mean(0) > SHOOTING.held_values if len(u) > 1 else np.zeros(u.shape[1], bool)
    smooth = make_interp_spline(t, u[:, ~stepwise], min(5, len(t) - 1 - len(t) % 2)) if (~stepwise).any() else None

    def look(times: Array) -> Array:
        found = np.empty((len(times), u.shape[1] + 1))
        found[:, -1] = times
        found[:, :-1][:, stepwise] = u[np.clip(np.searchsorted(t, times, "right") - 1, 0, len(t) - 1)][:, stepwise]
        if smooth is not None:
            found[:, :-1][:, ~stepwise] = smooth(times)
        return found

    return look
