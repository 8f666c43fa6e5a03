"""Formulas that noise hides, and formulas that jump: two suites, written down before anything was run on them.

"noisy": poles beside the range, roots of 1 - u^2, thermal activation with a huge factor, an offset and an amplitude
that are equal, hyperbolic and trigonometric quotients, and plain laws that a richer form could imitate; with 1 and 5 %
noise.
"jumps": steps, whole numbers of something, sawtooth and square waves, rounded counts, and smooth curves that only look
like a step; exact and with 2 % noise.

`halves` parts both by a hash of their names: the first half may be looked at while the search is worked on, the
second is run once, at the end.
"""

from __future__ import annotations

from functools import cache

from .problem import Problem
from .varied import problems_of

NOISY_NOISES = (0.01, 0.05)
NOISY = (
    ("observed_tone", "340*f/(340 - v)", "f U 200 900; v U 5 120", 100),
    ("curie_weiss", "2.5*H/(T - 120)", "H U 1 5; T U 150 400", 120),
    ("lens_image", "12*s/(s - 12)", "s U 16 80", 60),
    ("queue_length", "l/(1.2 - l)", "l U 0.05 1.05", 60),
    ("fast_momentum", "m*v/sqrt(1 - (v/3)**2)", "m U 1 4; v U 0.1 2.7", 120),
    ("prandtl_glauert", "c/sqrt(1 - M**2)", "c U 0.2 2; M U 0.05 0.85", 100),
    ("contracted_rod", "L*sqrt(1 - (v/c)**2)", "L U 1 5; v U 0.2 2.5; c U 3 6", 150),
    ("thermionic_current", "1.2e6*T**2*exp(-52000/T)", "T U 1800 2600", 60),
    ("reaction_rate", "3.1e9*exp(-8200/T)", "T U 300 400", 50),
    ("intrinsic_carriers", "3.9e16*T**1.5*exp(-7000/T)", "T U 250 500", 60),
    ("versine", "3.3*(1 - cos(a))", "a U 0.1 3", 60),
    ("saturating_growth", "42*(1 - exp(-0.31*t))", "t U 0.2 14", 60),
    ("soft_start", "7.5*(1 - 1/(1 + t)**2)", "t U 0.1 6", 60),
    ("tangent_track", "4*tan(x/2)", "x U -2.4 2.4", 80),
    ("hanging_cable", "12*cosh(x/12) - 4", "x U -15 15", 60),
    ("three_in_parallel", "1/(1/a + 1/b + 1/c)", "a U 1 9; b U 1 9; c U 1 9", 150),
    ("two_ligands", "a/(2 + a + b)", "a U 0.5 10; b U 0.5 10", 120),
    ("sech_pulse", "5/cosh(1.4*t)", "t U -3 3", 80),
    ("rayleigh_tail", "x*exp(-x**2/8)", "x U 0.1 7", 60),
    ("plain_decay", "6*exp(-x/3)", "x U 0 9", 60),
    ("plain_line", "4.2*x + 1.7", "x U 0 10", 40),
    ("plain_square", "0.8*x**2", "x U 1 9", 50),
    ("black_body", "x**3/(exp(x/1.3) - 1)", "x U 0.2 9", 80),
    ("occupation", "1/(exp((e - 2)/0.35) + 1)", "e U 0 4", 80),
    ("polarizability", "r*(e - 1)/(e + 2)", "e U 1.5 9; r U 1 4", 100),
)
JUMPS_NOISES = (0.0, 0.02)
JUMPS = (
    ("postage", "2 + 3*floor(w/5)", "w U 0 30", 60),
    ("sawtooth", "4*Mod(t, 2.5) + 1", "t U 0 15", 80),
    ("one_jump", "5 + 2*step(x - 3)", "x U 0 8", 50),
    ("toll_on_a_slope", "0.5*x + 3*step(x - 6)", "x U 0 12", 60),
    ("switched_product", "z*step(x - 2.5)", "x U 0 5; z U 1 4", 80),
    ("rounded_count", "floor(0.37*n + 2.2)", "n U 0 60", 80),
    ("whole_boxes", "floor(l*w/4)", "l U 1 9; w U 1 9", 100),
    ("repeated_dose", "8*exp(-0.4*Mod(t, 6))", "t U 0 30", 100),
    ("square_wave", "3*step(Mod(t, 4) - 1.5)", "t U 0 20", 100),
    ("two_tariffs", "2*x + 5*step(x - 4) + 3*step(x - 7)", "x U 0 10", 80),
    ("staircase_and_line", "0.5*x + floor(x)", "x U 0 9", 80),
    ("age_in_years", "floor(d/365.25)", "d U 0 9000", 80),
    ("clock_hand", "30*Mod(h, 12)", "h U 0 40", 60),
    ("started_hours", "4*ceiling(h) + 1", "h U 0 10", 60),
    ("relay", "12*step(v - 2) - 3*v", "v U 0 5", 60),
    ("surcharge", "m*(1 + 0.25*step(w - 20))", "m U 5 50; w U 1 40", 100),
    ("ramp_and_reset", "x**2/10 - 3*step(x - 5)", "x U 0 10", 80),
    ("wrapped_phase", "Mod(x + 0.8, 3)", "x U -5 12", 80),
    ("daily_drift", "7 + 2*z*Mod(t, 1)", "t U 0 6; z U 1 3", 100),
    ("fare_by_zone", "1.5 + 0.8*floor(d/3) + 0.1*t", "d U 0 20; t U 0 30", 120),
    ("interest_by_year", "100*1.04**floor(t)", "t U 0 12", 80),
    ("rounded_square", "floor(x**2/3)", "x U 0 9", 80),
    ("even_or_odd", "1 + 3*Mod(n, 2)", "n I+ 1 60", 60),
    ("two_counts", "floor(n/4) + floor(n/7)", "n I+ 1 200", 100),
    ("sign_of_a_gap", "4*sign(x - 1.5) + x", "x U -3 5", 60),
    ("steep_logistic", "1/(1 + exp(-6*(x - 2)))", "x U 0 4", 80),
    ("narrow_peak", "1/(1 + 40*(x - 2)**2)", "x U 0 4", 80),
)


@cache
def noisy() -> dict[str, Problem]:
    """Every formula of "noisy" by its name; its family is its half."""
    return problems_of(NOISY)


@cache
def jumps() -> dict[str, Problem]:
    """Every formula of "jumps" by its name; its family is its half."""
    return problems_of(JUMPS)
