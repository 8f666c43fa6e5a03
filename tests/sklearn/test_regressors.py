"""The two regressors: scikit-learn's own checks, and what they say of themselves."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from pellucid.artifacts import Formula
from pellucid.cli.show.formulas import front_rows
from pellucid.core import Method
from pellucid.distill import Algebraic
from pellucid.distill.formulas.choose import choose_from_front
from pellucid.distill.formulas.parametric.parametric import Parametric
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


def precision_is_no_count(estimator):
    """Where a weight is 1 / s^2, a row of weight 2 is one that is known better, not two rows."""
    checks = ("check_sample_weight_equivalence_on_dense_data", "check_sample_weight_equivalence_on_sparse_data")
    return dict.fromkeys(checks, "a weight is 1 / s^2") if isinstance(estimator, FormulaRegressor) else {}


@pytest.mark.slow
@parametrize_with_checks([QUICK_KAN, QUICK_FORMULA], expected_failed_checks=precision_is_no_count)
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


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_the_quick_effort_finds_the_form_of_a_noisy_law(seed):
    generator = np.random.default_rng(seed)
    Z = generator.uniform(1, 3, (200, 3))
    law = Z[:, 0] * Z[:, 1] / Z[:, 2] ** 2
    model = clone(QUICK_FORMULA).fit(Z, law + 0.05 * law.std() * generator.normal(size=200))
    assert misses_by(model, Z, law) < 0.02
    assert len(model.expression_) < 60


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


def bumps(Z):
    return np.exp(np.sin(np.pi * Z[:, 0]) + Z[:, 1] ** 2)


GENERATOR = np.random.default_rng(3)
ROWS, NEW = GENERATOR.uniform(-1, 1, (400, 2)), GENERATOR.uniform(-0.97, 0.97, (400, 2))
SPLINES = KANRegressor(hidden=(1,))


def misses_by(model, Z, z):
    """The root mean square error as a share of the spread of z."""
    return np.sqrt(np.mean((model.predict(Z) / z.std() - z / z.std()) ** 2))


@pytest.mark.parametrize("power", [-30, -20, -9, 9, 20, 30])
def test_splines_do_not_depend_on_the_unit_of_a_column_or_of_the_target(power):
    unit = np.array([10.0**power, 1.0])
    assert misses_by(clone(SPLINES).fit(ROWS * unit, bumps(ROWS)), NEW * unit, bumps(NEW)) < 1e-3
    assert misses_by(clone(SPLINES).fit(ROWS, bumps(ROWS) * 10.0**power), NEW, bumps(NEW) * 10.0**power) < 1e-3


def test_one_cell_of_a_million_spoils_nothing():
    spoilt = ROWS.copy()
    spoilt[7, 0] = 1e6
    model = clone(SPLINES).fit(spoilt, bumps(ROWS))
    assert misses_by(model, NEW, bumps(NEW)) < 3e-3
    assert model.outliers_.tolist() == [7]


def test_outliers_in_the_target_spoil_nothing():
    y = bumps(ROWS)
    y[[7, 50, 100, 200]] = [-999.0, 9999.0, 1e3, 1e8]
    model = clone(SPLINES).fit(ROWS, y)
    assert misses_by(model, NEW, bumps(NEW)) < 3e-3
    assert model.outliers_.tolist() == [7, 50, 100, 200]
    assert misses_by(KANRegressor(hidden=(1,), robust=False).fit(ROWS, y), NEW, bumps(NEW)) > 1


@pytest.mark.parametrize(
    ("draw", "law"),
    [
        (lambda g: g.lognormal(0, 2, (400, 1)), lambda Z: np.log(Z[:, 0])),
        (lambda g: g.standard_cauchy((400, 1)), lambda Z: np.tanh(Z[:, 0])),
        (lambda g: g.pareto(1, (400, 2)), lambda Z: Z[:, 0] / (1 + Z[:, 0]) + np.log1p(Z[:, 1])),
        (lambda g: g.integers(0, 10, (400, 2)).astype(float), lambda Z: Z[:, 0] * Z[:, 1]),
        (lambda g: g.integers(0, 2, (400, 2)).astype(float), lambda Z: Z[:, 0] + 2 * Z[:, 1]),
        (lambda g: g.uniform(-1, 1, (400, 2)) * (g.uniform(size=(400, 2)) < 0.5), bumps),
        (lambda g: g.uniform(-1, 1, (400, 2)) + 1e9, lambda Z: bumps(Z - 1e9)),
        (lambda g: np.c_[g.uniform(-1, 1, (400, 2)), np.full(400, 1e20)], bumps),
    ],
    ids=["lognormal", "cauchy", "pareto", "integers", "binary", "ties", "offset", "constant"],
)
def test_splines_fit_tables_as_the_world_has_them(draw, law):
    Z = draw(np.random.default_rng(5))
    new = draw(np.random.default_rng(6))
    assert misses_by(clone(SPLINES).fit(Z, law(Z)), new, law(new)) < 0.01


def test_rows_count_by_their_weights():
    generator = np.random.default_rng(5)
    Z = generator.uniform(1, 3, (300, 2))
    law, error = 2.0 * Z[:, 0] * np.exp(-0.7 * Z[:, 1]), np.where(np.arange(300) % 3 == 0, 0.002, 1.0)
    y = law + error * generator.normal(size=300)
    weighed = clone(QUICK_FORMULA).fit(Z, y, sample_weight=1 / error**2)
    assert misses_by(weighed, Z, law) < 0.01
    assert misses_by(clone(QUICK_FORMULA).fit(Z, y), Z, law) > 0.01


def test_rows_of_weight_0_are_left_out():
    spoilt = X[:, 0] * X[:, 1]
    spoilt[:40] = 1e6
    model = clone(QUICK_FORMULA).fit(X, spoilt, sample_weight=np.repeat([0.0, 1.0], [40, 80]))
    assert model.expression_ == "x0*x1"
    for weights, told in (
        (np.zeros(120), "at least one non-zero"),
        (-np.ones(120), "[Nn]egative"),
        (np.ones(3), "shape"),
    ):
        with pytest.raises(ValueError, match=told):
            clone(QUICK_FORMULA).fit(X, spoilt, sample_weight=weights)


def test_another_formula_of_the_front_predicts_by_its_index():
    model = clone(QUICK_FORMULA).fit(X, X[:, 0] * X[:, 1] + 0.05 * np.random.default_rng(0).normal(size=120))
    for index, formula in enumerate(model.front_.formulas, 1):  # as the front, the page and the command number them
        assert np.array_equal(model.predict(X, index=index), formula(X))
    with pytest.raises(ValueError, match="index=99 is not on the front; give a number from 1 to"):
        model.predict(X, index=99)


def test_intervals_hold_as_many_new_measurements_as_they_say():
    generator = np.random.default_rng(6)
    y = X[:, 0] * X[:, 1] + 0.05 * generator.normal(size=120)
    model = clone(QUICK_FORMULA).fit(X, y)
    new = generator.uniform(1, 2, (2000, 2))
    low, high = model.predict_interval(new, 0.9)
    measured = new[:, 0] * new[:, 1] + 0.05 * generator.normal(size=2000)
    assert 0.86 < np.mean((low <= measured) & (measured <= high)) < 0.94
    low, high = model.predict_interval(new, 0.9, noise=False)
    assert (high - low).max() < 0.06
    with pytest.raises(ValueError, match="level=2 is no probability"):
        model.predict_interval(new, 2)


def test_several_targets_are_refused_with_the_remedy_and_the_remedy_works():
    X = np.random.default_rng(0).uniform(1, 2, (50, 2))
    Y = np.column_stack([X[:, 0] * X[:, 1], X[:, 0] ** 2])
    with pytest.raises(ValueError, match="y has 2 columns, a formula is of one; wrap the regressor"):
        FormulaRegressor().fit(X, Y)
    both = MultiOutputRegressor(FormulaRegressor(effort="quick")).fit(X, Y)
    assert [each.expression_ for each in both.estimators_] == ["x0*x1", "x0**2"]
    assert np.abs(both.predict(X) - Y).max() < 1e-12


def test_numbers_weights_and_intervals_of_a_front_agree():
    draw = np.random.default_rng(3)
    X = draw.uniform(0.5, 5, (36, 1))
    y = 5.137 * X[:, 0] / (2.219 + X[:, 0]) + draw.normal(0, 0.08, 36)
    model = FormulaRegressor(methods=[Parametric(largest=3, rounds=1, held_out=0.0)]).fit(X, y)
    front: Any = model.front_
    posterior: Any = model.finding_.parts["posterior"]
    assert model.formula_.front is front
    assert front.formula(front.number).expression == model.expression_
    assert np.array_equal(model.predict(X), model.predict(X, index=front.number))
    assert posterior.entries[0].formula.expression == model.expression_  # the shortest description of both
    assert front.weights[front.chosen] == max(front.weights)
    assert front.weights[front.chosen] >= posterior.weights[0] - 1e-9  # under other noise it is the same formula
    assert sum(front.weights) <= 1 + 1e-9
    by_text = {
        entry.formula.expression: weight for entry, weight in zip(posterior.entries, posterior.weights, strict=True)
    }
    for formula, weight in zip(front.formulas, front.weights, strict=True):
        assert weight >= by_text.get(formula.expression, 0.0) - 1e-9
    (value, error), *_ = front.constants[front.chosen]
    claims: list[Any] = [claim for claim in model.finding_.claims if claim.key == "constant"]
    told = [claim for claim in claims if claim.value == pytest.approx(value)]
    assert [claim.uncertainty for claim in told] == [pytest.approx(error)]
    low, high = model.predict_interval(X)
    mean = posterior.predict(X).value
    assert ((low < mean) & (mean < high)).all()
    assert 0.8 < np.mean((low <= y) & (y <= high)) <= 1
    table = Samples(X, y, ("x0",))
    for number in range(1, len(front.formulas) + 1):
        chosen = choose_from_front(model.finding_, number, table).artifact
        assert chosen.expression == front.formulas[number - 1].expression
        assert front_rows(front, plain=True, near=99).rows[number - 1][1] == str(number)
