from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from pellucid.distill.programs.opened_network import recurrence_of
from pellucid.distill.programs.weights.jordan import Block, jordan_blocks, jordan_matrix
from pellucid.distill.programs.weights.normalise import (
    LayeredRecurrence,
    change_basis,
    debias,
    layered,
    real_jordan,
    round_weights,
    toeplitz,
    whiten,
)
from pellucid.nets import RecurrentMLP, RecurrentShape
from pellucid.subjects import Alphabet

fractions = np.vectorize(Fraction, otypes=[object])


def random_system(generator, draw, depth, hidden=3, inputs=2, outputs=2, width=4):
    """A recurrence with f and g of the same depth, its numbers drawn by `draw(shape)`."""

    def layers(*sizes):
        return tuple((draw((a, b)), draw((b,))) for a, b in pairwise(sizes))

    inner = (width,) * (depth - 1)
    return LayeredRecurrence(layers(hidden + inputs, *inner, hidden), layers(hidden, *inner, outputs), draw((hidden,)))


def system_with(transition, seed=0, inputs=1, outputs=1):
    """A linear system whose transition matrix is similar to `transition`, and other weights at random."""
    generator = np.random.default_rng(seed)
    size = len(transition)
    mix = np.linalg.qr(generator.normal(size=(size, size)))[0] * generator.uniform(0.5, 2, size)
    weight = np.concatenate([transition, generator.normal(size=(inputs, size))])
    plain = LayeredRecurrence(
        ((weight, generator.normal(size=size)),),
        ((generator.normal(size=(size, outputs)), generator.normal(size=outputs)),),
        generator.normal(size=size),
    )
    return change_basis(plain, mix)


def same_behaviour(one, other, seed=0, tolerance=1e-9):
    inputs = np.random.default_rng(seed).integers(-3, 4, (20, 8, len(one.update[0][0]) - one.hidden_size))
    expected, outputs = one.outputs(inputs), other.outputs(inputs)
    return np.abs(outputs - expected).max() <= tolerance * max(1.0, np.abs(expected).max())


class TestChangeBasis:
    @pytest.mark.parametrize("depth", [1, 2, 3])
    @pytest.mark.parametrize("seed", range(4))
    def test_is_an_identity_in_exact_arithmetic(self, depth, seed):
        generator = np.random.default_rng(seed)
        system = random_system(generator, lambda shape: fractions(generator.integers(-3, 4, shape)), depth)
        transform = fractions(generator.integers(-3, 4, (3, 3))) / Fraction(int(generator.integers(2, 7)))
        transform = transform + 10 * fractions(np.eye(3, dtype=int))  # of full rank
        shift = fractions(generator.integers(-5, 6, 3)) / Fraction(7)
        moved = change_basis(system, transform, shift)
        inputs = fractions(generator.integers(-9, 10, (5, 6, 2)))
        states, outputs = system.trace(inputs)
        moved_states, moved_outputs = moved.trace(inputs)
        assert all(isinstance(value, Fraction) for value in moved_outputs.ravel())
        assert (moved_outputs == outputs).all()  # every digit
        assert (moved_states == states @ transform + shift).all()
        if depth > 1:
            assert (moved_states != states).any()

    @pytest.mark.parametrize("depth", [1, 2])
    def test_leaves_networks_as_they_are(self, depth):
        network = RecurrentMLP(RecurrentShape(2, 3, 1, depth, 8, depth, 8), seed=1)
        recurrence = recurrence_of(network, Alphabet((-3, -3), (3, 3)), 8)
        system = layered(recurrence)
        inputs = np.random.default_rng(0).integers(-3, 4, (20, 8, 2))
        assert np.abs(system.trace(inputs)[0] - recurrence.trace(inputs)[0]).max() < 1e-4  # float64 against float32
        transform = np.random.default_rng(2).normal(size=(3, 3))
        assert same_behaviour(system, change_basis(system, transform, [1.0, -2.0, 3.0]))

    def test_bad_transforms_are_refused(self):
        system = system_with(np.eye(2))
        with pytest.raises(ValueError, match="full rank"):
            change_basis(system, np.zeros((2, 2)))
        with pytest.raises(ValueError, match="full rank"):
            change_basis(system, fractions(np.ones((2, 2), dtype=int)))
        with pytest.raises(ValueError, match=r"give \(2, 2\)"):
            change_basis(system, np.eye(3))
        with pytest.raises(ValueError, match="NaN"):
            change_basis(system, np.full((2, 2), np.nan))


class TestLayeredRecurrence:
    def test_layers_that_do_not_fit_are_refused(self):
        with pytest.raises(ValueError, match="update maps"):
            LayeredRecurrence(((np.eye(2), np.zeros(2)),), ((np.eye(2), np.zeros(2)),), np.zeros(2))
        readout = ((np.eye(2), np.zeros(2)), (np.eye(3), np.zeros(3)))
        with pytest.raises(ValueError, match="readout layer 1"):
            LayeredRecurrence(((np.ones((3, 2)), np.zeros(2)),), readout, np.zeros(2))
        with pytest.raises(ValueError, match="a layer each"):
            LayeredRecurrence((), ((np.eye(2), np.zeros(2)),), np.zeros(2))
        with pytest.raises(ValueError, match="NaN"):
            LayeredRecurrence(((np.ones((3, 2)), np.zeros(2)),), ((np.eye(2), np.zeros(2)),), [0, np.inf])

    def test_without_weights_there_is_none(self):
        recurrence = recurrence_of(RecurrentMLP(RecurrentShape(1, 2, 1)), Alphabet((0,), (1,)), 5)
        assert layered(recurrence) is not None
        assert layered(replace(recurrence, layers=None)) is None

    def test_only_an_affine_update_has_a_transition_matrix(self):
        generator = np.random.default_rng(0)
        deep = random_system(generator, lambda shape: generator.normal(size=shape), 2)
        with pytest.raises(ValueError, match="affine"):
            real_jordan(deep)


def test_whitening_leaves_small_directions_alone():
    generator = np.random.default_rng(0)
    states = generator.normal(size=(5000, 3)) * [5.0, 1.0, 0.01]
    system = random_system(generator, lambda shape: generator.normal(size=shape), 2)
    white = whiten(system, states)
    assert same_behaviour(system, white)
    transform = np.linalg.lstsq(system.update[-1][0], white.update[-1][0], rcond=None)[0]  # L~ = L T
    assert np.allclose(np.cov((states @ transform).T), np.diag([1, 1, 1e-4]), atol=0.01)
    with pytest.raises(ValueError, match="width 3"):
        whiten(system, states[:, :2])


BLOCKS = {
    "delay": [Block(0, 0, 6, 1)],
    "double integrator": [Block(0, 1, 2, 1)],
    "two delays and a sum": [Block(0, 1, 1, 1), Block(1, 0, 3, 1), Block(4, 0, 2, 1)],
    "oscillator": [Block(0, 1 + 1j, 1, 2), Block(2, 1, 1, 1), Block(3, 1, 1, 1)],
    "driven oscillator": [Block(0, 1j, 2, 2), Block(4, -1, 1, 1)],
    "alternating": [Block(0, -1, 2, 1), Block(2, 1, 2, 1)],
    "static": [Block(0, 0, 1, 1), Block(1, 0, 1, 1)],
}


def sorts(blocks):
    return sorted((round(b.eigenvalue.real, 2), round(abs(b.eigenvalue.imag), 2), b.length) for b in blocks)


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("noise", [0, 1e-7])
def test_real_jordan_form_is_found_through_noise(name, noise):
    blocks = BLOCKS[name]
    for seed in range(3):
        system = system_with(jordan_matrix(blocks), seed)
        weight, bias = system.update[0]
        jitter = noise * np.random.default_rng(seed).normal(size=weight.shape)
        system = replace(system, update=((weight + jitter, bias),))
        jordan = real_jordan(system)
        assert same_behaviour(system, jordan)
        assert sorts(jordan_blocks(jordan.transition, 1e-3)) == sorts(blocks)


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("simple", ["input", "readout"])
def test_toeplitz_gives_unit_inputs_or_readouts(name, simple):
    system = real_jordan(system_with(jordan_matrix(BLOCKS[name]), inputs=2, outputs=2))
    unit = toeplitz(system, simple)
    assert same_behaviour(system, unit)
    assert np.abs(unit.transition - system.transition).max() < 1e-6
    for block in jordan_blocks(unit.transition):
        part = slice(block.start, block.start + block.width * block.length)
        vectors = unit.driving[:, part] if simple == "input" else unit.readout[0][0].T[:, part]
        place = 0 if simple == "input" else block.width * (block.length - 1)
        wanted = np.eye(block.width * block.length)[place]
        assert min(np.abs(vector - wanted).max() for vector in vectors) < 1e-6


def test_toeplitz_wants_a_jordan_form():
    with pytest.raises(ValueError, match="call real_jordan first"):
        toeplitz(system_with(np.diag([1.0, 2.0, 3.0])))
    with pytest.raises(ValueError, match="simple='both'"):
        toeplitz(system_with(np.eye(2)), "both")  # type: ignore[arg-type]


def test_debias_leaves_only_what_no_shift_can_take():
    oscillator = system_with(np.array([[0.0, 1.0], [-1.0, 0.0]]))
    assert np.abs(debias(oscillator).update[0][1]).max() < 1e-9
    assert same_behaviour(oscillator, debias(oscillator))
    free_body = toeplitz(real_jordan(system_with(np.array([[1.0, 1.0], [0.0, 1.0]]))))
    assert np.abs(debias(free_body).update[0][1][1]) < 1e-6  # the velocity takes it; gravity stays
    assert np.abs(debias(free_body).update[0][1][0]) > 1e-2
    assert same_behaviour(free_body, debias(free_body))
    generator = np.random.default_rng(0)
    deep = random_system(generator, lambda shape: generator.normal(size=shape), 3)
    assert not debias(deep).update[-1][1].any()
    assert same_behaviour(deep, debias(deep))


def test_rounding_says_by_how_much():
    total = LayeredRecurrence((([[1.01], [0.98]], [0.0]),), (([[1.0]], [-0.005]),), [0.0])
    rounded, change = round_weights(total, 0.1)
    assert rounded.update[0][0].ravel().tolist() == [1, 1]
    assert rounded.readout[0][1].tolist() == [0]
    assert change == pytest.approx(0.02)
    assert round_weights(total, 0.01) is None
