"""Densities of evolution equations: what their integrals do in time, and fluxes."""

from __future__ import annotations

import pytest

pytest.importorskip("flint")

from pellucid.algebra.expressions.text import parse
from pellucid.algebra.fields.evolution_system import evolution_system
from pellucid.subjects.equations.evolution import jet

KDV = parse("6*u*u_x - u_xxx", ["u", "u_x", "u_xxx"])


@pytest.mark.parametrize(
    ("density", "conserved"),
    [("u", True), ("u**2", True), ("u_x**2/2 + u**3", True), ("u**3", False), ("u_x**2", False)],
)
def test_laws_of_korteweg_and_de_vries(density, conserved):
    system, [one] = evolution_system(["u"], [KDV], [], 1, jet, [parse(density, ["u", "u_x"])])
    assert system.is_conserved(one) == conserved
    flux = system.flux(one)
    assert (flux is not None) == conserved
    if flux is not None:
        assert system.jets.reduced(system.time_derivative(one) + system.jets.total_derivative(flux)) == 0


def test_there_is_room_for_what_time_derivatives_need():
    system, _ = evolution_system(["u"], [KDV], [], 2, jet)
    [row] = system.jets.names
    assert len(row) == 2 * (2 * 2 + 3) + 2 + 1


def test_a_flux_holds_what_functions_of_the_field_move():
    """sin(u) moves with u_t = u_x: its flux is -sin(u), not 0."""
    functions = [parse("1/u", ["u"]), parse("sin(u)", ["u"])]
    rate = parse("u_x", ["u_x"])
    system, densities = evolution_system(["u"], [rate], [], 0, jet, functions)
    assert all(system.time_derivative(density) != 0 for density in densities)
    assert all(
        system.jets.reduced(system.time_derivative(rho) - system.jets.total_derivative(rho)) == 0 for rho in densities
    )
