"""From formula to network: the Kolmogorov-Arnold network that has a formula's own structure (kanpiler, KAN 2.0).

arXiv 2408.10205, section 3.2. Every part of the formula is a sum of functions of one variable each,

    part = sum_j f_j(source_j),   source: a feature, a part that is such a sum, or a product of two of them,

so that f_j is an edge, a sum a node, and a product a multiplication node; what skips a layer goes through it along an
edge that is x. Then every f_j becomes the spline through its values on its source's range.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product
from typing import Any

import numpy as np
import sympy
import torch

from ....algebra.expressions.text import symbols_of
from ....artifacts.formulas.formula import Formula
from ....nets.splines.kan import KAN
from .edge_splines import Array, Range, SplinedLayer, interpolate, values_of
from .exact_edges import EDGE_VARIABLE as X
from .symbolic_network import Place

Terms = dict[sympy.Expr, sympy.Expr]
"""A sum: for each source, the function of it, in `X`."""


@dataclass(frozen=True, eq=False)
class Compiled:
    """A `network` (float64, no base functions), and by (layer, input, sum) the exact formula of every edge in x.

    `errors` are the largest distances seen between an edge's spline and its formula, between the knots.
    """

    network: KAN
    edges: Mapping[Place, sympy.Expr]
    errors: Mapping[Place, float]


def compile_formula(
    formula: Formula | sympy.Expr,
    names: Sequence[str] = (),
    box: Sequence[Range] = (),
    *,
    grid_size: int = 100,
    tolerance: float = 1e-7,
) -> Compiled:
    """The network with the formula's structure, within `tolerance` of every edge's largest value on its range.

    `names` and `box`, ((low, high) for each feature), are the formula's own where they are not given. Ranges of inner
    nodes: from those of their parts, or, where those are far wider, from samples of the box, with a margin. A layer's
    grid is doubled, up to 16 times `grid_size`, until its edges are near enough.

    Raises:
        ValueError: a box that is none, a function or symbol that is unknown, a function that is not defined, or too
            steep for the finest grid, on its range, as next to a singularity.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> compiled = compile_formula(x * y + sympy.sin(x), ["x", "y"], [(-1, 1), (0, 2)])
    >>> compiled.network.widths
    [2, (1, 1), 1]
    >>> compiled.edges
    {(0, 0, 0): x, (0, 0, 1): x, (0, 1, 2): x, (1, 0, 0): sin(x), (1, 1, 0): x}
    """
    expression, names, ranges = _given(formula, names, box)
    _refuse(grid_size, tolerance)
    features = [symbols_of(names)[name] for name in names]
    whole = _terms(expression) or {features[0]: expression}
    layers = _layers(whole, features)
    edges = _edges(layers, whole, features)
    spans = _spans(layers, whole, features, ranges)
    fitted = [
        interpolate(_of_layer(edges, number), nodes, [spans[node] for node in nodes], grid_size, tolerance)
        for number, nodes in enumerate([features, *(layer.nodes for layer in layers)])
    ]
    network = _network([len(features), *(layer.width for layer in layers), 1], fitted)
    return Compiled(network, edges, {place: error for one in fitted for place, error in one.errors.items()})


def _refuse(grid_size: int, tolerance: float) -> None:
    if grid_size < 1 or not 0 < tolerance < 1:
        raise ValueError(f"grid_size={grid_size}, tolerance={tolerance}; give at least 1, and a share of 1")


def _of_layer(edges: Mapping[Place, sympy.Expr], number: int) -> dict[Place, sympy.Expr]:
    return {place: function for place, function in edges.items() if place[0] == number}


def _given(
    formula: Formula | sympy.Expr, names: Sequence[str], box: Sequence[Range]
) -> tuple[sympy.Expr, tuple[str, ...], list[Range]]:
    """Expression, names and box, checked against each other."""
    if isinstance(formula, Formula):
        expression, names, box = formula.sympy(), names or formula.names, box or formula.box
    else:
        expression = sympy.sympify(formula)
    known: dict[sympy.Basic, sympy.Basic] = {s: symbols_of(names)[s.name] for s in _symbols(expression, names)}
    exact: sympy.Expr = expression.xreplace(known)  # pyright: ignore[reportAssignmentType]
    return exact, tuple(names), _checked(box, names)


def _checked(box: Sequence[Range], names: Sequence[str]) -> list[Range]:
    """The box as floats; raises ValueError for one that is none."""
    if not names or len(box) != len(names):
        raise ValueError(f"box has {len(box)} ranges; give one for each of {list(names)}, and at least one name")
    for name, (low, high) in zip(names, box, strict=True):
        if not (np.isfinite((low, high)).all() and low < high):
            raise ValueError(f"box has ({low}, {high}) for {name!r}; give finite numbers, the lower one first")
    return [(float(low), float(high)) for low, high in box]


def _symbols(expression: sympy.Expr, names: Sequence[str]) -> list[sympy.Symbol]:
    found = [symbol for symbol in expression.free_symbols if isinstance(symbol, sympy.Symbol)]
    if unknown := {symbol.name for symbol in found} - set(names):
        raise ValueError(f"formula holds {sorted(unknown)}, which are none of names={list(names)}")
    return found


def _terms(e: sympy.Expr) -> Terms:
    """The expression as a sum of functions of one source each; empty for a number."""
    if len(e.free_symbols) <= 1:
        return {symbol: _with(e, symbol, X) for symbol in e.free_symbols}  # pyright: ignore[reportReturnType]
    if isinstance(e, sympy.Add):
        return _sum(e)
    if isinstance(e, sympy.Mul):
        return _product(e)
    if isinstance(e, sympy.Pow) and e.base.free_symbols and e.exp.free_symbols:
        return _terms_of_one(sympy.exp(X), e.exp * sympy.log(e.base))  # pyright: ignore[reportArgumentType]
    return _terms_of_function(e)


def _terms_of_function(e: sympy.Expr) -> Terms:
    """f(argument), with numbers as its other arguments."""
    varying = [argument for argument in e.args if argument.free_symbols]
    if len(varying) != 1:
        raise ValueError(f"formula holds {e}, a function of several variables; write it as sums and products")
    arguments: list[Any] = [X if argument is varying[0] else argument for argument in e.args]
    return _terms_of_one(e.func(*arguments), varying[0])  # pyright: ignore[reportArgumentType]


def _with(e: sympy.Expr, symbol: sympy.Basic, value: sympy.Expr) -> sympy.Expr:
    """The expression with a symbol replaced."""
    return e.xreplace({symbol: value})  # pyright: ignore[reportReturnType]


def _terms_of_one(outer: sympy.Expr, inner: sympy.Expr) -> Terms:
    """outer(inner), where inner is a sum: a node of its own, if it has more than one source."""
    terms = _terms(inner)
    if len(terms) > 1:
        return {inner: outer}
    ((source, function),) = terms.items()
    return {source: _with(outer, X, function)}


def _sum(e: sympy.Add) -> Terms:
    """Terms with the same source joined; the numbers go to the first of them."""
    found: Terms = {}
    constant: sympy.Expr = sympy.Integer(0)
    for part in e.args:
        if not part.free_symbols:
            constant += part  # pyright: ignore[reportOperatorIssue, reportAssignmentType]
            continue
        for source, function in _terms(part).items():  # pyright: ignore[reportArgumentType]
            found[source] = found[source] + function if source in found else function
    first = next(iter(found))
    found[first] += constant
    return found


def _product(e: sympy.Mul) -> Terms:
    """Factors of one source joined; what is left of more than one is a source of its own, but for its number."""
    number, rest = e.as_independent(*e.free_symbols)
    factors = _factors(rest)
    if len(factors) > 1:
        return {rest: number * X}
    (terms,) = factors
    return {source: number * function for source, function in terms.items()}


def _factors(e: sympy.Expr) -> list[Terms]:
    """The factors of a product, each of them a sum; one for each source that makes factors by itself."""
    single: Terms = {}
    sums: dict[sympy.Expr, Terms] = {}
    for factor in sympy.Mul.make_args(e):
        terms = _terms(factor)
        if len(terms) > 1:
            sums[factor] = terms
            continue
        ((source, function),) = terms.items()
        single[source] = single[source] * function if source in single else function
    for factor in [factor for factor in sums if factor in single]:
        del sums[factor]
        single[factor] *= X
    return [*({source: function} for source, function in single.items()), *sums.values()]


@dataclass(frozen=True)
class _Layer:
    """The nodes behind one layer: plain ones, each with its terms, then products, each with those of two factors."""

    plain: dict[sympy.Expr, Terms]
    products: dict[sympy.Expr, tuple[Terms, Terms]]

    @property
    def width(self) -> int | tuple[int, int]:
        return (len(self.plain), len(self.products)) if self.products else len(self.plain)

    def factors(self, node: sympy.Expr) -> tuple[Terms, ...]:
        """The sums that the node is the product of: one for a plain node."""
        return (self.plain[node],) if node in self.plain else self.products[node]

    @property
    def nodes(self) -> list[sympy.Expr]:
        return [*self.plain, *self.products]

    @property
    def sums(self) -> list[Terms]:
        return [*self.plain.values(), *(factor for pair in self.products.values() for factor in pair)]


def _layers(whole: Terms, features: list[sympy.Symbol]) -> list[_Layer]:
    """The hidden layers, first to last: every source as soon as its parts are there, and then carried on."""
    halves: dict[sympy.Expr, tuple[Terms, Terms]] = {}
    levels: dict[sympy.Expr, int] = dict.fromkeys(features, 0)

    def level(source: sympy.Expr) -> int:
        if source not in levels:
            terms = _terms(source)
            if source in terms:  # its own source: a product, which is no sum of simpler ones
                halves[source] = _halves(_factors(source), depth)
                levels[source] = 1 + max(map(depth, halves[source]))
            else:
                levels[source] = 1 + depth(terms)
        return levels[source]

    def depth(terms: Terms) -> int:
        return max(map(level, terms))

    needed = list(whole)
    found: list[_Layer] = []
    for at in range(depth(whole), 0, -1):
        plain: dict[sympy.Expr, Terms] = {}
        products: dict[sympy.Expr, tuple[Terms, Terms]] = {}
        for source in needed:
            if level(source) < at:
                plain[source] = {source: X}
            elif source in halves:
                products[source] = halves[source]
            else:
                plain[source] = _terms(source)
        found.append(_Layer(plain, products))
        needed = list(dict.fromkeys(source for terms in found[-1].sums for source in terms))
    return found[::-1]


def _halves(factors: list[Terms], depth: Callable[[Terms], int]) -> tuple[Terms, Terms]:
    """Two factors with that product: of more than two, those that are ready first are multiplied first."""
    order = count()
    queue = [(depth(terms), next(order), terms) for terms in factors]
    heapq.heapify(queue)
    while len(queue) > 2:
        (_, _, first), (_, _, second) = heapq.heappop(queue), heapq.heappop(queue)
        both = _terms(_value(first) * _value(second))  # pyright: ignore[reportArgumentType]
        heapq.heappush(queue, (depth(both), next(order), both))
    return queue[0][2], queue[1][2]


def _value(terms: Terms) -> sympy.Expr:
    return sympy.Add(*(_with(function, X, source) for source, function in terms.items()))


def _edges(layers: list[_Layer], whole: Terms, features: list[sympy.Symbol]) -> dict[Place, sympy.Expr]:
    """(layer, input, sum) -> formula in x."""
    found: dict[Place, sympy.Expr] = {}
    sums = [*(layer.sums for layer in layers), [whole]]
    below: list[list[sympy.Expr]] = [list(features), *(layer.nodes for layer in layers)]
    for number, (nodes, totals) in enumerate(zip(below, sums, strict=True)):
        index = {node: i for i, node in enumerate(nodes)}
        for target, terms in enumerate(totals):
            found |= {(number, index[source], target): function for source, function in terms.items()}
    return dict(sorted(found.items()))


def _spans(
    layers: list[_Layer], whole: Terms, features: list[sympy.Symbol], box: list[Range]
) -> dict[sympy.Expr, Range]:
    """The range of every node: from the ranges of its parts, which holds for sure, unless samples are far narrower."""
    samples = _samples(box)
    values: dict[sympy.Expr, Array] = {s: samples[:, i] for i, s in enumerate(features)}
    spans: dict[sympy.Expr, Range] = dict(zip(features, box, strict=True))
    sums = [*(terms for layer in layers for terms in layer.sums), whole]
    for layer in layers:
        for node in (node for node in layer.nodes if node not in spans):
            values[node], held = _product_of_sums(layer.factors(node), values, spans, len(samples))
            spans[node] = _span(values[node], held, [terms[node] for terms in sums if node in terms])
    return spans


def _product_of_sums(
    factors: Iterable[Terms], values: Mapping[sympy.Expr, Array], spans: dict[sympy.Expr, Range], rows: int
) -> tuple[Array, Range]:
    """Its values on the sampled rows, (rows,), and the range that holds for sure."""
    seen, held = np.ones(rows), (1.0, 1.0)
    for terms in factors:
        seen = seen * sum(values_of(f, values[source], spans[source]) for source, f in terms.items())
        held = _product_of_ranges(held, _reach(terms, spans))
    return seen, held


def _product_of_ranges(one: Range, other: Range) -> Range:
    """Where a product of two numbers lies that lie anywhere in these ranges.

    >>> _product_of_ranges((-1.0, 2.0), (3.0, 4.0))
    (-4.0, 8.0)
    """
    corners = [a * b for a, b in product(one, other)]
    return min(corners), max(corners)


def _span(seen: Array, held: Range, functions: list[sympy.Expr], loose: float = 1.5, margin: float = 0.02) -> Range:
    """The range that holds for sure, where it is at most `loose` times wider than what was seen and all is defined on
    it; else what was seen, wider by `margin` of its width on both sides."""
    low, high = float(seen.min()), float(seen.max())
    width = high - low
    if held[1] - held[0] <= loose * width and all(_defined(function, held) for function in functions):
        return held
    low, high = max(low - margin * width, held[0]), min(high + margin * width, held[1])
    return (low, high) if low < high else (low - 1.0, high + 1.0)


def _defined(function: sympy.Expr, span: Range) -> bool:
    try:
        values_of(function, np.linspace(*span, 2001), span)
    except ValueError:
        return False
    return True


def _samples(box: list[Range], rows: int = 4096, most_features: int = 10) -> Array:
    """Rows all over the box, and its corners: all of them up to `most_features`, for more only the two outermost."""
    low, high = np.array(box).T
    inside = np.random.default_rng(0).uniform(low, high, (rows, len(box)))
    corners = np.array(list(product(*box))) if len(box) <= most_features else np.stack([low, high])
    return np.concatenate([inside, corners])


def _reach(terms: Terms, spans: dict[sympy.Expr, Range]) -> Range:
    """The least and the greatest sum of functions that go over their ranges independently.

    >>> _reach({X: 2 * X + 1}, {X: (0.0, 1.0)})
    (1.0, 3.0)
    """
    low = high = 0.0
    for source, function in terms.items():
        value = values_of(function, np.linspace(*spans[source], 2001), spans[source])
        low, high = low + float(value.min()), high + float(value.max())
    return low, high


def _network(widths: list[int | tuple[int, int]], fitted: list[SplinedLayer]) -> KAN:
    network = KAN(widths, [one.grid_size for one in fitted], base=False, dtype=torch.float64)
    with torch.no_grad():
        for layer, one in zip(network.spline_layers, fitted, strict=True):
            low, high = torch.tensor(one.spans, dtype=torch.float64).T
            layer.low.copy_(low)
            layer.high.copy_(high)
            layer.mask.zero_()
            layer.coefficients.zero_()
            for (_, source, target), spline in one.splines.items():
                layer.mask[source, target] = 1.0
                layer.coefficients[source, :, target] = torch.from_numpy(spline)
    return network
