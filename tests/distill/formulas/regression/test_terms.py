"""Terms: monomials times factors."""

from __future__ import annotations

import pytest

from pellucid.artifacts.formulas.formula import Formula
from pellucid.distill.formulas.regression.terms import Library, Term
from pellucid.subjects.tables.samples import Samples

NAMES = ("m", "g", "h")


def test_a_term_is_a_monomial_times_factors(X):
    library = Library(Samples(X, X[:, 0] * X[:, 1], NAMES), 200, 10, 50)
    term = Term((), 2, (5,))
    assert Formula(library.text(term, "3/2"), NAMES)(X) == pytest.approx(1.5 * library.values(term))
