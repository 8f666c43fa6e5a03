import sympy

from pellucid.distill.formulas.expression.free_constants import free_constants


def test_free_formulas_have_floats_for_numbers():
    x = sympy.Symbol("x", real=True)
    assert free_constants(sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)).atoms(sympy.Float)
    assert not free_constants(x**2 - 1).atoms(sympy.Float)
