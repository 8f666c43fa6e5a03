"""Polishing: a proposed expression's floating constants refitted in float64, snapped jointly, and the result tidied.

Two forms are tried, the expression as it stands and the one with ratios (`parametrised`); the shorter description of
formula and data is kept. Compiled once per form; for 1,000 rows and few constants 10 to 50 ms, most of it snapping.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import sympy
from numpy.typing import NDArray

from .candidate import Candidate
from .description import data_bits, formula_bits, relative_precision
from .fitting import Fit, fit
from .joint import Snapper
from .parametrised import Parametrised, parametrise, settle_exponents
from .settings import EFFORTS, TOLERANCES
from .snapping import proposals
from .tape import Bound, compile_expression
from .tidy import shortest

Array = NDArray[np.float64]


def polish(
    expression: sympy.Expr,
    X: Array,
    y: Array,
    names: Sequence[str],
    *,
    route: str = "",
    snap: bool = True,
    steps: int = 60,
    worst: float = math.inf,
) -> Candidate | None:
    """The expression with its floating constants refitted to X (rows, features), y (rows,), snapped and tidied.

    None where it is not finite and real on every row, where its refitted error is above `worst` (which spares the
    snapping, most of the time), or where it holds more than `EFFORTS.constants` of them. Raises CannotCompile
    (a ValueError) for symbols that are no columns and functions that are not known.

    >>> x = sympy.Symbol("x", real=True)
    >>> X = np.linspace(1, 3, 50)[:, None]
    >>> polish(0.1 * x**2.1, X, X[:, 0] ** 2 / (4 * np.pi), ["x"]).expression
    x**2/(4*pi)
    """
    scale = float(np.sqrt(np.mean(y * y)))
    with np.errstate(all="ignore"):
        settled = settle_exponents(expression, names, X)
        found = _fitted(parametrise(settled), X, y, names, route, snap, steps, worst)
        other = None
        if snap and not _is_exact(found, scale):
            ratios = parametrise(settled, ratios=True)
            if len(ratios.symbols) > 1:
                other = _fitted(ratios, X, y, names, route, snap, steps, worst)
        options = [option for option in (found, other) if option is not None]
        close = _close_to_best(options, len(y), scale)
        tidied = [evaluate_candidate(shortest(option.expression), X, y, names, route) for option in close]
    kept = [candidate for candidate in tidied if candidate is not None]
    return min(kept, key=lambda candidate: _total(candidate, len(y), scale), default=None)


def _close_to_best(options: Sequence[Candidate], rows: int, scale: float) -> list[Candidate]:
    """Those that tidying may still make the shortest."""
    totals = [_total(option, rows, scale) for option in options]
    return [option for option, total in zip(options, totals, strict=True) if total < min(totals) + EFFORTS.untidy]


def _is_exact(candidate: Candidate | None, scale: float) -> bool:
    """Whether it holds no free constant, and misses by rounding alone."""
    if candidate is None or candidate.expression.has(sympy.Float):
        return False
    return candidate.error <= TOLERANCES.exact * scale


def _total(candidate: Candidate, rows: int, scale: float) -> float:
    return candidate.bits + data_bits(candidate.error**2, rows, scale)


def _fitted(
    form: Parametrised, X: Array, y: Array, names: Sequence[str], route: str, snap: bool, steps: int, worst: float
) -> Candidate | None:
    if len(form.symbols) > EFFORTS.constants:
        return None
    bound = form.tape(names).bind(X)
    fitted = _restarted(bound, y, form, fit(bound, y, form.values, steps=steps), steps)
    if fitted is None or fitted.error > worst:
        return None
    numbers: list[float | sympy.Expr] = fitted.values.tolist()
    if snap and numbers:
        numbers = Snapper(form, bound, y).snap(fitted)
    return evaluate_candidate(form.expression(numbers), X, y, names, route)


def _restarted(bound: Bound, y: Array, form: Parametrised, fitted: Fit | None, steps: int) -> Fit | None:
    """Where the fit explains little, another from plain numbers near the start: 1.03 may lie beyond a pole, 1 not."""
    if not len(form.values) or (fitted is not None and fitted.error < EFFORTS.poor * float(np.std(y))):
        return fitted
    near = [proposals(value, EFFORTS.nearby * abs(value), 1) for value in form.values.tolist()]
    pairs = zip(form.values.tolist(), near, strict=True)
    start = np.array([float(options[0].number) if options else value for value, options in pairs])
    again = fit(bound, y, start, steps=steps)
    return again if again is not None and (fitted is None or again.error < fitted.error) else fitted


def evaluate_candidate(
    expression: sympy.Expr, X: Array, y: Array, names: Sequence[str], route: str = ""
) -> Candidate | None:
    """The candidate as it stands, None where it is not finite and real on every row of X (rows, features).

    >>> x = sympy.Symbol("x", real=True)
    >>> evaluate_candidate(2 * x, np.array([[1.0], [2.0]]), np.array([2.0, 4.0]), ["x"]).error
    0.0
    """
    with np.errstate(all="ignore"):
        residual = compile_expression(expression, names)(X) - y
        error = float(np.sqrt(np.mean(residual**2)))
    if not math.isfinite(error):
        return None
    scale = float(np.sqrt(np.mean(y**2)))
    return Candidate(expression, route, error, formula_bits(expression, relative_precision(error, len(y), scale)))
