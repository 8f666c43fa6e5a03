"""Tables for short budgets, some with gross errors, written down before anything was run on them.

What a person has who waits ten seconds: one to three columns, 40 to 150 rows, noise of 2 and 5 %; two thirds with a few
spoilt rows (as in `gross`), the others without. To be run with `--budget 10`. `halves` parts them by a hash of their
names: the first half may be looked at while the search is worked on, the second is run once, at the end.
"""

from __future__ import annotations

from functools import cache

from .gross import Spoilt, spoilt

NOISES = (0.02, 0.05)
CASES = (
    ("cooling_cup", "21 + 64*exp(-t/17)", "t U 0 60", 60, "spike", 0.05),
    ("stopping_distance", "0.4*v + v**2/14", "v U 2 40", 50, "unit", 0.06),
    ("enzyme_inhibited", "5*s/(s + 2*(1 + i/3))", "s U 0.2 20; i U 0 9", 140, "point", 0.04),
    ("terminal_speed", "7*tanh(1.4*t)", "t U 0 4", 60, "none", 0.0),
    ("orbital_period", "0.2*a**1.5", "a U 0.3 30", 50, "unit", 0.06),
    ("leaf_area", "0.74*l*w", "l U 2 20; w U 1 9", 80, "swap", 0.08),
    ("sound_level", "94 - 20*log(r)/log(10)", "r U 1 60", 60, "sign", 0.04),
    ("bending_beam", "12*F*L**3/(w*h**3)", "F U 1 9; L U 1 3; w U 0.5 2; h U 0.5 2", 150, "point", 0.03),
    ("two_rates", "3*exp(-t) + 5*exp(-t/9)", "t U 0 25", 90, "none", 0.0),
    ("ripple", "1.5*sin(2.2*x + 0.4) - 0.3*x", "x U -4 7", 100, "spike", 0.05),
    ("oxygen_binding", "x**2.7/(26**2.7 + x**2.7)", "x U 2 100", 70, "none", 0.0),
    ("night_and_day", "11 + 6*cos(0.2618*h)", "h U 0 72", 120, "stuck", 0.05),
    ("capacitor_pair", "c*d/(c + d) + 2", "c U 1 9; d U 1 9", 90, "spike", 0.05),
    ("arched_path", "1.8 + 1.1*x - 0.05*x**2", "x U 0 22", 50, "sign", 0.08),
    ("bell", "4*exp(-(x - 1.3)**2/2.6)", "x U -4 6", 80, "swap", 0.06),
    ("radiated_power", "5.7*e*(T/100)**4", "e U 0.1 1; T U 200 500", 90, "unit", 0.05),
    ("toll", "2.5 + 0.7*Max(0, d - 8)", "d U 0 25", 60, "none", 0.0),
    ("slope_force", "9.81*m*sin(a)", "m U 0.5 8; a U 0 1.5", 80, "spike", 0.06),
    ("crowding", "0.9*n*(1 - n/40)", "n U 0 50", 60, "stuck", 0.06),
    ("inverse_square", "30/(0.4 + r)**2", "r U 0.1 6", 60, "point", 0.06),
    ("speed_of_waves", "sqrt(9.81*k + 0.07*k**3)", "k U 0.5 30", 70, "none", 0.0),
    ("damped_needle", "2 + 3*exp(-0.4*t)*cos(3*t)", "t U 0 9", 120, "spike", 0.04),
    ("thin_film", "1/(1 + 8*sin(x)**2)", "x U 0 6", 120, "none", 0.0),
    ("two_springs", "k*x + 0.3*x**3", "k U 1 5; x U -3 3", 90, "sign", 0.06),
)


@cache
def hasty() -> dict[str, Spoilt]:
    """Every problem by its name; its family is its half."""
    return spoilt(CASES)
