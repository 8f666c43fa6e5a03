"""Symmetry, separability and compositionality of a function, read from the gradients of a surrogate.

AI Feynman 2.0 (arXiv 2006.10782, sections 2.2 to 2.4): f depends on some features only through h(them) where its
gradient is parallel to that of h; it has a factor x^k where x df/dx = k f; it is a sum where mixed differences vanish.
Each test is a linear relation c = 0 between things measured at the rows, and its score is

    score = median |c| / s  over  trust median |doubt(c)| / s,     s = root sum of squares of c's terms,

where doubt is the surrogate's own standard error: below 1 the relation holds as far as the data can tell. Where the
doubt is larger than `SYMMETRY.powerless`, nothing can be told, and the score is infinite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
import sympy
from numpy.typing import NDArray

from ....subjects.tables.samples import Samples
from .settings import SYMMETRY
from .surrogate import Surrogate

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Invariant:
    """f depends on `features` only through `expression`, a function of theirs: f = g(h(features), others)."""

    features: tuple[int, ...]
    expression: sympy.Expr
    score: float
    bits: float


@dataclass(frozen=True)
class Scaling:
    """Features scaled by t^w_i scale f by t^degree. One feature alone: f has the factor x^(degree / w)."""

    features: tuple[int, ...]
    weights: tuple[Fraction, ...]
    degree: Fraction
    score: float


@dataclass(frozen=True)
class Separation:
    """lens(f) is a sum of functions of disjoint `parts` of the features; by the lens "log", f is a product."""

    parts: tuple[tuple[int, ...], ...]
    lens: str
    score: float


@dataclass(frozen=True)
class Measured:
    """A surrogate at some rows: what the tests look at. Doubts are draws of the errors, (pairs, rows, ...)."""

    X: Values
    value: Values
    slope: Values
    value_doubt: Values
    slope_doubt: Values
    symbols: tuple[sympy.Symbol, ...]


def measure(surrogate: Surrogate, samples: Samples, seed: int = 0) -> Measured:
    """The surrogate's values, gradients and doubts at up to `SYMMETRY.rows` rows of the table."""
    X = samples.X[np.random.default_rng(seed).permutation(samples.rows)[: SYMMETRY.rows]]
    value, slope = surrogate(X)
    return Measured(X, value, slope, *surrogate.doubt(X), sympy.symbols(list(samples.names), real=True))


def score(relation: Values, doubt: Values, size: Values) -> float:
    """How far from 0 a relation (rows,) is against what its doubt (pairs, rows) allows; see the head of this file.

    >>> nearly, half = (np.full(100, value) for value in (1e-9, 0.5))
    >>> doubt = np.full((1, 100), 1e-3)
    >>> score(nearly, doubt, np.ones(100)) < 1 < score(half, doubt, np.ones(100))
    True
    """
    with np.errstate(all="ignore"):
        found, allowed = (np.median(np.abs(part) / size) for part in (relation, _typical(doubt)))
    if not (np.isfinite(found) and np.isfinite(allowed)) or SYMMETRY.trust * allowed > SYMMETRY.powerless:
        return float("inf")
    return float(found / max(SYMMETRY.trust * allowed, SYMMETRY.rounding))


def _typical(doubt: Values) -> Values:
    """The root mean square over draws of an error."""
    return np.sqrt(np.mean(doubt**2, 0))


@dataclass(frozen=True)
class _Unary:
    """g(x) with its inverse slope 1 / g'(x); `logarithmic` if exp(g) is what a person would write, and then that."""

    bits: float
    text: Callable[[sympy.Symbol], sympy.Expr]
    inverse_slope: Callable[[Values], Values]
    logarithmic: bool = False


_UNARIES = (
    _Unary(0, lambda x: x, lambda x: np.ones_like(x)),
    _Unary(0, lambda x: x, lambda x: x, True),
    _Unary(4, lambda x: x**2, lambda x: 0.5 / x),
    _Unary(4, lambda x: 1 / x, lambda x: -(x**2)),
    _Unary(6, lambda x: 1 / x**2, lambda x: -0.5 * x**3),
    _Unary(6, lambda x: x**3, lambda x: 1 / (3 * x**2)),
    _Unary(5, sympy.sqrt, lambda x: 2 * np.sqrt(np.abs(x))),
    _Unary(5, sympy.sin, lambda x: 1 / np.cos(x)),
    _Unary(5, sympy.cos, lambda x: -1 / np.sin(x)),
    _Unary(5, sympy.exp, lambda x: np.exp(-x)),
    _Unary(5, sympy.log, lambda x: x),
    _Unary(6, sympy.sin, np.tan, True),
    _Unary(6, sympy.cos, lambda x: -1 / np.tan(x), True),
    _Unary(6, sympy.tan, lambda x: np.sin(x) * np.cos(x), True),
    _Unary(6, sympy.exp, lambda x: np.ones_like(x), True),
    _Unary(7, lambda x: 1 + x, lambda x: 1 + x, True),
    _Unary(7, lambda x: 1 - x, lambda x: x - 1, True),
    _Unary(7, lambda x: x - 1, lambda x: x - 1, True),
    _Unary(9, lambda x: 1 + x**2, lambda x: (1 + x**2) / (2 * x), True),
    _Unary(9, lambda x: 1 - x**2, lambda x: -(1 - x**2) / (2 * x), True),
)


def invariants(measured: Measured) -> list[Invariant]:
    """Every h = a g1(x_i) + b g2(x_j), or g1(x_i)^a g2(x_j)^b, through which alone f depends on both; best first.

    Tests whether (f_i / g1', f_j / g2') keeps its direction (a, b) over all rows. Functions g: powers, exponential,
    logarithm, sine and cosine, 1 + x and their like. Where one g joins more than two features (x^2 + y^2 + z^2), the
    whole group is returned as well, first.
    """
    found: list[Invariant] = []
    for i, j in combinations(_needed(measured), 2):
        for first in _UNARIES:
            for second in _UNARIES:
                one = _joined(measured, (i, j), (first, second)) if first.logarithmic == second.logarithmic else None
                found += [one] if one else []
    groups = [group for unary in _UNARIES[:6] if (group := _group(measured, unary, found)) is not None]
    return sorted(
        groups + found, key=lambda one: (one.bits - 2 * len(one.features) + 4 * max(one.score, 0.2), one.score)
    )


def _needed(measured: Measured) -> list[int]:
    """The features that f depends on, as far as its slopes tell."""
    with np.errstate(all="ignore"):
        known = np.median(np.abs(measured.slope), 0) > 2 * np.median(_typical(measured.slope_doubt), 0)
        moves = measured.X.std(0) * np.median(np.abs(measured.slope), 0)
    return [int(i) for i in np.flatnonzero(known & (moves > 1e-6 * moves.max(initial=0.0)))]


def _joined(measured: Measured, features: tuple[int, ...], unaries: tuple[_Unary, ...]) -> Invariant | None:
    """The invariant of these features by these functions, if there is one."""
    logarithmic = unaries[0].logarithmic
    columns = _directions(measured, features, unaries)
    if columns is None:
        return None
    U, D = columns
    size = np.linalg.norm(U, axis=1)
    if not (size > 0).all():
        return None
    main = np.linalg.svd(U / size[:, None], full_matrices=False)[2][0]
    if np.abs(main).min() < 0.02:
        return None
    for ratios in _ratios(main / main[0], only_exact=logarithmic):
        choice = np.array(ratios, dtype=float)
        away = U - (U @ choice / (choice @ choice))[:, None] * choice
        worst = max(score(away[:, k], D[..., k], size) for k in range(len(features)))
        if worst <= 1:
            symbols = [measured.symbols[feature] for feature in features]
            parts = [(unary.text(x), power) for unary, x, power in zip(unaries, symbols, ratios, strict=True)]
            bits = 2 * float(np.mean([unary.bits for unary in unaries])) + _ratio_bits(ratios)
            return Invariant(features, _combined(parts, logarithmic), worst, bits)
    return None


def _directions(
    measured: Measured, features: tuple[int, ...], unaries: tuple[_Unary, ...]
) -> tuple[Values, Values] | None:
    """f_i / g_i' at the rows (rows, features) and its doubt (pairs, rows, features); None where one is not finite."""
    columns, doubts = [], []
    for feature, unary in zip(features, unaries, strict=True):
        x = measured.X[:, feature]
        with np.errstate(all="ignore"):
            inverse = unary.inverse_slope(x)
        if not np.isfinite(inverse).all() or (unary.text is sympy.log and not unary.logarithmic and (x <= 0).any()):
            return None
        columns.append(measured.slope[:, feature] * inverse)
        doubts.append(measured.slope_doubt[..., feature] * inverse)
    return np.stack(columns, -1), np.stack(doubts, -1)


def _ratios(ratios: Values, *, only_exact: bool) -> Iterator[list[sympy.Number]]:
    """The simple numbers that the ratios could be, where all could; then, unless `only_exact`, they themselves."""
    exact = [_simple(ratio) for ratio in ratios]
    simple: list[sympy.Number] = [number for number in exact if number is not None]
    if len(simple) == len(exact):
        yield simple
    if not only_exact:
        yield [sympy.Float(value) for value in ratios]


def _combined(parts: Sequence[tuple[sympy.Expr, sympy.Expr]], product: bool) -> sympy.Expr:
    if product:
        return sympy.Mul(*(base**power for base, power in parts))
    return sympy.Add(*(weight * term for term, weight in parts))


def _ratio_bits(ratios: Sequence[sympy.Number]) -> float:
    """Nothing for 1 and -1, a little more for every step up and two for every step below the bar."""
    return sum(float(abs(r.p) - 1 + 2 * (r.q - 1)) if isinstance(r, sympy.Rational) else 10.0 for r in ratios)


def _simple(value: float) -> sympy.Rational | None:
    """The rational of small numerator and denominator that lies near; the data decide whether it is the one."""
    fraction = Fraction(float(value)).limit_denominator(SYMMETRY.largest)
    if fraction == 0 or abs(fraction.numerator) > SYMMETRY.largest or abs(float(fraction) - value) > 0.1 * abs(value):
        return None
    return sympy.Rational(fraction.numerator, fraction.denominator)  # pyright: ignore[reportReturnType]


def _group(measured: Measured, unary: _Unary, found: list[Invariant]) -> Invariant | None:
    """All features that one function joins pairwise, if they are more than two."""
    pairs = {one.features for one in found}
    edges = {frozenset(pair) for pair in pairs if _joined(measured, pair, (unary, unary)) is not None}
    members = sorted(frozenset().union(*edges))
    while len(members) > 2:
        missing = {m: sum(frozenset((m, n)) not in edges for n in members if n != m) for m in members}
        worst = max(members, key=lambda m: missing[m])
        if missing[worst] == 0:
            return _joined(measured, tuple(members), (unary,) * len(members))
        members.remove(worst)
    return None


def factors(measured: Measured) -> list[Scaling]:
    """Every feature x with f = x^k g(others), k a simple rational: x df/dx = k f at every row."""
    return [one for i in _needed(measured) if (one := _scaling(measured, (i,))) is not None]


def scalings(measured: Measured, largest: int = 4) -> list[Scaling]:
    """Sets of 2 to `largest` features that scale together: sum w_i x_i df/dx_i = degree f, as where units rule.

    Smallest sets first; features that are factors by themselves are left out.
    """
    alone = {one.features[0] for one in factors(measured)}
    free = [i for i in _needed(measured) if i not in alone]
    found: list[Scaling] = []
    for size in range(2, min(largest, len(free)) + 1):
        for features in combinations(free, size):
            if not any(set(one.features) <= set(features) for one in found):
                one = _scaling(measured, features)
                if one is not None:
                    found.append(one)
    return found


def _scaling(measured: Measured, features: tuple[int, ...]) -> Scaling | None:
    rows = list(features)
    terms = np.column_stack([measured.X[:, rows] * measured.slope[:, rows], measured.value])
    slope_doubts = measured.X[:, rows] * measured.slope_doubt[..., rows]
    doubts = np.concatenate([slope_doubts, measured.value_doubt[..., None]], -1)
    size = np.linalg.norm(terms, axis=1)
    if not (size > 0).all():
        return None
    null = np.linalg.svd(terms / size[:, None], full_matrices=True)[2][-1]
    if np.abs(null[:-1]).min() < 0.02:
        return None
    simple = _simple_ratios(null)
    if simple is None or (simple[-1] == 0 and len(features) == 1):
        return None
    *weights, power = simple
    exact = np.array([*weights, -power], dtype=float)
    roughness = sum(number.denominator - 1 for number in simple)
    held = score(terms @ exact, doubts @ exact, size) * (1 + SYMMETRY.rough * roughness)
    return Scaling(features, tuple(weights), power, held) if held <= 1 else None


def _simple_ratios(null: Values) -> list[Fraction] | None:
    """The weights and the degree that a null vector (weights, -degree) stands for; None where one is not simple."""
    degree = -null[-1] / null[0]
    found = [_simple(value) for value in null[:-1] / null[0]]
    found.append(sympy.Integer(0) if abs(degree) < 0.05 else _simple(degree))
    simple = [Fraction(int(number.p), int(number.q)) for number in found if number is not None]
    return simple if len(simple) == len(found) else None


def separations(surrogate: Surrogate, samples: Samples, seed: int = 0) -> list[Separation]:
    """The finest split of the features into parts that do not interact, under each lens that allows one.

    Features i and j interact where f(x) - f(x with i) - f(x with j) + f(x with both) differs from 0, the changed ones
    taken from other rows; parts are what interactions connect.
    """
    generator = np.random.default_rng(seed)
    here, there = (samples.X[generator.integers(0, samples.rows, SYMMETRY.rows)] for _ in range(2))
    corners: dict[frozenset[int], list[Values]] = {}

    def corner(changed: frozenset[int]) -> list[Values]:
        if changed not in corners:
            X = here.copy()
            X[:, list(changed)] = there[:, list(changed)]
            corners[changed] = [surrogate(X)[0], *(half(X)[0] for pair in surrogate.halves for half in pair)]
        return corners[changed]

    needed = _needed(measure(surrogate, samples, seed))
    lenses: dict[str, Callable[[Values], Values]] = {
        "plain": lambda y: y,
        "log": lambda y: np.log(np.abs(y)),
        "square": np.square,
        "inverse": lambda y: 1 / y,
    }
    found = [_separation(name, lens, needed, corner) for name, lens in lenses.items()]
    return sorted((one for one in found if one is not None), key=lambda one: (-len(one.parts), one.score))


def _interaction(
    lens: Callable[[Values], Values], corner: Callable[[frozenset[int]], list[Values]], i: int, j: int
) -> float:
    """How far f(x) - f(x with i) - f(x with j) + f(x with both) is from 0 through the lens, over what is in doubt."""
    four = [[lens(y) for y in corner(frozenset(s))] for s in ((), (i,), (j,), (i, j))]
    mixed = [o - a - b + both for o, a, b, both in zip(*four, strict=True)]
    moves = [abs(four[k][0] - four[0][0]) for k in (1, 2)]
    doubt = (np.stack(mixed[1::2]) - np.stack(mixed[2::2])) / 2
    return score(mixed[0], doubt, np.hypot(*moves))


def _separation(
    name: str,
    lens: Callable[[Values], Values],
    needed: list[int],
    corner: Callable[[frozenset[int]], list[Values]],
) -> Separation | None:
    base = corner(frozenset())
    if name in ("log", "inverse") and not ((base[0] > 0).all() or (base[0] < 0).all()):
        return None
    with np.errstate(all="ignore"):
        scores = {(i, j): _interaction(lens, corner, i, j) for i, j in combinations(needed, 2)}
    parts = list(_connected(needed, [pair for pair, value in scores.items() if value > 1]))
    if len(parts) < 2:
        return None
    return Separation(tuple(parts), name, max(value for value in scores.values() if value <= 1))


def _connected(nodes: list[int], edges: list[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    left = list(nodes)
    while left:
        part, border = {left[0]}, [left[0]]
        while border:
            at = border.pop()
            for edge in edges:
                if at in edge:
                    border += [other for other in edge if other not in part]
                    part |= set(edge)
        yield tuple(sorted(part))
        left = [node for node in left if node not in part]
