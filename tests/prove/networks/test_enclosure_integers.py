"""The integer arithmetic of enclosures: each step against fractions, case by case."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.prove import CertificateError
from pellucid.prove.effort import Effort
from pellucid.prove.networks.enclosure_integers import (
    SLOPES,
    Edge,
    Geometry,
    IntegerBox,
    IntegerLayers,
    _covered,
    _determinant,
    _exponent,
    _rectified,
    _relaxation,
    _Zonotope,
)
from pellucid.prove.proof import RanOut

SMALL = st.integers(-4, 4)
BITS = st.sampled_from([10, 150])
"""Of a denominator: with many, what setting tiny numbers to 0 changes is more than a unit."""


def tensors(hidden: int = 1, inputs: int = 1, scale: float = 1.0) -> dict[str, Any]:
    """h' = scale * relu-free sum, y = h': one layer each."""
    weight = np.full((1, hidden + inputs, hidden), scale, dtype=np.float32)
    return {
        "update_weights.0": weight,
        "update_biases.0": np.full((1, 1, hidden), 0.25, dtype=np.float32),
        "readout_weights.0": np.ones((1, hidden, 1), dtype=np.float32),
        "readout_biases.0": np.zeros((1, 1, 1), dtype=np.float32),
    }


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(SMALL, min_size=n, max_size=n), min_size=n, max_size=n)))
@settings(max_examples=80, deadline=None)
def test_determinants(rows: list[list[int]]) -> None:
    assert _determinant(np.array(rows, dtype=object)) == sympy.Matrix(rows).det()


@given(st.integers(1, 3).flatmap(lambda n: st.lists(st.lists(SMALL, min_size=n, max_size=n), min_size=n, max_size=n)))
@settings(max_examples=60, deadline=None)
def test_the_adjugate_inverts(rows: list[list[int]]) -> None:
    size = len(rows)
    if sympy.Matrix(rows).det() == 0:
        with pytest.raises(CertificateError, match="singular"):
            Geometry(rows, size)
        return
    geometry = Geometry(rows, size)
    assert geometry.determinant > 0
    identity = np.eye(size, dtype=int).astype(object)
    assert (geometry.adjugate @ geometry.basis == geometry.determinant * identity).all()
    assert geometry.determinant == abs(sympy.Matrix(rows).det())  # and not a multiple, of which numbers would grow


@pytest.mark.parametrize(
    ("basis", "size"), [([[1.0]], 1), ([[1, 0]], 1), ([[1]], 2), ([], 0), ([[True, 0.5], [0, 1]], 2)]
)
def test_a_basis_that_is_none_is_refused(basis: Any, size: int) -> None:
    with pytest.raises(CertificateError, match="basis"):
        Geometry(basis, size)


SIDE = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda ends: tuple(sorted(ends)))


@given(st.lists(SIDE, min_size=2, max_size=2), st.lists(st.lists(SIDE, min_size=2, max_size=2), max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_box_is_covered_where_each_of_its_points_is(sides: Any, boxes: Any) -> None:
    """Ends are integers, so that the points at multiples of 1/2 tell."""
    points = product(*(range(2 * low, 2 * high + 1) for low, high in sides))
    expected = all(
        any(all(2 * low <= x <= 2 * high for x, (low, high) in zip(point, box, strict=True)) for box in boxes)
        for point in points
    )
    assert _covered(list(sides), boxes) == expected


def zonotope(centre: int, reach: int, radius: int = 0) -> _Zonotope:
    return _Zonotope(*(np.array(v, dtype=object) for v in ([centre], [[reach]], [radius])), 0)


@given(st.integers(-2000, 2000), st.integers(0, 1500), st.integers(0, 500))
@settings(max_examples=120, deadline=None)
def test_relu_lies_in_its_strip(centre: int, reach: int, radius: int) -> None:
    z = zonotope(centre, reach, radius)
    (slope,), (rise,) = _relaxation(z)
    low, high = centre - reach - radius, centre + reach + radius
    for value in (low, 0, high) if low < 0 < high else (low, high):
        assert slope * value <= SLOPES * max(value, 0) <= slope * value + rise
    if low >= 0 or high <= 0:
        assert (slope, rise) == (SLOPES if low >= 0 else 0, 0)
    else:
        assert slope == SLOPES * high // (high - low)
        assert rise == max(-slope * low, (SLOPES - slope) * high)


@pytest.mark.parametrize(
    ("low", "high", "slope", "rise"),
    [(-6, 0, 0, 0), (-6, 2, 64, 384), (-1, 1, 128, 128), (-3, 1, 64, 192), (0, 0, 256, 0), (0, 4, 256, 0)],
)
def test_strips_of_small_numbers(low: int, high: int, slope: int, rise: int) -> None:
    """With ends next to 0, where one more or less is another case."""
    middle = (low + high) // 2
    assert [v.tolist() for v in _relaxation(zonotope(middle, high - middle))] == [[slope], [rise]]


def test_nothing_is_left_of_units_that_are_never_positive() -> None:
    z = _Zonotope(*(np.array(v, dtype=object) for v in ([-5, -7], [[1, 2], [3, 0]], [1, 0])), 0)
    slope, rise = _relaxation(z)
    alive = np.flatnonzero((slope > 0) | (rise > 0))
    after = _rectified(z, slope, rise, alive)
    assert (after.centre.shape, after.generators.shape, after.radius.shape) == ((0,), (2, 0), (0,))


def edge(symbols: Any = ((0,), (3,)), scale: float = 1.5, symbol: int = 1, bound: float = 0.25) -> Edge:
    layers = IntegerLayers(tensors(scale=scale), list(symbols))
    return Edge(Geometry([[1]], 1), layers, symbol, (0,), bound, [])


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 1), BITS)
@settings(max_examples=60, deadline=None)
def test_rounding_is_counted_as_higham_says(centre: int, reach: int, radius: int, symbol: int, bits: int) -> None:
    """z W + b with n roundings: gamma (|z| |W| + |b|) + underflow, and no more than two units above it."""
    given_edge, scale = edge(symbol=symbol), Fraction(3, 2)
    layer = given_edge.layers.update[0]
    z = _Zonotope(*(np.array(v, dtype=object) for v in ([centre], [[reach]], [radius])), bits)
    after = given_edge._affine(z, layer.weight, layer)
    unit = Fraction(1, 2**after.exponent)
    value, drive = Fraction(centre, 2**bits), Fraction((0, 3)[symbol])
    assert after.centre[0] * unit == value * scale + drive * scale + Fraction(1, 4)
    assert after.generators[0, 0] * unit == Fraction(reach, 2**bits) * scale
    most = abs(value) + Fraction(reach + radius, 2**bits)
    gamma = Fraction(1025 * 3, 1024 * 2**24)  # two products and a bias
    sizes = most * scale + abs(drive) * scale + Fraction(1, 4)
    underflow = (2 * 3 + 3 + 2 * scale + most) / 2**125
    exact = Fraction(radius, 2**bits) * scale + gamma * sizes + underflow
    assert exact <= after.radius[0] * unit < exact + 2 * unit


def test_numbers_may_not_overflow() -> None:
    given_edge = edge()
    layer = given_edge.layers.update[0]
    with pytest.raises(CertificateError, match="may overflow"):
        given_edge._affine(zonotope(2**100, 0), layer.weight, layer)
    assert given_edge._affine(zonotope(2**99, 0), layer.weight, layer).centre[0] > 0


@pytest.mark.parametrize(
    ("bias", "fits"), [(2.0**100, True), (np.nextafter(np.float32(2.0**100), np.float32(np.inf)), False)]
)
def test_numbers_may_be_as_large_as_the_largest(bias: float, fits: bool) -> None:
    """A unit at -2^100 is never positive and does no harm; beyond that it is refused."""
    weights = tensors(scale=0.0) | {
        "update_biases.0": np.full((1, 1, 1), -bias, dtype=np.float32),
        "update_weights.1": np.ones((1, 1, 1), dtype=np.float32),
        "update_biases.1": np.zeros((1, 1, 1), dtype=np.float32),
    }
    here, effort = whole(0.0, 0.0), Effort.of_seconds(60)
    given_edge = Edge(Geometry([[1]], 1), IntegerLayers(weights, [(0,)]), 0, (0,), 0.25, [whole(-1.0, 1.0)])
    if fits:
        assert given_edge.check(here, "there", effort) == 1
        return
    with pytest.raises(CertificateError, match="may overflow"):
        given_edge.check(here, "there", effort)


@pytest.mark.parametrize("largest", [2**24, -(2**24)])
def test_inputs_are_float32_numbers(largest: int) -> None:
    assert IntegerLayers(tensors(), [(0,), (largest,)]).largest_input == 2**24
    with pytest.raises(CertificateError, match="no float32 number"):
        IntegerLayers(tensors(), [(0,), (largest + (1 if largest > 0 else -1),)])


def test_weights_must_be_those_of_a_recurrent_network() -> None:
    good = tensors()
    layers = IntegerLayers(good, [(0,), (1,)])
    assert layers.hidden_size == 1
    assert [layer.relu_before for layer in (*layers.update, *layers.readout)] == [False, False]
    for change, words in (
        ({"update_weights.0": good["update_weights.0"].astype(np.float64)}, "not float32"),
        ({"other": np.zeros(1, dtype=np.float32)}, "not those of a recurrent"),
        ({"update_biases.0": np.zeros((1, 1, 2), dtype=np.float32)}, "has shapes"),
        ({"update_weights.0": np.zeros((2, 2, 1), dtype=np.float32)}, "has shapes"),
        ({"update_weights.0": np.zeros((2, 1), dtype=np.float32)}, "has shapes"),
        ({"update_weights.0": np.zeros((1, 3, 1), dtype=np.float32)}, "do not fit"),
        ({"readout_weights.0": np.zeros((1, 2, 1), dtype=np.float32)}, "do not fit"),
    ):
        with pytest.raises(CertificateError, match=words):
            IntegerLayers({**good, **change}, [(0,), (1,)])


@pytest.mark.parametrize(("inputs", "fits"), [(4094, True), (4095, False)])
def test_sums_have_at_most_4096_roundings(inputs: int, fits: bool) -> None:
    symbols = [(0,) * inputs]
    if fits:
        assert IntegerLayers(tensors(inputs=inputs), symbols).update[0].roundings == 4096
        return
    with pytest.raises(CertificateError, match="more than 4,095 inputs"):
        IntegerLayers(tensors(inputs=inputs), symbols)


def box(low: float, high: float) -> dict[str, Any]:
    return {"state": [0], "low": [low.hex()], "high": [high.hex()]}


def test_boxes_are_read_exactly() -> None:
    geometry = Geometry([[1]], 1)
    read = IntegerBox.read(box(-0.5, 2.0**-60), geometry)
    assert read.sides == ((-(2**79), 2**20),)
    assert read.state == (0,)
    assert IntegerBox.read(box(0.5, 0.5), geometry).sides == ((2**79, 2**79),)
    for wrong in (box(1.0, 0.5), box(0.0, 2.0**-61), box(float("nan"), 1.0)):
        with pytest.raises(CertificateError, match="no side of a box"):
            IntegerBox.read(wrong, geometry)
    with pytest.raises(CertificateError, match="2 sides in 1 dimensions"):
        IntegerBox.read({"state": [0], "low": [(0.0).hex()] * 2, "high": [(1.0).hex()] * 2}, geometry)
    with pytest.raises(ValueError, match="zip"):
        IntegerBox.read({"state": [0], "low": [(0.0).hex()], "high": []}, geometry)


@pytest.mark.parametrize(("value", "exponent"), [(0.0, 0), (3.0, 0), (0.5, 1), (0.75, 2), (-(2.0**-10), 10)])
def test_exponents(value: float, exponent: int) -> None:
    assert _exponent(value) == exponent


def whole(low: float, high: float) -> IntegerBox:
    return IntegerBox.read(box(low, high), Geometry([[1]], 1))


def resting(target: IntegerBox, bound: float = 0.25, outputs: tuple[int, ...] = (0,)) -> Edge:
    """h' = h / 2 + 1/4 on input 0: the box [-1, 1] goes to [-1/4, 3/4], and y = h'."""
    layers = IntegerLayers(tensors(scale=0.5), [(0,)])
    return Edge(Geometry([[1]], 1), layers, 0, outputs, bound, [target])


def test_images_and_outputs_are_checked_to_their_ends() -> None:
    effort, here = Effort.of_seconds(60), whole(-1.0, 1.0)
    assert resting(whole(-0.26, 0.76), bound=0.76).check(here, "there", effort) == 1
    with pytest.raises(CertificateError, match="there: its image leaves"):
        resting(whole(-0.24, 0.76), bound=0.76).check(here, "there", effort)
    with pytest.raises(CertificateError, match="there: its image leaves"):
        resting(whole(-0.26, 0.74), bound=0.76).check(here, "there", effort)
    with pytest.raises(CertificateError, match=r"there: \|y - output\| may be 0\.7"):
        resting(whole(-0.26, 0.76), bound=0.74).check(here, "there", effort)
    assert resting(whole(-0.26, 0.76), bound=1.26, outputs=(1,)).check(here, "there", effort) == 1
    with pytest.raises(CertificateError, match=r"may be 1\.2"):
        resting(whole(-0.26, 0.76), bound=1.24, outputs=(1,)).check(here, "there", effort)
    with pytest.raises(RanOut):
        resting(whole(-0.26, 0.76), bound=0.76).check(here, "there", Effort(0))


def test_a_bound_may_be_reached() -> None:
    """With weights that are 0, y may be off by what setting small numbers to 0 changes: one unit, 2^-81, as rounded."""
    zeros = {name: np.zeros_like(values) for name, values in tensors().items()}
    layers, effort, here = IntegerLayers(zeros, [(0,)]), Effort.of_seconds(60), whole(0.0, 0.0)
    reached = 2.0**-81

    def of(bound: float) -> Edge:
        return Edge(Geometry([[1]], 1), layers, 0, (0,), bound, [whole(-1.0, 1.0)])

    assert of(reached).check(here, "there", effort) == 1
    with pytest.raises(CertificateError, match="output"):
        of(float(np.nextafter(reached, 0))).check(here, "there", effort)


def test_a_piece_is_cut_where_it_must_be() -> None:
    """Two targets that meet in 1/4 cover the image together; a gap between them does not."""
    effort, here = Effort.of_seconds(60), whole(-1.0, 1.0)
    together = resting(whole(-0.26, 0.25), bound=0.76)
    together.targets.append(whole(0.25, 0.76))
    assert together.check(here, "there", effort) >= 1
    together.targets[1] = whole(0.2501, 0.76)
    with pytest.raises(CertificateError, match="leaves the boxes"):
        together.check(here, "there", effort)


class Narrow(Edge):
    """Fits pieces of at most `width` along both axes; otherwise the wider one is to be cut."""

    width = 2

    def _piece(self, sides: Any) -> tuple[str, int]:
        wide = [high - low for low, high in sides]
        return ("too wide" if max(wide) > self.width else ""), wide.index(max(wide))


@pytest.mark.parametrize(
    ("sides", "pieces"),
    [(((-4, 4),), 4), (((-9, -1),), 4), (((1, 9),), 4), (((0, 2),), 1), (((0, 3),), 2), (((-4, 4), (0, 4)), 8)],
)
def test_pieces_are_halved_until_they_fit(sides: Any, pieces: int) -> None:
    narrow = Narrow(Geometry([[1]], 1), edge().layers, 0, (0,), 0.25, [])
    assert narrow.check(IntegerBox((0,), sides), "there", Effort.of_seconds(60)) == pieces


def test_what_cannot_be_halved_is_refused() -> None:
    narrow = Narrow(Geometry([[1]], 1), edge().layers, 0, (0,), 0.25, [])
    effort = Effort.of_seconds(60)
    with pytest.raises(CertificateError, match="there: too wide"):
        narrow.check(IntegerBox((0,), ((0, 2**40),)), "there", effort)  # 2^38 pieces: more than are made
    narrow.width = 0
    with pytest.raises(CertificateError, match="there: too wide"):
        narrow.check(IntegerBox((0,), ((5, 8),)), "there", effort)
    narrow.width = 1
    assert narrow.check(IntegerBox((0,), ((5, 8),)), "there", effort) == 3


@pytest.mark.parametrize(("most", "fits"), [(0, False), (1, True)])
def test_pieces_are_halved_so_often_and_once_more(most: int, fits: bool) -> None:
    """[0, 8] has to be halved twice."""
    narrow = Narrow(Geometry([[1]], 1), edge().layers, 0, (0,), 0.25, [], most_cuts=most)
    here, effort = IntegerBox((0,), ((0, 8),)), Effort.of_seconds(60)
    if fits:
        assert narrow.check(here, "there", effort) == 4
        return
    with pytest.raises(CertificateError, match="there: too wide"):
        narrow.check(here, "there", effort)
