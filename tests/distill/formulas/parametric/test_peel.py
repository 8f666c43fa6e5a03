import numpy as np
import pytest

from pellucid.distill.formulas.parametric.batch import Data
from pellucid.distill.formulas.parametric.catalogue import catalogue
from pellucid.distill.formulas.parametric.parametric import Parametric
from pellucid.distill.formulas.parametric.peel import Peeler, Whole
from pellucid.subjects.tables.samples import Samples


@pytest.fixture
def peeler():
    """Over y = 1 + 2 exp(-x) + 3 cos(4 x), with all forms up to size 3."""
    x = np.linspace(0.1, 3, 50)
    y = 1 + 2 * np.exp(-x) + 3 * np.cos(4 * x)
    forms = [form for level in catalogue(1)[:3] for form in level]
    return Peeler(Data(x[None], y, np.ones(50)), forms)


def test_what_a_form_leaves_is_fitted_beside_it_with_its_own_constants(peeler):
    joint = peeler.peeled(Whole(("exp", 0), np.array([-1.0]), (1.0, 2.0)))
    rate, frequency, _, ratio = joint["plus", ("exp", 0), ("wave", 0)][0][:4]
    assert (rate, abs(frequency), abs(ratio)) == pytest.approx((-1, 4, 1.5), abs=1e-3)


def test_a_factor_is_fitted_with_what_stands_beside_it():
    x = np.linspace(0.1, 3, 50)
    peeler = Peeler(Data(x[None], np.exp(-x) * (2 + np.cos(4 * x)), np.ones(50)), [("wave", 0), ("square", 0)])
    joint = peeler.peeled(Whole(("exp", 0), np.array([-1.0]), (0.0, 1.0)))
    theta = joint["times", ("exp", 0), ("shift", ("wave", 0))][0]
    assert (theta[0], abs(theta[1]), abs(theta[3])) == pytest.approx((-1, 4, 2), abs=1e-3)


def test_nothing_is_joined_that_has_no_room_or_no_value(peeler):
    assert not peeler.peeled(Whole(("log", ("shift", 0)), np.array([-9.0]), (0.0, 1.0)))
    many = ("plus", ("wave", ("square", ("shift", 0))), ("wave", ("shift", ("power", 0))))
    joint = peeler.peeled(Whole(many, np.array([0.5, 1.0, 0.0, 1.5, 0.3, 1.0, 0.0, 0.5]), (0.0, 1.0)))
    assert all(len(theta[0]) == 8 for theta in joint.values())
    assert all(form[0] == "times" for form in joint)  # a sum would have a ninth constant


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_two_bells_and_three_waves_are_found_under_noise(seed):
    draw = np.random.default_rng(seed)
    x = draw.uniform(-2, 5, 100)
    clean = np.exp(-(x**2)) + 2 * np.exp(-((x - 3) ** 2))
    bells = Samples(x, clean + 0.01 * draw.normal(size=100), ("x",))
    X = draw.uniform(0, 3, (150, 3))
    waves = Samples(X, np.prod(np.sin(X), axis=1) + 0.004 * draw.normal(size=150), ("x", "y", "z"))
    for table, truth in ((bells, clean), (waves, np.prod(np.sin(X), axis=1))):
        found = Parametric(held_out=0).explain(table, seed=seed).artifact
        assert np.sqrt(np.mean((found(table.X) - truth) ** 2)) < 0.5 * np.sqrt(np.mean((table.y - truth) ** 2))
