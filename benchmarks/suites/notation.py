"""Equations as textbooks type them, and how many laws each has: written down before any of them was read by us.

The split is by the name alone: the first half was worked on, the second was run once. Counts are those of the
literature (the source stands beside each), within the degree and order that are given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .halves import half


@dataclass(frozen=True)
class Typed:
    """An equation, the options that it is opened with, and how many independent laws it has."""

    name: str
    text: str
    laws: int | None
    """Exactly so many within the options; None where only `among` is known."""
    among: tuple[str, ...] = ()
    """Laws of the literature that have to be functions of what is found (first integrals alone)."""
    parameters: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    timed: tuple[str, ...] = ()
    """Further ones that are constant along solutions together with t."""
    special: tuple[str, ...] | None = None
    """Where parameters have more laws, each as what is 0 there: exactly these."""
    symmetries: bool = False
    """The count is that of point symmetries, not of laws."""

    @property
    def seen(self) -> bool:
        """Whether it is of the half that was worked on."""
        return half(self.name) == 0


def _(name: str, text: str, laws: int | None, *among: str, **more: Any) -> Typed:
    return Typed(name, text, laws, among, **more)


TYPED: tuple[Typed, ...] = (
    # Motion: second order, primes, implicit products, Greek letters, equations that are not solved for anything.
    _("harmonic oscillator", "x'' = -x", 1, "x**2 + vx**2"),
    _("pendulum", "θ'' = -(g/l) sin θ", 1, "l*vtheta**2 - 2*g*cos(theta)", parameters=("g", "l")),
    _("Duffing", "x'' + αx + βx³ = 0", 1, "2*vx**2 + 2*alpha*x**2 + beta*x**4", parameters=("α", "β")),
    _("forced oscillator", "x'' + x = cos(2t)", 2, source="superposition: two integrals, linear in x and v"),
    _("falling body", "y'' = -g", 1, "vy**2 + 2*g*y", parameters=("g",)),
    _("Kepler, second order", "x'' = -x/(x^2+y^2)^(3/2); y'' = -y/(x²+y²)^(3/2)", 3, "x*vy - y*vx"),
    _("Henon-Heiles", "x'' = -x - 2xy\ny'' = -y - x² + y²", 1,
      "3*vx**2 + 3*vy**2 + 3*x**2 + 3*y**2 + 6*x**2*y - 2*y**3"),
    _("two masses, three springs", "m x1'' = -k x1 + k(x2 - x1); m x2'' = -k(x2 - x1) - k x2", 2,
      "m*(vx1 + vx2)**2 + k*(x1 + x2)**2", parameters=("m", "k")),
    _("Lorenz", "dx/dt = σ(y - x), dy/dt = x(ρ - z) - y, dz/dt = xy - βz", 0, parameters=("σ", "ρ", "β")),
    _("epidemic", "dS/dt = -βSI; dI/dt = βSI - γI; dR/dt = γI", None, "S + I + R", parameters=("β", "γ")),
    _("rigid body", "I1 ω1' = (I2 - I3) ω2 ω3; I2 ω2' = (I3 - I1) ω3 ω1; I3 ω3' = (I1 - I2) ω1 ω2", 2,
      "I1*omega1**2 + I2*omega2**2 + I3*omega3**2", parameters=("I1", "I2", "I3")),
    _("spherical pendulum",
      "x' = u; y' = v; z' = w; u' = -x(u²+v²+w² - g z); v' = -y(u²+v²+w² - g z); w' = -g - z(u²+v²+w² - g z)", 2,
      "x*v - y*u", "u**2 + v**2 + w**2 + 2*g*z", parameters=("g",),
      constraints=("x² + y² + z² = 1", "x u + y v + z w = 0")),
    _("bead on a circle", "x' = u; y' = v; u' = -x (u²+v²); v' = -y (u²+v²)", 1, "u**2 + v**2",
      constraints=("x^2 + y^2 = 1", "x u + y v = 0")),
    _("Toda, three sites", "q1'' = -exp(q1-q2); q2'' = exp(q1-q2) - exp(q2-q3); q3'' = exp(q2-q3)", None,
      "vq1 + vq2 + vq3", "vq1**2 + vq2**2 + vq3**2 + 2*exp(q1 - q2) + 2*exp(q2 - q3)"),
    _("relativistic oscillator", "x'' = -x (1 - x'^2)^(3/2)", 1, "x**2 + 2/sqrt(1 - vx**2)"),
    _("van der Pol", "x'' - μ(1 - x²)x' + x = 0", 0, parameters=("μ",)),
    _("Lane-Emden, n = 5", "x'' + (2/t) x' + x^5 = 0", 1, "3*t**3*vx**2 + t**3*x**6 + 3*t**2*x*vx",
      options={"degree": 9}, source="Chandrasekhar 1939, chapter IV"),
    _("ramped oscillator", "x'' = -x + t", None, "(vx - 1)**2 + (x - t)**2"),
    _("Airy", "x'' = t x", 0, source="its integrals are Airy functions"),
    _("power-law spring", "x'' = -x^n", 1, "(n + 1)*vx**2 + 2*x*x**n", parameters=("n",)),
    _("hyperbolic spring", "x'' = -sinh(x)", 1, "vx**2 + 2*cosh(x)"),
    # Maps.
    _("logistic map", "x_{n+1} = r x_n (1 - x_n)", 0, parameters=("r",)),
    _("McMillan map", "x_{n+1} = y_n; y_{n+1} = -x_n + 2μ y_n/(1 + y_n^2)", 1,
      "x**2*y**2 + x**2 + y**2 - 2*mu*x*y", parameters=("μ",), source="McMillan 1971"),
    _("Lyness", "x_{n+1} = (a + x_n)/x_{n-1}", 1, parameters=("a",), source="Lyness 1942"),
    _("cat map", "x[n+1] = 2x[n] + y[n]; y[n+1] = x[n] + y[n]", 1, "x**2 - x*y - y**2"),
    _("Henon map", "x[n+1] = 1 - a x[n]^2 + y[n]; y[n+1] = b x[n]", 0, parameters=("a", "b")),
    _("Fibonacci", "x[n+2] = x[n+1] + x[n]", 1, source="Cassini 1680, squared"),
    # Fields: implicit, complex, mixed derivatives, several dimensions, explicit x and t.
    _("KdV, implicit", "u_t + 6 u u_x + u_xxx = 0", 4),
    _("Burgers, viscous", "u_t + u u_x = ν u_xx", 1, parameters=("ν",)),
    _("mKdV, curly", "∂u/∂t + 6u²∂u/∂x + ∂³u/∂x³ = 0", 3),
    _("nonlinear Schroedinger", "i ψ_t + ψ_xx + 2|ψ|²ψ = 0", 4, source="Zakharov and Shabat 1972"),
    _("wave equation", "u_tt = u_xx", 5, options={"order": 1, "degree": 2}, source="functions of u_t + u_x, u_t - u_x"),
    _("sine-Gordon", "u_tt - u_xx + sin u = 0", 2, options={"order": 1, "degree": 1}),
    _("Benjamin-Bona-Mahony", "u_t + u_x + u u_x - u_xxt = 0", 3, options={"order": 2, "degree": 2},
      source="Olver 1979"),
    _("Camassa-Holm", "u_t - u_xxt + 3u u_x = 2u_x u_xx + u u_xxx", 3, options={"order": 2, "degree": 2},
      source="Camassa and Holm 1993; the others are no polynomials"),
    _("Zakharov-Kuznetsov", "u_t + u u_x + u_xxx + u_xyy = 0", 3, options={"order": 2, "degree": 2},
      source="Zakharov and Kuznetsov 1974"),
    _("Kadomtsev-Petviashvili", "(u_t + 6u u_x + u_xxx)_x + 3u_yy = 0", 4,
      options={"order": 0, "degree": 1, "explicit": True}, source="multipliers 1, t, y, x"),
    _("heat equation", "u_t = u_xx", 3, options={"order": 0, "degree": 2, "explicit": True},
      source="multipliers 1, x, x^2 - 2t"),
    _("KdV with Galilei", "u_t + 6u u_x + u_xxx = 0", 4, options={"order": 2, "degree": 2, "explicit": True},
      source="Miura, Gardner and Kruskal 1968: multipliers 1, u, 3u^2 + u_xx, x - 6tu"),
    _("Boussinesq", "u_tt = u_xx + 3(u²)_xx + u_xxxx", 4, options={"order": 0, "degree": 2, "explicit": True},
      source="multipliers 1, t, x, tx"),
    _("Klein-Gordon, cubic", "u_tt - u_xx + m² u + λ u³ = 0", 3, options={"order": 1, "degree": 2, "explicit": True},
      parameters=("m", "λ"), source="energy, momentum, boost"),
    _("shallow water", "h_t + (h u)_x = 0; u_t + u u_x + g h_x = 0", 4, options={"order": 0, "degree": 3},
      parameters=("g",), source="densities h, u, h u, h u^2 + g h^2"),
    _("heat in the plane", "u_t = u_xx + u_yy", 3, options={"order": 0, "degree": 1, "explicit": True}),
    _("KdV-Burgers", "u_t + u u_x = a u_xx + b u_xxx", 1, parameters=("a", "b")),
    _("KdV with any power", "u_t + u^p u_x + u_xxx = 0", 3, parameters=("p",), options={"order": 1, "degree": 3}),
    _("sinh-Gordon", "u_xt = sinh u", 2, options={"order": 1, "degree": 1}),
)  # fmt: skip
