"""Thirty-six formulas of many structures, exact and with noise: whether the search is tuned to the published lists.

They were written down before anything was run on them, as (name, expression, columns as in `columns`, rows): sums of
functions, products of functions of different columns, functions inside functions, quotients, clips, steps. `halves`
parts them by a hash of their names: the first half may be looked at while the search is worked on, the second is run
once, at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from .columns import Table, read_columns
from .halves import half_of
from .problem import Problem

NOISES = (0.0, 0.02)
VARIED = (
    ("spiral_arm", "exp(-r/3)*cos(2*r) + 1/2", "r U 0 8", 60),
    ("wave_of_a_product", "x*y + 2*cos(x*y)", "x U -2 2; y U -2 2", 80),
    ("mie_pair", "4*(1/r**12 - 1/r**6)", "r U 0.95 2.5", 50),
    ("ridge", "exp(-(x - 2*y)**2)", "x U -2 2; y U -1 1", 100),
    ("plane_over_quadric", "(x + y)/(1 + x**2 + y**2)", "x U -3 3; y U -3 3", 60),
    ("log_of_a_sum", "log(1 + x + y**2)", "x U 0 3; y U 0 3", 60),
    ("wave_of_a_root", "sin(3*sqrt(x))", "x U 0 9", 50),
    ("root_of_a_wave", "sqrt(2 + sin(3*x))", "x U 0 5", 60),
    ("banana", "x**4 - 2*x**2*y + y**2 + x", "x U -2 2; y U -2 2", 60),
    ("catenary", "3*cosh(x/3) - 2", "x U -4 4", 40),
    ("tangent_over_line", "tan(x)/(1 + y)", "x U -1.2 1.2; y U 0 3", 80),
    ("three_waves", "sin(x)*sin(y)*sin(z)", "x U 0 3; y U 0 3; z U 0 3", 150),
    ("step_on_a_slope", "1/(1 + exp(-4*(x - 1))) + x/10", "x U -2 4", 80),
    ("rise_and_fall", "x**2*exp(-1.5*x)", "x U 0 6", 50),
    ("beat", "cos(5*t) + cos(6*t)", "t U 0 12", 120),
    ("angle", "atan(y/x)", "x U 0.5 3; y U -3 3", 80),
    ("two_lines_of_a_spectrum", "exp(-x**2) + 2*exp(-(x - 3)**2)", "x U -2 5", 100),
    ("all_pairs", "x*y + y*z + z*x", "x U -2 2; y U -2 2; z U -2 2", 60),
    ("roots_in_a_quotient", "x**1.5/(2 + y**0.5)", "x U 0.5 5; y U 0.5 5", 80),
    ("squared_logarithm", "log(x/y)**2", "x U 0.5 6; y U 0.5 6", 80),
    ("quintic", "x**5 - 3*x**3 + 2*x - 1", "x U -2 2", 40),
    ("cubic_over_square", "(x**3 - 2*x + 1)/(x**2 + 3)", "x U -3 3", 40),
    ("exponential_of_a_wave", "exp(sin(2*x))", "x U 0 6", 60),
    ("wave_and_product", "sin(x + y) + x*y/4", "x U -3 3; y U -3 3", 100),
    ("moving_mass", "m/sqrt(1 - v**2)", "m U 1 5; v U 0 0.95", 60),
    ("decay_by_wave", "3*exp(-x/2)*sin(y)", "x U 0 5; y U 0 5", 80),
    ("fare", "3 + x/2 + 2*sign(x - 2)", "x U 0 6", 60),
    ("capped_line", "Min(2*x, 5) - y", "x U 0 5; y U 0 3", 60),
    ("fold", "y*Abs(x - 2)", "x U 0 5; y U 0 3", 60),
    ("quotient_of_waves", "sin(x)/(2 + cos(y))", "x U 0 6; y U 0 6", 100),
    ("sum_of_powers", "x**0.3 + y**0.7", "x U 0.1 10; y U 0.1 10", 80),
    ("rise_of_two_exponentials", "exp(-x/4) - exp(-2*x)", "x U 0 10", 60),
    ("square_over_quartic", "x**2/(1 + x**4)", "x U -3 3", 50),
    ("five_columns", "a*b/(c + d*e)", "a U 1 3; b U 1 3; c U 1 3; d U 1 3; e U 1 3", 120),
    ("two_idle_columns", "2*a**2 - 3*b*sin(c)", "a U -2 2; b U -2 2; c U -2 2; d U -2 2; e U -2 2", 150),
    ("wave_over_line", "sin(4*x)/x", "x U 0.2 6", 60),
)


@cache
def varied() -> dict[str, Problem]:
    """Every formula by its name; its family is its half."""
    return problems_of(VARIED)


def problems_of(lines: Sequence[tuple[str, str, str, int]]) -> dict[str, Problem]:
    """The problems of a suite in two halves, by their names."""
    return {line[0]: _problem_of(*line) for line in lines}


def _problem_of(name: str, expression: str, columns: str, rows: int) -> Problem:
    train = Table(read_columns(columns), rows)
    return Problem(
        name, half_of(name), expression, tuple(column.name for column in train.columns), train, train.wider()
    )
