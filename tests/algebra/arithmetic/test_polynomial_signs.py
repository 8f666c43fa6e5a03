"""Signs of polynomials: random ones beside their roots by numpy, roots that are shared, doubled, or whole numbers."""

from fractions import Fraction

import numpy as np
import pytest

from pellucid.algebra.arithmetic.polynomial_signs import Place, first_failure, square_within, times


def polynomial(*roots, lead=1):
    found = (Fraction(lead),)
    for root in roots:
        found = times(found, (-Fraction(root), Fraction(1)))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_positive_everywhere_as_numpy_says(seed):
    g = np.random.default_rng(seed)
    p = tuple(Fraction(int(c)) for c in g.integers(-4, 9, g.integers(1, 7)))
    x = np.concatenate([np.linspace(1e-6, 20, 200_001), [1e4]])
    least = np.polynomial.Polynomial([float(c) for c in p])(x).min()
    place = first_failure([p], lambda signs: signs[0] > 0)
    if abs(least) > 1e-6:
        assert (place is None) == (least > 0)
    if place is not None and not place.is_root:
        assert place.high is None or place.low < place.high


def test_a_double_root_is_met():
    place = first_failure([polynomial("1/3", "1/3")], lambda signs: signs[0] > 0)
    assert place.is_root
    assert place.low <= Fraction(1, 3) <= place.high


def test_shared_roots_are_zero_in_both():
    pair = [polynomial(2, 5), polynomial(2, 7)]
    seen = []
    first_failure(pair, lambda signs: seen.append(signs) or True)
    assert seen == [(1, 1), (0, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1)]


def test_the_zero_polynomial_is_zero_everywhere():
    assert first_failure([()], lambda signs: signs == (0,)) is None


@pytest.mark.parametrize(("low", "high"), [("0", "1/50"), ("2", "2.0001"), ("99", None)])
def test_a_fraction_whose_square_lies_within(low, high):
    k = square_within(Place(Fraction(low), None if high is None else Fraction(high), False))
    assert Fraction(low) < k * k
    assert high is None or k * k < Fraction(high)
