"""Quotients of sums, as in kinetics, adsorption, optics and circuits, written down before anything was run on them.

Rates of enzymes (Segel, Enzyme Kinetics, 1975), isotherms, responses of predators, filters; with 1 and 3 % noise. The
last six are no quotients, but a quotient could imitate each of them. `halves` parts them by a hash of their names: the
first half may be looked at while the search is worked on, the second is run once, at the end.
"""

from __future__ import annotations

from functools import cache

from .problem import Problem
from .varied import problems_of

NOISES = (0.01, 0.03)
QUOTIENTS = (
    ("substrate_inhibition", "8.4*s/(2.1 + s + s**2/14)", "s U 0.2 40", 60),
    ("competitive_inhibition", "5.2*s/(s + 1.3*(1 + i/0.8))", "s U 0.2 10; i U 0 4", 80),
    ("uncompetitive_inhibition", "6.1*s/(2.4 + s*(1 + i/1.7))", "s U 0.3 12; i U 0 5", 80),
    ("mixed_inhibition", "7*s/(1.5*(1 + i/2) + s*(1 + i/5))", "s U 0.2 10; i U 0 6", 100),
    ("ping_pong", "12*a*b/(3*b + 1.4*a + a*b)", "a U 0.3 9; b U 0.3 9", 100),
    ("ordered_two_substrates", "9*a*b/(2 + 0.7*a + 1.9*b + a*b)", "a U 0.2 8; b U 0.2 8", 120),
    ("reversible_rate", "(4*s - 1.5*p)/(1 + s/0.9 + p/2.5)", "s U 0.1 6; p U 0.1 6", 100),
    ("two_gases_on_a_surface", "3*p/(1 + 0.8*p + 2.2*q)", "p U 0.1 7; q U 0.1 7", 80),
    ("reaction_on_a_surface", "10*p*q/(1 + 0.9*p + 0.4*q)**2", "p U 0.1 6; q U 0.1 6", 120),
    ("bet_isotherm", "6*x/((1 - x)*(1 + 20*x))", "x U 0.02 0.8", 60),
    ("second_type_response", "3.3*n/(1 + 0.45*n)", "n U 0.1 20", 50),
    ("third_type_response", "5*n**2/(1.8 + n**2)", "n U 0.1 8", 50),
    ("shared_prey", "2.4*n/(1 + 0.3*n + 0.6*p)", "n U 0.2 15; p U 0 9", 80),
    ("loaded_divider", "9*r/(r + 4.7 + r*4.7/s)", "r U 1 20; s U 2 30", 100),
    ("bridge", "u*(r/(r + 3) - s/(s + 5))", "u U 1 6; r U 1 12; s U 1 12", 150),
    ("thick_lens", "f*g/(f + g - d)", "f U 5 20; g U 5 20; d U 0.2 3", 120),
    ("second_order_filter", "1/(1 + 0.3*w**2 + 0.05*w**4)", "w U 0 4", 60),
    ("lorentz_line", "14/(1.2 + (x - 2.5)**2)", "x U -2 7", 60),
    ("dispersive_line", "(x - 2)/(0.7 + (x - 2)**2)", "x U -3 7", 60),
    ("oxygen_binding", "(2*p + 3*p**2 + 5*p**4)/(1 + 3*p + 2*p**2 + 4*p**4)", "p U 0.02 3", 60),
    ("fluid_mixture", "(a*r + b*s)/(r + s)", "a U 1 5; b U 1 5; r U 0.2 3; s U 0.2 3", 150),
    ("relative_velocity", "(u + v)/(1 + u*v/9)", "u U 0.1 2.8; v U 0.1 2.8", 80),
    ("stock_and_recruits", "6*s/(1 + 0.2*s)", "s U 0.2 30", 40),
    ("quantum_yield", "1/(1 + 0.35*q + 0.04*q**2)", "q U 0 20", 50),
    ("plain_exponential", "4*exp(-0.5*x)", "x U 0 8", 60),
    ("plain_root", "2.5*sqrt(x + 1)", "x U 0 15", 60),
    ("plain_logarithm", "1.7*log(x)", "x U 1 30", 60),
    ("plain_bell", "3*exp(-x**2/2)", "x U -3 3", 60),
    ("plain_tanh", "2*tanh(0.8*x)", "x U 0 5", 60),
    ("plain_cubic", "0.4*x**3 - x", "x U -2.5 2.5", 50),
)


@cache
def quotients() -> dict[str, Problem]:
    """Every formula by its name; its family is its half."""
    return problems_of(QUOTIENTS)
