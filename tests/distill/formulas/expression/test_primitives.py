"""The functions an edge may be: values, slopes and sympy agree; a user's own entries."""

import numpy as np
import pytest
import sympy

from pellucid.distill.formulas.expression.primitives import LIBRARY, find, named, primitive


def inside(entry):
    low, high = max(entry.low, -2.0), min(entry.high, 2.0)
    return low + (high - low) * np.linspace(0.1, 0.9, 9)


@pytest.mark.parametrize("entry", LIBRARY, ids=lambda entry: entry.name)
class TestEntries:
    def test_sympy_says_the_same(self, entry):
        z = sympy.Symbol("z", real=True)
        at = inside(entry)
        expected = [float(entry.symbol(z).subs(z, value)) for value in at]
        np.testing.assert_allclose(entry.function(at), expected, rtol=1e-12)

    def test_the_slope_is_the_derivative(self, entry):
        at, step = inside(entry) + 0.013, 1e-6
        numeric = (entry.function(at + step) - entry.function(at - step)) / (2 * step)
        np.testing.assert_allclose(entry.slope(at), numeric, rtol=1e-5, atol=1e-8)

    def test_idle_parameters_are_idle(self, entry):
        at = np.linspace(0.2, 0.8, 50) if np.isfinite(entry.high) else np.linspace(0.5, 1.5, 50)
        free_a, free_b = entry.free
        for moved, free in ((0.5 * at, free_a), (at + 0.1, free_b)):
            design = np.column_stack([entry.function(at), np.ones(50)])
            if not free and (not free_a or moved[0] != 0.5 * at[0]):
                missed = np.linalg.lstsq(design, entry.function(moved), rcond=None)[1]
                assert missed.size == 0 or missed[0] < 1e-20


def test_a_users_own_function():
    entry = primitive("sinc", lambda z: sympy.sin(z) / z, bits=5, low=0.0)
    np.testing.assert_allclose(entry.slope(np.array([2.0])), (2 * np.cos(2.0) - np.sin(2.0)) / 4)
    assert named(("x", entry))[1] is entry


def test_errors():
    with pytest.raises(ValueError, match="'nope' is not in the library"):
        find(LIBRARY, "nope")
    with pytest.raises(ValueError, match="empty"):
        named(())
    with pytest.raises(ValueError, match="twice"):
        named(("x", "x"))
    with pytest.raises(ValueError, match="low < high"):
        primitive("f", sympy.sin, low=1.0, high=1.0)
    with pytest.raises(ValueError, match="does not depend"):
        primitive("f", lambda z: sympy.Integer(1))
