"""Outliers are looked for among residuals of the noise that the best formula has, not among those of another one."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.algebra.expressions.text import parse
from pellucid.distill.formulas.inference.noise import GAUSS, RELATIVE
from pellucid.distill.formulas.inference.weigh import estimated, is_heavy, rows_of
from pellucid.distill.formulas.parametric.parametric import targets
from pellucid.subjects.tables.samples import Samples


def arrhenius(noise: float, outlier: float = 1.0) -> Samples:
    draw = np.random.default_rng(5)
    T = np.linspace(290, 410, 40)
    k = 3.2e11 * np.exp(-8750 / T) * np.exp(noise * draw.normal(size=40))
    k[17] *= outlier
    return Samples(T[:, None], k, ("T",), "k")


@pytest.mark.parametrize(("noise", "outlier", "heavy"), [(0.02, 1.0, False), (0.2, 1.0, False), (0.02, 1.5, True)])
def test_noise_that_grows_with_the_value_has_no_heavy_tails(noise, outlier, heavy):
    rows = rows_of(arrhenius(noise, outlier))
    [best] = estimated(parse("3.0e11*exp(-8700.5/T)", ("T",)), rows, [RELATIVE])
    assert is_heavy(best, rows) == heavy


def test_rows_that_grow_a_hundredfold_are_heavy_under_noise_that_is_the_same_everywhere():
    rows = rows_of(arrhenius(0.2))
    [best] = estimated(parse("3.0e11*exp(-8700.5/T)", ("T",)), rows, [GAUSS])
    assert is_heavy(best, rows)


def test_the_shortest_search_comes_first_so_that_a_short_budget_hears_it():
    assert [target.logarithm for target in targets(np.array([1.0, 2.0, 30.0]), 6)] == [True, False, False]
    assert [target.noise for target in targets(np.array([-1.0, 2.0, 30.0]), 6)] == [GAUSS]
