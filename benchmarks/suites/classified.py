"""Equations with parameters, exponents among them, and the values at which there are more symmetries or densities.

Written down, with their truth, before any was run, as (name, what, equations, parameters, (degree, order), truth,
source). The truth is every condition with the number that there is, of symmetries with components polynomial up to the
degree, or of densities up to degree and order in fields and the powers that the equation holds. `halves` parts them by
a hash of their names: the first half may be looked at, the second is run once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Classified:
    """One of `CLASSIFIED`."""

    name: str
    what: str
    equations: str
    parameters: str
    bounds: tuple[int, int]
    truth: Mapping[str, int]
    source: str


_ROWS: tuple[tuple[str, str, str, str, tuple[int, int], dict[str, int], str], ...] = (
    ("string_source", "symmetries", "u_tt = u_xx + u^n", "n", (2, 0), {}, "no conformal case in 1+1 dimensions"),
    (
        "plane_wave_source",
        "symmetries",
        "u_tt = u_xx + u_yy + u^n",
        "n",
        (2, 0),
        {"n = 5": 10},
        "Strauss 1989: 1 + 4/(d - 1)",
    ),
    ("space_wave_source", "symmetries", "u_tt = u_xx + u_yy + u_zz + u^n", "n", (2, 0), {"n = 3": 15}, "Strauss 1989"),
    ("long_waves", "symmetries", "u_t + u^n u_x = u_xxt", "n", (2, 0), {}, "Benjamin, Bona, Mahony 1972"),
    ("fourth_order_burgers", "symmetries", "u_t + u^n u_x + u_xxxx = 0", "n", (2, 0), {"n = 1": 4}, "Galilean boost"),
    ("fifth_order_kdv", "symmetries", "u_t = u^n u_x + u_5x", "n", (2, 0), {"n = 1": 4}, "Galilean boost"),
    (
        "emden_square",
        "symmetries",
        "y' = v; v' = t^n y^2; t' = 1",
        "n",
        (2, 0),
        {"n = -5": 2},
        "Leach 1981: n = -m - 3",
    ),
    ("emden_cube", "symmetries", "y' = v; v' = t^n y^3; t' = 1", "n", (2, 0), {"n = -6": 2}, "Leach 1981"),
    (
        "euler_power",
        "symmetries",
        "y' = v; v' = y^n/t^2; t' = 1",
        "n",
        (2, 0),
        {"n = 1": 2, "n = -1": 2},
        "Leach 1981; linear",
    ),
    (
        "thomas_fermi_power",
        "symmetries",
        "y' = v; v' = t^n y^(3/2); t' = 1",
        "n",
        (2, 0),
        {"n = -9/2": 2},
        "Leach 1981",
    ),
    ("squared_slope", "symmetries", "u_t = u_xx + a u_x^2/u", "a", (2, 0), {"a = -2": 6}, "heat equation of 1/u"),
    ("diffusion_growth", "symmetries", "u_t = (u^n u_x)_x + k u", "n, k", (2, 0), {"n = -4/3": 4}, "Dorodnitsyn 1982"),
    (
        "quasilinear_wave",
        "symmetries",
        "u_tt = u^n u_xx",
        "n",
        (2, 0),
        {"n = -4": 5, "n = 4": 5},
        "by hand: both projective",
    ),
    ("filtration", "symmetries", "u_t = u^n u_xx", "n", (2, 0), {"n = 4": 5}, "Ovsiannikov 1959 in u^(1 + n)"),
    (
        "zakharov_kuznetsov_power",
        "symmetries",
        "u_t + u^n u_x + u_xxx + u_xyy = 0",
        "n",
        (2, 0),
        {"n = 1": 5},
        "Galilean boost",
    ),
    (
        "kadomtsev_power",
        "symmetries",
        "(u_t + u^n u_x + u_xxx)_x + u_yy = 0",
        "n",
        (2, 0),
        {"n = 1": 9},
        "David, Kamran, Levi, Winternitz 1986",
    ),
    (
        "boussinesq_power",
        "symmetries",
        "u_tt = u_xx + (u^n)_xx + u_xxxx",
        "n",
        (2, 0),
        {"n = 1": 8, "n = 2": 3},
        "Clarkson 1990; linear",
    ),
    (
        "compacton_power",
        "symmetries",
        "u_t = (u^2)_x + (u^n)_xxx",
        "n",
        (2, 0),
        {"n = 1": 4},
        "KdV among Rosenau, Hyman 1993",
    ),
    (
        "gardner_power",
        "densities",
        "u_t = u^n u_x + u u_x + u_xxx",
        "n",
        (4, 2),
        {"n = 1": 4, "n = 2": 4},
        "Miura, Gardner, Kruskal 1968",
    ),
    ("transport", "densities", "u_t = u^n u_x", "n", (2, 0), {}, "every function of u"),
    ("porous_medium_densities", "densities", "u_t = (u^n u_x)_x", "n", (2, 0), {}, "mass alone"),
    ("damped_duffing", "symmetries", "x' = v; v' = -a v - b x - x^3", "a, b", (2, 0), {}, "none polynomial in t"),
    (
        "riccati_chain_with_spring",
        "symmetries",
        "y' = v; v' = -a y v - b y^3 - c y",
        "a, b, c",
        (2, 0),
        {},
        "none polynomial in t",
    ),
    (
        "radial_heat",
        "symmetries",
        "u_t = u_xx + a u_x/x",
        "a",
        (2, 0),
        {},
        "by hand: x^(1 - a) is quadratic where it is known",
    ),
)

CLASSIFIED = tuple(Classified(*row) for row in _ROWS)
