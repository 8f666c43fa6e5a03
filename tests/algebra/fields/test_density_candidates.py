"""The monomials among which conserved densities are counted are all of them, and each once."""

from __future__ import annotations

from pellucid.algebra.expressions.text import parse
from pellucid.algebra.fields.density_candidates import candidates_of, functions_in
from pellucid.algebra.fields.evolution_system import evolution_system
from pellucid.subjects.equations.evolution import jet


def test_all_monomials_are_counted() -> None:
    system, _ = evolution_system(("u",), [parse("u*u_x", ("u", "u_x"))], (), 1, jet)
    generators = [system.jets.generators[name] for name in ("u", "u_x")]
    u, slope = generators
    found, degrees = candidates_of(system, 1, 2)
    assert sorted(degrees) == [1, 1, 2, 2, 2]
    assert len(found) == 5
    assert all(monomial in found for monomial in (u, slope, u * u, u * slope, slope * slope))


def test_functions_that_are_given_are_counted_once_and_constants_never() -> None:
    names = ("u", "u_xxx", "a")
    squared, reciprocal = parse("u**2", names), parse("1/u", names)
    system, more = evolution_system(("u",), [parse("u_xxx/a", names)], ("a",), 0, jet, [squared, reciprocal])
    assert functions_in(system) == ("1/u",)
    u, w = system.jets.generators["u"], system.jets.polynomial(parse("1", ())) * more[1]
    found, _ = candidates_of(system, 0, 1, more)
    assert len(found) == 3
    assert all(one in found for one in (u, w, u**2))
