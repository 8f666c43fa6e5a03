"""Where a target jumps along a column, and of which whole numbers it holds the residue."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.distill.formulas.jumps.places import gaps_along, residues_along


def test_residues_of_whole_numbers():
    n = np.arange(1.0, 80)
    assert residues_along(n, 2.0 * np.mod(n, 7) + n, np.empty((79, 0))) == [7]
    assert residues_along(n, n * n, np.empty((79, 0))) == []
    assert residues_along(n + 0.5, np.mod(n, 7), np.empty((79, 0))) == []


def test_jumps_of_another_column_are_not_those_of_this_one():
    draw = np.random.default_rng(3)
    X = draw.uniform(0, 5, (100, 2))
    y = X[:, 1] * (X[:, 0] >= 2.5)
    assert len(gaps_along(X[:, 0], y, X[:, [1]])) == 1
    assert gaps_along(X[:, 1], y, X[:, [0]]) == []


def test_gaps_come_in_the_order_of_the_column_and_apart():
    x = np.linspace(0, 9, 90)
    y = 1.0 * (x >= 2) + 5.0 * (x >= 4) + 2.0 * (x >= 7) + 0.01 * np.random.default_rng(0).normal(size=90)
    gaps = gaps_along(x, y, np.empty((90, 0)))
    assert [gap.low < at <= gap.high for gap, at in zip(gaps, (2, 4, 7), strict=True)] == [True] * 3
    assert gaps[1].strength == max(gap.strength for gap in gaps)


@pytest.mark.parametrize("function", [np.exp, np.sqrt, lambda x: np.sin(2 * x)])
def test_smooth_curves_have_no_gaps(function):
    x = np.linspace(0, 4, 80)
    assert gaps_along(x, function(x), np.empty((80, 0))) == []
