"""The integrable equations of the literature."""

from fractions import Fraction

import pytest

pytest.importorskip("flint")

from pellucid.discover.integrable.known_families import KNOWN, known_equation
from pellucid.subjects.equations.pde_family import PdeFamily


def test_the_literature_list_is_about_what_it_says():
    family = PdeFamily.all()
    assert len({entry.name for entry in KNOWN}) == len(KNOWN)
    assert known_equation(family, {family.monomials.index("u_xx"): Fraction(-3)}).name == "heat equation (linear)"  # type: ignore[union-attr]
    assert known_equation(family, {family.monomials.index("u**3"): Fraction(1)}) is None
