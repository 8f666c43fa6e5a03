"""Forty textbook laws of chemistry, biology, engineering and astronomy, in natural units, with noise.

They were written down before anything was run on them. `case.halves` parts them by a hash of their names: the first
half may be looked at while the search is worked on, the second is run once, at the end.
"""

from __future__ import annotations

from .case import Case, Range

LAWS = (
    Case("transmission", "100*exp(-0.35*c*l)", (Range("c", 0.1, 4), Range("l", 0.2, 2)), 80),
    Case("langmuir", "3.2*p/(1.7 + p)", (Range("p", 0.1, 15),), 50, 0.03),
    Case("freundlich", "2.1*c**0.43", (Range("c", 0.05, 40, log=True),), 40, 0.03),
    Case("eyring", "2.08e10*T*exp(-10400/T)", (Range("T", 290, 360),), 50, 0.02),
    Case("net_radiation", "5.1e-8*A*(T**4 - 7.07e9)", (Range("A", 0.5, 3), Range("T", 310, 600)), 90),
    Case("cooling", "21 + 62*exp(-0.043*t)", (Range("t", 0, 90),), 60, 0.01),
    Case("two_step_decay", "5*(exp(-0.2*t) - exp(-0.9*t))", (Range("t", 0, 18),), 80, 0.02),
    Case("competitive_inhibition", "9*s/(2.5*(1 + i/4) + s)", (Range("s", 0.2, 25), Range("i", 0, 20)), 120, 0.02),
    Case("weibull_survival", "100*exp(-(t/8.5)**1.7)", (Range("t", 0.2, 18),), 60, 0.01),
    Case("metabolic_rate", "3.4*M**0.75", (Range("M", 0.02, 500, log=True),), 40, 0.02),
    Case("ph_bell", "10/(1 + h/0.3 + 0.02/h)", (Range("h", 0.005, 3, log=True),), 60, 0.02),
    Case("fish_growth", "58*(1 - exp(-0.21*(t + 0.8)))", (Range("t", 0.5, 15),), 50, 0.02),
    Case("species_area", "12*A**0.26", (Range("A", 0.1, 2000, log=True),), 30, 0.03),
    Case("holling_type_three", "6*n**2/(30 + n**2)", (Range("n", 0.5, 25),), 60, 0.02),
    Case("ricker", "4.2*S*exp(-0.0135*S)", (Range("S", 5, 220),), 60, 0.03),
    Case("beverton_holt", "5.5*S/(1 + 0.021*S)", (Range("S", 5, 250),), 50, 0.02),
    Case("light_response", "22*(1 - exp(-0.0045*I)) - 1.4", (Range("I", 0, 1200),), 60, 0.02),
    Case("q_ten", "1.9*2.3**((T - 20)/10)", (Range("T", 3, 34),), 40, 0.02),
    Case("falling_stream", "sqrt(19.62*h + u**2)", (Range("h", 0.1, 6), Range("u", 0.2, 8)), 90, 0.01),
    Case(
        "orifice", "0.61*A*sqrt(2*p/rho)", (Range("A", 1e-4, 1e-3), Range("p", 2e3, 9e4), Range("rho", 700, 1100)), 120
    ),
    Case(
        "hagen_poiseuille",
        "pi*p*r**4/(8*m*L)",
        (Range("p", 200, 2000), Range("r", 5e-4, 3e-3), Range("m", 8e-4, 3e-3), Range("L", 0.1, 1)),
        150,
    ),
    Case("blasius_friction", "0.316*Re**(-1/4)", (Range("Re", 4e3, 1e5, log=True),), 40, 0.02),
    Case("spring_period", "2*pi*sqrt(m/k)", (Range("m", 0.05, 2), Range("k", 2, 60)), 60, 0.01),
    Case(
        "beam_deflection", "F*L**3/(48*B)", (Range("F", 50, 900), Range("L", 0.5, 4), Range("B", 2e3, 9e4)), 120, 0.02
    ),
    Case("euler_buckling", "pi**2*B/L**2", (Range("B", 500, 6e4), Range("L", 0.5, 5)), 80, 0.02),
    Case("diode", "1e-9*(exp(V/0.041) - 1)", (Range("V", 0.3, 0.62),), 50, 0.01),
    Case("voltage_divider", "12*b/(a + b)", (Range("a", 100, 1e4, log=True), Range("b", 100, 1e4, log=True)), 80, 0.02),
    Case("thermistor", "10000*exp(3450*(1/T - 1/298))", (Range("T", 270, 360),), 50, 0.01),
    Case("low_pass", "1/sqrt(1 + (f/150)**2)", (Range("f", 5, 2e3, log=True),), 60, 0.02),
    Case("capacitor", "8.85e-12*k*A/d", (Range("k", 1, 8), Range("A", 1e-4, 1e-2), Range("d", 5e-5, 1e-3)), 100, 0.02),
    Case("kepler_third", "sqrt(a**3/M)", (Range("a", 0.2, 30, log=True), Range("M", 0.3, 3)), 60, 0.01),
    Case("hubble", "70.4*d", (Range("d", 2, 300),), 40, 0.05),
    Case("tully_fisher", "0.02*v**3.8", (Range("v", 60, 320),), 50, 0.02),
    Case("luminosity_function", "0.8*l**(-1.1)*exp(-l)", (Range("l", 0.05, 4, log=True),), 70, 0.01),
    Case("distance_modulus", "4.83 - 5 + 5*log(d)/log(10)", (Range("d", 2, 900, log=True),), 50, 0.02),
    Case("extinction", "12.3 + 0.21/cos(z)", (Range("z", 0, 1.25),), 60, 0.02),
    Case("tide", "1.8 + 1.1*cos(0.5059*t - 1.2)", (Range("t", 0, 72),), 100, 0.04),
    Case("stellar_luminosity", "R**2*(T/5772)**4", (Range("R", 0.2, 12), Range("T", 3200, 9500)), 90, 0.02),
    Case("rocket", "2900*log(a/b)", (Range("a", 5e3, 2e4), Range("b", 800, 4e3)), 70, 0.02),
    Case("compton", "2.426*(1 - cos(theta))", (Range("theta", 0.1, 3),), 50, 0.02),
)
