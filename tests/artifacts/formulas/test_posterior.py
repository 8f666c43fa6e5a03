"""Posteriors: weights, intervals that hold what they say, where to measure next, and the way to a file and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Formula, Posterior, WeighedFormula
from pellucid.core import Finding, Measured, Provenance, load_finding


def line(slope=2.0, error=0.1, nats=0.0, noise="Gauss", scale=0.5):
    return WeighedFormula(Formula(f"{slope}*x", ("x",)), "a*x", ("a",), (slope,), ((error**2,),), nats, noise, scale)


BOX = ((0.0, 4.0),)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 50), min_size=1, max_size=6))
def test_weights_are_those_of_the_lengths(lengths):
    weights = Posterior(tuple(line(nats=nats) for nats in lengths), BOX).weights
    assert weights.sum() == pytest.approx(1)
    assert np.log(weights[0] / weights[-1]) == pytest.approx(lengths[-1] - lengths[0], abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.5, 4), st.floats(0.01, 1), st.floats(0.5, 0.99))
def test_the_interval_of_one_line_is_that_of_a_normal_distribution(x, error, level):
    from scipy.stats import norm

    found = Posterior((line(error=error),), BOX).predict([[x]], level)
    half = norm.ppf((1 + level) / 2) * error * x
    assert (found.low[0], found.high[0]) == pytest.approx((2 * x - half, 2 * x + half), abs=1e-6)


def test_a_mixture_holds_both_formulas_and_a_new_measurement_scatters():
    posterior = Posterior((line(2.0, 0.001), line(3.0, 0.001)), BOX)
    law, new = posterior.predict([[1.0]]), posterior.predict([[1.0]], noise=True)
    assert law.low[0] == pytest.approx(2, abs=0.01)
    assert law.high[0] == pytest.approx(3, abs=0.01)
    assert new.low[0] < 1.5
    assert new.high[0] > 3.5


def test_where_formulas_part_is_where_to_measure():
    bent = WeighedFormula(Formula("x*(4 - x) + 2*x", ("x",)), "x*(4 - x) + 2*x", (), (), (), 0.0, "Gauss", 0.5)
    found = Posterior((line(), bent), BOX).next_point()
    assert found.between
    assert found.x[0] == pytest.approx(2, abs=0.01)
    assert found.noise_levels == pytest.approx(2 / 0.5, rel=1e-3)  # half of the difference of 4, in noise levels
    alone = Posterior((line(),), BOX).next_point()
    assert not alone.between
    assert alone.x == (4.0,)
    assert alone.spread == pytest.approx(0.4, rel=1e-3)


def test_a_formula_without_a_value_has_no_say_there():
    root = WeighedFormula(Formula("sqrt(x - 2)", ("x",)), "sqrt(x - 2)", (), (), (), 0.0, "Gauss", 0.5)
    posterior = Posterior((root, line(nats=3.0)), BOX)
    assert posterior.predict([[1.0]]).value[0] == pytest.approx(2)
    assert np.isnan(Posterior((root,), BOX).predict([[1.0]]).low[0])


def test_it_is_saved_and_loaded(tmp_path):
    posterior = Posterior((line(), line(3.0, nats=1.0, noise="relative", scale=0.1)), BOX)
    finding = Finding(
        posterior.entries[0].formula, (Measured("m", 1.0, ""),), Provenance("m", {}, 0, ""), {"posterior": posterior}
    )
    finding.save(tmp_path / "f")
    assert load_finding(tmp_path / "f").parts["posterior"] == posterior


def test_refusals():
    with pytest.raises(ValueError, match="give at least one"):
        Posterior((), BOX)
    with pytest.raises(ValueError, match="box has 2 ranges"):
        Posterior((line(),), BOX * 2)
    with pytest.raises(ValueError, match="X has shape"):
        Posterior((line(),), BOX).predict([[1.0, 2.0]])


def test_categories_are_measured_in_one_of_their_words():
    names = ("b", "x")
    law = WeighedFormula(Formula("(4 + 2*b)*x", names), "(4 + 2*b)*x", (), (), (), 0.0, "Gauss", 0.1)
    bent = WeighedFormula(Formula("(4 + 2*b**2)*x + b*(1 - b)", names), "(4 + 2*b**2)*x", (), (), (), 0.0, "Gauss", 0.1)
    box = ((0.0, 1.0), (0.0, 5.0))
    assert Posterior((law, bent), box).next_point().x[0] == pytest.approx(0.5, abs=0.1)
    told = Posterior((law, bent), box, ((0.0, None), (1.0, None)))
    assert told.next_point().x[0] in (0.0, 1.0)
    assert not told.next_point().between
    assert Posterior.from_dict(told.to_dict(), {}) == told
