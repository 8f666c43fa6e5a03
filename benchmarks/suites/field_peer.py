"""PySINDy on a field: its weak library and its library of derivatives, with thresholds chosen on held-out time.

Each library holds products of up to three fields with one derivative up to the order of ours. For each of the
thresholds its equations are fitted to the first three quarters of the time; that with the fewest terms, of those whose
error on the rates of the last quarter is within a tenth of the least, is then fitted to all of it. Rates are
differences, or smoothed differences where there is noise. The weak library takes 500 test domains, 20 samples long
along every axis: with its own choice, a tenth of the axis, a domain has two samples in the last quarter of the time.
Thresholds are shares of the norm of the rates, since columns are normalised. Terms are computed once for all of them.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .field_solver import Solved, noisy
from .fields import FieldCase

Array = NDArray[np.float64]
THRESHOLDS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
DOMAINS = 500
HALF = 10
NEAR = 1.1


@dataclass(frozen=True)
class Chosen:
    """The names of the terms, coefficients (fields, terms), and CPU seconds."""

    names: list[str]
    coefficients: Array
    seconds: float


def peers(case: FieldCase, solved: Solved, noise: float, seed: int) -> dict[str, Chosen]:
    """By library, "weak" and "derivatives", what PySINDy finds."""
    values = np.moveaxis(noisy(solved, noise, seed), (0, 1), (-1, -2))  # places, times, fields
    return {kind: _found(case, solved, values, kind, noise > 0) for kind in ("weak", "derivatives")}


def _found(case: FieldCase, solved: Solved, values: Array, kind: str, smooth: bool) -> Chosen:
    import pysindy  # type: ignore[import-not-found]

    start, cut = time.process_time(), 3 * len(solved.t) // 4
    parts = [slice(None, cut), slice(cut, None), slice(None)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (early, early_rates, _), (late, late_rates, _), (whole, rates, names) = (
            _equations(case, solved, values, part, kind, smooth) for part in parts
        )
        tried = []
        for threshold in THRESHOLDS:
            fitted = _fit(pysindy, threshold, early, early_rates)
            error = float(((late_rates - late @ fitted.T) ** 2 / late_rates.var(0)).mean())
            tried.append((error, int((fitted != 0).sum()), threshold))
        least = min(tried)[0]
        _, threshold = min((size, threshold) for error, size, threshold in tried if error <= NEAR * least)
        coefficients = _fit(pysindy, threshold, whole, rates)
    return Chosen(names, coefficients, time.process_time() - start)


def _fit(pysindy: Any, threshold: float, terms: Array, rates: Array) -> Array:
    size = float(np.sqrt((rates**2).sum(0).mean()))
    optimizer = pysindy.STLSQ(threshold=threshold * size, alpha=1e-8, normalize_columns=True)
    return np.asarray(optimizer.fit(terms, rates).coef_)


def _equations(
    case: FieldCase, solved: Solved, values: Array, part: slice, kind: str, smooth: bool
) -> tuple[Array, Array, list[str]]:
    """Terms (rows, terms), rates (rows, fields) and the names of the terms, in a part of the time."""
    import pysindy  # type: ignore[import-not-found]

    order = (2 if case.planar else 5) if len(solved.names) == 1 else (2 if case.planar else 4)
    axes, t = [solved.x] * (2 if case.planar else 1), solved.t[part]
    grid = np.stack(np.meshgrid(*axes, t, indexing="ij"), -1)
    some = pysindy.AxesArray(
        values[..., part, :], {"ax_spatial": list(range(len(axes))), "ax_time": len(axes), "ax_coord": len(axes) + 1}
    )
    base = pysindy.PolynomialLibrary(degree=3, include_bias=False)
    kwargs = {"function_library": base, "derivative_order": order, "include_bias": True}
    method = pysindy.SmoothedFiniteDifference if smooth else pysindy.FiniteDifference
    if kind == "weak":
        np.random.seed(0)  # it draws its test domains
        steps = [(axis[1] - axis[0]) * min(HALF, len(axis) // 4) for axis in (*axes, t)]
        library: Any = pysindy.WeakPDELibrary(spatiotemporal_grid=grid, K=DOMAINS, H_xt=np.array(steps), **kwargs)
    else:
        library = pysindy.PDELibrary(spatial_grid=grid[..., 0, :-1], differentiation_method=method, **kwargs)
    library.fit([some])
    terms = np.asarray(library.transform([some])[0])
    if kind == "weak":
        rates = np.asarray(library.convert_u_dot_integral(some))
    else:
        rates = np.asarray(method(axis=len(axes))._differentiate(np.asarray(some), t))
    names = library.get_feature_names([f"x{i}" for i in range(len(solved.names))])
    return terms.reshape(-1, terms.shape[-1]), rates.reshape(-1, rates.shape[-1]), names
