"""Systems of equations with the integrals that the literature (or a line of algebra) knows of them, and some with none.

They were written down, with their truth, before anything was run on them. `halves` parts them by a hash of their names:
the first half may be looked at while the search is worked on, the second is run once, at the end.

`known` are independent integrals without explicit time, `timed` further ones that hold t. A system is right where what
is found has the rank of `known`, every known one is a function of what is found, and each of `timed` is one of what is
found together with t. "Known" is what is elementary and in the literature; a system without any has none that a
textbook or a paper gives.
"""

from __future__ import annotations

from typing import NamedTuple


class IntegralCase(NamedTuple):
    """Equations, their parameters, and what is known to be conserved."""

    name: str
    equations: str
    parameters: str = ""
    known: tuple[str, ...] = ()
    timed: tuple[str, ...] = ()


C = IntegralCase
INTEGRALS = (
    C("volterra_lattice_3", "x'=x*y; y'=y*(z-x); z'=-z*y", "", ("x + y + z", "x*z")),
    C(
        "volterra_lattice_4",
        "x'=x*y; y'=y*(z-x); z'=z*(w-y); w'=-w*z",
        "",
        ("x + y + z + w", "x*z + x*w + y*w"),
    ),
    C(
        "may_leonard_sum_2",
        "x'=x*(1-x-a*y-(2-a)*z); y'=y*(1-y-a*z-(2-a)*x); z'=z*(1-z-a*x-(2-a)*y)",
        "a",
        ("x*y*z/(x + y + z)**3",),
        ("exp(-t)*(x + y + z)/(1 - x - y - z)",),
    ),
    C("competition_equal", "x'=x*(1-x-y); y'=y*(2-x-y)", "", ("x**2/(y*(2 - 2*x - y))",), ("exp(-t)*y/x",)),
    C("rikitake_damped", "x'=-m*x+z*y; y'=-m*y+z*x; z'=1-x*y", "m", (), ("exp(2*m*t)*(x**2 - y**2)",)),
    C(
        "rikitake_undamped",
        "x'=y*z; y'=x*z; z'=1-x*y",
        "",
        ("x**2 - y**2", "z**2 + (x**2 + y**2)/2 - log(x + y) + log(x - y)"),
    ),
    C("halphen", "x'=y*z-x*(y+z); y'=z*x-y*(z+x); z'=x*y-z*(x+y)"),
    C(
        "kovalevskaya",
        "p'=q*r/2; q'=-p*r/2+k/2; r'=-h; g'=r*h-q*k; h'=p*k-r*g; k'=q*g-p*h",
        "",
        (
            "2*p**2 + 2*q**2 + r**2 + 2*g",
            "2*p*g + 2*q*h + r*k",
            "g**2 + h**2 + k**2",
            "(p**2 - q**2 - g)**2 + (2*p*q - h)**2",
        ),
    ),
    C(
        "toda_open_3",
        "a'=a*(q-p); b'=b*(r-q); p'=2*a**2; q'=2*b**2-2*a**2; r'=-2*b**2",
        "",
        ("p + q + r", "p**2 + q**2 + r**2 + 2*a**2 + 2*b**2", "p*q*r - a**2*r - b**2*p"),
    ),
    C("lienard_cubic", "x'=y; y'=-3*x*y-x**3", "", ("(x**2 + 2*y)/(x**2 + y)**2",), ("t - x/(x**2 + y)",)),
    C("overdamped", "x'=v; v'=-3*v-2*x", "", ("(v + 2*x)**2/(v + x)",), ("exp(t)*(v + 2*x)",)),
    C(
        "underdamped",
        "x'=v; v'=-2*v-5*x",
        "",
        ("log(v**2 + 2*x*v + 5*x**2) - atan((v + x)/(2*x))",),
        ("exp(2*t)*(v**2 + 2*x*v + 5*x**2)",),
    ),
    C("sir", "S'=-b*S*I; I'=b*S*I-g*I; R'=g*I", "b, g", ("S + I + R", "b*(S + I) - g*log(S)")),
    C(
        "seir",
        "S'=-b*S*I; E'=b*S*I-k*E; I'=k*E-g*I; R'=g*I",
        "b, g, k",
        ("S + E + I + R", "b*(S + E + I) - g*log(S)"),
    ),
    C(
        "chemostat",
        "s'=D*(w-s)-m*s*x/(a+s); x'=x*(m*s/(a+s)-D)",
        "D, w, m, a",
        (),
        ("exp(D*t)*(s + x - w)",),
    ),
    C(
        "enzyme",
        "E'=-k1*E*S+(k2+k3)*C; S'=-k1*E*S+k2*C; C'=k1*E*S-(k2+k3)*C; P'=k3*C",
        "k1, k2, k3",
        ("E + C", "S + C + P"),
    ),
    C("michaelis_menten", "S'=-V*S/(K+S); P'=V*S/(K+S)", "V, K", ("S + P",), ("K*log(S) + S + V*t",)),
    C(
        "lorenz_half",
        "x'=(y-x)/2; y'=-y-x*z; z'=x*y-z",
        "",
        ("(y**2 + z**2)/(x**2 - z)**2",),
        ("exp(t)*(x**2 - z)",),
    ),
    C("lorenz_b_2s", "x'=s*(y-x); y'=r*x-y-x*z; z'=x*y-2*s*z", "s, r", (), ("exp(2*s*t)*(x**2 - 2*s*z)",)),
    C("lorenz_b_1_r_0", "x'=s*(y-x); y'=-y-x*z; z'=x*y-z", "s", (), ("exp(2*t)*(y**2 + z**2)",)),
    C(
        "lorenz_third",
        "x'=(y-x)/3; y'=r*x-y-x*z; z'=x*y",
        "r",
        (),
        ("exp(4*t/3)*(-r*x**2 + y**2/3 + 2*x*y/3 + x**2*z - 3*x**4/4)",),
    ),
    C("rabinovich_free", "x'=h*y+y*z; y'=h*x-x*z; z'=x*y", "h", ("x**2 + y**2 - 4*h*z", "x**2 - z**2 - 2*h*z")),
    C(
        "rabinovich_damped",
        "x'=h*y-v*x+y*z; y'=h*x-v*y-x*z; z'=x*y-2*v*z",
        "h, v",
        (),
        ("exp(2*v*t)*(x**2 + y**2 - 4*h*z)",),
    ),
    C("chua_cubic", "x'=10*(y-x**3+x/7); y'=x-y+z; z'=-16*y"),
    C("nose_hoover", "x'=v; v'=-x-z*v; z'=v**2-1"),
    C("nose_hoover_extended", "x'=v; v'=-x-z*v; z'=v**2-1; s'=s*z", "", ("x**2 + v**2 + z**2 + 2*log(s)",)),
    C("roessler", "x'=-y-z; y'=x+y/5; z'=1/5+z*(x-57/10)"),
    C("brusselator", "x'=1+x**2*y-4*x; y'=3*x-x**2*y"),
    C("van_der_pol", "x'=v; v'=(1-x**2)*v-x"),
    C("relativistic_oscillator", "x'=p/sqrt(1+p**2); p'=-x", "", ("2*sqrt(1 + p**2) + x**2",)),
    C("morse", "x'=p; p'=2*exp(-2*x)-2*exp(-x)", "", ("p**2/2 - 2*exp(-x) + exp(-2*x)",)),
    C("lennard_jones", "x'=p; p'=12/x**13-6/x**7", "", ("p**2/2 + 1/x**12 - 1/x**6",)),
    C(
        "inverse_square_potential",
        "x'=a; y'=b; a'=-2*x/(x**2+y**2)**2; b'=-2*y/(x**2+y**2)**2",
        "",
        ("(a**2 + b**2)/2 - 1/(x**2 + y**2)", "x*b - y*a"),
        ("x*a + y*b - (a**2 + b**2 - 2/(x**2 + y**2))*t",),
    ),
    C(
        "calogero_moser_3",
        "x'=a; y'=b; z'=c; a'=2/(x-y)**3+2/(x-z)**3; b'=-2/(x-y)**3+2/(y-z)**3; c'=-2/(x-z)**3-2/(y-z)**3",
        "",
        (
            "a + b + c",
            "(a**2 + b**2 + c**2)/2 + 1/(x-y)**2 + 1/(y-z)**2 + 1/(x-z)**2",
            "(a**3 + b**3 + c**3)/3 + (a + b)/(x-y)**2 + (b + c)/(y-z)**2 + (a + c)/(x-z)**2",
            "(x + y + z)*(a**2 + b**2 + c**2 + 2/(x-y)**2 + 2/(y-z)**2 + 2/(x-z)**2) - (a + b + c)*(x*a + y*b + z*c)",
            "3*(x**2 + y**2 + z**2)*(a**2 + b**2 + c**2 + 2/(x-y)**2 + 2/(y-z)**2 + 2/(x-z)**2)"
            " - 3*(x*a + y*b + z*c)**2",
        ),
    ),
    C(
        "henon_heiles_kdv",
        "x'=p; y'=q; p'=-x-2*x*y; q'=-y-x**2-6*y**2",
        "",
        (
            "(p**2 + q**2 + x**2 + y**2)/2 + x**2*y + 2*y**3",
            "x**4 + 4*x**2*y**2 - 4*p*(p*y - q*x) + 4*x**2*y + 3*(p**2 + x**2)",
        ),
    ),
    C(
        "gyrostat",
        "x'=y*z+c*y; y'=-2*x*z-c*x; z'=x*y",
        "c",
        ("x**2 + y**2 + z**2", "x**2/2 + y**2 + 3*z**2/2 + c*z"),
    ),
    C("maxwell_bloch", "x'=y; y'=x*z; z'=-x*y", "", ("y**2 + z**2", "z + x**2/2")),
    C("yang_mills", "x'=p; y'=q; p'=-x*y**2; q'=-y*x**2", "", ("p**2 + q**2 + x**2*y**2",)),
    C(
        "ermakov",
        "x'=p; y'=q; p'=-x+1/x**3; q'=-y",
        "",
        ("p**2 + x**2 + 1/x**2", "q**2 + y**2", "(x*q - y*p)**2 + y**2/x**2"),
    ),
    C("replicator_weighted", "x'=x*(2*y-3*z); y'=y*(z-2*x); z'=z*(3*x-y)", "", ("x + y + z", "x*y**3*z**2")),
    C(
        "lotka_volterra_cycle",
        "x'=x*(a*y-b*z); y'=y*(c*z-a*x); z'=z*(b*x-c*y)",
        "a, b, c",
        ("x + y + z", "c*log(x) + b*log(y) + a*log(z)"),
    ),
    C(
        "position_dependent_mass",
        "x'=p/(1+x**2); p'=p**2*x/(1+x**2)**2-2*x",
        "",
        ("p**2/(2*(1 + x**2)) + x**2",),
    ),
    C(
        "three_vortices",
        "x'=-2*(u-v)/((x-y)**2+(u-v)**2)-3*(u-w)/((x-z)**2+(u-w)**2); "
        "y'=-(v-u)/((x-y)**2+(u-v)**2)-3*(v-w)/((y-z)**2+(v-w)**2); "
        "z'=-(w-u)/((x-z)**2+(u-w)**2)-2*(w-v)/((y-z)**2+(v-w)**2); "
        "u'=2*(x-y)/((x-y)**2+(u-v)**2)+3*(x-z)/((x-z)**2+(u-w)**2); "
        "v'=(y-x)/((x-y)**2+(u-v)**2)+3*(y-z)/((y-z)**2+(v-w)**2); "
        "w'=(z-x)/((x-z)**2+(u-w)**2)+2*(z-y)/((y-z)**2+(v-w)**2)",
        "",
        (
            "x + 2*y + 3*z",
            "u + 2*v + 3*w",
            "x**2 + u**2 + 2*(y**2 + v**2) + 3*(z**2 + w**2)",
            "2*log((x-y)**2+(u-v)**2) + 3*log((x-z)**2+(u-w)**2) + 6*log((y-z)**2+(v-w)**2)",
        ),
    ),
    C("logarithmic_well", "x'=p; p'=-1/x", "", ("p**2/2 + log(x)",)),
    C(
        "logarithmic_well_2d",
        "x'=a; y'=b; a'=-x/(x**2+y**2); b'=-y/(x**2+y**2)",
        "",
        ("a**2 + b**2 + log(x**2 + y**2)", "x*b - y*a"),
    ),
    C("logistic_prey", "x'=x*(1-x); y'=y*(x-1/2)", "", ("x*(1 - x)*y**2",), ("exp(-t)*x/(1 - x)",)),
    C("complex_square", "x'=x**2-y**2; y'=2*x*y", "", ("y/(x**2 + y**2)",), ("x/(x**2 + y**2) + t",)),
    C("exponentials", "x'=exp(y); y'=-exp(x)", "", ("exp(x) + exp(y)",)),
    C("blasius", "x'=y; y'=z; z'=-x*z"),
    C(
        "decay_chain",
        "A'=-k*A; B'=k*A-m*B; C'=m*B",
        "k, m",
        ("A + B + C", "m*log(A) - k*log(k*A + (k - m)*B)"),
        ("exp(k*t)*A",),
    ),
    C("quadratic_drag", "x'=v; v'=g-k*v**2", "g, k", ("exp(2*k*x)*(k*v**2 - g)",)),
    C("linear_drag", "x'=v; v'=-v-1", "", ("x + v - log(v + 1)",), ("exp(t)*(v + 1)",)),
    C("sis", "S'=-b*S*I+g*I; I'=b*S*I-g*I", "b, g", ("S + I",)),
    C("fitzhugh_nagumo", "v'=v-v**3/3-w+1/2; w'=(v+7/10-4*w/5)*2/25"),
    C("jerk_cubic", "x'=y; y'=z; z'=-3*x**2*y", "", ("z + x**3", "y**2/2 - x*z - 3*x**4/4")),
    C("magnetic_field", "x'=u; y'=v; u'=B*v; v'=-B*u", "B", ("u - B*y", "v + B*x", "u**2 + v**2")),
    C(
        "monopole",
        "x'=u; y'=v; z'=w; u'=(y*w-z*v)/(x**2+y**2+z**2)**(3/2); v'=(z*u-x*w)/(x**2+y**2+z**2)**(3/2); "
        "w'=(x*v-y*u)/(x**2+y**2+z**2)**(3/2)",
        "",
        (
            "u**2 + v**2 + w**2",
            "y*w - z*v + x/sqrt(x**2+y**2+z**2)",
            "z*u - x*w + y/sqrt(x**2+y**2+z**2)",
            "x*v - y*u + z/sqrt(x**2+y**2+z**2)",
        ),
    ),
    C(
        "kepler_corrected",
        "x'=a; y'=b; a'=-x/(x**2+y**2)**(3/2)-x/(x**2+y**2)**2; b'=-y/(x**2+y**2)**(3/2)-y/(x**2+y**2)**2",
        "",
        ("(a**2 + b**2)/2 - 1/sqrt(x**2+y**2) - 1/(2*(x**2+y**2))", "x*b - y*a"),
    ),
    C(
        "swinging_atwood",
        "r'=p/4; th'=l/r**2; p'=l**2/r**3-3+cos(th); l'=-r*sin(th)",
        "",
        (
            "p**2/8 + l**2/(2*r**2) + 3*r - r*cos(th)",
            "l*(p/4*cos(th/2) - l/(2*r)*sin(th/2)) + r**2*sin(th/2)*cos(th/2)**2",
        ),
    ),
    C("damped_pendulum", "th'=w; w'=-sin(th)-w/5"),
    C("chaplygin_sleigh", "v'=w**2; w'=-v*w; th'=w", "", ("v**2 + w**2", "v*cos(th) - w*sin(th)")),
)
"""Sixty-one systems."""
del C
