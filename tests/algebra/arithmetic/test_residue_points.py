"""Polynomials at points modulo a prime: what exact arithmetic gives there."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("flint")

from flint import Ordering, fmpq, fmpq_mpoly_ctx
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.arithmetic.finite_field import PRIME, residue
from pellucid.algebra.arithmetic.residue_points import Points

RING = fmpq_mpoly_ctx.get(["x", "y"], Ordering.degrevlex)
TERMS = st.tuples(st.integers(-9, 9), st.integers(1, 7), st.integers(0, 4), st.integers(0, 4))


@given(st.lists(TERMS, max_size=4), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=3))
def test_values_are_those_of_fractions(terms, places):
    x, y = RING.gens()
    polynomial = sum((fmpq(a, b) * x**i * y**j for a, b, i, j in terms), RING.constant(0))
    points = Points({"x": np.array([p for p, _ in places]), "y": np.array([q for _, q in places])}, PRIME)
    exact = [sum((Fraction(a, b) * p**i * q**j for a, b, i, j in terms), Fraction(0)) for p, q in places]
    assert points.evaluate(polynomial).tolist() == [residue(value) for value in exact]
