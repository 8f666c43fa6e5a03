import numpy as np
import pytest

from pellucid.datasets.feynman import feynman_equation, feynman_equations


def test_there_are_100_and_20():
    assert len(feynman_equations("feynman")) == 100
    assert len(feynman_equations("bonus")) == 20
    assert list(feynman_equations()) == [*feynman_equations("feynman"), *feynman_equations("bonus")]
    with pytest.raises(ValueError, match="'bonus'"):
        feynman_equations("other")


@pytest.mark.parametrize("name", list(feynman_equations()))
def test_rows_lie_in_the_box_and_are_real(name):
    equation = feynman_equation(name)
    samples = equation.sample(50)
    assert samples.X.shape == (50, len(equation.names))
    assert np.isfinite(samples.y).all()
    assert (equation.lows <= samples.X).all()
    assert (equation.highs >= samples.X).all()


@pytest.mark.parametrize("name", list(feynman_equations()))
def test_rows_outside_lie_outside(name):
    equation = feynman_equation(name)
    X = equation.sample_outside(50).X
    assert X.shape == (50, len(equation.names))
    assert ((equation.lows > X) | (equation.highs < X)).any(1).all()


def test_known_values():
    lens = feynman_equation("I.27.6").sample(20)
    d1, d2, n = lens.X.T
    np.testing.assert_allclose(1 / lens.y, 1 / d1 + n / d2, rtol=1e-12)
    assert lens.names == ("d1", "d2", "n")
    assert feynman_equation("I.10.7").units.target == (0, 0, 1, 0, 0)


def test_noise_is_relative_to_the_size_of_the_target():
    equation = feynman_equation("I.12.1")
    exact, noisy = equation.sample(4000, 3), equation.sample(4000, 3, noise=0.1)
    np.testing.assert_array_equal(exact.X, noisy.X)
    level = np.sqrt(np.mean((noisy.y - exact.y) ** 2) / np.mean(exact.y**2))
    assert 0.095 < level < 0.105
    with pytest.raises(ValueError, match="noise"):
        equation.sample(10, noise=-1.0)


def test_the_same_seed_gives_the_same_rows():
    equation = feynman_equation("test_10")
    assert equation.sample(10, 3).fingerprint() == equation.sample(10, 3).fingerprint()
    assert equation.sample(10, 3).fingerprint() != equation.sample(10, 4).fingerprint()


def test_bad_arguments():
    with pytest.raises(ValueError, match="I\\.12\\.1"):
        feynman_equation("I.12.1x")
    with pytest.raises(ValueError, match="rows"):
        feynman_equation("I.12.1").sample(0)
