"""Dimensional analysis, from units where they are known and from the data where they are not.

A law has the scaling symmetry (a, b) where y(lambda^a x) = lambda^b y, that is sum_i a_i x_i dy/dx_i = b y. Units give
some; others (a prefactor that is a pure power, a product that features only come in) show in the data: the gradient of
a smooth surrogate leaves them as null directions of the matrix [x_i dy/dx_i, -y], to a few digits; rounding to small
fractions makes them exact. They are hypotheses: whatever is found with them is verified on the data itself.

The surrogate is kernel interpolation with Gaussians on coordinates z that are logarithms of pi-groups (or features
themselves), its width chosen by the closed form of the leave-one-out error. Cost: O(rows^3) a width, 400 or 800 rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ....run.cpu_limit import is_over
from .pi_groups import Lattice, integer_kernel, integer_solution
from .settings import SURROGATE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Slopes:
    """z dy/dz (rows, groups) of a surrogate of y (rows,), and its relative leave-one-out error."""

    slopes: Floats
    y: Floats
    logarithmic: bool
    error: float
    plain: NDArray[np.bool_]
    """Which coordinates are features as they are, not logarithms."""


def scaling_lattices(X: Floats, y: Floats, lattice: Lattice) -> list[Lattice]:
    """`lattice` thinned out by every set of scaling symmetries that the data (rows, features) suggest, most first.

    With fewer groups the surrogate is better, so that what was found first helps to find more.
    """
    found: list[Lattice] = []
    while lattice.groups and not is_over():
        thinner = _thinner(X, y, lattice)
        if not thinner:
            break
        found = thinner + found
        lattice = thinner[0]
    return found


def _thinner(X: Floats, y: Floats, lattice: Lattice) -> list[Lattice]:
    slopes = _trusted_slopes(X, y, lattice)
    if slopes is None:
        return []
    M = slopes.slopes - slopes.slopes.mean(0) if slopes.logarithmic else np.c_[slopes.slopes, -slopes.y]
    _, sizes, directions = np.linalg.svd(M / np.sqrt(len(M)), full_matrices=False)
    found: list[Lattice] = []
    for count in range(min(lattice.groups, int((sizes < SURROGATE.null * sizes[0]).sum())), 0, -1):
        symmetries = _rounded(directions[len(directions) - count :])
        thinner = _thinned(lattice, symmetries, slopes) if symmetries is not None else None
        if thinner is not None:
            found.append(thinner)
    return found


def _trusted_slopes(X: Floats, y: Floats, lattice: Lattice) -> Slopes | None:
    """Those over few rows, or over many where these say too little; None where they are too rough, or time is over."""
    slopes = _best_slopes(X[: SURROGATE.few], y[: SURROGATE.few], lattice)
    if is_over():
        return None
    if slopes is not None and slopes.error > SURROGATE.good_error and len(y) > SURROGATE.few:
        slopes = _best_slopes(X[: SURROGATE.many], y[: SURROGATE.many], lattice, slopes)
    return None if slopes is None or slopes.error > SURROGATE.worst_error else slopes


def _thinned(lattice: Lattice, symmetries: list[list[Fraction]], slopes: Slopes) -> Lattice | None:
    groups = lattice.groups
    directions = [symmetry[:groups] for symmetry in symmetries]
    weights: list[Fraction] | None = [symmetry[groups] for symmetry in symmetries if not slopes.logarithmic]
    if slopes.logarithmic:
        means = slopes.slopes.mean(0) @ np.array(directions, dtype=np.float64).T
        weights = _fractions(means.tolist())
    if weights is None or not all(any(direction) for direction in directions):
        return None
    shift = integer_solution(directions, weights, groups)
    return None if shift is None else lattice.refine(integer_kernel(directions, groups), shift)


@dataclass(frozen=True, eq=False)
class _Coordinates:
    """The table in the coordinates of a lattice: features as they are, and logarithms of groups where they have one."""

    features: Floats
    logarithms: Floats
    scaled: Floats
    """y without the product that carries its unit."""
    single: NDArray[np.bool_]
    """Which groups are one feature."""
    plain: NDArray[np.bool_]
    """Which groups have no logarithm."""


def _coordinates(X: Floats, y: Floats, lattice: Lattice) -> _Coordinates | None:
    """The coordinates (rows, groups); None where the lattice's products are not defined on every row."""
    single = (np.abs(lattice.basis).sum(1) == 1) & (lattice.basis.sum(1) == 1)
    involved = (lattice.basis != 0).any(0) | (lattice.offset != 0)
    sized = (X != 0).all(0) | ~involved  # a column of both signs has a size: even laws depend on nothing else of it
    with np.errstate(all="ignore"):
        logs = np.log(np.where(X != 0, np.abs(X), 1.0))
        scaled = y / np.exp(logs @ np.where(sized, lattice.offset, 0.0))
        groups = logs @ lattice.basis.T.astype(np.float64)
    plain = ~np.array([sized[row != 0].all() for row in lattice.basis])
    if not sized[lattice.offset != 0].all() or not np.isfinite(scaled).all() or (plain & ~single).any():
        return None
    return _Coordinates(X[:, lattice.basis.argmax(1)], groups, scaled, single, plain)


def _best_slopes(X: Floats, y: Floats, lattice: Lattice, like: Slopes | None = None) -> Slopes | None:
    """The best choice of coordinates: logarithms of groups, or features as they are; log y, or y as it is.

    `like` tells the choice where it has been made on fewer rows.
    """
    table = _coordinates(X, y, lattice)
    if table is None:
        return None
    one_sign = bool((table.scaled > 0).all() or (table.scaled < 0).all())
    goals = [logarithmic for logarithmic in (True, False) if one_sign or not logarithmic]
    if like is not None:
        return _chosen(table, like.plain, like.logarithmic) if like.logarithmic in goals else None
    best: Slopes | None = None
    for logarithmic in goals:
        best = _flipped(table, logarithmic, best)
        if best.error < SURROGATE.good_error:
            return best
    return best


def _flipped(table: _Coordinates, logarithmic: bool, best: Slopes | None) -> Slopes:
    """The best slopes after features are changed from logarithms to plain ones or back: none, all, then one by one."""
    plain, single = table.plain, table.single
    for flipped in (np.zeros_like(single), single, *np.eye(len(single), dtype=bool)[single]):
        trial = np.where(flipped, ~plain, plain) | table.plain
        slopes = _chosen(table, trial, logarithmic)
        if best is None or slopes.error < best.error:
            best, plain = slopes, trial
        if best.error < SURROGATE.good_error or is_over():
            break
    assert best is not None
    return best


def _chosen(table: _Coordinates, plain: NDArray[np.bool_], logarithmic: bool) -> Slopes:
    """Slopes with the features that are `plain` as they are, the others as logarithms."""
    scaled = table.scaled
    goal = np.log(np.abs(scaled)) if logarithmic else scaled / np.sqrt(np.mean(scaled**2))
    return _slopes(np.where(plain, table.features, table.logarithms), plain, goal, logarithmic)


def _slopes(Z: Floats, plain: NDArray[np.bool_], goal: Floats, logarithmic: bool) -> Slopes:
    """Two rounds: equal widths, then widths by how much each coordinate matters."""
    factor = np.where(plain, Z, 1.0)
    size = Z.std(0)
    size = np.where(size > 0, size, 1.0)
    Z = (Z - Z.mean(0)) / size
    design = np.c_[np.ones(len(Z)), Z] if logarithmic else np.ones((len(Z), 1))
    trend = np.linalg.lstsq(design, goal, rcond=None)[0]
    rest = goal - design @ trend
    scale = float(np.std(rest))
    slopes = np.broadcast_to(trend[1:], Z.shape) if logarithmic else np.zeros(Z.shape)
    if scale < 1e-9 * max(1.0, float(np.std(goal))):
        return Slopes(slopes / size * factor, goal, logarithmic, 0.0, plain)
    gradient, error = _interpolated(Z, rest / scale, np.full(Z.shape[1], 1 / Z.shape[1]))
    relevance = (gradient**2).mean(0)
    relevance = np.maximum(relevance, 1e-3 * relevance.max())
    sharper, sharper_error = _interpolated(Z, rest / scale, relevance / relevance.sum())
    if sharper_error < error:
        gradient, error = sharper, sharper_error
    return Slopes((slopes + gradient * scale) / size * factor, goal, logarithmic, error, plain)


def _interpolated(Z: Floats, goal: Floats, weights: Floats) -> tuple[Floats, float]:
    """The gradient (rows, groups) of the Gaussian interpolant with the least leave-one-out error, and that error."""
    weighted = Z * weights
    square = (weighted * Z).sum(1)
    distance = np.maximum(square[:, None] + square - 2 * weighted @ Z.T, 0.0)
    best: tuple[float, float, Floats, Floats] | None = None
    for width in SURROGATE.widths:
        kernel = np.exp(-distance / (2 * width**2))
        inverse = np.linalg.inv(kernel + SURROGATE.ridge * np.eye(len(Z)))
        dual = inverse @ goal
        error = float(np.sqrt(np.mean((dual / np.diag(inverse)) ** 2)))
        if best is None or error < best[0]:
            best = error, width, dual, kernel
    assert best is not None
    error, width, dual, kernel = best
    product = kernel * dual
    return (product @ Z - product.sum(1)[:, None] * Z) * weights / width**2, error


def _rounded(directions: Floats) -> list[list[Fraction]] | None:
    """The span of `directions` (count, size) in reduced echelon form with small fractions, None if it has none."""
    rows, pivots = directions.copy(), []
    for r in range(len(rows)):
        free = np.abs(rows[r:]).copy()
        free[:, pivots] = 0
        i, column = np.unravel_index(int(np.argmax(free)), free.shape)
        rows[[r, r + int(i)]] = rows[[r + int(i), r]]
        rows[r] /= rows[r, column]
        others = np.arange(len(rows)) != r
        rows[others] -= np.outer(rows[others, column], rows[r])
        pivots.append(int(column))
    found = [_fractions(row.tolist()) for row in rows]
    return None if None in found else [row for row in found if row is not None]


def _fractions(values: list[float]) -> list[Fraction] | None:
    """The simplest fractions close to all values; None where one has none."""
    found = [_fraction(value) for value in values]
    return None if None in found else [fraction for fraction in found if fraction is not None]


def _fraction(value: float) -> Fraction | None:
    """The simplest fraction close to `value`."""
    for denominator in range(1, SURROGATE.largest_denominator + 1):
        nearest = Fraction(round(value * denominator), denominator)
        if abs(float(nearest) - value) < SURROGATE.close:
            return nearest
    return None


def looks_noisy(X: Floats, y: Floats, most_rows: int = SURROGATE.noise_rows) -> bool:
    """Whether a surrogate of y (rows,) over X (rows, features) stops getting better with more rows.

    For exact smooth laws the leave-one-out error falls fast with the number of rows, in plain or in logarithmic
    coordinates; under noise it stays where the noise is.
    """
    many = min(len(y), most_rows)
    few = many // 4
    if few < SURROGATE.fewest_noise_rows:
        return False
    for inputs, goal in _looks(X, y):
        if _prediction_error(inputs[:few], goal[:few]) >= SURROGATE.falls * _prediction_error(
            inputs[:many], goal[:many]
        ):
            return False
    return True


def looks_lawless(X: Floats, y: Floats) -> bool:
    """Whether nothing smooth in X (rows, features) says more of y (rows,) than its mean does, or y is but a label.

    Of n rows of noise alone a part 1 - 1 / sqrt(n) or more stays unpredicted. A label has few values for many rows.
    Laws that vary much faster than the rows can tell look lawless too.

    >>> looks_lawless(np.linspace(0, 1, 50)[:, None], np.repeat([0.0, 1.0], 25))  # a label
    True
    """
    if len(np.unique(y)) <= min(SURROGATE.most_labels, len(y) // 4):
        return True
    rows = min(len(y), SURROGATE.noise_rows)
    if rows < SURROGATE.fewest_lawless_rows:
        return False
    return all(_prediction_error(inputs[:rows], goal[:rows]) > 1 - rows**-0.5 for inputs, goal in _looks(X, y))


def _looks(X: Floats, y: Floats) -> list[tuple[Floats, Floats]]:
    """The table as it is, and the logarithms of its sizes where all numbers have one."""
    tables = [(X, y)]
    if (X != 0).all() and (y != 0).all():
        tables.append((np.log(np.abs(X)), np.log(np.abs(y))))
    return tables


def _prediction_error(X: Floats, y: Floats) -> float:
    """Relative leave-one-out error of the Gaussian interpolant, or of a ridge, whichever predicts better."""
    Z = (X - X.mean(0)) / np.where(X.std(0) > 0, X.std(0), 1.0) / np.sqrt(X.shape[1])
    goal = (y - y.mean()) / (y.std() or 1.0)
    square = (Z**2).sum(1)
    distance = np.maximum(square[:, None] + square - 2 * Z @ Z.T, 0.0)
    errors = []
    for width in SURROGATE.widths:
        sizes, vectors = np.linalg.eigh(np.exp(-distance / (2 * width**2)))
        coordinates = vectors.T @ goal
        for ridge in SURROGATE.ridges:
            inverse = 1 / (np.maximum(sizes, 0) + ridge)
            left_out = (vectors @ (inverse * coordinates)) / ((vectors**2) @ inverse)
            errors.append(float(np.sqrt(np.mean(left_out**2))))
    return min(errors)


def relevant(X: Floats, y: Floats, most: int) -> list[int]:
    """The `most` features on which a surrogate of y (rows,) over X (rows, features) depends most, in their order.

    Constant columns and copies of earlier ones are left out in any case.

    >>> X = np.random.default_rng(0).uniform(1, 2, (60, 4))
    >>> relevant(X, X[:, 2] * X[:, 0], 2)
    [0, 2]
    """
    X, y = X[: SURROGATE.few], y[: SURROGATE.few]
    distinct = _distinct(X)
    if len(distinct) <= most:
        return distinct
    Z = (X[:, distinct] - X[:, distinct].mean(0)) / X[:, distinct].std(0)
    goal = (y - y.mean()) / (y.std() or 1.0)
    weights = np.full(len(distinct), 1 / len(distinct))
    for _ in range(3):
        relevance = (_interpolated(Z, goal, weights)[0] ** 2).mean(0)
        weights = relevance / (relevance.sum() or 1.0)
    order = np.argsort(-weights, kind="stable")[:most]
    return sorted(distinct[i] for i in order.tolist())


def _distinct(X: Floats) -> list[int]:
    """The columns that vary and are no copies of earlier ones."""
    varied = [i for i in range(X.shape[1]) if np.ptp(X[:, i]) > 0]
    return [i for k, i in enumerate(varied) if not any(np.array_equal(X[:, i], X[:, j]) for j in varied[:k])]
