"""Second-order fits of KANs: the Jacobian is exact, the error falls as theory says, bad input is named."""

import numpy as np
import pytest
import torch

from pellucid.nets.splines.jacobian import ArrayLayer, ArrayNetwork, first_basis, jacobian, on_new_grid
from pellucid.nets.splines.kan import KAN
from pellucid.nets.splines.least_squares import arrays_of, fit, fit_with_extension, network_of
from pellucid.nets.splines.levenberg_marquardt import Descent, descend
from pellucid.nets.splines.spline_fit import Curves, table_of


def layer(generator, inputs, outputs, grid, *, base=False, products=0):
    mask = (generator.uniform(size=(inputs, outputs)) < 0.9).astype(float)
    return ArrayLayer(
        generator.normal(size=(inputs, grid + 3, outputs)),
        generator.normal(size=(inputs, outputs)) if base else None,
        np.full(inputs, -1.0),
        np.full(inputs, 1.0),
        mask,
        products,
    )


def exp_sine(X):
    return np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)


def points(rows, seed, features=2):
    return np.random.default_rng(seed).uniform(-1, 1, (rows, features))


def error(network, X, y):
    with torch.no_grad():
        out = network(torch.from_numpy(X)).numpy()
    return float(np.sqrt(np.mean((out[:, 0] - y) ** 2)))


def test_the_jacobian_is_that_of_finite_differences_with_bases_masks_and_products():
    generator = np.random.default_rng(0)
    layers = [layer(generator, 3, 5, 5, base=True, products=1), layer(generator, 4, 3, 7, base=True)]
    network = ArrayNetwork([*layers, layer(generator, 3, 2, 4)])
    X = generator.uniform(-1.2, 1.2, (12, 3))
    exact = jacobian(network, network.forward(X, first_basis(network.layers[0], X))).dense()
    parameters, step = network.parameters(), 1e-6
    for column in range(0, network.size, 7):
        moved = np.zeros(network.size)
        moved[column] = step
        up, down = (network.with_parameters(parameters + sign * moved)(X) for sign in (1, -1))
        assert np.allclose((up - down).ravel() / (2 * step), exact[:, column], atol=1e-6)


def test_arrays_and_network_are_the_same_function():
    generator = torch.Generator().manual_seed(3)
    network = KAN([2, (2, 1), 2], grid_size=4, dtype=torch.float64, generator=generator)
    X = 1.3 * points(50, 0)
    arrays = arrays_of(network)
    with torch.no_grad():
        expected = network(torch.from_numpy(X)).numpy()
        again = network_of(arrays, network)(torch.from_numpy(X)).numpy()
    assert np.allclose(arrays(X), expected, atol=1e-12)
    assert np.allclose(again, expected, atol=1e-12)


def test_a_finer_grid_holds_the_same_splines():
    generator = np.random.default_rng(1)
    coarse = layer(generator, 2, 3, 5)
    fine = on_new_grid(coarse, coarse.low, coarse.high, 20)
    X = points(100, 2)
    assert np.allclose(ArrayNetwork([coarse])(X), ArrayNetwork([fine])(X), atol=1e-10)


def test_the_error_falls_with_the_fourth_power_of_the_grid():
    X, far = points(800, 0), points(800, 1)
    box = [[-1, -1], [1, 1]]
    errors = []
    for grids in ((5, 10), (5, 10, 20, 40)):
        fitted = fit_with_extension([2, 1, 1], X, exp_sine(X), grid_sizes=grids, restarts=6, box=box)
        errors.append(error(fitted.network, far, exp_sine(far)))
    assert np.log(errors[0] / errors[1]) / np.log(4) > 3.3
    assert errors[1] < 5e-6


def test_with_noise_the_extension_stops_at_the_noise():
    X, far = points(600, 0), points(600, 1)
    noisy = exp_sine(X) + 0.1 * np.random.default_rng(5).normal(size=600)
    fitted = fit_with_extension([2, 1, 1], X, noisy, restarts=6, grid_sizes=(5, 10, 20, 50, 100))
    assert 0.07 < fitted.rmse < 0.12
    assert fitted.held_rmse < 0.13
    assert error(fitted.network, far, exp_sine(far)) < 0.05


def test_the_same_seed_gives_the_same_network():
    X = points(200, 0)
    first, second = (
        fit_with_extension([2, 1, 1], X, exp_sine(X), grid_sizes=(5,), restarts=3, seed=4) for _ in range(2)
    )
    assert first.history == second.history
    for one, other in zip(first.network.parameters(), second.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_several_outputs_weights_and_masks():
    X = points(400, 0)
    y = np.stack([X[:, 0] ** 2, np.sin(X[:, 1])], axis=1)
    y[:40] += 100.0
    weights = np.ones(400)
    weights[:40] = 0.0
    network = KAN([2, 2], 10, dtype=torch.float64)
    network.spline_layers[0].mask[0, 1] = 0.0
    before = network(torch.zeros(1, 2, dtype=torch.float64))
    fitted = fit(network, X, y, weights=weights)
    assert fitted.rmse < 1e-4
    assert fitted.network.spline_layers[0].mask[0, 1] == 0
    assert torch.equal(network(torch.zeros(1, 2, dtype=torch.float64)), before)


def test_conjugate_gradients_reach_what_cholesky_reaches():
    X = points(300, 0, features=6)
    y = np.exp(np.mean(np.sin(np.pi * X / 2) ** 2, axis=1))
    network = KAN([6, 1, 1], 5, base=False, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    arrays, table = arrays_of(network), table_of(X, y)
    ends = []
    for dense_size in (1500, 1):
        problem = Curves(arrays, table, first_basis(arrays.layers[0], X))
        ends.append(descend(problem, arrays.parameters(), Descent(steps=40, dense_size=dense_size)).mean_square)
    assert ends[1] < 4 * ends[0] + 1e-8


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_nothing_is_ever_nan(scale):
    X = np.repeat(points(5, 0), 4, axis=0)
    X[:, 1] = 2.0
    fitted = fit_with_extension([2, 2, 1], X * scale, scale * X[:, 0], restarts=2, steps=10, grid_sizes=(5, 20))
    assert np.isfinite(fitted.history).all()
    with torch.no_grad():
        assert torch.isfinite(fitted.network(torch.full((1, 2), 1e3 * scale, dtype=torch.float64))).all()


def test_constant_targets_are_fitted():
    X = points(50, 0)
    assert fit_with_extension([2, 1, 1], X, np.full(50, 3.0), restarts=2, grid_sizes=(5,)).rmse < 1e-6


@pytest.mark.parametrize(
    ("X", "y", "weights", "message"),
    [
        (np.zeros((3, 2)), np.zeros(4), None, "y has the shape"),
        (np.zeros(3), np.zeros(3), None, "X has the shape"),
        (np.zeros((0, 2)), np.zeros(0), None, "at least one row"),
        (np.full((3, 2), np.nan), np.zeros(3), None, "X holds NaN"),
        (np.zeros((3, 2)), np.array([0, np.inf, 0]), None, "y holds NaN or infinity"),
        (np.zeros((3, 3)), np.zeros(3), None, "3 features for a network of 2"),
        (np.zeros((3, 2)), np.zeros((3, 2)), None, "2 columns for a network of 1"),
        (np.zeros((3, 2)), np.zeros(3), np.array([1, -1, 1]), "none negative"),
        (np.zeros((3, 2)), np.zeros(3), np.ones(2), "3 finite numbers"),
    ],
)
def test_bad_input_is_named(X, y, weights, message):
    with pytest.raises(ValueError, match=message):
        fit(KAN([2, 1], dtype=torch.float64), X, y, weights=weights)


def test_bad_options_are_named():
    X = points(30, 0)
    with pytest.raises(ValueError, match="grid_sizes"):
        fit_with_extension([2, 1], X, X[:, 0], grid_sizes=())
    with pytest.raises(ValueError, match="restarts=0"):
        fit_with_extension([2, 1], X, X[:, 0], restarts=0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_deep_narrow_shape_is_found_from_every_seed(seed):
    def deep(X):
        return np.exp(
            0.5 * (np.sin(np.pi * (X[:, 0] ** 2 + X[:, 1] ** 2)) + np.sin(np.pi * (X[:, 2] ** 2 + X[:, 3] ** 2)))
        )

    X, far = points(1500, seed, 4), points(1000, 100 + seed, 4)
    fitted = fit_with_extension([4, 4, 2, 1], X, deep(X), grid_sizes=(3, 6), restarts=12, seed=seed)
    assert error(fitted.network, far, deep(far)) < 1e-2
