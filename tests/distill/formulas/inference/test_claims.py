"""Claims about constants: the same formula read again names them alike."""

import numpy as np
import pytest
import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.distill.formulas.expression.parametrised import parametrise
from pellucid.distill.formulas.inference.claims import estimate_claims
from pellucid.distill.formulas.inference.estimate import Rows, estimate
from pellucid.distill.formulas.inference.noise import GAUSS


@pytest.mark.parametrize("text", ["0.01 + 2.31*exp(-0.43*x)", "2.31*exp(0.01 - 0.43*x)"])
def test_a_number_that_is_gone_is_not_counted(text):
    x = np.linspace(1, 4, 40)
    y = 2.31 * np.exp(-0.43 * x) + 0.01 * np.random.default_rng(0).normal(size=40)
    rows = Rows(x[:, None], y, np.ones(40), ("x",), 1e-9)
    names = []
    for form in (text, "2.31*exp(-0.43*x)"):
        parametrised = parametrise(parse(form, ("x",)))
        held = {k: sympy.Integer(0) for k, value in enumerate(parametrised.values) if abs(value - 0.01) < 1e-9}
        found = estimate(parametrised, rows, GAUSS, parametrised.values, held)
        assert found is not None
        names.append([claim.statement for claim in estimate_claims(found, rows, "y") if claim.key == "constant"])
    assert names[0] == names[1] == [f"constant c{i} of c0*exp(c1*x) in y" for i in (0, 1)]
