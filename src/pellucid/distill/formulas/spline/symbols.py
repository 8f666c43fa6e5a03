"""From a fitted spline network to formulas: functions for each edge, combinations refitted as a whole, best first.

An edge alone cannot say which function it is: x^2 and a wide bell differ by less than the noise. So every edge keeps
its best few functions (zero and linear among them), and whole networks are refitted, the likeliest combination first:

    cost(combination) = sum over edges of  bits(f) + log2(1 + effect^2 / noise^2) share

with `effect` what the edge's misfit does to the output (by the adjoint) and `noise` the network's own error. Refitted
combinations are compared by their description length with the number of parameters that are not idle.
This replaces pykan's r^2, which saturates, and its fixed-order greedy choice (KAN arXiv 2404.19756 section 2.5.1).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from ....nets.splines.jacobian import Array, ArrayLayer, ArrayNetwork
from ....nets.splines.kan import KAN
from ..expression.candidate import Candidate
from ..expression.description import data_bits
from ..expression.polish import evaluate_candidate, polish
from ..expression.primitives import LIBRARY, LINEAR, Primitive
from ..expression.rewriting import shorter
from ..expression.settings import BITS
from ..expression.tape import CannotCompile
from .edge_candidates import EdgeCandidate, candidates
from .settings import SPLINES
from .symbolic_network import Edge, Place, SplineEdge, SymbolicEdge, SymbolicNetwork


@dataclass(frozen=True)
class Symbolic:
    """A combination of functions, refitted: the network, its mean square on held rows, and its description length."""

    network: SymbolicNetwork
    mean_square: float
    bits: float

    def scaled(self, factor: float) -> Symbolic:
        """The same with its output times `factor`; the description length is relative to the scale of y, and stays."""
        last = len(self.network.biases) - 1
        edges = {
            place: replace(edge, c=edge.c * factor) if place[0] == last and isinstance(edge, SymbolicEdge) else edge
            for place, edge in self.network.edges.items()
        }
        biases = (*self.network.biases[:-1], self.network.biases[-1] * factor)
        return Symbolic(SymbolicNetwork(self.network.widths, edges, biases), self.mean_square * factor**2, self.bits)


def symbols_of(
    network: KAN | ArrayNetwork,
    X: ArrayLike,
    y: ArrayLike | None = None,
    *,
    names: Sequence[str] = (),
    library: tuple[Primitive, ...] = LIBRARY,
    output: int = 0,
    combinations: int = 40,
    polished: int = 4,
) -> list[Candidate]:
    """Formulas that a spline network stands for, the best description first; empty where no combination is defined.

    X (rows, features) are inputs of the kind it was trained on, y (rows,) what it should say there (its own output
    where none is given). `combinations` networks of named functions are refitted, the `polished` best get exact
    constants. Raises ValueError for shapes that do not fit, fewer than 8 rows, NaN or infinity.
    """
    arrays = as_arrays(network)
    rows = np.asarray(X, dtype=np.float64)
    features = arrays.layers[0].mask.shape[0]
    if rows.ndim != 2 or rows.shape[1] != features or len(rows) < 8:
        raise ValueError(f"X has shape {rows.shape}; give at least 8 rows of {features} features")
    target = arrays(rows)[:, output] if y is None else np.asarray(y, dtype=np.float64)
    if target.shape != (len(rows),) or not (np.isfinite(rows).all() and np.isfinite(target).all()):
        raise ValueError(f"y has shape {target.shape}; give {len(rows)} finite numbers, and X without NaN or infinity")
    names = tuple(names) or tuple(f"x{i}" for i in range(features))
    spline = spline_network(arrays, output)
    found = search(spline, rows, target, library, combinations)
    return formulas(found, rows, target, names, polished)


def formulas(
    found: Sequence[Symbolic], X: Array, y: Array, names: Sequence[str], polished: int = 4, far: float = 40.0
) -> list[Candidate]:
    """The `polished` best as formulas, constants exact where they can be; the best description first, no doubles.

    X (rows, features), y (rows,). Networks that are more than `far` bits from the best are only refitted: exact
    constants save no more than that.
    """
    route = "spline network"
    scale = float(np.sqrt(np.mean(y**2)))
    result: dict[str, Candidate] = {}
    for symbolic in found[:polished]:
        expression = symbolic.network.without_offsets(X, y, (BITS.floor * scale) ** 2).expression(names)
        try:
            candidate = evaluate_candidate(expression, X, y, names, route)
            if symbolic.bits < found[0].bits + far:
                candidate = polish(expression, X, y, names, route=route) or candidate
        except CannotCompile:  # a constant beyond what float64 holds
            continue
        if candidate is not None:
            candidate = shorter(candidate, X, y, names)
            result.setdefault(str(candidate.expression), candidate)

    def total(candidate: Candidate) -> float:
        return candidate.bits + data_bits(candidate.error**2, len(y), scale)

    return sorted(result.values(), key=total)


def search(
    spline: SymbolicNetwork,
    X: Array,
    y: Array,
    library: tuple[Primitive, ...] = LIBRARY,
    combinations: int = 40,
    keep: int = 5,
) -> list[Symbolic]:
    """The refitted combinations of functions for the spline edges, shortest description first.

    Edges of `spline` that have a function already keep it. The search ends early at a combination that fits to
    rounding: then only combinations that could be shorter are still refitted.

    X has shape (rows, features), y (rows,).
    """
    options = edge_options(spline, X, y, library, keep)
    noisy = float(np.mean((spline(X) - y) ** 2)) > 1e-6 * float(np.var(y))
    trial = _Trial(X, y, *_parts(len(X), noisy=noisy))
    found: list[Symbolic] = []
    exact = np.inf
    for chosen in _likeliest(options, combinations):
        start = assemble(spline, chosen)
        if _structure_bits(start) < exact and (symbolic := trial.of(start)) is not None:
            found.append(symbolic)
            if symbolic.mean_square <= (SPLINES.exact_combination * trial.scale) ** 2:
                exact = min(exact, _structure_bits(start))
    found.sort(key=lambda symbolic: symbolic.bits)
    if found and exact == np.inf:
        straight = [trial.of(start) for start in _straightened(found[0].network, X)]
        found += [symbolic for symbolic in straight if symbolic is not None]
    return sorted(found, key=lambda symbolic: symbolic.bits)


@dataclass(frozen=True, eq=False)
class _Trial:
    """The table X (rows, features), y (rows,) that combinations are refitted and compared on."""

    X: Array
    y: Array
    part: NDArray[np.int64]
    """Rows to refit on."""
    rest: NDArray[np.int64]
    """Rows to compare on."""

    @cached_property
    def scale(self) -> float:
        return max(float(np.sqrt(np.mean(self.y**2))), 1e-300)

    def of(self, start: SymbolicNetwork) -> Symbolic | None:
        """The combination, refitted; None where it is not defined on some row."""
        done = start.refitted(self.X[self.part], self.y[self.part])
        if done is None:
            return None
        square = float(np.mean((done[0](self.X[self.rest]) - self.y[self.rest]) ** 2))
        parameters = done[1].rank / 2 * np.log2(len(self.part))
        bits = _structure_bits(start) + parameters + data_bits(square, len(self.rest), self.scale)
        return Symbolic(done[0], square, bits) if np.isfinite(square) else None


def _straightened(network: SymbolicNetwork, X: Array) -> Iterator[SymbolicNetwork]:
    """The network with one of its curved edges as a line: what is hardly bent may not be bent at all."""
    traced = trace(network, X)[1]
    for place, edge in network.edges.items():
        if isinstance(edge, SymbolicEdge) and edge.function.gauge != "linear":
            x, value, _ = traced[place]
            line = candidates(x, value, (LINEAR,))[0]
            left = SymbolicNetwork(
                network.widths, {**network.edges, place: SplineEdge(0.0, 1.0, np.zeros(4))}, network.biases
            )
            yield assemble(left, {place: line})


def edge_options(
    spline: SymbolicNetwork,
    X: Array,
    y: Array,
    library: tuple[Primitive, ...],
    keep: int,
    share: float = 8.0,
    per_parameter: float = 4.0,
) -> dict[Place, list[tuple[float, EdgeCandidate | None]]]:
    """For every spline edge its likeliest functions with their cost in bits; None is the edge left out.

    What an edge misses costs `share` bits for each doubling of its effect, a parameter `per_parameter` bits: the costs
    only say in which order combinations are refitted.

    X has shape (rows, features), y (rows,).
    """
    output, traced = trace(spline, X)
    spread = max(float(np.std(y)), 1e-300)
    noise = max(float(np.mean((output - y) ** 2)) / spread**2, 1e-22)
    options: dict[Place, list[tuple[float, EdgeCandidate | None]]] = {}
    for place in spline.places:
        if not isinstance(spline.edges[place], SplineEdge):
            continue
        x, value, weight = traced[place]
        variance = float(np.var(value)) * weight / spread**2
        ranked: list[tuple[float, EdgeCandidate | None]] = [(share * np.log2(1 + variance / noise), None)]
        if variance > 1e-3 * noise:
            for found in candidates(x, value, library, good_enough=1e-3 * noise / variance):
                size = found.function.bits + per_parameter * found.function.parameters
                ranked.append((share * float(np.log2(1 + found.error * variance / noise)) + size, found))
        ranked.sort(key=lambda pair: pair[0])
        options[place] = ranked[:keep]
    return options


def trace(network: SymbolicNetwork, X: Array) -> tuple[Array, dict[Place, tuple[Array, Array, float]]]:
    """The output (rows,), and for each edge its input and value (rows,) and the mean square of d output / d value.

    X has shape (rows, features).
    """
    with np.errstate(all="ignore"):
        output, inputs, values, adjoints = network.trace(X)
    return output, {
        place: (inputs[place], values[place], float(np.mean(adjoints[place] ** 2))) for place in network.places
    }


def assemble(spline: SymbolicNetwork, chosen: dict[Place, EdgeCandidate | None]) -> SymbolicNetwork:
    """The network with functions in place of splines; their constants d go into the biases."""
    edges: dict[Place, Edge] = dict(spline.edges)
    biases = [bias.copy() for bias in spline.biases]
    for place, found in chosen.items():
        del edges[place]
        if found is not None:
            edges[place], offset = simple_edge(found)
            biases[place[0]][place[2]] += offset
        elif isinstance(edge := spline.edges[place], SplineEdge):
            biases[place[0]][place[2]] += float(edge.coefficients.mean())
    return SymbolicNetwork(spline.widths, edges, tuple(biases))


def simple_edge(found: EdgeCandidate) -> tuple[SymbolicEdge, float]:
    """The same function with idle parameters at 1 and 0, and the constant that is left over.

    >>> from ..expression.primitives import find
    >>> edge, constant = simple_edge(EdgeCandidate(find(LIBRARY, "x"), 2.0, 1.0, 3.0, 0.5, 0.0))
    >>> edge.c, constant
    (6.0, 3.5)
    """
    function, a, b, c, d = found.function, float(found.a), float(found.b), float(found.c), float(found.d)
    if function.gauge == "linear":
        return SymbolicEdge(function, 1.0, 0.0, c * a), d + c * b
    if function.gauge == "shift":
        ratio = function.function(np.array([b])) / function.function(np.zeros(1))
        return SymbolicEdge(function, a, 0.0, c * float(ratio[0])), d
    if function.gauge == "scale":  # f(|a| z) = factor f(z) + constant
        ones = function.function(np.array([1.0, 2.0]))
        scaled = function.function(np.array([abs(a), 2 * abs(a)]))
        factor = float((scaled[1] - scaled[0]) / (ones[1] - ones[0]))
        constant = float(scaled[0]) - factor * float(ones[0])
        return SymbolicEdge(function, float(np.sign(a)), b / abs(a), c * factor), d + c * constant
    return SymbolicEdge(function, a, b, c), d


def spline_network(arrays: ArrayNetwork, output: int = 0) -> SymbolicNetwork:
    """The same network edge by edge, without edges that are masked or lead nowhere but to other outputs.

    Raises ValueError for an output that is not there.

    >>> spline_network(as_arrays(KAN([2, (1, 1), 1], base=False))).widths
    (2, (1, 1), 1)
    """
    widths = _widths(arrays)
    last = arrays.layers[-1]
    count = last.mask.shape[1] - last.products
    if not 0 <= output < count or last.products:
        raise ValueError(f"output={output} of {count}; name one that is there, of a last layer without products")
    edges: dict[Place, Edge] = {}
    wanted = {output}
    for depth in range(len(arrays.layers) - 1, -1, -1):
        into = {output: 0} if depth == len(arrays.layers) - 1 else {sum_: sum_ for sum_ in wanted}
        found = _edges_into(arrays.layers[depth], into)
        edges |= {(depth, *place): edge for place, edge in found.items()}
        wanted = _sums_behind({source for source, _ in found}, widths[depth]) if depth else set()
    widths[-1] = 1
    biases = [np.zeros(layer.mask.shape[1]) for layer in arrays.layers[:-1]]
    return SymbolicNetwork(tuple(widths), edges, (*biases, np.zeros(1)))


def _widths(arrays: ArrayNetwork) -> list[int | tuple[int, int]]:
    """The nodes of each layer, as in `nets.KAN`."""
    widths: list[int | tuple[int, int]] = [arrays.layers[0].mask.shape[0]]
    for layer in arrays.layers:
        sums = layer.mask.shape[1] - 2 * layer.products
        widths.append((sums, layer.products) if layer.products else sums)
    return widths


def _edges_into(layer: ArrayLayer, into: dict[int, int]) -> dict[tuple[int, int], SplineEdge]:
    """The edges that are not masked, (input, sum) by the new number of the sum; only into the sums in `into`."""
    edges: dict[tuple[int, int], SplineEdge] = {}
    for i, o in zip(*np.nonzero(layer.mask), strict=True):
        if int(o) in into:
            base = 0.0 if layer.base is None else float(layer.base[i, o] * layer.mask[i, o])
            coefficients = layer.coefficients[i, :, o] * layer.mask[i, o]
            edges[int(i), into[int(o)]] = SplineEdge(float(layer.low[i]), float(layer.high[i]), coefficients, base)
    return edges


def as_arrays(network: KAN | ArrayNetwork) -> ArrayNetwork:
    """The network as float64 arrays.

    Its layers have the shapes that `ArrayLayer` tells.

    >>> as_arrays(KAN([2, 1], grid_size=4, base=False)).size
    14
    """
    if isinstance(network, ArrayNetwork):
        return network
    from ....nets.splines.least_squares import arrays_of

    with torch.no_grad():
        return arrays_of(network)


def _sums_behind(nodes: set[int], width: int | tuple[int, int]) -> set[int]:
    """The sums that these nodes are made of."""
    if isinstance(width, int):
        return nodes
    plain = width[0]
    pairs = {s for node in nodes if node >= plain for s in (2 * node - plain, 2 * node - plain + 1)}
    return {node for node in nodes if node < plain} | pairs


def _structure_bits(network: SymbolicNetwork) -> float:
    return sum(e.function.bits for e in network.edges.values() if isinstance(e, SymbolicEdge)) + 2.0 * len(
        network.edges
    )


def _parts(rows: int, noisy: bool, most: int = 300) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`most` rows to refit on, and as many to compare on: the same ones where rows are few or noisy."""
    if rows < 40 or noisy:
        few = np.linspace(0, rows - 1, min(rows, 4 * most)).astype(np.int64)
        return few, few
    order = np.random.default_rng(0).permutation(rows)
    half = min(most, rows // 2)
    return np.sort(order[:half]), np.sort(order[half : 2 * half])


def _likeliest(
    options: dict[Place, list[tuple[float, EdgeCandidate | None]]], most: int
) -> Iterator[dict[Place, EdgeCandidate | None]]:
    """The combinations of one option for each edge in order of their summed cost, at most `most`."""
    places = list(options)
    first = tuple(0 for _ in places)
    heap = [(sum(options[place][0][0] for place in places), first)]
    seen = {first}
    for _ in range(most):
        if not heap:
            return
        cost, chosen = heapq.heappop(heap)
        yield {place: options[place][index][1] for place, index in zip(places, chosen, strict=True)}
        for position, place in enumerate(places):
            index = chosen[position] + 1
            following = (*chosen[:position], index, *chosen[position + 1 :])
            if index < len(options[place]) and following not in seen:
                seen.add(following)
                step = options[place][index][0] - options[place][index - 1][0]
                heapq.heappush(heap, (cost + step, following))
