"""By hand: what a person does to a spline network edge by edge, as plain functions that change nothing they are given.

    suggest -> a table of functions for one edge;   fix, unfix -> a network with that edge named, or a spline again
    refit -> all splines and named edges together;  attribute -> how much features, nodes and edges matter

A network is opened once (`open_network`) and closed as a formula (`network.expression`) when every edge has a name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ....nets.splines.jacobian import ArrayNetwork, basis, basis_matrix
from ....nets.splines.kan import KAN
from ..expression.primitives import LIBRARY, Array, Primitive, find
from .edge_candidates import EdgeCandidate, candidates
from .symbolic_network import Place, SplineEdge, SymbolicNetwork, products_of
from .symbols import as_arrays, assemble, spline_network, trace


@dataclass(frozen=True)
class Suggestion:
    """A function for an edge: its name, 1 - r2 beside r2 (which saturates), its bits, and the fit itself."""

    name: str
    r2: float
    missed: float
    bits: float
    fit: EdgeCandidate


@dataclass(frozen=True)
class Attribution:
    """How much of the output's spread each part carries, as a share of the features' sum.

    features (in,); nodes: one array for each layer's outputs (sums,); edges: one (in, sums) for each layer.
    """

    features: Array
    nodes: tuple[Array, ...]
    edges: tuple[Array, ...]


def open_network(network: KAN | ArrayNetwork | SymbolicNetwork, output: int = 0) -> SymbolicNetwork:
    """The network edge by edge, for one of its outputs; one that is opened already is handed back.

    >>> open_network(KAN([2, 1], base=False)).places
    ((0, 0, 0), (0, 1, 0))
    """
    return network if isinstance(network, SymbolicNetwork) else spline_network(as_arrays(network), output)


def suggest(
    network: KAN | ArrayNetwork | SymbolicNetwork,
    X: ArrayLike,
    layer: int,
    source: int,
    target: int,
    library: tuple[Primitive, ...] = LIBRARY,
    keep: int = 10,
) -> list[Suggestion]:
    """Functions for the edge from node `source` to sum `target` of `layer`, the best fit over the rows X first.

    X (rows, features). Raises ValueError for an edge that is not there, X of another width, fewer than 4 rows.

    >>> X = np.random.default_rng(0).uniform(-1, 1, (50, 1))
    >>> len(suggest(KAN([1, 1], base=False), X, 0, 0, 0, keep=3))
    3
    """
    network = open_network(network)
    place = _known(network, (layer, source, target))
    _, traced = trace(network, _rows(network, X))
    x, value, _ = traced[place]
    fits = candidates(x, value, library, keep=keep)
    return [Suggestion(f.function.name, 1 - f.error, f.error, f.function.bits, f) for f in fits]


def fix(
    network: KAN | ArrayNetwork | SymbolicNetwork,
    X: ArrayLike,
    layer: int,
    source: int,
    target: int,
    function: str | Primitive | None,
    library: tuple[Primitive, ...] = LIBRARY,
) -> SymbolicNetwork:
    """A network with that edge as c f(a x + b), fitted to what it is over the rows X; it stays so in refits.

    `function` None leaves the edge out. Raises ValueError for an edge that is not there, an unknown function, one that
    is not defined over the edge's range.

    X (rows, features).

    >>> X = np.random.default_rng(0).uniform(-1, 1, (50, 2))
    >>> fix(KAN([2, 1], base=False), X, 0, 1, 0, "sin").edges[0, 1, 0].function.name
    'sin'
    """
    network = open_network(network)
    place = _known(network, (layer, source, target))
    if function is None:
        return assemble(network, {place: None})
    entry = find(library, function) if isinstance(function, str) else function
    fits = suggest(network, X, layer, source, target, (entry,))
    if not fits:
        x = trace(network, _rows(network, X))[1][place][0]
        raise ValueError(
            f"function={entry.name!r} is defined nowhere over the edge's range [{x.min():.3g}, {x.max():.3g}]; "
            "take one from suggest"
        )
    return assemble(network, {place: fits[0].fit})


def unfix(
    network: SymbolicNetwork, X: ArrayLike, layer: int, source: int, target: int, grid_size: int = 20
) -> SymbolicNetwork:
    """A network with that edge as a spline again, through what it is over the rows X.

    Raises ValueError for an edge that is not there, a grid size below 1.

    X (rows, features).
    """
    place = _known(network, (layer, source, target))
    if grid_size < 1:
        raise ValueError(f"grid_size={grid_size}; give at least 1")
    if isinstance(network.edges[place], SplineEdge):
        return network
    x, _, _ = trace(network, _rows(network, X))[1][place]
    low, high = float(x.min()), float(x.max())
    high = high if high > low else low + 1.0
    points = np.linspace(low, high, 8 * (grid_size + 3))
    here = basis(points[:, None], np.array([low]), np.array([(high - low) / grid_size]), grid_size)
    matrix = basis_matrix(here.first, here.values, grid_size).toarray()
    values = network.edges[place].evaluate(points)[0]
    coefficients = np.linalg.lstsq(matrix, values, rcond=None)[0]
    return SymbolicNetwork(
        network.widths, {**network.edges, place: SplineEdge(low, high, coefficients)}, network.biases
    )


def refit(network: SymbolicNetwork, X: ArrayLike, y: ArrayLike, steps: int = 50) -> SymbolicNetwork:
    """Named edges keep their functions, splines their grids; all their numbers by least squares on y (rows,).

    Raises ValueError where the network is not defined on some row.

    X (rows, features).
    """
    rows, target = _rows(network, X), np.asarray(y, dtype=np.float64)
    if target.shape != (len(rows),):
        raise ValueError(f"y has shape {target.shape}; give one number for each of {len(rows)} rows")
    done = network.refitted(rows, target, steps)
    if done is None:
        raise ValueError("the network is not defined on every row of X; give another function to the edge that is not")
    return done[0]


def attribute(network: KAN | ArrayNetwork | SymbolicNetwork, X: ArrayLike) -> Attribution:
    """Scores handed back from the output through the edges (KAN 2.0, arXiv 2408.10205, section 4.1).

        B_out = 1,   A_lio = B_lo std(edge_lio) / std(sum_lo),   B_(l-1)i = sum_o A_lio

    with standard deviations over the rows X; the two factors of a product both get the product's score.

    Shapes: X (rows, features); those of the result are told in `Attribution`.

    >>> X = np.random.default_rng(0).uniform(-1, 1, (50, 2))
    >>> round(float(attribute(KAN([2, 1], base=False), X).features.sum()), 9)
    1.0
    """
    network = open_network(network)
    rows = _rows(network, X)
    _, traced = trace(network, rows)
    sums: dict[tuple[int, int], Array] = {}
    for place, (_, value, _) in traced.items():
        sums[place[0], place[2]] = sums.get((place[0], place[2]), 0.0) + value  # pyright: ignore[reportArgumentType]
    score = np.ones(1)
    nodes, edges = [], []
    for layer in range(len(network.biases) - 1, -1, -1):
        by_sum = products_of(score, network.widths[layer + 1])
        fan = network.widths[layer]
        table = np.zeros((fan if isinstance(fan, int) else sum(fan), len(by_sum)))
        for place, (_, value, _) in traced.items():
            if place[0] == layer:
                spread = float(np.std(sums[layer, place[2]]))
                table[place[1], place[2]] = by_sum[place[2]] * float(np.std(value)) / max(spread, 1e-300)
        nodes.append(by_sum)
        edges.append(table)
        score = table.sum(1)
    total = max(float(score.sum()), 1e-300)
    return Attribution(
        score / total, tuple(n / total for n in reversed(nodes)), tuple(e / total for e in reversed(edges))
    )


def _known(network: SymbolicNetwork, place: Place) -> Place:
    if place not in network.edges:
        raise ValueError(f"edge {place} is not there; edges (layer, source, target) are {list(network.places)}")
    return place


def _rows(network: SymbolicNetwork, X: ArrayLike) -> Array:
    rows = np.asarray(X, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != network.widths[0] or not np.isfinite(rows).all():
        raise ValueError(f"X has shape {rows.shape}; give finite rows of {network.widths[0]} features")
    return rows
