"""The exact formula of every edge of a spline network, so that network and formula can be compared edge by edge.

A network and the formula read from it may differ in gauge: where a hidden node of the formula is h, the network's is
z = p h + q for some p and q that no table can tell. So (1) the named edges are brought into a gauge without idle
numbers, (2) their constants are snapped, (3) p and q of every node are fitted to the network's own nodes, and (4) edges
into a node are multiplied by p, edges out of it get (z - q) / p. p and q are exact binary fractions, and drop out when
edges are put together: what is left is the formula itself (KAN, arXiv 2404.19756 section 2.5.1, fits a, b, c, d of each
edge instead, and leaves formula and network different).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from ....algebra.text import to_text
from ....artifacts.formulas.formula import Formula
from ....nets.splines.jacobian import ArrayNetwork
from ..expression.description import FLOOR
from ..expression.primitives import LIBRARY, Array, Primitive
from ..expression.snapping import snap
from .edge_candidates import EdgeCandidate
from .symbolic_network import Edge, Place, SymbolicEdge, SymbolicNetwork, split_width
from .symbols import search, simple_edge, spline_network

EDGE_VARIABLE = sympy.Symbol("x", real=True)
UNCERTAINTY = 1e-8
"""Relative to a constant or to 1: a refit to the exact formula determines constants far better than this."""
AGREEMENT = 1e-7


def exact_edges(
    symbolic: SymbolicNetwork, spline: SymbolicNetwork, X: Array, y: Array
) -> dict[Place, sympy.Expr] | None:
    """(layer, input, sum) -> exact expression in x for every edge; None where constants are no exact numbers.

    `symbolic` has named functions on the edges of `spline`; y (rows,) is the exact formula's value at X (rows,
    features). Edges that `symbolic` lacks stand for 0.
    """
    if any(not isinstance(edge, SymbolicEdge) for edge in symbolic.edges.values()):
        return None
    refitted = symbolic.refitted(X, y, 80)
    if refitted is None:
        return None
    snapped = _snapped(_plain_gauge(refitted[0]))
    if snapped is None:
        return None
    constants, network = snapped
    if np.abs(network(X) - y).max() > AGREEMENT * max(float(np.abs(y).max()), 1e-300):
        return None
    return _in_gauge_of(spline, network, constants, X)


Constants = Mapping[Place, tuple[sympy.Expr, sympy.Expr, sympy.Expr]]
"""a, b, c of every edge."""
Exact = tuple[Constants, list[list[sympy.Expr]]]
"""The constants of the edges, and the biases of every layer."""


def _plain_gauge(network: SymbolicNetwork) -> SymbolicNetwork:
    """The same function with a = 1, b = 0 on the first edge out of every plain hidden node, and no idle numbers."""
    edges: dict[Place, Edge] = dict(network.edges)
    biases = [bias.copy() for bias in network.biases]
    for layer in range(1, len(biases)):
        plain, products = split_width(network.widths[layer])
        for k in range(products):
            _settle_product(edges, biases, layer, plain, k)
        for node in range(plain):
            outgoing = sorted(p for p in edges if p[0] == layer and p[1] == node)
            incoming = sorted(p for p in edges if p[0] == layer - 1 and p[2] == node)
            if outgoing and incoming:
                _settle(edges, biases, outgoing, incoming)
    return SymbolicNetwork(network.widths, edges, tuple(biases))


def _settle(edges: dict[Place, Edge], biases: list[Array], outgoing: list[Place], incoming: list[Place]) -> None:
    """Move what the first outgoing edge does to its input into the node: new node = alpha old + beta."""
    first = edges[outgoing[0]]
    assert isinstance(first, SymbolicEdge)
    node = outgoing[0][1]
    bias = float(biases[incoming[0][0]][node])
    alpha, beta = first.a, first.b
    if first.function.gauge == "linear":
        alpha, beta = first.c, -first.c * bias  # the node's constant joins that of the sum behind it
    elif first.function.gauge == "scale":
        lead = edges[incoming[0]]
        assert isinstance(lead, SymbolicEdge)
        alpha = first.a / abs(lead.c)
        beta = first.b / abs(lead.c)
    elif first.function.gauge == "shift":
        beta = -first.a * bias
    for place in outgoing:
        edge = edges[place]
        assert isinstance(edge, SymbolicEdge)
        edges[place], constant = _with_input(edge, alpha, beta)
        biases[place[0]][place[2]] += constant
    for place in incoming:
        edge = edges[place]
        assert isinstance(edge, SymbolicEdge)
        edges[place] = replace(edge, c=edge.c * alpha)
    biases[incoming[0][0]][node] = alpha * bias + beta


def _settle_product(edges: dict[Place, Edge], biases: list[Array], layer: int, plain: int, k: int) -> None:
    """Both factors of a product begin with +-1 times a function; what they had instead goes to the edges out of it."""
    scale = 1.0
    for factor in (plain + 2 * k, plain + 2 * k + 1):
        incoming = sorted(p for p in edges if p[0] == layer - 1 and p[2] == factor)
        if not incoming:
            continue
        size = abs(edges[incoming[0]].parameters()[0])
        for place in incoming:
            edge = edges[place]
            assert isinstance(edge, SymbolicEdge)
            edges[place] = replace(edge, c=edge.c / size)
        biases[layer - 1][factor] /= size
        scale *= size
    for place in sorted(p for p in edges if p[0] == layer and p[1] == plain + k):
        edge = edges[place]
        assert isinstance(edge, SymbolicEdge)
        edges[place], constant = _with_input(edge, 1 / scale, 0.0)
        biases[layer][place[2]] += constant


def _with_input(edge: SymbolicEdge, alpha: float, beta: float) -> tuple[SymbolicEdge, float]:
    """The edge as a function of alpha x + beta, with idle numbers at 1 and 0; and the constant that is left over."""
    a, b = edge.a / alpha, edge.b - edge.a * beta / alpha
    return simple_edge(EdgeCandidate(edge.function, a, b, edge.c, 0.0, 0.0))


def _snapped(network: SymbolicNetwork) -> tuple[Exact, SymbolicNetwork] | None:
    """All constants as exact numbers, and the network with their values; None where one of them is none."""
    constants: dict[Place, tuple[sympy.Expr, sympy.Expr, sympy.Expr]] = {}
    edges: dict[Place, Edge] = {}
    for place, edge in network.edges.items():
        assert isinstance(edge, SymbolicEdge)
        numbers: list[Any] = [_number(value) for value in (edge.a, edge.b, edge.c)]
        if any(number is None for number in numbers):
            return None
        a, b, c = numbers
        constants[place] = (a, b, c)
        edges[place] = replace(edge, a=float(a), b=float(b), c=float(c))
    biases: list[list[sympy.Expr]] = []
    for bias in network.biases:
        row: list[Any] = [_number(float(value)) for value in bias]
        if any(number is None for number in row):
            return None
        biases.append(row)
    values = tuple(np.array([float(number) for number in row]) for row in biases)
    return (constants, biases), SymbolicNetwork(network.widths, edges, values)


def _number(value: float) -> sympy.Expr | None:
    if abs(value) < UNCERTAINTY:
        return sympy.Integer(0)
    return snap(value, UNCERTAINTY * max(abs(value), 1.0))


def _in_gauge_of(
    spline: SymbolicNetwork,
    network: SymbolicNetwork,
    snapped: Exact,
    X: Array,
) -> dict[Place, sympy.Expr] | None:
    """Every edge of the exact network as a function of the spline network's own nodes."""
    constants, biases = snapped
    theirs, ours = spline.sums(X), network.sums(X)
    inputs, values = spline.trace(X)[1:3]
    one, zero = sympy.Integer(1), sympy.Integer(0)
    gauges: list[tuple[sympy.Expr, sympy.Expr]] = [(one, zero)] * X.shape[1]
    found: dict[Place, sympy.Expr] = {}
    for layer, bias in enumerate(biases):
        plain, products = split_width(network.widths[layer + 1])
        last = layer == len(biases) - 1
        sums: list[tuple[sympy.Expr, sympy.Expr]] = []
        for o, constant in enumerate(bias):
            fixed = last or o >= plain
            p = one if last else _slope(theirs[layer][:, o], ours[layer][:, o], fixed)
            places = sorted(place for place in spline.edges if place[0] == layer and place[2] == o)
            edges = [_edge(network, constants, place, p, gauges) for place in places]
            shifts = [_shift(values[place], edge, inputs[place]) for place, edge in zip(places, edges, strict=True)]
            if fixed and places:  # nothing may be left over: what the others shift, the first takes back
                shifts[0] = p * constant - sympy.Add(*shifts[1:])
            found |= {place: e + shift for place, e, shift in zip(places, edges, shifts, strict=True)}
            sums.append((p, sympy.Add(*shifts) - p * constant))
        pairs = [(sums[k][0] * sums[k + 1][0], zero) for k in range(plain, len(sums), 2)]
        gauges = [*sums[:plain], *pairs]
        assert len(pairs) == products
    return found


def _edge(
    network: SymbolicNetwork,
    constants: Constants,
    place: Place,
    p: sympy.Expr,
    gauges: list[tuple[sympy.Expr, sympy.Expr]],
) -> sympy.Expr:
    """p c f(a (x - q_in) / p_in + b); 0 where the exact network has no such edge."""
    if place not in network.edges:
        return sympy.Integer(0)
    edge, (p_in, q_in), (a, b, c) = network.edges[place], gauges[place[1]], constants[place]
    assert isinstance(edge, SymbolicEdge)
    x = (EDGE_VARIABLE - q_in) / p_in
    return p * c * edge.function.symbol(x if edge.function.gauge == "linear" else a * x + b)


def _shift(values: Array, edge: sympy.Expr, x: Array) -> sympy.Expr:
    """The constant by which the spline edge differs from its formula, at the middle of what it misses."""
    with np.errstate(all="ignore"):
        missed = values - np.asarray(sympy.lambdify(EDGE_VARIABLE, edge, "numpy")(x), dtype=np.float64)
    missed = missed[np.isfinite(missed)]
    return _binary((float(missed.max()) + float(missed.min())) / 2, 40) if len(missed) else sympy.Integer(0)


def _slope(theirs: Array, ours: Array, factor: bool) -> sympy.Expr:
    """p with theirs = p ours + q by least squares; q is 0 for a factor of a product."""
    if not factor:
        theirs, ours = theirs - theirs.mean(), ours - ours.mean()
    size = float(ours @ ours)
    return _binary(float(theirs @ ours) / size if size else 1.0, 40)


def _binary(value: float, bits: int) -> sympy.Expr:
    """The float as an exact fraction, cut to some bits so that it stays short."""
    mantissa, exponent = np.frexp(value)
    exact = Fraction(round(float(mantissa) * 2**bits), 2**bits) * Fraction(2) ** int(exponent)
    return sympy.Rational(exact.numerator, exact.denominator)


def edges_of(
    network: ArrayNetwork, formula: Formula, X: Array, library: tuple[Primitive, ...] = LIBRARY, tried: int = 4
) -> dict[Place, str]:
    """The exact formula of every edge of `network`, as text in x, so that together they make `formula`.

    Empty where the network's edges, read with `library`, do not come together to the formula.
    """
    y, spline = formula(X), spline_network(network)
    if not np.isfinite(y).all() or np.ptp(y) == 0:
        return {}
    floor = (FLOOR * float(np.sqrt(np.mean(y**2)))) ** 2
    for symbolic in search(spline, X, y, library)[:tried]:
        found = exact_edges(symbolic.network.without_offsets(X, y, floor), spline, X, y)
        if found is not None:
            return {place: to_text(expression) for place, expression in found.items()}
    return {}
