"""Signs of sums of logarithms: of what cancels, and of what nearly does."""

from math import prod

from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.arithmetic.logarithm_sums import coprime_basis, sign_of, vanishes

small = st.integers(1, 40)


@given(st.dictionaries(small, st.integers(-5, 5), max_size=5))
def test_sign_is_that_of_the_product(terms):
    over = prod(n**c for n, c in terms.items() if c > 0)
    under = prod(n**-c for n, c in terms.items() if c < 0)
    assert sign_of(terms) == (over > under) - (over < under)


@given(st.lists(st.integers(2, 10**30), min_size=1, max_size=4), st.integers(1, 10**12))
def test_what_cancels_is_found_whatever_its_size(numbers, times):
    terms = dict.fromkeys(numbers, times)
    whole = prod(terms)
    if whole not in terms:
        assert vanishes({**terms, whole: -times})
        assert sign_of({**terms, whole: -times}) == 0
        assert sign_of({**terms, whole + 1: -times}) == -1


@given(st.lists(st.integers(2, 10**6), max_size=5))
def test_basis_is_coprime_and_spans(numbers):
    from math import gcd

    basis = coprime_basis(numbers)
    assert all(gcd(a, b) == 1 for a in basis for b in basis if a != b)
    for n in numbers:
        for base in basis:
            while n % base == 0:
                n //= base
        assert n == 1
