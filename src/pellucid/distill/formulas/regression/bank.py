"""A bank of factors of physics: functions of dimensionless arguments, sums and differences of like quantities, norms.

    factor = f(k * argument),   argument = a dimensionless monomial, or (a +- b) times one
             (1 + k * argument)^p,  (a +- b)^p,  (a^2 +- b^2)^p,  (a^2 + b^2 + c^2)^p,  ((a - b)^2 + (c - d)^2 + ...)^p

with f and its usual inner constants k from `grammar`. Every factor has a unit, a text and a cost in bits; the bank
keeps the cheapest. Without units every quantity is like every other, and every monomial may be an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ....run.cpu_limit import is_over
from .grammar import GRAMMAR, Shape
from .monomials import MonomialSpace, exponent_bits, monomial_text, monomial_values

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bank:
    """The cheapest factors: values (rows, factors), unit of each (factors, base), texts and bits (factors,)."""

    values: Array
    units: Array
    texts: tuple[str, ...]
    bits: Array
    linear: NDArray[np.bool_]


@dataclass(frozen=True)
class _Plan:
    """A factor not computed yet."""

    bits: float
    text: str
    unit: tuple[float, ...]
    compute: Callable[[], Array]
    linear: bool = False


def build_bank(X: Array, names: Sequence[str], units: Array, most: int, arguments: int) -> Bank:
    """The `most` cheapest factors over features X (rows, features), finite on every row; `arguments` of each kind."""
    columns: list[Array] = []
    kept: list[_Plan] = []
    sources = (
        (_norms(X, names, units), most // 3),
        (_between(X, names, units, max(4, arguments // 8)), most // 6),
        (_plain(X, names, units, arguments), most),
    )
    for plans, limit in sources:
        for plan, values in _finite(sorted(plans, key=lambda plan: (plan.bits, plan.text)), limit):
            kept.append(plan)
            columns.append(values)
    order = sorted(range(len(kept)), key=lambda i: kept[i].bits)
    kept, columns = [kept[i] for i in order], [columns[i] for i in order]
    rows, base = len(X), units.shape[1]
    return Bank(
        np.stack(columns, axis=1) if columns else np.zeros((rows, 0)),
        np.array([plan.unit for plan in kept]).reshape(len(kept), base),
        tuple(plan.text for plan in kept),
        np.array([plan.bits for plan in kept]),
        np.array([plan.linear for plan in kept], dtype=bool),
    )


def _finite(plans: Sequence[_Plan], most: int) -> Iterator[tuple[_Plan, Array]]:
    """The first `most` plans whose values are finite, and vary, with those values."""
    kept = 0
    with np.errstate(all="ignore"):
        for plan in plans:
            values = plan.compute()
            size = np.abs(values).max()
            if np.isfinite(size) and 1e-12 < size < 1e12 and np.ptp(values) > 1e-9 * size:
                yield plan, values
                kept += 1
            if kept >= most or is_over():
                return


def _norms(X: Array, names: Sequence[str], units: Array) -> Iterator[_Plan]:
    """Powers of sums, differences and sums of squares of quantities with one unit."""
    features = X.shape[1]
    symbol = 2.0 + np.log2(max(features, 2))
    like = [[j for j in range(features) if np.array_equal(units[i], units[j])] for i in range(features)]
    groups = sorted({tuple(group) for group in like if len(group) > 1})
    for group in groups:
        yield from _of_pairs(X, names, units, group, symbol)
        if len(group) <= 8:
            yield from _of_triples(X, names, units, group, symbol)
        if 4 <= len(group) <= 8:
            yield from _distances(X, names, units, group, symbol)


def _of_pairs(X: Array, names: Sequence[str], units: Array, group: tuple[int, ...], symbol: float) -> Iterator[_Plan]:
    """Sums and differences of two quantities, and of their squares."""
    for i, j in combinations(group, 2):
        for sign, op in ((1, "+"), (-1, "-")):
            text = f"({names[i]}{op}{names[j]})"
            yield from _powers(text, X[:, i] + sign * X[:, j], units[i], 2 * symbol + 1)
            text = f"({names[i]}**2{op}{names[j]}**2)"
            square = X[:, i] ** 2 + sign * X[:, j] ** 2
            yield from _powers(text, square, 2 * units[i], 2 * symbol + 4)


def _of_triples(X: Array, names: Sequence[str], units: Array, group: tuple[int, ...], symbol: float) -> Iterator[_Plan]:
    """Sums of three quantities, and of their squares."""
    for chosen in combinations(group, 3):
        text = "(" + "+".join(f"{names[i]}**2" for i in chosen) + ")"
        square = np.sum([X[:, i] ** 2 for i in chosen], 0)
        yield from _powers(text, square, 2 * units[chosen[0]], 3 * symbol + 6)
        text = "(" + "+".join(names[i] for i in chosen) + ")"
        yield from _powers(text, X[:, list(chosen)].sum(1), units[chosen[0]], 3 * symbol + 2)


def _distances(X: Array, names: Sequence[str], units: Array, group: tuple[int, ...], symbol: float) -> Iterator[_Plan]:
    """Squared distances between two points of the plane or of space, however their coordinates pair up."""
    pairs = list(combinations(group, 2))
    for count in (2, 3):
        for chosen in combinations(pairs, count):
            used = {i for pair in chosen for i in pair}
            if len(used) == 2 * count:
                text = "(" + "+".join(f"({names[i]}-{names[j]})**2" for i, j in chosen) + ")"
                square = np.sum([(X[:, i] - X[:, j]) ** 2 for i, j in chosen], 0)
                cost = (2 * symbol + 3) * count
                yield from _powers(text, square, 2 * units[group[0]], cost)


def _powers(text: str, values: Array, unit: Array, bits: float) -> Iterator[_Plan]:
    for power in GRAMMAR.powers:
        if power.exponent % 1 and values.min() < 0:
            continue
        raised = _raised(values, power.exponent)
        yield _Plan(bits + power.bits, power.text.format(text), tuple(power.exponent * unit), raised)


def _raised(values: Array, power: float) -> Callable[[], Array]:
    return lambda: values**power


def _plain(X: Array, names: Sequence[str], units: Array, most: int) -> Iterator[_Plan]:
    """Shapes applied to dimensionless monomials."""
    exponents = MonomialSpace(units).simplest(np.zeros(units.shape[1]), most + 1)
    exponents = exponents[np.abs(exponents).sum(1) > 0]
    values, bits = monomial_values(X, exponents), exponent_bits(exponents, X.shape[1])
    unit = (0.0,) * units.shape[1]
    for column, row, cost in zip(values.T, exponents, bits, strict=True):
        text = monomial_text(names, row)
        upside_down, steep = not (row > 0).any(), max(float(np.abs(row).max()) - 2, 0.0)
        for shapes, strange in ((GRAMMAR.algebraic + GRAMMAR.logarithms, 2.0), (GRAMMAR.growth + GRAMMAR.waves, 5.0)):
            for shape in shapes:
                yield from _shaped(shape, column, text, float(cost) + strange * (upside_down + steep), unit)


def _between(X: Array, names: Sequence[str], units: Array, most: int) -> Iterator[_Plan]:
    """Shapes applied to sums and differences, made dimensionless."""
    unit = (0.0,) * units.shape[1]
    for text, column, cost in _shifted(X, names, units, most):
        for shape in GRAMMAR.of_sums:
            yield from _shaped(shape, column, text, cost, unit)


def _shaped(shape: Shape, column: Array, text: str, cost: float, unit: tuple[float, ...]) -> Iterator[_Plan]:
    for constant, bits, prefix in shape.constants:
        inner = f"({prefix}{text})"
        compute = _computed(shape.function, column, constant)
        yield _Plan(cost + bits + shape.bits, shape.text.format(inner), unit, compute, shape.linear)


def _computed(function: Callable[[Array], Array], column: Array, constant: float) -> Callable[[], Array]:
    return lambda: function(constant * column)


def _shifted(X: Array, names: Sequence[str], units: Array, most: int) -> Iterator[tuple[str, Array, float]]:
    """(a +- b) times a monomial that makes it dimensionless."""
    features = X.shape[1]
    symbol = 2.0 + np.log2(max(features, 2))
    space = MonomialSpace(units)
    for i, j in combinations(range(features), 2):
        if not np.array_equal(units[i], units[j]):
            continue
        rest = space.simplest(-units[i], 25 * most)
        for exponents in rest[(rest[:, [i, j]] == 0).all(1)][:most]:
            scale = monomial_values(X, exponents[None])[:, 0]
            cost = 2 * symbol + 1 + float(exponent_bits(exponents[None], features)[0])
            for sign, op in ((-1, "-"), (1, "+")):
                tail = monomial_text(names, exponents)
                text = f"({names[i]}{op}{names[j]})"
                text += "" if tail == "1" else (tail[1:] if tail.startswith("1/") else f"*{tail}")
                yield text, (X[:, i] + sign * X[:, j]) * scale, cost
