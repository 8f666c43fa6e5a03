"""Tables that a budget of time is measured on: of many kinds, with the law that each was drawn from."""

from __future__ import annotations

from .case import Case, Range

U = Range


def _idle(many: int, log: bool = False) -> tuple[Range, ...]:
    """Columns without meaning."""
    return tuple(Range(f"u{k}", 1.0, 5.0, log) for k in range(many))


def _columns(many: int) -> tuple[Range, ...]:
    return tuple(Range(f"x{k}", 1.0, 5.0) for k in range(many))


TABLES: tuple[Case, ...] = (
    # wide: up to sixty columns
    Case("wide product", "3*x0*x1/x2", _columns(3), 400, 0.0, _idle(57)),
    Case("wide exponential", "2.7*x0*exp(-0.31*x1)", _columns(2), 800, 0.03, _idle(58)),
    Case("wide sum of twelve", "+".join(f"{k + 1}*x{k}" for k in range(12)), _columns(12), 500, 0.01, _idle(28)),
    Case("wide wave", "sin(4.3*x0) + 0.2*x1", _columns(2), 600, 0.05, _idle(30)),
    Case("wide and short", "1.7*x0**2 + x1", _columns(2), 25, 0.02, _idle(40)),
    Case("wide quadratic form", "x0*x1 + x2*x3 - 2*x4*x5 + x6**2", _columns(7), 1_000, 0.0, _idle(20)),
    # constants of nature
    Case(
        "photon momentum",
        "6.62607015e-34*f/2.99792458e8*(1 + cos(a))",
        (U("f", 1e12, 1e15, True), U("a", 0.1, 1.5)),
        2_000,
        0.0,
    ),
    Case(
        "thermal speed",
        "sqrt(3*1.380649e-23*T/m)",
        (U("T", 50, 900), U("m", 1e-27, 1e-25, True)),
        5_000,
        0.0,
        _idle(3, True),
    ),
    Case(
        "pull of two bodies",
        "6.6743e-11*m1*m2/((x1-x2)**2 + (y1-y2)**2)",
        (
            U("m1", 1e20, 1e24, True),
            U("m2", 1e20, 1e24, True),
            *(U(name, 1e7, 1e9) for name in ("x1", "x2", "y1", "y2")),
        ),
        5_000,
        0.0,
    ),
    Case(
        "black body in SI",
        "1.19104e-16/(l**5*(exp(0.0143878/(l*T)) - 1))",
        (U("l", 3e-7, 3e-5, True), U("T", 300, 6000)),
        3_000,
        0.001,
    ),
    Case(
        "triangle of waves",
        "sqrt(E1**2 + E2**2 + 2*E1*E2*cos(d1 - d2))",
        (U("E1", 1e2, 1e4, True), U("E2", 1e2, 1e4, True), U("d1", 0, 6.28), U("d2", 0, 6.28)),
        5_000,
        0.0,
        _idle(2, True),
    ),
    # long
    Case("long and exact", "x0*x1**2/(x2 + x3)", _columns(4), 100_000, 0.0),
    Case("long and noisy", "x0*sin(1.3*x1) + 0.4*x2**2", _columns(5), 100_000, 0.05),
    Case("long without a law", "sin(x0*x1) + cos(x2**2*x3) + exp(sin(3*x4))", _columns(8), 100_000, 0.1),
    # noisy
    Case("noisy hill", "4.1*c**2.3/(5.9 + c**2.3)", (U("c", 0.1, 9),), 60, 0.04),
    Case("noisy plane", "2*x0 - 0.7*x1 + 0.1", _columns(3), 300, 0.3),
    Case("noisy product of five", "x0*x1*x2/(x3*sqrt(x4))", _columns(5), 1_000, 0.1),
    Case("noisy growth", "9/(1 + 31*exp(-0.8*t))", (U("t", 0, 12),), 40, 0.05),
    Case("noisy ratio of sums", "(x0 + 2.2*x1)/(x2 + 0.6*x3)", _columns(4), 500, 0.05),
    Case("nothing but noise", "0.001*x0", _columns(6), 400, 1_000.0),
    Case("noisy surface", "exp(-0.3*(x0 - 3)**2 - 0.2*(x1 - 2)**2)", _columns(2), 700, 0.02),
    # few rows
    Case("few on a cooling curve", "20 + 61*exp(-0.14*t)", (U("t", 0, 20),), 9, 0.005),
    Case("few of a pendulum", "2.006*sqrt(l)", (U("l", 0.1, 2),), 6, 0.01),
    Case("few with four columns", "1.1*x0*x1 - x2", _columns(4), 12, 0.02),
    Case("few and exact", "x0**2/(2*x1)", _columns(3), 8, 0.0),
    # beyond every shape that is looked for
    Case("lawless on one column", "sin(x0**3)/(1 + x0**2) + 0.3*cos(17*x0)", _columns(1), 1_000, 0.0),
    Case("lawless on three", "tanh(x0*sin(x1)) + log(1 + x2**4)/x0 + cos(x1*x2)", _columns(3), 2_000, 0.0),
    Case("kinks", "2*Min(x0, 3) + Abs(x1 - 2.4)*x2", _columns(3), 900, 0.01),
    Case("nested roots", "sqrt(x0 + sqrt(x1 + sqrt(x2)))", _columns(3), 600, 0.0),
    Case("polynomial of high degree", "(x0 - 2)*(x0 - 3)*(x0 - 4)*x1**3 + x0**5*x1", _columns(2), 500, 0.001),
)
