"""Equations u_t = F(u, u_x, ...) with many conserved densities that the literature knows, to name what is found."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

from ...subjects.equations.evolution import Evolution
from ...subjects.equations.pde_family import PdeFamily
from .scalings import same_up_to_scaling


@dataclass(frozen=True)
class Known:
    """An equation of the literature, up to scalings of t, u and x."""

    name: str
    equation: str
    reference: str


KNOWN = (
    Known("Airy's equation (linear)", "u_t = u_xxx", "classical"),
    Known("transport with speed u", "u_t = u*u_x", "classical (Riemann, Hopf)"),
    Known("transport with speed u**2", "u_t = u**2*u_x", "classical (Riemann)"),
    Known("transport with speed u + u**2", "u_t = u*u_x + u**2*u_x", "classical (Riemann)"),
    Known("Hamilton-Jacobi equation, square", "u_t = u_x**2", "classical"),
    Known("Hamilton-Jacobi equation, cube", "u_t = u_x**3", "classical; OptPDE arXiv 2405.04484 with a = 0"),
    Known("Hamilton-Jacobi equation", "u_t = u_x**2 + u_x**3", "classical"),
    Known("KdV", "u_t = u_xxx + 6*u*u_x", "Korteweg and de Vries 1895"),
    Known("mKdV", "u_t = u_xxx + 6*u**2*u_x", "Miura 1968"),
    Known("Gardner", "u_t = u_xxx + u*u_x + u**2*u_x", "Miura, Gardner and Kruskal 1968"),
    Known("potential KdV", "u_t = u_xxx + 3*u_x**2", "Gardner, Greene, Kruskal and Miura 1967"),
    Known("potential mKdV", "u_t = u_xxx + 2*u_x**3", "Svinolupov and Sokolov 1982"),
    Known("potential Gardner", "u_t = u_xxx + u_x**2 + u_x**3", "Svinolupov and Sokolov 1982"),
    Known("heat equation (linear)", "u_t = u_xx", "classical"),
    Known("Burgers (linearisable)", "u_t = u_xx + 2*u*u_x", "Hopf 1950, Cole 1951"),
    Known("potential Burgers (linearisable)", "u_t = u_xx + u_x**2", "Hopf 1950, Cole 1951"),
    Known(
        "Burgers hierarchy, third order", "u_t = u_xxx + 3*u*u_xx + 3*u_x**2 + 3*u**2*u_x", "Sharma, Tasso, Olver 1977"
    ),
    Known("diffusion u**2*u_xx (linearisable)", "u_t = u**2*u_xx", "Bluman and Kumei 1980"),
    Known("Rosenau-Hyman K(2,2)", "u_t = 2*u*u_x + 2*u*u_xxx + 6*u_x*u_xx", "Rosenau and Hyman 1993"),
    Known("K(2,2) without convection", "u_t = 2*u*u_xxx + 6*u_x*u_xx", "Rosenau and Hyman 1993"),
    Known(
        "Rosenau-Hyman K(3,3)", "u_t = 3*u**2*u_x + 3*u**2*u_xxx + 18*u*u_x*u_xx + 6*u_x**3", "Rosenau and Hyman 1993"
    ),
    Known("Cooper-Shepard-Sodano, p = 1", "u_t = u*u_x + 2*u*u_xxx + 4*u_x*u_xx", "Cooper, Shepard and Sodano 1993"),
    Known("Cooper-Shepard-Sodano, dispersion p = 1", "u_t = u*u_xxx + 2*u_x*u_xx", "Cooper, Shepard and Sodano 1993"),
    Known("Cooper-Shepard-Sodano, dispersion p = 2", "u_t = u**2*u_xxx + 4*u*u_x*u_xx + u_x**3", "Cooper et al. 1993"),
    Known(
        "Harry Dym in u = v**(3/2)", "u_t = 9*u**2*u_xxx - 9*u*u_x*u_xx + 4*u_x**3", "Kruskal 1975 (v_t = v**3*v_xxx)"
    ),
    Known("OptPDE's cube", "u_t = u_x**3 + 3*u_x**2*u_xxx + 3*u_x*u_xxx**2 + u_xxx**3", "arXiv 2405.04484, abstract"),
    Known("Lax, fifth order of KdV", "u_t = u_5x + 10*u*u_xxx + 20*u_x*u_xx + 30*u**2*u_x", "Lax 1968"),
    Known("Sawada-Kotera", "u_t = u_5x + 5*u*u_xxx + 5*u_x*u_xx + 5*u**2*u_x", "Sawada and Kotera 1974"),
    Known("Kaup-Kupershmidt", "u_t = u_5x + 10*u*u_xxx + 25*u_x*u_xx + 20*u**2*u_x", "Kaup 1980, Kupershmidt 1984"),
    Known("Ito", "u_t = u_5x + 3*u*u_xxx + 6*u_x*u_xx + 2*u**2*u_x", "Ito 1980 (two higher densities, not integrable)"),
    Known(
        "Calogero-Degasperis-Fokas",
        "u_t = u_xxx - u_x**3/8 + (a*exp(u) + b*exp(-u))*u_x",
        "Calogero and Degasperis 1981, Fokas 1980; no polynomial, in no family of monomials",
    ),
    Known("Harry Dym", "u_t = u**3*u_xxx", "Kruskal 1975; its densities are no polynomials"),
)
"""Equations with parameters in functions stand for completeness of the list; they match no family of monomials."""


def known_equation(family: PdeFamily, coefficients: dict[int, Fraction]) -> Known | None:
    """The equation of the literature that this is up to scalings, None where none is."""
    for entry in KNOWN:
        theirs = _coefficients(family, entry.equation)
        if theirs is not None and same_up_to_scaling(family.weights, theirs, coefficients):
            return entry
    return None


@cache
def _coefficients(family: PdeFamily, equation: str) -> dict[int, Fraction] | None:
    try:
        values: Any = family.coefficients(Evolution.parse(equation, "a b" if "exp" in equation else ""))
    except ValueError:
        return None
    if not all(isinstance(v, sympy.Rational) for v in values):
        return None
    return {i: Fraction(int(v.p), int(v.q)) for i, v in enumerate(values) if v != 0}
