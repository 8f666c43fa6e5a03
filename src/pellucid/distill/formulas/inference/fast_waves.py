"""Waves that are faster than few rows can tell: they go through any values, whatever the law.

The sine of a x, with a free, shatters sets of any size (its Vapnik-Chervonenkis dimension is infinite): to count its
constants is not to count its freedom. Below the mean Nyquist rate of the rows, half a cycle from one to the next, it
has no more freedom than its constants; above, only rows to spare can tell a law from a wave that was bent to them.
"""

from __future__ import annotations

import numpy as np
import sympy

from ..expression.parametrised import Parametrised
from .estimate import Rows


def is_too_fast(form: Parametrised, rows: Rows, spare: int = 4) -> bool:
    """Whether a wave with free constants turns by more than pi from row to row, on average, on fewer rows than `spare`
    for each constant of the form.

    >>> from ..expression.parametrised import parametrise
    >>> x = np.sort(np.random.default_rng(0).uniform(0, 1, 9))
    >>> rows = Rows(x[:, None], np.arange(9.0), np.ones(9), ("x",), 1e-16)
    >>> symbol = sympy.Symbol("x", real=True)
    >>> [is_too_fast(parametrise(1.1 + 2.3 * sympy.cos(w * symbol + 0.3)), rows) for w in (12.7, 503.26)]
    [False, True]
    """
    waves = form.template.atoms(sympy.sin, sympy.cos, sympy.tan) if rows.count < spare * len(form.symbols) else ()
    return any(_turns(form, wave.args[0], rows) for wave in waves if wave.free_symbols & set(form.symbols))


def _turns(form: Parametrised, angle: sympy.Basic, rows: Rows) -> bool:
    columns = [sympy.Symbol(name, real=True) for name in rows.names]
    numbers = dict(zip(form.symbols, map(float, form.values), strict=True))
    with np.errstate(all="ignore"):
        values = sympy.lambdify(columns, angle.xreplace(numbers), "numpy")(*rows.X.T)
        angles = np.asarray(values, dtype=np.float64) * np.ones(rows.count)
    if not np.isfinite(angles).all():
        return False
    steps = len(np.unique(angles)) - 1
    return steps > 0 and float(np.ptp(angles)) > np.pi * steps
