"""Certificates that a trained network equals a finite machine on every sequence of any length, and their checker.

    h' = f([h, x]),  y = g(h'),   q' = delta(q, x),   to show: |y - output(q, x)| < 1/2 after any inputs x_1 ... x_t

A certificate lists boxes {h : low <= T h <= high}, each for one state q of the machine; T is one matrix of integers. If
(1) h_0 = 0 lies in a box of the first state, (2) the image of every box under every input x is covered by boxes of the
state delta(q, x), and (3) |y - output(q, x)| <= bound < 1/2 on every image, then the claim follows by induction over t.

The checker uses integers only: weights, T and boxes are binary fractions, T^-1 is its adjugate over its determinant, and
a common denominator is carried along. A box is pushed through a layer as a zonotope c + G e + [-r, r], |e| <= 1, with

    relu(z) = s z + [0, max(-s l, (1 - s) u)]   for l <= z <= u,  0 <= s <= 1,
    |computed - exact| <= gamma (|W| |z| + |b|) + underflow,   gamma = n u / (1 - n u),  u = 2^-24,

n roundings to a sum (Higham 2002, section 3.1: any order of summation), and cut into halves where that is too coarse.
No code is shared with the search for boxes, which is in `enclosure`. Cost: O(boxes * inputs * pieces * width^2).
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from ..artifacts.automaton import Automaton
from ..artifacts.network import FILE
from ..artifacts.program import Program

KIND = "network"
FORMAT = 1
BY = "exact enclosure"
ASSUMPTIONS = (
    "the first hidden state is 0, inputs are the integers themselves, an output is the integer nearest to y",
    "the network is computed in IEEE float32, rounded to nearest after every operation or less often (fused multiply-add)",
    "every sum of products and bias is added up directly, in any order; not in TF32 or bfloat16, not by Strassen's method",
    "numbers below 2^-126 may be set to 0",
)
SLOPES = 256
"""Slopes of relaxed ReLU units are multiples of 1 / SLOPES."""
LARGEST = 2**100
"""No number of the network may come near the largest float32, about 2^128."""

State = tuple[int, ...]
Integers = NDArray[Any]
"""Arrays of Python integers (dtype object), which never overflow."""


@dataclass(frozen=True)
class Box:
    """Hidden states h with low <= T h <= high, of the machine's state (registers, or a number)."""

    state: State
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether a certificate holds; if not, what is wrong; `ran_out`: nothing is wrong so far, but time was short."""

    problem: str = ""
    detail: str = ""
    bound: float = 0.5
    ran_out: bool = False

    @property
    def holds(self) -> bool:
        return not self.problem


class _Wrong(Exception):
    """The certificate does not hold."""


class _RanOut(Exception):
    """There was no time left."""


def statement_of(machine: Program | Automaton) -> str:
    """What a certificate about `machine` says."""
    return f"network = {_word(machine)}, every input, every length"


def domain_of(machine: Program | Automaton) -> str:
    """The inputs it says it of."""
    if isinstance(machine, Program):
        ranges = ", ".join(f"{i.name} in {i.low}..{i.high}" for i in machine.inputs)
    else:
        columns = zip(machine.symbols.min(0).tolist(), machine.symbols.max(0).tolist(), strict=True)
        ranges = f"{len(machine.symbols)} symbols, {' x '.join(f'{low}..{high}' for low, high in columns)}"
    return f"sequences of any length with {ranges} at each step; network in float32"


def certificate_text(
    machine: Program | Automaton, tensors: bytes, basis: NDArray[np.int64], boxes: Sequence[Box], bound: float
) -> str:
    """The certificate as JSON; `tensors` is the content of network.safetensors, numbers are written in hexadecimal."""
    entries = [
        {"state": list(b.state), "low": [v.hex() for v in b.low], "high": [v.hex() for v in b.high]} for b in boxes
    ]
    head = {
        **_head(machine, tensors),
        "bound": float(bound).hex(),
        "bound_decimal": f"{bound:.6f}",
        "basis": basis.tolist(),
    }
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    return json.dumps(head, indent=1).removesuffix("\n}") + f',\n "boxes": [\n{lines}\n ]\n}}\n'


def check_network(text: str, tensors: bytes, machine: Program | Automaton, *, timeout: float = 60.0) -> Verdict:
    """Whether the certificate `text` proves that the network in `tensors` has the outputs of `machine`.

    `tensors` is the content of network.safetensors. Nothing is raised: whatever cannot be read does not hold.
    """
    deadline = time.monotonic() + timeout
    try:
        return _check(text, tensors, machine, deadline)
    except _Wrong as error:
        return Verdict(str(error))
    except _RanOut:
        return Verdict(f"{timeout:g} s ran out while checking", ran_out=True)
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError, AttributeError, SafetensorError) as error:
        return Verdict(f"it cannot be read ({type(error).__name__}: {error})")


def _check(text: str, tensors: bytes, machine: Program | Automaton, deadline: float) -> Verdict:
    data = json.loads(text)
    for key, expected in _head(machine, tensors).items():
        if data[key] != expected:
            raise _Wrong(f"its {key} is {data[key]!r} instead of {expected!r}")
    bound = float.fromhex(data["bound"])
    if not 0 <= bound < 0.5:
        raise _Wrong(f"its bound on |y - output| is {bound:g}; only below 1/2 do outputs round to the machine's")
    symbols, initial, step = _machine(machine)
    layers = _Layers(load(tensors), symbols)
    geometry = _Geometry(data["basis"], layers.hidden_size)
    boxes = [_IntegerBox.read(entry, geometry) for entry in data["boxes"]]
    if not any(b.state == initial and all(low <= 0 <= high for low, high in b.sides) for b in boxes):
        raise _Wrong("no box of the machine's first state holds the first hidden state, 0")
    by_state: dict[State, list[_IntegerBox]] = {}
    for box in boxes:
        by_state.setdefault(box.state, []).append(box)
    pieces = 0
    for number, box in enumerate(boxes):
        for i, symbol in enumerate(symbols):
            state, outputs = step(box.state, symbol)
            edge = _Edge(geometry, layers, i, outputs, bound, by_state.get(state, []))
            where = f"box {number} (state {box.state}), input {symbol}"
            pieces += edge.check(box, where, deadline)
    return Verdict("", f"{len(boxes)} boxes in {pieces} pieces, |y - output| <= {bound:.4f}", bound)


def _head(machine: Program | Automaton, tensors: bytes) -> dict[str, Any]:
    """What every certificate about this machine and these weights says."""
    return {
        "format": FORMAT,
        "kind": KIND,
        "machine": _word(machine),
        "statement": statement_of(machine),
        "domain": domain_of(machine),
        "assumptions": list(ASSUMPTIONS),
        "network": {"path": FILE, "sha256": hashlib.sha256(tensors).hexdigest()},
    }


def _word(machine: Program | Automaton) -> str:
    return "program" if isinstance(machine, Program) else "automaton"


Step = Callable[[State, State], tuple[State, State]]


def _machine(machine: Program | Automaton) -> tuple[list[State], State, Step]:
    """All inputs, the first state, and (state, input) -> (next state, outputs)."""
    if isinstance(machine, Program):
        initial = tuple(register.initial for register in machine.registers)

        def step(state: State, symbol: State) -> tuple[State, State]:
            after, outputs = machine.step(state, symbol)
            return tuple(int(v) for v in after), tuple(int(v) for v in outputs)

        return list(product(*(i.values for i in machine.inputs))), initial, step
    symbols = [tuple(row) for row in machine.symbols.tolist()]
    column = {symbol: i for i, symbol in enumerate(symbols)}

    def look_up(state: State, symbol: State) -> tuple[State, State]:
        (number,), i = state, column[symbol]
        if number < 0:
            raise ValueError(f"the machine has no state {number}")
        return (int(machine.transitions[number, i]),), tuple(machine.outputs[number, i].tolist())

    return symbols, (0,), look_up


@dataclass(frozen=True)
class _Layer:
    """z W + b with W = weight / 2^exponent (in, out) and b = bias / 2^exponent, one row for every input of the machine.

    `size` bounds |b| or the sizes of what was added up to b, `roundings` counts the roundings of a sum, and
    `underflow` / 2^exponent is what setting small numbers to 0 can change, in units of 2^-125.
    """

    weight: Integers
    bias: Integers
    size: Integers
    roundings: int
    underflow: Integers
    relu_before: bool


class _Layers:
    """The layers of f (the inputs folded into the bias of the first) and of g, as integers over 2^exponent."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]], symbols: Sequence[State]) -> None:
        if any(v.dtype != np.float32 for v in tensors.values()):
            raise _Wrong("the weights are not float32")
        if any(abs(v) > 2**24 for symbol in symbols for v in symbol):
            raise _Wrong("an input is no float32 number")
        self.exponent = max(_exponent(v) for array in tensors.values() for v in array.ravel().tolist())
        update, readout = self._part(tensors, "update"), self._part(tensors, "readout")
        if len(tensors) != 2 * (len(update) + len(readout)):
            raise _Wrong("the weights are not those of a recurrent ReLU network")
        self.hidden_size = update[-1][0].shape[1]
        inputs = np.array(symbols, dtype=object).reshape(len(symbols), -1)
        driving = update[0][0][self.hidden_size :]
        if driving.shape[0] != inputs.shape[1] or readout[0][0].shape[0] != self.hidden_size:
            raise _Wrong("the weights do not fit the machine's inputs")
        self.update = [self._layer(w, b, i > 0, len(symbols)) for i, (w, b) in enumerate(update)]
        self.readout = [self._layer(w, b, i > 0, len(symbols)) for i, (w, b) in enumerate(readout)]
        first = self.update[0]
        bias, size = inputs @ driving + first.bias, abs(inputs) @ abs(driving) + first.size
        kept = update[0][0][: self.hidden_size]
        self.update[0] = _Layer(kept, bias, size, first.roundings, first.underflow, False)

    def _part(self, tensors: Mapping[str, NDArray[Any]], name: str) -> list[tuple[Integers, Integers]]:
        count = sum(key.startswith(f"{name}_weights.") for key in tensors)
        pairs = []
        for i in range(count):
            weight, bias = (self._integers(tensors[f"{name}_{part}.{i}"]) for part in ("weights", "biases"))
            if weight.ndim != 3 or bias.shape != (1, 1, weight.shape[2]) or weight.shape[0] != 1:
                raise _Wrong(f"{name} layer {i} has shapes {weight.shape} and {bias.shape}")
            pairs.append((weight[0], bias[0]))
        return pairs

    def _integers(self, array: NDArray[Any]) -> Integers:
        flat = [int(math.ldexp(v, self.exponent)) if v else 0 for v in array.ravel().tolist()]
        return np.array(flat, dtype=object).reshape(array.shape)

    def _layer(self, weight: Integers, bias: Integers, relu_before: bool, symbols: int) -> _Layer:
        roundings = len(weight) + 1
        if roundings > 4096:
            raise _Wrong("a layer has more than 4,095 inputs")
        underflow = (2 * roundings << self.exponent) + abs(weight).sum(0)
        rows = np.repeat(bias, symbols, 0)
        return _Layer(weight, rows, abs(rows), roundings, underflow, relu_before)


class _Geometry:
    """Coordinates T h: `adjugate` T^-1 * `determinant` (positive), and boxes as integers over 2^exponent."""

    exponent = 80

    def __init__(self, basis: Any, size: int) -> None:
        self.basis = np.array([[int(v) for v in row] for row in basis], dtype=object)
        if self.basis.shape != (size, size):
            raise _Wrong(f"its basis has shape {self.basis.shape}, the network has {size} hidden units")
        determinant = _determinant(self.basis)
        if determinant == 0:
            raise _Wrong("its basis is singular")
        sign = 1 if determinant > 0 else -1
        self.determinant = sign * determinant
        self.adjugate = np.empty((size, size), dtype=object)
        for i, j in product(range(size), repeat=2):
            minor = np.delete(np.delete(self.basis, i, 0), j, 1)
            self.adjugate[j, i] = sign * (-1) ** (i + j) * _determinant(minor)


@dataclass(frozen=True)
class _IntegerBox:
    state: State
    sides: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, entry: Mapping[str, Any], geometry: _Geometry) -> _IntegerBox:
        """Raises `_Wrong` where it is no box."""
        sides = []
        for texts in zip(entry["low"], entry["high"], strict=True):
            values = [float.fromhex(text) for text in texts]
            if not values[0] <= values[1] or any(_exponent(v) > geometry.exponent - 20 for v in values):
                raise _Wrong(f"{values[0]}..{values[1]} is no side of a box")
            sides.append(tuple(int(math.ldexp(v, geometry.exponent)) for v in values))
        if len(sides) != len(geometry.basis):
            raise _Wrong(f"a box has {len(sides)} sides in {len(geometry.basis)} dimensions")
        return cls(tuple(int(v) for v in entry["state"]), tuple(sides))


@dataclass(frozen=True)
class _Zonotope:
    """(centre + generators^T e + [-radius, radius]) / (denominator 2^exponent), |e| <= 1; generators (count, size)."""

    centre: Integers
    generators: Integers
    radius: Integers
    exponent: int

    @property
    def reach(self) -> Integers:
        """How far it extends from its centre, in each coordinate."""
        return abs(self.generators).sum(0) + self.radius


@dataclass
class _Edge:
    """One input read in one state of the machine: where the boxes of that state must go."""

    geometry: _Geometry
    layers: _Layers
    symbol: int
    outputs: State
    bound: float
    targets: list[_IntegerBox]
    unstable: Integers = field(default_factory=lambda: np.zeros(0, dtype=object))

    def check(self, box: _IntegerBox, where: str, deadline: float) -> int:
        """How many pieces `box` had to be cut into. Raises `_Wrong` or `_RanOut`."""
        pending, pieces = [(box.sides, 0)], 0
        while pending:
            if time.monotonic() > deadline:
                raise _RanOut
            sides, depth = pending.pop()
            problem, axis = self._piece(sides)
            if not problem:
                pieces += 1
                continue
            low, high = sides[axis]
            if depth > 24 or high - low < 2:
                raise _Wrong(f"{where}: {problem}")
            middle = (low + high) // 2
            for part in ((low, middle), (middle, high)):
                pending.append(((*sides[:axis], part, *sides[axis + 1 :]), depth + 1))
        return pieces

    def _piece(self, sides: tuple[tuple[int, int], ...]) -> tuple[str, int]:
        """What is wrong with the image of a piece (nothing: empty), and which side of the piece to cut then."""
        adjugate = self.geometry.adjugate
        ends = np.array(sides, dtype=object)
        generators = adjugate.T * (ends[:, 1] - ends[:, 0])[:, None]
        nothing = np.zeros(len(ends), dtype=object)
        z = _Zonotope(adjugate @ ends.sum(1), generators, nothing, self.geometry.exponent + 1)
        after, influence = self._through(self.layers.update, z)
        y, _ = self._through(self.layers.readout, after)
        if max(after.reach + abs(after.centre)) > LARGEST * self.geometry.determinant << after.exponent:
            return "its image is not bounded", 0
        image = after.generators @ self.geometry.basis.T
        along = image[: len(ends)]
        axis = int(np.argmax(influence if influence.any() else abs(along).sum(1)))
        unit = self.geometry.determinant << y.exponent
        numerator, denominator = self.bound.as_integer_ratio()
        for centre, reach, output in zip(y.centre, y.reach, self.outputs, strict=True):
            off = abs(centre - output * unit) + reach
            if off * denominator > numerator * unit:
                return f"|y - output| may be {off / unit:.4f}", axis
        middle = self.geometry.basis @ after.centre
        reach = abs(image).sum(0) + abs(self.geometry.basis) @ after.radius
        scale = self.geometry.determinant << (after.exponent - self.geometry.exponent)
        targets = [[(low * scale, high * scale) for low, high in target.sides] for target in self.targets]
        inside = _covered(list(zip(middle - reach, middle + reach, strict=True)), targets)
        return ("" if inside else "its image leaves the boxes of the next state"), axis

    def _through(self, layers: Sequence[_Layer], z: _Zonotope) -> tuple[_Zonotope, Integers]:
        """The image under some layers, and how much each given generator matters to ReLU units that may switch."""
        influence = np.zeros(len(z.generators), dtype=object)
        for layer in layers:
            weight = layer.weight
            if layer.relu_before:
                slope, rise = _relaxation(z)
                if not influence.any():
                    influence = abs(z.generators[: len(influence)]) @ (rise > 0).astype(object)
                alive = np.flatnonzero((slope > 0) | (rise > 0))
                z, weight = _rectified(z, slope, rise, alive), weight[alive]
            z = self._affine(z, weight, layer)
        return z, influence

    def _affine(self, z: _Zonotope, weight: Integers, layer: _Layer) -> _Zonotope:
        exponent, shift = z.exponent + self.layers.exponent, self.geometry.determinant << z.exponent
        bias, size = layer.bias[self.symbol] * shift, layer.size[self.symbol] * shift
        sizes = (abs(z.centre) + z.reach) @ abs(weight) + size
        # n u / (1 - n u) <= 1025 n / (1024 * 2^24) for n <= 4096; -(-a >> k) is a / 2^k rounded up
        rounding = -(-sizes * (1025 * layer.roundings) >> 34) + -(-layer.underflow * shift >> 125)
        centre, generators = z.centre @ weight + bias, z.generators @ weight
        return _Zonotope(centre, generators, z.radius @ abs(weight) + rounding, exponent)


def _relaxation(z: _Zonotope) -> tuple[Integers, Integers]:
    """For every unit: SLOPES * s, and SLOPES times the height of the strip above s z that holds relu(z)."""
    slopes, rises = [], []
    for low, high in zip(z.centre - z.reach, z.centre + z.reach, strict=True):
        slope = SLOPES if low >= 0 else 0 if high <= 0 else SLOPES * high // (high - low)
        slopes.append(slope)
        rises.append(max(-slope * low, (SLOPES - slope) * high) if low < 0 < high else 0)
    return np.array(slopes, dtype=object), np.array(rises, dtype=object)


def _rectified(z: _Zonotope, slope: Integers, rise: Integers, alive: NDArray[np.int64]) -> _Zonotope:
    """relu(z) of the units `alive`, over a denominator that is 2 SLOPES times as large."""
    slope, rise = slope[alive], rise[alive]
    strips = np.diag(rise)[np.flatnonzero(rise)] if len(alive) else np.zeros((0, 0), dtype=object)
    generators = np.concatenate([2 * slope * z.generators[:, alive], strips])
    exponent = z.exponent + (2 * SLOPES).bit_length() - 1
    return _Zonotope(2 * slope * z.centre[alive] + rise, generators, 2 * slope * z.radius[alive], exponent)


def _covered(sides: list[tuple[int, int]], boxes: Sequence[Sequence[tuple[int, int]]]) -> bool:
    """Whether a box lies in the union of closed `boxes`: what the first that meets it leaves over, the others cover."""
    for number, box in enumerate(boxes):
        if any(low > top or high < bottom for (low, high), (bottom, top) in zip(sides, box, strict=True)):
            continue
        rest = list(sides)
        for axis, (bottom, top) in enumerate(box):
            low, high = rest[axis]
            for part in ((low, bottom), (top, high)):
                if part[0] < part[1] and not _covered([*rest[:axis], part, *rest[axis + 1 :]], boxes[number + 1 :]):
                    return False
            rest[axis] = (max(low, bottom), min(high, top))
        return True
    return False


def _exponent(value: float) -> int:
    """The least k >= 0 for which value * 2^k is an integer; raises where it is infinite or no number."""
    return value.as_integer_ratio()[1].bit_length() - 1


def _determinant(matrix: Integers) -> int:
    """By expansion along the first row: exact, and matrices are small."""
    if len(matrix) == 0:
        return 1
    minors = (np.delete(matrix[1:], j, 1) for j in range(len(matrix)))
    return sum((-1) ** j * matrix[0, j] * _determinant(minor) for j, minor in enumerate(minors))
