"""Rates that are quotients, under noise."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp

from pellucid.discover.trajectories.rational_rates import Quotient, WeakQuotients, fraction_library, scanned
from pellucid.discover.trajectories.settings import FRACTIONS
from pellucid.discover.trajectories.sindy import SINDy
from pellucid.discover.trajectories.smoothing import smooth
from pellucid.subjects.equations.trajectories import Trajectories


def switches(noise: float) -> Trajectories:
    """Two genes that switch each other off."""
    generator = np.random.default_rng(5)
    t = np.linspace(0.0, 6.9, 70)

    def flow(t, s):
        return [2.1713 / (1 + s[1] ** 2) - 0.9137 * s[0], 1.7317 / (1 + s[0] ** 2) - 0.8173 * s[1]]

    orbits = [solve_ivp(flow, (0, 7), s, "DOP853", t, rtol=1e-10).y.T for s in generator.uniform(0, 3, (14, 2))]
    scale = np.concatenate(orbits).std(0)
    return Trajectories(t, [x + noise * scale * generator.standard_normal(x.shape) for x in orbits], ("x", "y"))


def test_denominators_of_one_term_are_found_without_a_product_of_noisy_curves():
    library, stages = fraction_library(("x", "y"), (), "t")
    weak = WeakQuotients.of(library, smooth(switches(0.002)), FRACTIONS.test_functions)
    found = scanned(weak, stages, [np.inf, np.inf])
    for quotient, other in zip(found, ("y", "x"), strict=True):
        assert isinstance(quotient, Quotient)
        terms = {library.terms[i] for i in (*quotient.below, quotient.one)}
        assert terms == {sympy.Integer(1), sympy.Symbol(other, real=True) ** 2}
        strength = quotient.start[-1] if quotient.one == 0 else 1 / quotient.start[-1]
        assert strength == pytest.approx(1, abs=0.1)


def test_none_is_given_where_sums_explain_as_much():
    library, stages = fraction_library(("x", "y"), (), "t")
    weak = WeakQuotients.of(library, smooth(switches(0.002)))
    assert scanned(weak, stages, [-np.inf, -np.inf]) == [None, None]


def test_genes_that_switch_each_other_off_are_recovered_with_noise():
    x, y = sympy.symbols("x y", real=True)
    found = SINDy().explain(switches(0.005)).artifact
    for rate, other in zip(found.sympy(), (y, x), strict=True):
        above, below = sympy.fraction(sympy.together(rate))
        assert sympy.Poly(below, x, y).monoms() == sympy.Poly(other**2 + 1, x, y).monoms()
        assert len(sympy.Poly(above, x, y).monoms()) == 3
