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
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import sympy

from ....algebra.expressions.text import to_text
from ....artifacts.formulas.formula import Formula
from ....nets.splines.jacobian import ArrayNetwork
from ..expression.primitives import LIBRARY, Array, Primitive
from ..expression.settings import BITS
from ..expression.snapping import snap
from .edge_candidates import EdgeCandidate
from .settings import SPLINES
from .symbolic_network import Edge, Place, SymbolicEdge, SymbolicNetwork, split_width
from .symbols import search, simple_edge, spline_network

EDGE_VARIABLE = sympy.Symbol("x", real=True)


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
    if np.abs(network(X) - y).max() > SPLINES.agreement * max(float(np.abs(y).max()), 1e-300):
        return None
    return _in_gauge_of(spline, network, constants, X)


Constants = Mapping[Place, tuple[sympy.Expr, ...]]
"""a, b, c of every edge."""
Exact = tuple[Constants, list[list[sympy.Expr]]]
"""The constants of the edges, and the biases of every layer."""


def _plain_gauge(network: SymbolicNetwork) -> SymbolicNetwork:
    """The same function with a = 1, b = 0 on the first edge out of every plain hidden node, and no idle numbers."""
    gauge = _Gauge(named_edges(network), [bias.copy() for bias in network.biases])
    for layer in range(1, len(gauge.biases)):
        plain, products = split_width(network.widths[layer])
        for k in range(products):
            gauge.plain_product(layer, plain, k)
        for node in range(plain):
            gauge.plain_node(layer, node)
    return SymbolicNetwork(network.widths, dict(gauge.edges), tuple(gauge.biases))


def named_edges(network: SymbolicNetwork) -> dict[Place, SymbolicEdge]:
    """The edges of a network all of whose edges have names."""
    return {place: edge for place, edge in network.edges.items() if isinstance(edge, SymbolicEdge)}


@dataclass
class _Gauge:
    """Edges and biases while numbers move from one to the other; what the network computes stays."""

    edges: dict[Place, SymbolicEdge]
    biases: list[Array]

    def out_of(self, layer: int, node: int) -> list[Place]:
        return sorted(place for place in self.edges if place[:2] == (layer, node))

    def into(self, layer: int, sum_: int) -> list[Place]:
        return sorted(place for place in self.edges if (place[0], place[2]) == (layer, sum_))

    def plain_node(self, layer: int, node: int) -> None:
        """Move what the first outgoing edge does to its input into the node: new node = alpha old + beta."""
        outgoing, incoming = self.out_of(layer, node), self.into(layer - 1, node)
        if not outgoing or not incoming:
            return
        bias = float(self.biases[layer - 1][node])
        alpha, beta = _moved_into_node(self.edges[outgoing[0]], self.edges[incoming[0]], bias)
        self._substitute(outgoing, alpha, beta)
        for place in incoming:
            self.edges[place] = replace(self.edges[place], c=self.edges[place].c * alpha)
        self.biases[layer - 1][node] = alpha * bias + beta

    def plain_product(self, layer: int, plain: int, k: int) -> None:
        """Both factors of product k begin with +-1 times a function; what they had goes to the edges out of it."""
        scale = 1.0
        for factor in (plain + 2 * k, plain + 2 * k + 1):
            incoming = self.into(layer - 1, factor)
            if incoming:
                size = abs(self.edges[incoming[0]].parameters()[0])
                for place in incoming:
                    self.edges[place] = replace(self.edges[place], c=self.edges[place].c / size)
                self.biases[layer - 1][factor] /= size
                scale *= size
        self._substitute(self.out_of(layer, plain + k), 1 / scale, 0.0)

    def _substitute(self, outgoing: list[Place], alpha: float, beta: float) -> None:
        """Edges out of a node as functions of alpha node + beta."""
        for place in outgoing:
            self.edges[place], constant = _with_input(self.edges[place], alpha, beta)
            self.biases[place[0]][place[2]] += constant


def _moved_into_node(first: SymbolicEdge, lead: SymbolicEdge, bias: float) -> tuple[float, float]:
    """(alpha, beta) that leave nothing idle on the `first` edge out of a node; `lead` is the first edge into it."""
    if first.function.gauge == "linear":
        return first.c, -first.c * bias  # the node's constant joins that of the sum behind it
    if first.function.gauge == "scale":
        return first.a / abs(lead.c), first.b / abs(lead.c)
    return first.a, -first.a * bias if first.function.gauge == "shift" else first.b


def _with_input(edge: SymbolicEdge, alpha: float, beta: float) -> tuple[SymbolicEdge, float]:
    """The edge as a function of alpha x + beta, with idle numbers at 1 and 0; and the constant that is left over."""
    a, b = edge.a / alpha, edge.b - edge.a * beta / alpha
    return simple_edge(EdgeCandidate(edge.function, a, b, edge.c, 0.0, 0.0))


def _snapped(network: SymbolicNetwork) -> tuple[Exact, SymbolicNetwork] | None:
    """All constants as exact numbers, and the network with their values; None where one of them is none."""
    named = named_edges(network)
    constants: dict[Place, tuple[sympy.Expr, ...]] = {}
    for place, edge in named.items():
        row = _numbers([edge.a, edge.b, edge.c])
        if row is None:
            return None
        constants[place] = row
    biases = _numbers(np.concatenate(network.biases).tolist())
    if biases is None:
        return None
    ends = np.cumsum([len(bias) for bias in network.biases]).tolist()
    rows = [list(biases[end - len(bias) : end]) for bias, end in zip(network.biases, ends, strict=True)]
    edges: dict[Place, Edge] = {
        place: replace(named[place], a=float(a), b=float(b), c=float(c)) for place, (a, b, c) in constants.items()
    }
    values = tuple(np.array([float(number) for number in row]) for row in rows)
    return (constants, rows), SymbolicNetwork(network.widths, edges, values)


def _numbers(values: list[float]) -> tuple[sympy.Expr, ...] | None:
    """All of them as exact numbers; None where one has none."""
    found = [_number(value) for value in values]
    return None if None in found else tuple(number for number in found if number is not None)


def _number(value: float) -> sympy.Expr | None:
    if abs(value) < SPLINES.number:
        return sympy.Integer(0)
    return snap(value, SPLINES.number * max(abs(value), 1.0))


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
        plain, _ = split_width(network.widths[layer + 1])
        last = layer == len(biases) - 1
        sums: list[tuple[sympy.Expr, sympy.Expr]] = []
        for o, constant in enumerate(bias):
            fixed = last or o >= plain
            p = one if last else _slope(theirs[layer][:, o], ours[layer][:, o], fixed)
            places = sorted(place for place in spline.edges if place[0] == layer and place[2] == o)
            edges = [_edge(network, constants, place, p, gauges) for place in places]
            shifts = [_shift(values[place], edge, inputs[place]) for place, edge in zip(places, edges, strict=True)]
            if fixed and places:  # nothing may remain: what the others shift, the first takes back
                shifts[0] = p * constant - sympy.Add(*shifts[1:])
            found.update(zip(places, map(sympy.Add, edges, shifts), strict=True))
            sums.append((p, sympy.Add(*shifts) - p * constant))
        gauges = [*sums[:plain], *_products(sums[plain:])]
    return found


def _products(factors: list[tuple[sympy.Expr, sympy.Expr]]) -> list[tuple[sympy.Expr, sympy.Expr]]:
    """The gauges of products of neighbouring factors, which have no shift."""
    zero = sympy.Integer(0)
    return [(first[0] * second[0], zero) for first, second in zip(factors[::2], factors[1::2], strict=True)]


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

    X (rows, features).
    """
    y, spline = formula(X), spline_network(network)
    if not np.isfinite(y).all() or np.ptp(y) == 0:
        return {}
    floor = (BITS.floor * float(np.sqrt(np.mean(y**2)))) ** 2
    for symbolic in search(spline, X, y, library)[:tried]:
        found = exact_edges(symbolic.network.without_offsets(X, y, floor), spline, X, y)
        if found is not None:
            return {place: to_text(expression) for place, expression in found.items()}
    return {}
