"""Random systems: planted laws are found, nothing false is proved, and "none" agrees with a null space of sympy's."""

from __future__ import annotations

import itertools

import pytest
import sympy

pytest.importorskip("flint")

from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import parse, to_text
from pellucid.core import Proved
from pellucid.discover import Invariants
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.subjects import Dynamics

X, Y, Z, N = sympy.symbols("x y z n", real=True)
SMALL = st.integers(-3, 3)
PLANTED = [
    X**2 + Y**2 - Z, X * Y * Z, X / Y + Z, sympy.log(X) + Y * Z, sympy.exp(X) * Y + Z, sympy.sin(X) + Y**2,
    X**N + Y * Z, sympy.atan(Y / X) + Z, sympy.sqrt(X**2 + Y**2) + Z, sympy.tanh(X) + Y, X * sympy.cos(Y) + Z,
]  # fmt: skip


def along(law, rates):
    """dH/dt at a point, in 30 digits: no part of the proofs."""
    slope = sum(sympy.diff(law, s) * rate for s, rate in zip((X, Y, Z), rates, strict=True))
    point = {X: sympy.Rational(7, 5), Y: sympy.Rational(11, 13), Z: sympy.Rational(3, 7), N: sympy.Rational(9, 4)}
    return abs(sympy.sympify(slope).subs(point).evalf(30))


def opened(rates, degree=2, beyond=True):
    dynamics = Dynamics(("x", "y", "z"), tuple(map(to_text, rates)), ("n",))
    found = Invariants(degree, orbits=0, beyond=beyond).explain(dynamics).artifact
    laws = [parse(text, "xyzn") for text in found.expressions]
    assert all(along(law, rates) < 1e-20 for law in laws)
    assert all(isinstance(proof.claim, Proved) for proof in prove_conserved(found))
    return found, laws


def depends(law, laws):
    """Whether the gradient of a law is in the span of those of others."""
    point = {X: 1.37, Y: 0.83, Z: 0.41, N: 2.3}
    rows = [[sympy.diff(e, s).subs(point).evalf(30) for s in (X, Y, Z)] for e in (*laws, law)]
    sizes = [sympy.Matrix(part).rank(iszerofunc=lambda e: abs(e) < 1e-9) for part in (rows[:-1], rows) if part]
    return len(sizes) == 2 and sizes[0] == sizes[1]


@pytest.mark.slow
@pytest.mark.parametrize("law", PLANTED, ids=str)
@settings(max_examples=1)
@given(st.lists(SMALL, min_size=3, max_size=3).filter(any))
def test_a_planted_law_is_found_and_nothing_false_is_proved(law, coefficients):
    """x' = grad H times a vector: H is conserved, whatever the vector is."""
    a, b, c = coefficients
    gradient = [sympy.diff(law, s) for s in (X, Y, Z)]
    field = (a * Z + 1, b * X, c * Y)
    rates = sympy.Matrix(gradient).cross(sympy.Matrix(field))
    rates = [sympy.expand(rate) for rate in rates]
    if all(rate == 0 for rate in rates):
        return
    _, laws = opened(rates)
    assert depends(law, laws)


def null_dimension(rates, degree):
    """How many polynomials of at most this degree are conserved: by sympy, over the rationals."""
    powers = [p for p in itertools.product(range(degree + 1), repeat=3) if 0 < sum(p) <= degree]
    monomials = [X**i * Y**j * Z**k for i, j, k in powers]
    drifts = [
        sympy.Poly(sum(sympy.diff(m, s) * rate for s, rate in zip((X, Y, Z), rates, strict=True)), X, Y, Z)
        for m in monomials
    ]
    tables: list[dict] = [drift.as_dict() for drift in drifts]
    rows = sorted({term for table in tables for term in table})
    matrix = sympy.Matrix([[table.get(row, 0) for table in tables] for row in rows])
    return len(monomials) - matrix.rank()


@settings(max_examples=8)
@given(st.lists(st.tuples(SMALL, st.integers(0, 9), st.integers(0, 2)), min_size=2, max_size=6))
def test_as_many_polynomials_are_conserved_as_linear_algebra_says(terms):
    quadratic = (X, Y, Z, X * Y, Y * Z, X * Z, X**2, Y**2, Z**2, sympy.Integer(1))
    rates = [sum(c * quadratic[k] for c, k, place in terms if place == i) + sympy.Integer(0) for i in range(3)]
    if all(rate == 0 for rate in rates):
        return
    found, _ = opened(rates, beyond=False)
    assert found.vectors == null_dimension(rates, 2)
