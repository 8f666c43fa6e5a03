import numpy as np
import pytest

from pellucid.artifacts import Formula
from pellucid.distill.formulas.expression.errors import error_of, size_of, values_of
from pellucid.subjects.tables.samples import Samples

X = np.array([[1.0], [4.0]])


@pytest.mark.parametrize("text", ["log(-x)", "1/0", "zoo", "exp(exp(exp(9*x)))", "1/(x - 4)", "(-1)**(1/2)*x"])
def test_what_has_no_finite_real_value_has_none(text):
    try:
        formula = Formula(text, ("x",))
    except ValueError:
        return  # it cannot even be written
    assert values_of(formula, X) is None
    assert error_of(formula, Samples(X, [0.0, 1.0], ("x",))) == np.inf


def test_the_error_is_the_root_of_the_mean_square():
    assert error_of(Formula("sqrt(x)", ("x",)), Samples(X, [1.0, 0.0], ("x",))) == pytest.approx(np.sqrt(2))
    assert size_of(Samples(X, [0.0, 0.0], ("x",))) == 1.0
