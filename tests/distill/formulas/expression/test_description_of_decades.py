"""Errors in proportion to the target: the length of a formula on which each decade has its say."""

from __future__ import annotations

import numpy as np
import sympy

from pellucid.distill.formulas.expression.description import description_length, proportional_error

A = sympy.Symbol("a", real=True)
Y = np.geomspace(0.2, 200, 12)


def test_the_largest_rows_do_not_decide_alone():
    y = Y * np.where(Y > 50, 0.999, 1.0)
    loose = sympy.Float(0.99901) * A
    assert description_length(A, Y, y) < description_length(loose, 0.99901 * Y, y)


def test_constants_that_are_known_well_stay():
    y = 0.99 * Y
    assert description_length(A, Y, y) > description_length(sympy.Float(0.99) * A, 0.99 * Y * (1 + 1e-9), y)


def test_tables_of_both_signs_or_of_one_size_are_not_in_proportion():
    assert proportional_error(Y, -Y) is None
    assert proportional_error(Y[:3], Y[:3]) is None
    assert proportional_error(np.zeros(12), Y) is None
    assert description_length(A, np.full(12, np.nan), Y) == np.inf
