import numpy as np
import pytest

from pellucid.artifacts import Formula
from pellucid.core import Tested as SampledClaim
from pellucid.core import Undecided
from pellucid.distill.formulas.evidence.reference import reference_claim

LAW = Formula("x*z", ("x", "z"), "y", ((1.0, 2.0), (1.0, 2.0)))


@pytest.mark.parametrize(("text", "failures"), [("x*z", 0), ("x*z*(1 + 1e-8)", 1000), ("sqrt(x**2*z**2)", 0)])
def test_a_wrong_constant_fails_everywhere(text, failures):
    claim = reference_claim(Formula(text, ("x", "z"), "y"), LAW, np.random.default_rng(0))
    assert isinstance(claim, SampledClaim)
    assert (claim.cases, claim.failures, claim.key) == (1000, failures, "reference")


def test_it_is_compared_beyond_the_range():
    claim = reference_claim(Formula("Max(x, 1)*z", ("x", "z"), "y"), LAW, np.random.default_rng(0))
    assert 0 < claim.failures < 1000


def test_columns_that_were_left_out_are_no_fault():
    law = Formula("x", ("x", "z"), "y", LAW.box)
    assert reference_claim(Formula("x", ("x",), "y"), law, np.random.default_rng(0)).failures == 0


def test_an_equation_without_a_value_decides_nothing():
    law = Formula("sqrt(-x)", ("x",), "y", ((5.0, 6.0),))
    assert isinstance(reference_claim(Formula("x", ("x",), "y"), law, np.random.default_rng(0)), Undecided)
