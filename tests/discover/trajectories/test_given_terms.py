import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import lsq_linear

from pellucid.core import Measured
from pellucid.discover.trajectories.given_terms import signs_of_terms
from pellucid.discover.trajectories.sindy import SINDy
from pellucid.discover.trajectories.weak_form import criterion_of, supports, within_signs
from pellucid.subjects.equations.trajectories import Trajectories


def springs(friction, noise=0.02, count=6):
    t, generator = np.linspace(0, 8, 60), np.random.default_rng(4)
    starts = generator.uniform(-1, 1, (count, 2))
    flow = lambda _, s: [s[1], -1.7 * s[0] - friction * s[1]]  # noqa: E731
    orbits = [solve_ivp(flow, (0, 8), s, "DOP853", t, rtol=1e-9, atol=1e-10).y.T for s in starts]
    spread = np.concatenate(orbits).std(0)
    return Trajectories(t, [x + noise * spread * generator.standard_normal(x.shape) for x in orbits], ("x", "v"))


def test_a_sign_that_is_right_changes_nothing_and_a_wrong_one_leaves_the_term_out():
    v = sympy.Symbol("v", real=True)
    right = SINDy(signs=("v': v <= 0",)).explain(springs(0.3)).artifact
    assert right.rhs == SINDy().explain(springs(0.3)).artifact.rhs
    wrong = SINDy(signs=("v': v >= 0", "v': v**3 >= 0", "v': sin(v) >= 0")).explain(springs(0.3)).artifact
    rates = sympy.expand(wrong.with_values()[1]).as_coefficients_dict()
    assert min(rates[v], rates[v**3], rates[sympy.sin(v)]) >= 0
    assert wrong.rhs != right.rhs


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_no_choice_of_terms_breaks_a_sign(seed):
    generator = np.random.default_rng(seed)
    columns = generator.standard_normal((60, 6)) + generator.standard_normal((60, 1))
    target = columns @ (generator.standard_normal(6) * (generator.random(6) < 0.5)) + generator.standard_normal(60) / 9
    signs = generator.integers(-1, 2, 6).astype(np.float64)
    kept = within_signs(columns, target, list(range(6)), signs)
    values = np.linalg.lstsq(columns[:, kept], target, rcond=None)[0]
    assert (values * signs[kept] >= -1e-9).all()
    bounds = np.where(signs > 0, 0.0, -np.inf), np.where(signs < 0, 0.0, np.inf)
    best = 2 * lsq_linear(columns, target, bounds, method="bvls").cost
    assert ((target - columns[:, kept] @ values) ** 2).sum() == pytest.approx(best, rel=1e-6)
    [chosen] = supports(columns, target[:, None], signs[None])
    values = np.linalg.lstsq(columns[:, chosen], target, rcond=None)[0]
    assert (values * signs[chosen] >= -1e-9).all()
    [free] = supports(columns, target[:, None])
    assert criterion_of(columns, target, free) <= criterion_of(columns, target, chosen) + 1e-9


@pytest.mark.parametrize("text", ["v: v <= 0", "w': v <= 0", "v': v + x <= 0", "v': 3 * 0 >= 0", "v' <= 0"])
def test_what_is_no_sign_of_a_term_is_refused_with_how_to_write_one(text):
    with pytest.raises(ValueError, match="sign"):
        signs_of_terms([text], ("x", "v"), 2)


def test_ensembles_say_how_often_each_term_is_chosen():
    found = SINDy(ensembles=20).explain(springs(0.3, 0.01))
    told = {c.statement: c.value for c in found.claims if isinstance(c, Measured) and "20 ensembles" in c.unit}
    kept = [value for text, value in told.items() if "do not hold" not in text]
    assert len(kept) == 3
    assert min(kept) >= 15
    assert all(value < 10 for text, value in told.items() if "do not hold" in text)
