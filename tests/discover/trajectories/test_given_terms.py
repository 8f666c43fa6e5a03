import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp

from pellucid.core import Measured
from pellucid.discover.trajectories.given_terms import signs_of_terms
from pellucid.discover.trajectories.sindy import SINDy
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


def test_a_sign_that_the_data_are_against_is_said():
    """Where another term stands in for the one that must not be, nothing else would show it."""
    told = [c for c in SINDy(signs=("v': v >= 0",)).explain(springs(0.3)).claims if "has by the data" in c.statement]
    assert len(told) == 1
    assert told[0].statement.startswith("v in v', told to be at least 0")
    assert abs(told[0].value + 0.3) < 0.05
    assert not any("has by the data" in c.statement for c in SINDy(signs=("v': v <= 0",)).explain(springs(0.3)).claims)


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
