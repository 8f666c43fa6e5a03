"""The search for boxes that enclose the hidden states of a network, one family for every state of a finite machine.

Boxes low <= T h <= high grow from states that the network visits: the image of a box under every input goes into the
boxes of the machine's next state, until nothing grows. What falls into one cell of a grid shares a box: the grid says
how finely states are told apart. It starts coarse and is halved until boxes close before an output in them is wrong
(subdivision: Dellnitz and Hohmann 1997). Cells are long where differences die out quickly and short where they live on:
the metric is a Lyapunov function, averaged over a run (J_i: the Jacobian of step i),

    M = E[ sum_i rho^(-2 i) (J_i ... J_1)^T (J_i ... J_1) ],   rho = 0.9

All of this is in floats and believed by nobody: `enclosure_certificate` checks in integers what is found here.
Cost: O(boxes * inputs * pieces * width * (hidden size + width)) a sweep, a batch at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.network import Network
from ..effort import Effort
from .settings import ENCLOSURE

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Stuck(Exception):
    """These boxes prove nothing; says why."""


@dataclass(frozen=True)
class Table:
    """A finite machine: `names` of its states, `transitions` (states, inputs), `outputs` (states, inputs, outputs)."""

    names: list[tuple[int, ...]]
    transitions: Whole
    outputs: Whole
    symbols: Whole

    def run(self, words: Whole) -> Whole:
        """Outputs (words, time, outputs) for numbers of inputs (words, time)."""
        state, outputs = np.zeros(len(words), dtype=np.int64), []
        for column in words.T:
            outputs.append(self.outputs[state, column])
            state = self.transitions[state, column]
        return np.stack(outputs, 1)


@dataclass(frozen=True)
class Layer:
    """z @ weight + bias, one row of bias for each input; computed with errors <= gamma (|z| @ |weight| + size)."""

    weight: Floats
    bias: Floats
    size: Floats
    relu_before: bool
    gamma: float


@dataclass(frozen=True)
class Layers:
    """The layers of f and of g, inputs folded into the first bias."""

    update: list[Layer]
    readout: list[Layer]

    @property
    def hidden_size(self) -> int:
        return self.update[0].weight.shape[0]

    def step(self, states: Floats, symbols: Whole) -> tuple[Floats, Floats]:
        """h' and y for states (batch, hidden)."""
        z = states
        for layer in self.update:
            z = (np.maximum(z, 0) if layer.relu_before else z) @ layer.weight + layer.bias[symbols]
        y = z
        for layer in self.readout:
            y = (np.maximum(y, 0) if layer.relu_before else y) @ layer.weight + layer.bias[symbols]
        return z, y

    def jacobian(self, states: Floats, symbols: Whole) -> Floats:
        """dh'/dh (batch, hidden of h', hidden of h)."""
        z, jacobian = states, np.repeat(np.eye(states.shape[1])[None], len(states), 0)
        for layer in self.update:
            if layer.relu_before:
                jacobian, z = jacobian * (z > 0)[:, None], np.maximum(z, 0)
            z, jacobian = z @ layer.weight + layer.bias[symbols], jacobian @ layer.weight
        return jacobian.transpose(0, 2, 1)


def layers_of(network: Network, table: Table) -> Layers | None:
    """The network's layers; None where it is no recurrent ReLU network in float32.

    Raises ValueError where the network and the machine have other numbers of inputs or outputs.
    """
    symbols = table.symbols.astype(float)
    parts: list[list[Layer]] = []
    for part in ("update", "readout"):
        layers: list[Layer] = []
        while (key := f"{part}_weights.{len(layers)}") in network.weights:
            weight, bias = network.weights[key], network.weights[key.replace("weights", "biases")]
            if weight.dtype != np.float32 or weight.ndim != 3 or len(weight) != 1 or not np.isfinite(weight).all():
                return None
            rows = np.repeat(bias[0].astype(float), len(symbols), 0)
            gamma = 1.001 * (weight.shape[1] + 1) * 2.0**-24
            layers.append(Layer(weight[0].astype(float), rows, np.abs(rows), len(layers) > 0, gamma))
        parts.append(layers)
    update, readout = parts
    if not update or not readout:
        return None
    first, size = update[0], update[-1].weight.shape[1]
    found = (len(first.weight) - size, readout[-1].weight.shape[1])
    if found != (symbols.shape[1], table.outputs.shape[2]):
        wanted = f"{symbols.shape[1]} and {table.outputs.shape[2]}"
        raise ValueError(f"network has {found[0]} inputs and {found[1]} outputs, machine has {wanted}; give a pair")
    driving = first.weight[size:]
    bias, sizes = symbols @ driving + first.bias, np.abs(symbols) @ np.abs(driving) + first.size
    return Layers([replace(first, weight=first.weight[:size], bias=bias, size=sizes), *update[1:]], readout)


def enclosures(layers: Layers, table: Table, seed: int, effort: Effort) -> Iterator[Cover | str]:
    """From coarse to fine: boxes that close, or why they do not. Raises `RanOut`."""
    states, numbers, metric, growth = _visited(layers, table, np.random.default_rng(seed))
    if not growth < 1:
        steps = f"{ENCLOSURE.horizon} steps multiply them by {growth:.3g} or more"
        yield f"differences between states never die out: {steps}"
        return
    axes = [_turned(metric), _straight(metric)]
    for level, (basis, lengths) in product(range(ENCLOSURE.levels), axes if layers.hidden_size > 1 else axes[1:]):
        seen = states @ basis.T
        extent = ((seen.max(0) - seen.min(0)) / lengths).max() + 1e-3
        width = np.ldexp(np.ceil(np.ldexp(4 * extent * lengths / 2**level, 20)), -20)
        cover = Cover(basis, width, len(table.symbols))
        try:
            cover.add(numbers, seen, seen)
        except Stuck:
            continue  # the states that were visited lie in more cells than there may be boxes
        try:
            for _ in range(ENCLOSURE.most_sweeps):
                _sweep(layers, table, cover, cover.take_changed(), effort)
                if not cover.changed.any():
                    yield cover
                    break
            else:
                yield f"with {len(cover.state)} boxes, they still grow after {ENCLOSURE.most_sweeps} sweeps"
        except Stuck as error:
            yield f"with {len(cover.state)} boxes, {error}"


def _visited(layers: Layers, table: Table, generator: np.random.Generator) -> tuple[Floats, Whole, Floats, float]:
    """States (visited, hidden) from h_0 = 0 on, the machine's states beside them, the metric M, and the least growth.

    The last is min |J_n ... J_1| over all runs, n being the horizon; infinite where numbers grow beyond all bounds.
    """
    count, burn = 400, 60
    states, numbers = np.zeros((count, layers.hidden_size)), np.zeros(count, dtype=np.int64)
    seen, beside = [states], [numbers]
    metric, chain = np.zeros((layers.hidden_size,) * 2), np.repeat(np.eye(layers.hidden_size)[None], count, 0)
    with np.errstate(all="ignore"):
        for t in range(burn + ENCLOSURE.horizon):
            symbols = generator.integers(0, len(table.symbols), count)
            jacobian = layers.jacobian(states, symbols)
            states, _ = layers.step(states, symbols)
            numbers = table.transitions[numbers, symbols]
            if t < burn:
                seen.append(states)
                beside.append(numbers)
                continue
            metric += ENCLOSURE.rate ** (-2 * (t - burn)) * (chain.transpose(0, 2, 1) @ chain).mean(0)
            chain = jacobian @ chain
    fine = np.isfinite(states).all() and np.isfinite(metric).all()
    growth = float(np.linalg.norm(chain, 2, axis=(1, 2)).min()) if fine else np.inf
    return np.concatenate(seen), np.concatenate(beside), metric, growth


def _straight(metric: Floats) -> tuple[Floats, Floats]:
    """The network's own coordinates, and the lengths along them that weigh the same."""
    return np.eye(len(metric)), _lengths(metric.diagonal())


def _turned(metric: Floats) -> tuple[Floats, Floats]:
    """Coordinates along the axes of the metric, rounded to integers."""
    values, vectors = np.linalg.eigh(metric)
    basis = np.rint(64 * vectors.T).astype(np.float64)
    return (basis, 64 * _lengths(values)) if abs(np.linalg.det(basis)) > 0.5 else _straight(metric)


def _lengths(weights: Floats) -> Floats:
    return 1.0 / np.sqrt(np.maximum(weights, 1e-6 * weights.max()))


class Cover:
    """Boxes in coordinates `basis` @ h: one for every (state of the machine, cell of a grid) that was reached."""

    def __init__(self, basis: Floats, width: Floats, symbols: int) -> None:
        self.basis = basis
        self.inverse = np.linalg.inv(basis)
        self.width = width
        self.state = np.zeros(0, dtype=np.int64)
        self.low = self.high = np.zeros((0, len(width)))
        self.off = np.zeros((0, symbols))
        """The largest |y - output| on the image of each box under each input."""
        self._number: dict[tuple[int, ...], int] = {}
        self.changed = np.zeros(0, dtype=bool)
        """Boxes that grew since they were last taken."""

    @property
    def bound(self) -> float:
        return float(self.off.max())

    def take_changed(self) -> Whole:
        """The numbers of the boxes that changed, which counts as known from then on."""
        changed = np.flatnonzero(self.changed)
        self.changed[:] = False
        return changed

    def add(self, states: Whole, low: Floats, high: Floats) -> None:
        """Let the boxes hold low..high (images, size) in `states`. Raises `Stuck` where that takes too many boxes."""
        first, last = (
            np.floor(np.clip(end / self.width + ENCLOSURE.shift, -1e9, 1e9)).astype(np.int64) for end in (low, high)
        )
        counts = last - first + 1
        totals = counts.prod(1)
        if (counts > ENCLOSURE.most_boxes).any() or totals.sum() > 20 * ENCLOSURE.most_pieces:
            raise Stuck("an image spreads over too many cells of the grid")
        row = np.repeat(np.arange(len(states)), totals)
        rest = np.arange(len(row)) - np.repeat(np.cumsum(totals) - totals, totals)
        cells = np.empty((len(row), len(self.width)), dtype=np.int64)
        for axis in range(len(self.width)):
            rest, cells[:, axis] = np.divmod(rest, counts[row, axis])
        cells += first[row]
        number = self._numbers(states[row], cells)
        corner = (cells - ENCLOSURE.shift) * self.width
        down = np.clip(np.floor((low[row] - corner) / self.width * ENCLOSURE.steps - 1e-2), 0, ENCLOSURE.steps)
        up = np.clip(np.ceil((high[row] - corner) / self.width * ENCLOSURE.steps + 1e-2), 0, ENCLOSURE.steps)
        before = self.low.copy(), self.high.copy()
        np.minimum.at(self.low, number, corner + down * (self.width / ENCLOSURE.steps))
        np.maximum.at(self.high, number, corner + up * (self.width / ENCLOSURE.steps))
        self.changed |= ((self.low < before[0]) | (self.high > before[1])).any(1)

    def _numbers(self, states: Whole, cells: Whole) -> Whole:
        """The numbers of the boxes there, new ones where there are none yet."""
        keys, where = np.unique(np.concatenate([states[:, None], cells], 1), axis=0, return_inverse=True)
        known = len(self._number)
        numbers = np.array(
            [self._number.setdefault(tuple(k), len(self._number)) for k in keys.tolist()], dtype=np.int64
        )
        fresh = keys[numbers >= known]
        if len(self._number) > ENCLOSURE.most_boxes:
            raise Stuck(f"more are needed than {ENCLOSURE.most_boxes:,}")
        nowhere = np.full((len(fresh), len(self.width)), np.inf)
        self.state = np.concatenate([self.state, fresh[:, 0]])
        self.low, self.high = np.concatenate([self.low, nowhere]), np.concatenate([self.high, -nowhere])
        self.off = np.concatenate([self.off, np.zeros((len(fresh), self.off.shape[1]))])
        self.changed = np.concatenate([self.changed, np.ones(len(fresh), dtype=bool)])
        return numbers[where.reshape(-1)]


def _sweep(layers: Layers, table: Table, cover: Cover, numbers: Whole, effort: Effort) -> None:
    """Let the images of some boxes into the cover. Raises `Stuck` where an output is wrong, and `RanOut`."""
    box = np.repeat(numbers, len(table.symbols))
    symbol = np.tile(np.arange(len(table.symbols)), len(numbers))
    low, high, cover.off[numbers] = cover.low[box], cover.high[box], 0
    for cuts in range(ENCLOSURE.most_cuts + 1):
        again: list[tuple[Any, ...]] = []
        for begin in range(0, len(box), ENCLOSURE.batch):
            part = slice(begin, begin + ENCLOSURE.batch)
            effort.spend(ENCLOSURE.batch_steps + ENCLOSURE.piece_steps * len(box[part]))
            images = _images(layers, table, cover, box[part], symbol[part], low[part], high[part])
            fits = images.fits | (cuts == ENCLOSURE.most_cuts)
            if fits.any() and images.off[fits].max() >= 0.5:
                raise Stuck(_where(table, cover, box[part][fits], symbol[part][fits], images.off[fits]))
            np.maximum.at(cover.off, (box[part][fits], symbol[part][fits]), images.off[fits])
            cover.add(images.state[fits], images.low[fits], images.high[fits])
            again += _halves(box[part], symbol[part], low[part], high[part], images.axis, ~fits)
        if not again:
            return
        box, symbol, low, high = (np.concatenate(parts) for parts in zip(*again, strict=True))
        if len(box) > ENCLOSURE.most_pieces:
            raise Stuck("they must be cut into too many pieces")


def _halves(box: Whole, symbol: Whole, low: Floats, high: Floats, axis: Whole, cut: NDArray[Any]) -> list[Any]:
    """The pieces `cut`, each as two halves along its axis."""
    box, symbol, low, high, axis = box[cut], symbol[cut], low[cut], high[cut], axis[cut]
    row, middle = np.arange(len(box)), (low + high) / 2
    below, above = high.copy(), low.copy()
    below[row, axis] = above[row, axis] = middle[row, axis]
    return [(box, symbol, low, below), (box, symbol, above, high)] if len(box) else []


def _where(table: Table, cover: Cover, box: Whole, symbol: Whole, off: Floats) -> str:
    """Which output may be wrong, and by how much."""
    worst = int(off.argmax())
    state, inputs = table.names[cover.state[box[worst]]], tuple(table.symbols[symbol[worst]].tolist())
    return f"|y - output| may reach {off[worst]:.2f} in state {state} on input {inputs}: states are not held together"


@dataclass(frozen=True)
class _Images:
    """Images of pieces of boxes: the machine's next states, ranges of T h', the largest |y - output| (each per piece).

    `fits`: the image is about as small as it can be; if not, `axis` says which side of the piece to halve.
    """

    state: Whole
    low: Floats
    high: Floats
    off: Floats
    fits: NDArray[np.bool_]
    axis: Whole


def _images(
    layers: Layers, table: Table, cover: Cover, box: Whole, symbol: Whole, low: Floats, high: Floats
) -> _Images:
    """Push pieces through the network as zonotopes. Raises `Stuck` where an output is wrong in the middle of one."""
    state, middle = cover.state[box], (low + high) / 2 @ cover.inverse.T
    expected = table.outputs[state, symbol]
    exact = np.abs(layers.step(middle, symbol)[1] - expected).max(1)
    if not exact.max() < 0.5:
        raise Stuck(_where(table, cover, box, symbol, exact))
    generators = cover.inverse.T * ((high - low) / 2)[:, :, None]
    after = _Zonotopes(middle, generators, np.zeros_like(middle))
    influence = np.zeros_like(low)
    for layer in layers.update:
        if layer.relu_before:
            rise = after.rise
            influence += np.einsum("bgw,bw->bg", np.abs(after.generators[:, : low.shape[1]]), rise > 0)
        after = after.through(layer, symbol)
    y = after
    for layer in layers.readout:
        y = y.through(layer, symbol)
    off = (np.abs(y.centre - expected) + y.reach).max(1)
    along = np.abs(after.generators @ cover.basis.T)
    reach = along.sum(1) + after.radius @ np.abs(cover.basis).T
    coarse = (along[:, low.shape[1] :].sum(1) > cover.width / ENCLOSURE.steps).any(1)
    axis = np.where(influence.any(1), influence.argmax(1), along[:, : low.shape[1]].sum(2).argmax(1))
    fits = ~coarse & (off < np.maximum(ENCLOSURE.comfort, exact + 0.05))
    centre = after.centre @ cover.basis.T
    return _Images(table.transitions[state, symbol], centre - reach, centre + reach, off, fits, axis)


@dataclass(frozen=True)
class _Zonotopes:
    """A batch of centre + generators^T e + [-radius, radius], |e| <= 1: (batch, n), (batch, count, n), (batch, n)."""

    centre: Floats
    generators: Floats
    radius: Floats

    @property
    def reach(self) -> Floats:
        return np.abs(self.generators).sum(1) + self.radius

    @property
    def slope(self) -> Floats:
        """0, 1, or in between for units that may switch."""
        low, high = self.centre - self.reach, self.centre + self.reach
        return np.clip(high / np.maximum(high - low, 1e-300), 0, 1)

    @property
    def rise(self) -> Floats:
        """The height of the strip above slope * z that holds relu(z)."""
        low, high = self.centre - self.reach, self.centre + self.reach
        return np.where((low < 0) & (high > 0), -self.slope * low, 0.0)

    def through(self, layer: Layer, symbol: Whole) -> _Zonotopes:
        """The image under one layer, rounding errors included."""
        centre, radius, generators = self.centre, self.radius, self.generators @ layer.weight
        if layer.relu_before:
            slope, half = self.slope, self.rise / 2
            centre, radius = slope * centre + half, slope * radius
            strips = half[:, :, None] * layer.weight
            generators = np.concatenate([(self.generators * slope[:, None]) @ layer.weight, strips], 1)
            reach = np.abs(self.generators * slope[:, None]).sum(1) + radius + half
        else:
            reach = self.reach
        sizes = (np.abs(centre) + reach) @ np.abs(layer.weight) + layer.size[symbol]
        rounding = layer.gamma * sizes + 1e-30
        return _Zonotopes(
            centre @ layer.weight + layer.bias[symbol], generators, radius @ np.abs(layer.weight) + rounding
        )
