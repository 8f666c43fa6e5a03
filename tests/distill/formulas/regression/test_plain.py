"""The plainest models: constants and straight lines, and no more columns than pay for themselves."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from pellucid.distill import Algebraic
from pellucid.distill.formulas.algebra.dimensions import looks_lawless
from pellucid.distill.formulas.expression.primitives import LIBRARY
from pellucid.distill.formulas.regression.plain import constant, plain_candidates
from pellucid.subjects.tables.samples import Samples

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(1, 3, (200, 5))
NOISE = GENERATOR.normal(size=200)


def test_noise_is_a_constant():
    assert [candidate.route for candidate in plain_candidates(Samples(X, NOISE))] == ["constant"]


def test_columns_come_in_the_order_of_what_they_explain():
    found = plain_candidates(Samples(X, 3 * X[:, 1] - X[:, 4] + 0.01 * NOISE))
    used = [sorted(map(str, candidate.expression.free_symbols)) for candidate in found]
    assert used == [[], ["x1"], ["x1", "x4"]]
    assert found[-1].error == pytest.approx(0.01, rel=0.2)


def test_a_constant_is_the_mean():
    assert constant(Samples(X[:4], np.array([1.0, 2.0, 3.0, 6.0]))).expression == 3


def test_noise_and_labels_look_lawless_and_laws_do_not():
    assert looks_lawless(X, NOISE)
    assert looks_lawless(X, (X[:, 0] > 2).astype(float))
    assert not looks_lawless(X, X[:, 0] * np.sin(X[:, 1]))
    assert not looks_lawless(X[:20], X[:20, 0] / X[:20, 1])


def test_a_lawless_table_gets_a_constant():
    assert not Algebraic().explain(Samples(X, NOISE)).artifact.sympy().free_symbols


def test_functions_of_the_library_are_pickled_by_name():
    assert all(pickle.loads(pickle.dumps(entry)) is entry for entry in LIBRARY)
