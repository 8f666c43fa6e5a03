"""The two regressors: scikit-learn's own checks, and what they say of themselves."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from pellucid.artifacts import Formula
from pellucid.core import Method
from pellucid.distill import Algebraic
from pellucid.sklearn import FormulaRegressor, KANRegressor
from pellucid.subjects.tables.samples import Samples

X = np.random.default_rng(0).uniform(1, 2, (120, 2))
QUICK_KAN = KANRegressor(hidden=(1,), grid_sizes=(3,), restarts=1, steps=10)
QUICK_FORMULA = FormulaRegressor(effort="quick")


FEW_CHECKS = ("check_estimators_nan_inf", "check_n_features_in", "check_fit1d", "check_dict_unchanged")


@pytest.mark.parametrize("name", FEW_CHECKS)
@pytest.mark.parametrize("estimator", [QUICK_KAN, QUICK_FORMULA])
def test_a_few_of_scikit_learns_checks(estimator, name):
    getattr(estimator_checks, name)(type(estimator).__name__, clone(estimator))


@pytest.mark.slow
@parametrize_with_checks([QUICK_KAN, QUICK_FORMULA])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_a_formula_is_found_and_told():
    model = FormulaRegressor().fit(X, X[:, 0] / X[:, 1] ** 2)
    assert model.formula_.expression == model.expression_ == "x0/x1**2"
    assert "x0/x1**2" in [formula.expression for formula in model.front_.formulas]
    assert str(model) == "y = x0/x1²"
    assert model.finding_.claims
    assert np.allclose(model.predict(X), X[:, 0] / X[:, 1] ** 2)
    again = pickle.loads(pickle.dumps(model))
    assert (again.predict(X) == model.predict(X)).all()


def test_a_lawless_table_is_told_to_be_one():
    y = np.random.default_rng(1).normal(size=120)
    model = QUICK_FORMULA.fit(X, y)
    assert not model.formula_.sympy().free_symbols
    assert any("explains" in claim.statement and "little" in claim.statement for claim in model.finding_.claims)


def test_an_interrupted_fit_can_be_used():
    @dataclass(frozen=True)
    class Stops(Method[Samples, Formula]):
        def _find(self, subject, context):
            raise KeyboardInterrupt

    model = FormulaRegressor(methods=[Algebraic(thorough=False, share=0.1, refits=0), Stops()])
    y = np.tanh(X[:, 0]) * X[:, 1] + 0.1 * np.random.default_rng(2).normal(size=120) + np.sin(9 * X[:, 0])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert model.predict(X).shape == (120,)


def test_an_unknown_effort_is_refused():
    with pytest.raises(ValueError, match="effort='much' is unknown; give one of 'quick', 'full'"):
        FormulaRegressor(effort="much").fit(X, X[:, 0])  # type: ignore[arg-type]


def test_where_the_formula_has_no_value_one_is_warned():
    model = QUICK_FORMULA.fit(X[:, :1], np.sqrt(X[:, 0]))
    assert model.formula_.expression == "sqrt(x0)"
    with pytest.warns(RuntimeWarning, match="no real value on 1 of 2 rows"):
        values = model.predict([[-1.0], [4.0]])
    assert values.tolist() == [np.sqrt(X[:, 0]).mean(), 2.0]


def test_splines_reach_what_they_can():
    y = np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)
    model = KANRegressor(hidden=(1,)).fit(X, y)
    assert model.score(X, y) > 0.99999
    assert (KANRegressor(hidden=(1,)).fit(X, y).predict(X) == model.predict(X)).all()
    assert model.spline_network().describe().startswith("spline network 2 to 1 to 1")


def test_they_stand_in_pipelines():
    scores = cross_val_score(make_pipeline(StandardScaler(), QUICK_KAN), X, X[:, 0] + X[:, 1] ** 2, cv=3)
    assert scores.min() > 0.99
