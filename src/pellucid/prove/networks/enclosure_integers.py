"""Images of boxes under a ReLU network, enclosed in exact integer arithmetic; for `enclosure_certificate`.

Weights, T and the sides of boxes low <= T h <= high are binary fractions and T^-1 is an adjugate over a determinant, so
every number is an integer over a common denominator, determinant * 2^exponent. A piece of a box goes through the layers
as a zonotope c + G e + [-r, r], |e| <= 1, with

    relu(z) in s z + [0, max(-s l, (1 - s) u)]   for l <= z <= u,  0 <= s <= 1,
    |computed - exact| <= gamma (|W| |z| + |b|) + underflow,   gamma = n u / (1 - n u),  u = 2^-24

for n roundings to a sum (Higham 2002, section 3.1: any order of summation). It is cut in halves where that is too wide.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..effort import Effort
from ..proof import CertificateError
from .settings import ENCLOSURE

SLOPES = 256
"""Slopes of relaxed ReLU units are multiples of 1 / SLOPES."""

State = tuple[int, ...]
Integers = NDArray[Any]
"""Arrays of Python integers (dtype object), which never overflow."""


@dataclass(frozen=True)
class _Layer:
    """z W + b with W = weight / 2^exponent (in, out) and b = bias / 2^exponent, one row for every input of the machine.

    `size` is |b|, or the sum of the sizes of what makes up b; `roundings` counts the roundings of a sum; and
    `underflow` / 2^exponent, together with |z|, is what setting small numbers to 0 can change, in units of 2^-125.
    """

    weight: Integers
    bias: Integers
    size: Integers
    roundings: int
    underflow: Integers
    relu_before: bool


class IntegerLayers:
    """The layers of f (the inputs folded into the bias of the first) and of g, as integers over 2^exponent."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]], symbols: Sequence[State]) -> None:
        _refuse_other_numbers(tensors, symbols)
        self.largest_input = max(sum(map(abs, symbol)) for symbol in symbols)
        self.exponent = max(_exponent(v) for array in tensors.values() for v in array.ravel().tolist())
        update, readout = self._part(tensors, "update"), self._part(tensors, "readout")
        if len(tensors) != 2 * (len(update) + len(readout)):
            raise CertificateError("the weights are not those of a recurrent ReLU network")
        self.hidden_size = update[-1][0].shape[1]
        inputs = np.array(symbols, dtype=object).reshape(len(symbols), -1)
        driving = update[0][0][self.hidden_size :]
        if driving.shape[0] != inputs.shape[1] or readout[0][0].shape[0] != self.hidden_size:
            raise CertificateError("the weights do not fit the machine's inputs")
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
                raise CertificateError(f"{name} layer {i} has shapes {weight.shape} and {bias.shape}")
            pairs.append((weight[0], bias[0]))
        return pairs

    def _integers(self, array: NDArray[Any]) -> Integers:
        flat = [int(math.ldexp(v, self.exponent)) if v else 0 for v in array.ravel().tolist()]
        return np.array(flat, dtype=object).reshape(array.shape)

    def _layer(self, weight: Integers, bias: Integers, relu_before: bool, symbols: int) -> _Layer:
        roundings = len(weight) + 1
        if roundings > 4096:
            raise CertificateError("a layer has more than 4,095 inputs")
        underflow = (2 * roundings + self.largest_input << self.exponent) + abs(weight).sum(0)
        rows = np.repeat(bias, symbols, 0)
        return _Layer(weight, rows, abs(rows), roundings, underflow, relu_before)


def _refuse_other_numbers(tensors: Mapping[str, NDArray[Any]], symbols: Sequence[State]) -> None:
    """Weights have to be float32, and inputs integers that float32 holds exactly."""
    if any(v.dtype != np.float32 for v in tensors.values()):
        raise CertificateError("the weights are not float32")
    if any(abs(v) > 2**24 for symbol in symbols for v in symbol):
        raise CertificateError("an input is no float32 number")


class Geometry:
    """Coordinates T h: `adjugate` T^-1 * `determinant` (positive), and boxes as integers over 2^exponent."""

    exponent = 80

    def __init__(self, basis: Any, size: int) -> None:
        if not all(isinstance(value, int) for row in basis for value in row):
            raise CertificateError("its basis holds other things than integers")
        self.basis = np.array(basis, dtype=object)
        if self.basis.shape != (size, size) or not size:
            raise CertificateError(f"its basis has shape {self.basis.shape}, the network has {size} hidden units")
        determinant = _determinant(self.basis)
        if determinant == 0:
            raise CertificateError("its basis is singular")
        sign = 1 if determinant > 0 else -1
        self.determinant = sign * determinant
        self.adjugate = np.empty((size, size), dtype=object)
        for i, j in product(range(size), repeat=2):
            minor = np.delete(np.delete(self.basis, i, 0), j, 1)
            self.adjugate[j, i] = sign * (-1) ** (i + j) * _determinant(minor)


@dataclass(frozen=True)
class IntegerBox:
    """(low, high) for each coordinate of T h, as integers over 2^exponent of the geometry."""

    state: State
    sides: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, entry: Mapping[str, Any], geometry: Geometry) -> IntegerBox:
        """Raises `CertificateError` where it is no box."""
        sides = []
        for texts in zip(entry["low"], entry["high"], strict=True):
            values = [float.fromhex(text) for text in texts]
            if not values[0] <= values[1] or any(_exponent(v) > geometry.exponent - 20 for v in values):
                raise CertificateError(f"{values[0]}..{values[1]} is no side of a box")
            sides.append(tuple(int(math.ldexp(v, geometry.exponent)) for v in values))
        if len(sides) != len(geometry.basis):
            raise CertificateError(f"a box has {len(sides)} sides in {len(geometry.basis)} dimensions")
        return cls(tuple(int(v) for v in entry["state"]), tuple(sides))

    @property
    def holds_zero(self) -> bool:
        """Whether h = 0, the first hidden state, lies in it."""
        return all(low <= 0 <= high for low, high in self.sides)


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
class Edge:
    """One input read in one state of the machine: where the boxes of that state must go."""

    geometry: Geometry
    layers: IntegerLayers
    symbol: int
    outputs: State
    bound: float
    targets: list[IntegerBox]
    most_cuts: int = 24
    """How often a piece of a box is halved; it decides how long is tried, and nothing that is accepted."""

    def check(self, box: IntegerBox, where: str, effort: Effort) -> int:
        """How many pieces `box` had to be cut into. Raises `CertificateError` or `RanOut`."""
        pending, pieces = [(box.sides, 0)], 0
        while pending:
            effort.spend(ENCLOSURE.exact_steps)
            sides, depth = pending.pop()
            problem, axis = self._piece(sides)
            if not problem:
                pieces += 1
                continue
            low, high = sides[axis]
            if depth > self.most_cuts or high - low < 2:
                raise CertificateError(f"{where}: {problem}")
            middle = (low + high) // 2
            halves = ((low, middle), (middle, high))
            pending += [((*sides[:axis], half, *sides[axis + 1 :]), depth + 1) for half in halves]
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
        most = abs(z.centre) + z.reach
        sizes = most @ abs(weight) + size
        largest = 2**100  # no number of the network may come near the largest float32, about 2^128
        if sizes.max() > largest * self.geometry.determinant << exponent:
            raise CertificateError("a number of the network may overflow")
        # n u / (1 - n u) <= 1025 n / (1024 * 2^24) for n <= 4096; -(-a >> k) is a / 2^k rounded up
        rounding = -(-sizes * (1025 * layer.roundings) >> 34)
        rounding += -(-layer.underflow * shift - (int(most.sum()) << self.layers.exponent) >> 125)
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
    """By elimination without fractions (Bareiss 1968)."""
    rows, sign, divisor = matrix.copy(), 1, 1
    for k in range(len(rows)):
        pivot = next((i for i in range(k, len(rows)) if rows[i, k]), None)
        if pivot is None:
            return 0
        if pivot != k:
            rows[[k, pivot]], sign = rows[[pivot, k]], -sign
        corner = rows[k, k]
        rows[k + 1 :, k + 1 :] = (
            rows[k + 1 :, k + 1 :] * corner - rows[k + 1 :, k, None] * rows[k, k + 1 :]
        ) // divisor
        divisor = corner
    return sign * divisor
