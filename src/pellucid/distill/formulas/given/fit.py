"""The constants of a given form fitted from many starts, under the noise model that is likeliest.

Constants that stand linearly are solved for; the others are drawn from their pools, screened by the sum of squares that
is left, and the best of them end in a full fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import sympy
from numpy.typing import NDArray

from ..expression.parametrised import Parametrised
from ..expression.tape import Bound
from ..inference.description import description_nats
from ..inference.estimate import Estimate, Rows, estimate, rows_for
from ..inference.noise import NOISES, RELATIVE, Noise
from .starts import pool_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Multistart:
    """How much is tried. The counts bound the work: a form of four constants takes about a second."""

    draws: int = 3_000
    """Starts that are screened, each about 0.1 ms."""
    fitted: int = 16
    """The best of them that are fitted to the end, for each way of weighing the rows."""
    rows: int = 400
    """Rows that starts are screened on and fits are made from; the last fit takes all."""
    kept: int = 3
    """Different fits that are made again on all rows, where there are more than that."""


def fit_form(form: Parametrised, rows: Rows, seed: int = 0, effort: Multistart = Multistart()) -> Estimate:
    """The estimate of `form` with the shortest description over starts and noise models.

    Raises ValueError where the form has no value on some row, whatever its constants; the message names the row.
    """
    draw = np.random.default_rng(seed)
    some = rows if rows.count <= effort.rows else rows_for(rows, np.sort(draw.permutation(rows.count)[: effort.rows]))
    thetas = _screened(form, some, draw, effort)
    found = _fits(form, some, list(product(thetas, _noises(some))))
    found = sorted((one for one in found if math.isfinite(description_nats(one, some))), key=_nats(some))
    if not found:
        raise ValueError(_no_value(form, rows, thetas))
    if some is rows:
        return found[0]
    starts = [(one.theta, one.noise) for one in _worth_all_rows(found, effort.kept)]
    full = _fits(form, rows, starts)
    if not full:
        raise ValueError(_no_value(form, rows, [theta for theta, _ in starts]))
    return min(full, key=_nats(rows))


def _fits(form: Parametrised, rows: Rows, starts: Sequence[tuple[Array, Noise]]) -> list[Estimate]:
    """The estimates from starts (constants,) under a noise each, where there is one."""
    return [one for theta, noise in starts if (one := estimate(form, rows, noise, theta)) is not None]


def _worth_all_rows(found: Sequence[Estimate], kept: int) -> list[Estimate]:
    """The first `kept`, and the first under each noise, each of them once."""
    first: dict[str, Estimate] = {}
    for one in found:
        first.setdefault(one.noise.name, one)
    return list({id(one): one for one in (*found[:kept], *first.values())}.values())


def refit(found: Estimate, rows: Rows) -> Estimate | None:
    """The same form and noise on other rows, from where its constants are; None where it has no value there."""
    return estimate(found.form, rows, found.noise, found.theta, found.held)


def _nats(rows: Rows) -> Callable[[Estimate], float]:
    return lambda found: description_nats(found, rows)


def _noises(rows: Rows) -> list[Noise]:
    return [noise for noise in NOISES if noise.applies(rows.y)]


def _screened(form: Parametrised, rows: Rows, draw: np.random.Generator, effort: Multistart) -> list[Array]:
    """The most promising starts (constants,), those for even and for relative noise."""
    solved_for = linear_constants(form.template, form.symbols)
    linear = [symbol in solved_for for symbol in form.symbols]
    pools = [
        [0.0] if is_linear else pool_of(symbol, form.template, form.symbols, rows.names, rows.X, rows.y)
        for symbol, is_linear in zip(form.symbols, linear, strict=True)
    ]
    screen = _Screen(form.tape(rows.names).bind(rows.X), rows, linear)
    thetas = list(_drawn(pools, effort.draws, draw))
    weighings = [rows.weights, rows.weights / (rows.y * rows.y)] if RELATIVE.applies(rows.y) else [rows.weights]
    best = [theta for weights in weighings for theta in screen.best(thetas, weights, effort.fitted)]
    return best or [np.array([pool[len(pool) // 2] or 1.0 for pool in pools])]


def _drawn(pools: Sequence[Sequence[float]], most: int, draw: np.random.Generator) -> Iterator[Array]:
    """At most so many different starts (constants,), one number from each pool."""
    total = math.prod(map(len, pools))
    count = min(most, total)
    for index in draw.choice(total, count, replace=False) if total < 2**60 else draw.integers(0, 2**60, count):
        theta = np.zeros(len(pools))
        for k, pool in enumerate(pools):
            index, here = divmod(int(index), len(pool))
            theta[k] = pool[here]
        yield theta


@dataclass(frozen=True)
class _Screen:
    """f = g0(theta) + sum_k theta_k g_k over the linear constants k: solved for them."""

    bound: Bound
    rows: Rows
    linear: Sequence[bool]

    def best(self, thetas: Sequence[Array], weights: Array, most: int) -> list[Array]:
        """Of starts (constants,), the linear ones at their best, those that leave least under `weights` (rows,)."""
        solved = [one for theta in thetas if (one := self.solved(theta, weights)) is not None]
        return [theta for _, theta in sorted(solved, key=lambda entry: entry[0])[:most]]

    def solved(self, theta: Array, weights: Array) -> tuple[float, Array] | None:
        """The sum of squares with the linear constants (at 0 in `theta`) at their best, and all constants."""
        mask = np.array(self.linear)
        values, J = self.bound.jacobian(theta) if mask.any() else (self.bound.values(theta), np.zeros((0, 0)))
        rest = self.rows.y - values
        if not np.isfinite(rest).all():
            return None
        root = np.sqrt(weights)
        if mask.any():
            A = J[:, mask] * root[:, None]
            with np.errstate(over="ignore"):
                size = np.linalg.norm(A, axis=0)
            if not np.isfinite(size).all() or not size.all():
                return None
            theta = theta.copy()
            solved = np.linalg.lstsq(A / size, rest * root, rcond=1e-10)[0] / size
            theta[mask] = solved
            rest = rest - J[:, mask] @ solved
        left = float((weights * rest * rest).sum())
        return (left, theta) if math.isfinite(left) else None


def linear_constants(expression: sympy.Expr, constants: Sequence[sympy.Symbol]) -> set[sympy.Symbol]:
    """Constants in which the expression is a sum of c * g(x), none of them multiplying another.

    >>> a, b, c, x = sympy.symbols("a b c x", real=True)
    >>> sorted(linear_constants(a * sympy.exp(b * x) + c, [a, b, c]), key=str)
    [a, c]
    """
    found: set[sympy.Symbol] = set()
    for constant in constants:
        slope = sympy.diff(expression, constant)
        if not slope.free_symbols & ({constant} | found):
            found.add(constant)
    return found


def _no_value(form: Parametrised, rows: Rows, thetas: Sequence[Array]) -> str:
    """Which row has no value for any constants that were tried."""
    bound = form.tape(rows.names).bind(rows.X)
    bad = np.array([~np.isfinite(bound.values(theta)) for theta in thetas]).mean(axis=0)
    row = int(np.argmax(bad))
    where = ", ".join(f"{name} = {value:.6g}" for name, value in zip(rows.names, rows.X[row], strict=True))
    return f"the form is not finite on row {row + 1} ({where}); leave that row out, or change the form"
