"""Poisson's equation by Gauss-Newton on the residual, as `benchmarks/kan_accuracy.py` solves it."""

import numpy as np
import pytest

from pellucid.nets.splines.jacobian import ArrayLayer, ArrayNetwork
from pellucid.nets.splines.least_squares import arrays_of


@pytest.fixture(scope="module")
def poisson(load_benchmark):
    return load_benchmark("kan_poisson")


@pytest.fixture
def network():
    generator = np.random.default_rng(0)
    layers = []
    for inputs, outputs, grid in ((2, 3, 5), (3, 2, 4), (2, 1, 6)):
        coefficients = generator.normal(size=(inputs, grid + 3, outputs))
        sides = np.full(inputs, 4.0)
        layers.append(ArrayLayer(coefficients, None, -sides, sides, np.ones((inputs, outputs))))
    return ArrayNetwork(layers)


def test_gradient_and_laplacian_are_those_of_finite_differences(network, poisson):
    X = np.random.default_rng(1).uniform(-1, 1, (20, 2))
    _, value, gradient, laplacian = poisson.jets(network, X)
    step = 1e-4 * np.eye(2)
    assert np.allclose(value, network(X))
    slopes = np.stack([(network(X + d) - network(X - d)) / 2e-4 for d in step], axis=2)
    assert np.allclose(gradient, slopes, atol=1e-5)
    second = sum(network(X + d) + network(X - d) - 2 * network(X) for d in step) / 1e-8
    assert np.allclose(laplacian, second, atol=1e-4)


def test_the_jacobian_of_the_residual_is_that_of_finite_differences(network, poisson):
    generator = np.random.default_rng(2)
    X, on_value, on_laplacian = generator.uniform(-1, 1, (10, 2)), generator.normal(size=10), generator.normal(size=10)

    def residual(parameters):
        _, value, _, laplacian = poisson.jets(network.with_parameters(parameters), X)
        return on_value * value[:, 0] + on_laplacian * laplacian[:, 0]

    found, *_ = poisson.jets(network, X)
    exact = poisson.jet_jacobian(network, found, on_value, on_laplacian).dense()
    parameters = network.parameters()
    for column in range(0, network.size, 5):
        moved = np.zeros(network.size)
        moved[column] = 1e-6
        slope = (residual(parameters + moved) - residual(parameters - moved)) / 2e-6
        assert np.allclose(slope, exact[:, column], atol=1e-5)


def test_one_dimension_is_solved(poisson):
    box = np.array([[0.0], [1.0]])
    fitted = poisson.solve_poisson(
        [1, 1], lambda z: -(np.pi**2) * np.sin(np.pi * z[:, 0]), box, grid_sizes=(10, 20), interior=200, edge=20
    )
    x = np.linspace(0, 1, 101)[:, None]
    assert np.abs(arrays_of(fitted.network)(x) - np.sin(np.pi * x)).max() < 1e-4


@pytest.mark.parametrize("widths", [[1, 1], [2, 2], [2, (1, 1), 1]])
def test_widths_that_do_not_fit_are_named(widths, poisson):
    with pytest.raises(ValueError, match="widths="):
        poisson.solve_poisson(widths, lambda z: z[:, 0], np.array([[0.0, 0.0], [1.0, 1.0]]))
