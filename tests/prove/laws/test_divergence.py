"""The monomials among which conserved densities are counted are all of them, and each once."""

from __future__ import annotations

from pellucid.algebra.expressions.text import parse
from pellucid.algebra.fields.evolution_system import evolution_system
from pellucid.artifacts.laws.densities import Densities
from pellucid.prove.laws.divergence import monomials_of
from pellucid.subjects.equations.evolution import jet


def test_all_monomials_are_counted() -> None:
    law = Densities(("u",), ("u*u_x",), (), (), (), order=1, degree=2, dimension=0)
    system, _ = evolution_system(law.fields, [parse(law.rhs[0], ("u", "u_x"))], (), law.order, jet)
    generators = [system.jets.generators[name] for name in ("u", "u_x")]
    u, slope = generators
    found = monomials_of(system, law)
    assert len(found) == 5
    assert all(monomial in found for monomial in (u, slope, u * u, u * slope, slope * slope))
