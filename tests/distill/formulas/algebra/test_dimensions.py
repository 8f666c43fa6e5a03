import numpy as np

from pellucid.datasets.feynman import feynman_equation
from pellucid.distill.formulas.algebra.dimensions import looks_noisy, relevant, scaling_lattices
from pellucid.distill.formulas.algebra.pi_groups import free_lattice


def test_pure_powers_and_products_show_in_the_data():
    X = np.random.default_rng(0).uniform(1, 3, (400, 4))
    y = X[:, 0] ** 2 / X[:, 1] * np.tanh(X[:, 2] * X[:, 3])
    lattice = scaling_lattices(X, y, free_lattice(4))[0]
    assert np.abs(lattice.basis).tolist() == [[0, 0, 1, 1]]
    assert lattice.offset[:2].tolist() == [2, -1]


def test_a_function_without_symmetry_keeps_its_features():
    X = np.random.default_rng(0).uniform(1, 3, (400, 2))
    assert scaling_lattices(X, np.exp(X[:, 0]) + np.sin(X[:, 1]), free_lattice(2)) == []


def test_negative_targets_and_features_are_no_obstacle():
    X = np.random.default_rng(0).uniform(-1, 1, (400, 3))
    lattices = scaling_lattices(X, X[:, 0] * np.exp(-X[:, 1] * X[:, 2]), free_lattice(3))
    assert lattices[0].groups == 1
    assert np.abs(lattices[0].basis).tolist() == [[0, 1, 1]]


def test_noise_shows_and_exact_laws_do_not_look_noisy():
    for name in ("I.9.18", "I.15.3t", "I.29.16", "I.41.16", "test_10"):
        exact = feynman_equation(name).sample(600)
        assert not looks_noisy(exact.X, exact.y)
    for level in (0.01, 0.1):
        noisy = feynman_equation("I.13.4").sample(600, noise=level)
        assert looks_noisy(noisy.X, noisy.y)


def test_idle_constant_and_copied_columns_are_left_out():
    generator = np.random.default_rng(0)
    X = generator.uniform(1, 2, (300, 40))
    X[:, 3], X[:, 7] = 5.0, X[:, 1]
    y = X[:, 1] * X[:, 20]
    assert {1, 20} <= set(relevant(X, y, 5))
    everything = relevant(X, y, 40)
    assert 3 not in everything
    assert 7 not in everything
    assert len(everything) == 38
