"""Growing: spline networks from the smallest shape upwards, until a larger one explains no more.

pykan starts large and prunes; whether what is left has the right shape is then luck. A network of few edges is fitted
by second-order least squares in hundredths of a second (`nets.spline_fit`), so every small shape can be tried from many
starts instead, and the smallest that explains the held-out rows is taken (multiplication nodes as in KAN 2.0, arXiv
2408.10205 section 2). Its grid is then refined while held-out rows gain by it: edges must be known exactly to be named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ....nets.splines.jacobian import ArrayNetwork
from ....nets.splines.levenberg_marquardt import Descent
from ....nets.splines.spline_fit import Table, fit_arrays, random_arrays
from ....run.cpu_limit import is_over
from .settings import SPLINES

Widths = tuple[int | tuple[int, int], ...]


@dataclass(frozen=True)
class Grown:
    """A fitted network of some shape and its held-out error, relative to the spread of y."""

    widths: Widths
    network: ArrayNetwork
    error: float


def shapes(features: int, most_hidden: int = 3) -> list[Widths]:
    """Shapes to try, smallest first: sums, functions of one sum, of one product, of several, and deeper ones.

    >>> shapes(2)[:4]
    [(2, 1), (2, 1, 1), (2, (0, 1), 1), (2, 2, 1)]
    """
    found: list[Widths] = [(features, 1), (features, 1, 1), (features, (0, 1), 1)]
    if most_hidden >= 2:
        found += [(features, 2, 1), (features, (1, 1), 1), (features, 2, 1, 1)]
    if most_hidden >= 3:
        found += [(features, 3, 1), (features, (0, 2), 1), (features, (2, 1), 1)]
    return found


def grow(
    train: Table,
    held: Table,
    tried: Iterable[Widths],
    generator: np.random.Generator,
    *,
    restarts: int = 16,
    smooth: float = 1e-5,
    patience: int = 3,
) -> Iterator[Grown]:
    """Each shape that explains held-out rows better than all before it, refined; ends `patience` shapes after the last.

    Shapes with more parameters than half the rows are passed over.
    """
    best, idle = SPLINES.gain**-1, 0
    for widths in tried:
        if is_over():
            return
        if parameters(widths, 5) > len(train.x) / 2 and best < SPLINES.gain**-1:
            continue
        grown = from_starts(widths, train, held, generator, restarts, smooth, best * SPLINES.gain)
        if grown.error > best * SPLINES.gain:
            idle += 1
            if idle >= patience and best < 0.5:
                return
            continue
        best, idle = grown.error, 0
        refined = refine(grown, train, held, smooth)
        yield refined
        best = max(min(best, refined.error), 1e-9)


def from_starts(
    widths: Widths,
    train: Table,
    held: Table,
    generator: np.random.Generator,
    restarts: int,
    smooth: float,
    wanted: float = np.inf,
) -> Grown:
    """The best of some random starts; fewer where one is good, or where the best is found again and again.

    A shape that stays far from `wanted` is given up after half the starts.
    """
    best: Grown | None = None
    errors: list[float] = []
    for _ in range(restarts):
        start = _from_one_start(widths, train, held, generator, smooth)
        errors.append(start.error)
        best = start if best is None or start.error < best.error else best
        if is_over() or _enough(errors, best.error) or (len(errors) >= restarts // 2 and best.error > 5 * wanted):
            break
    assert best is not None
    return best


def _from_one_start(widths: Widths, train: Table, held: Table, generator: np.random.Generator, smooth: float) -> Grown:
    """A random network fitted on a coarse grid, then on one of ten cells where there are rows enough."""
    coarse = 5 if parameters(widths, 5) <= len(train.x) / 2 else 2
    sizes = [coarse] + ([10] if parameters(widths, 10) <= len(train.x) / 3 else [])
    network = random_arrays(widths, coarse, train, generator, None)
    for size in sizes:
        network, _ = fit_arrays(network, train, Descent(steps=35, smooth=smooth), grid_size=size)
    return Grown(widths, network, held_error(network, held, _spread(train)))


def _enough(errors: list[float], best: float) -> bool:
    """Whether the starts so far, with these held-out errors, leave little hope that another one does better."""
    good = sum(error < SPLINES.good_start for error in errors)
    alike = sum(error <= SPLINES.agree * best for error in errors)
    often = 3 if best < 0.05 else 6  # starts often end in the same poor fit
    return best < SPLINES.exact_network or good >= 3 or alike >= often


def refine(grown: Grown, train: Table, held: Table, smooth: float, sizes: tuple[int, ...] = (20, 40)) -> Grown:
    """Finer grids while they are worth it (`SplineSettings.gain`); under noise, more smoothing instead."""
    best = smooth_more(grown, train, held, smooth) if grown.error > SPLINES.good_start else grown
    for size in sizes if best is grown else ():
        if is_over() or parameters(grown.widths, size) > len(train.x) / 3:
            break
        network, _ = fit_arrays(best.network, train, Descent(steps=20, smooth=smooth * 1e-3), grid_size=size)
        error = held_error(network, held, _spread(train))
        if not error < best.error:
            break
        worth = error < SPLINES.gain * best.error
        best = Grown(grown.widths, network, error)
        if not worth:
            break
    return best


def smooth_more(grown: Grown, train: Table, held: Table, smooth: float) -> Grown:
    """The amount of smoothing that suits the held-out rows best: what is bent by noise alone is straightened."""
    best = grown
    for factor in (30.0, 1e3, 3e4):
        if is_over():
            break
        network, _ = fit_arrays(grown.network, train, Descent(steps=25, smooth=smooth * factor))
        error = held_error(network, held, _spread(train))
        if error >= best.error:
            break
        best = Grown(grown.widths, network, error)
    return best


def held_error(network: ArrayNetwork, held: Table, spread: float) -> float:
    """Root mean square error on the held-out rows, relative to `spread`; infinite where it is not finite.

    Shapes as in `Table`: inputs (rows, features), outputs (rows, 1).
    """
    with np.errstate(all="ignore"):
        error = float(np.sqrt(np.mean((network(held.x) - held.y) ** 2))) / spread
    return error if np.isfinite(error) else np.inf


def parameters(widths: Widths, grid_size: int) -> int:
    """How many spline coefficients a shape has.

    >>> parameters((2, (1, 1), 1), 5)  # 2 features into 1 + 2 sums, 2 nodes into 1
    64
    """
    count = 0
    for before, after in pairwise(widths):
        fan = before if isinstance(before, int) else sum(before)
        sums = after if isinstance(after, int) else after[0] + 2 * after[1]
        count += fan * sums * (grid_size + 3)
    return count


def _spread(table: Table) -> float:
    return max(float(np.std(table.y)), 1e-300)
