"""Systems from textbooks and papers with what is conserved in them, or how many point symmetries they have.

They were written down, with their truth, before any of them was read by us, and are parted by a hash of their names as
`suites.notation` parts its own: the first half was worked on, the second was run once, and again after what it showed
was mended (papers/textbook.toml). Counts are those of the literature or of a calculation by hand, within the degree
and order that are given; where only some laws are known to be there, they stand in `among`, and the count is left open.
`timed` are constant together with t. One count was wrong and has been put right since: of the polytropic gas six are
polynomials of the basis, not four (all six are proved).
"""

from __future__ import annotations

from .notation import Typed


def _(name: str, text: str, laws: int | None, *among: str, **more: object) -> Typed:
    return Typed(name, text, laws, among, **more)  # type: ignore[arg-type]


TEXTBOOK: tuple[Typed, ...] = (
    # Exponents that are symbols.
    _("decay of any order", "x' = -k x^n", 0, timed=("x*x**(-n) - (n - 1)*k*t",), parameters=("k", "n")),
    _("power-law force in the plane", "x'' = -k x (x^2+y^2)^((n-1)/2); y'' = -k y (x^2+y^2)^((n-1)/2)", 2,
      "x*vy - y*vx", "(n + 1)*(vx**2 + vy**2) + 2*k*(x**2 + y**2)**((n + 1)/2)", parameters=("k", "n")),
    _("power kinetics", "x' = -x^a y; y' = c x^a y", 1, "c*x + y", parameters=("a", "c")),
    _("polytropic gas", "ρ_t + (ρ u)_x = 0; u_t + u u_x + K ρ^(g-2) ρ_x = 0", 6, parameters=("K", "g"),
      options={"order": 0, "degree": 3}, source="mass, u, momentum, energy, and two more of the series u^2, u^3"),
    _("porous medium", "u_t = (u^m)_xx", 2, parameters=("m",), options={"order": 0, "degree": 1, "explicit": True},
      source="multipliers 1 and x"),
    # Hyperbolic functions.
    _("tanh spring", "x'' = -tanh(x)", 1, "vx**2 + 2*log(cosh(x))"),
    _("catenary", "y'' = sqrt(1 + y'^2)", 1, "y - sqrt(1 + vy**2)"),
    _("hyperbolic plane", "x'' = 2 x' y'/y; y'' = (y'^2 - x'^2)/y", 3, "vx/y**2", "(vx**2 + vy**2)/y**2"),
    _("hyperbolic plane, polar", "r'' = sinh(r) cosh(r) φ'^2; φ'' = -2 tanh(r) r' φ'", None,
      "cosh(r)**2*vphi", "vr**2 + cosh(r)**2*vphi**2"),
    _("sinh-Toda pair", "x'' = -sinh(x - y); y'' = sinh(x - y)", 2, "vx + vy", "vx**2 + vy**2 + 2*cosh(x - y)"),
    # Angles: arc tangents and half angles.
    _("focus", "x' = x - 3y; y' = 3x + y", 1, "3*log(x**2 + y**2) - 2*atan(y/x)"),
    _("focus with symbols", "x' = a x - b y; y' = b x + a y", 1, "b*log(x**2 + y**2) - 2*a*atan(y/x)",
      parameters=("a", "b")),
    _("half angle", "θ' = 1 + cos θ; z' = z", 1, "log(z) - sin(theta)/(1 + cos(theta))"),
    _("Adler with a clock", "θ' = 2 + sin θ; φ' = 1", 1,
      "phi - 2*atan((2*tan(theta/2) + 1)/sqrt(3))/sqrt(3)"),
    _("Kepler, polar", "r' = v; v' = L^2/r^3 - 1/r^2; θ' = L/r^2", 2, "v**2 + L**2/r**2 - 2/r", parameters=("L",)),
    # Motion.
    _("two vortices", "x' = -b (u-w)/((x-y)^2+(u-w)^2); u' = b (x-y)/((x-y)^2+(u-w)^2); "
      "y' = a (u-w)/((x-y)^2+(u-w)^2); w' = -a (x-y)/((x-y)^2+(u-w)^2)", 3,
      "a*x + b*y", "a*u + b*w", "(x - y)**2 + (u - w)**2", parameters=("a", "b")),
    _("food chain", "x' = x(1 - y); y' = y(-1 + x - z); z' = z(y - 1)", 2, "x*z", "x + y + z - log(x*y)"),
    _("Lorenz 1984", "x' = -y^2 - z^2 - x/4 + 2; y' = xy - 4xz - y + 1; z' = 4xy + xz - z", 0),
    _("Stark", "x'' = -x/(x^2+y^2)^(3/2) + F; y'' = -y/(x^2+y^2)^(3/2)", 2,
      "vy*(x*vy - y*vx) - x/sqrt(x**2 + y**2) + F*y**2/2", parameters=("F",)),
    _("pendulum on a cart", "(M + m) x'' + m l (θ'' cos θ - θ'^2 sin θ) = 0; l θ'' + x'' cos θ + g sin θ = 0", 2,
      "(M + m)*vx + m*l*vtheta*cos(theta)", parameters=("M", "m", "l", "g"), options={"special": 0}),
    _("double pendulum with g", "2θ1'' + θ2'' cos(θ1-θ2) + θ2'^2 sin(θ1-θ2) + 2 g sin θ1 = 0; "
      "θ2'' + θ1'' cos(θ1-θ2) - θ1'^2 sin(θ1-θ2) + g sin θ2 = 0", 1,
      "vtheta1**2 + vtheta2**2/2 + vtheta1*vtheta2*cos(theta1 - theta2) - 2*g*cos(theta1) - g*cos(theta2)",
      parameters=("g",), options={"special": 0}),
    _("bead on a turning hoop", "θ'' = sin θ (Ω² cos θ - g)", 1, "vtheta**2 + Omega**2*cos(theta)**2 - 2*g*cos(theta)",
      parameters=("Ω", "g")),
    _("Lagrange's top, Euler-Poisson",
      "A p' = (A-C) q r + m h; A q' = -(A-C) p r - m g; C r' = 0; g' = r h - q k; h' = p k - r g; k' = q g - p h", 4,
      "r", "A*(p**2 + q**2) + 2*m*k", "A*(p*g + q*h) + C*r*k", parameters=("A", "C", "m"),
      options={"special": 0, "degree": 3}),
    _("quartic oscillators", "x'' = -4x^3 - 2b x y^2; y'' = -2b x^2 y - 4c y^3", 1,
      "vx**2 + vy**2 + 2*x**4 + 2*b*x**2*y**2 + 2*c*y**4", parameters=("b", "c"),
      special=("b - 2, c - 1", "b - 6, c - 1"),
      source="Hietarinta 1987, section 3.2: (1, 2, 1) and (1, 6, 1) with laws of degree 4; b is not 0"),
    # Constraints.
    _("free motion on a cone", "x' = u; y' = v; z' = w; u' = -x (u²+v²-w²)/(x²+y²+z²); "
      "v' = -y (u²+v²-w²)/(x²+y²+z²); w' = z (u²+v²-w²)/(x²+y²+z²)", None, "u**2 + v**2 + w**2", "x*v - y*u",
      constraints=("x² + y² = z²", "x u + y v = z w")),
    _("Neumann", "x' = u; y' = v; z' = w; u' = x (x²+2y²+4z²-u²-v²-w² - 1); v' = y (x²+2y²+4z²-u²-v²-w² - 2); "
      "w' = z (x²+2y²+4z²-u²-v²-w² - 4)", 2, "u**2 + v**2 + w**2 + x**2 + 2*y**2 + 4*z**2",
      "x**2 - (x*v - y*u)**2 - (x*w - z*u)**2/3", constraints=("x² + y² + z² = 1", "x u + y v + z w = 0"),
      source="Uhlenbeck; Moser 1980"),
    _("dumbbell", "x' = u; y' = v; p' = q; r' = s; u' = -(x-p)((u-q)²+(v-s)²)/2; v' = -(y-r)((u-q)²+(v-s)²)/2; "
      "q' = (x-p)((u-q)²+(v-s)²)/2; s' = (y-r)((u-q)²+(v-s)²)/2", 4, "u + q", "v + s", "x*v - y*u + p*s - r*q",
      constraints=("(x-p)² + (y-r)² = 1", "(x-p)(u-q) + (y-r)(v-s) = 0"), options={"degree": 2}),
    # Without autonomy.
    _("Euler's equation", "t^2 x'' = 2x", 2, "(x + t*vx)/t**2", "t*(2*x - t*vx)"),
    _("spherical wave", "x'' + (2/t) x' + x = 0", None, "t**2*x**2 + (x + t*vx)**2"),
    _("Duffing, forced", "x'' = -x³ + cos t", 0),
    _("swelling mass", "t x'' + x' = 0", 2, "t*vx", "x - t*vx*log(t)"),
    _("seasons", "x' = x cos t", 1, "log(x) - sin(t)"),
    _("critically damped, ramped", "x'' + 2x' + x = t", 2, "(vx - 1)/(vx + x - t + 1) + t"),
    # Maps.
    _("autonomous Painleve map", "x_{n+1} = a/x_n + b - x_n - x_{n-1}", 1, parameters=("a", "b"),
      options={"special": 0}, source="Quispel, Roberts and Thompson 1988"),
    _("standard map", "p[n+1] = p[n] + K sin(x[n]); x[n+1] = x[n] + p[n+1]", 0, parameters=("K",)),
    _("symplectic Euler", "v[n+1] = v[n] - h x[n]; x[n+1] = x[n] + h v[n+1]", 1, "x**2 + v**2 - h*x*v",
      parameters=("h",)),
    _("host and parasitoid", "H_{n+1} = k H_n exp(-a P_n); P_{n+1} = H_n (1 - exp(-a P_n))", 0,
      parameters=("k", "a"), source="Nicholson and Bailey 1935"),
    # Two space dimensions.
    _("modified Zakharov-Kuznetsov", "u_t + u^2 u_x + u_xxx + u_xyy = 0", 3, options={"order": 2, "degree": 3}),
    _("cubic wave in the plane", "u_tt = u_xx + u_yy - u^3", 6, options={"order": 1, "degree": 2, "explicit": True},
      source="energy, two momenta, rotation, two boosts"),
    _("Burgers in the plane", "u_t + u u_x + u u_y = u_xx + u_yy", 2,
      options={"order": 0, "degree": 1, "explicit": True}, source="multipliers 1 and x - y"),
    _("Charney-Hasegawa-Mima", "ψ_xxt + ψ_yyt - ψ_t + ψ_x (ψ_xxy + ψ_yyy) - ψ_y (ψ_xxx + ψ_xyy) + β ψ_x = 0", 3,
      parameters=("β",), options={"order": 2, "degree": 1}, source="multipliers 1, psi and the vorticity"),
    _("shallow water in the plane", "h_t + (h u)_x + (h v)_y = 0; u_t + u u_x + v u_y + g h_x = 0; "
      "v_t + u v_x + v v_y + g h_y = 0", 4, parameters=("g",), options={"order": 0, "degree": 2},
      source="mass, two momenta, energy"),
    # Complex fields.
    _("derivative NLS", "i u_t + u_xx + i (|u|² u)_x = 0", 4, options={"order": 1, "degree": 4},
      source="Kaup and Newell 1978; real and imaginary part of u, mass, momentum"),
    _("Ginzburg-Landau", "ψ_t = ψ + (1 + i a) ψ_xx - (1 + i b)|ψ|² ψ", 0, parameters=("a", "b"),
      options={"order": 0, "degree": 3, "special": 0}),
    _("Manakov", "i u_t + u_xx + (|u|² + |v|²) u = 0; i v_t + v_xx + (|u|² + |v|²) v = 0", 5,
      options={"order": 1, "degree": 2}, source="Manakov 1974: two masses, two mixed ones, momentum"),
    _("trapped condensate", "i ψ_t = -ψ_xx + x² ψ + |ψ|² ψ", 1, options={"order": 0, "degree": 1}),
    # Fields: explicit x and t, other forms.
    _("Ornstein-Uhlenbeck", "p_t = (x p)_x + p_xx", 1, options={"order": 0, "degree": 2, "explicit": True}),
    _("cylindrical KdV", "u_t + u/(2t) + 6 u u_x + u_xxx = 0", 1,
      options={"order": 0, "degree": 2, "explicit": True}, source="t u, the only one that is polynomial"),
    _("telegraph", "u_tt + 2a u_t = u_xx", 3, parameters=("a",),
      options={"order": 0, "degree": 2, "explicit": True}, source="multipliers 1, x, a x^2 - t"),
    _("forced KdV", "u_t + 6 u u_x + u_xxx = t", 2, options={"order": 0, "degree": 2, "explicit": True},
      source="multipliers 1 and u - t^2/2"),
    _("Cahn-Hilliard", "u_t = (u³ - u - u_xx)_xx", 2, options={"order": 0, "degree": 1, "explicit": True}),
    _("Harry Dym", "u_t = u³ u_xxx", 2, options={"order": 0, "degree": 2}, source="1/u and 1/u^2"),
    _("Degasperis-Procesi", "u_t - u_xxt + 4u u_x = 3 u_x u_xx + u u_xxx", 2, options={"order": 2, "degree": 2},
      source="u, and u^3 with a multiplier that holds u_xt"),
    _("Hirota-Satsuma", "u_t - a(u_xxx + 6u u_x) = 2b v v_x; v_t + v_xxx + 3u v_x = 0", 3, parameters=("a", "b"),
      options={"order": 1, "degree": 3, "special": 0}, source="Hirota and Satsuma 1981"),
    # Point symmetries.
    _("symmetries of Painleve I", "x'' = 6x^2 + t", 0, symmetries=True),
    _("symmetries of a power force", "x'' = -x^n", 2, symmetries=True, parameters=("n",)),
    _("symmetries of Emden-Fowler at -5", "x'' = x^2/t^5", 2, symmetries=True),
    _("symmetries of the porous medium", "u_t = (u^m)_xx", 4, symmetries=True, parameters=("m",)),
    _("symmetries of Zakharov-Kuznetsov", "u_t + u u_x + u_xxx + u_xyy = 0", 5, symmetries=True),
    _("symmetries of sine-Gordon", "u_xt = sin u", 3, symmetries=True),
    _("symmetries of Liouville motion", "x'' = exp(x)", 2, symmetries=True),
)  # fmt: skip
