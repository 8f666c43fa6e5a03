import pytest

pytest.importorskip("flint")

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.arithmetic.finite_field import PRIME
from pellucid.algebra.arithmetic.small_numbers import small_combination


@given(
    numbers=st.lists(st.integers(-9, 9), min_size=3, max_size=3),
    below=st.integers(1, 4),
    residues=st.lists(st.integers(10**6, PRIME - 1), min_size=2, max_size=2, unique=True),
)
def test_what_it_gives_fulfils_the_equation(numbers, below, residues):
    places = [1, *residues]
    value = sum(n * r for n, r in zip(numbers, places, strict=True)) * pow(below, -1, PRIME) % PRIME
    found = small_combination(value, places)
    assert found is not None
    total = sum(c.numerator * pow(c.denominator, -1, PRIME) * r for c, r in zip(found, places, strict=True))
    assert (total - value) % PRIME == 0


def test_what_is_small_comes_back_as_it_was():
    residues = [1, 1804289383, 846930886]
    value = (7 - 2 * residues[1] + 3 * residues[2]) % PRIME
    assert small_combination(value, residues) == (Fraction(7), Fraction(-2), Fraction(3))
