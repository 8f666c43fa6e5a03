import numpy as np
import pytest
import sympy

from pellucid.discover.trajectories.models import Model, free_model
from pellucid.discover.trajectories.term_library import Library

X, Y, U = (sympy.Symbol(name, real=True) for name in ("x", "y", "u"))
LIBRARY = Library(("x", "y", "u", "t"), (sympy.Integer(1), X, X * Y, U * X**2, sympy.sin(Y)), states=2)


def _sums() -> Model:
    return free_model(LIBRARY, [[0, 2, 4], [1, 3]])


def _quotients() -> Model:
    return free_model(LIBRARY, [[1, 4], [0, 3]], [[2], []], [0, 0])


@pytest.mark.parametrize("model", [_sums(), _quotients()], ids=["sums", "quotients"])
def test_rates_spread_by_their_own_derivatives(model):
    generator = np.random.default_rng(0)
    state, fed = generator.uniform(0.2, 1.0, (7, 2)), generator.uniform(-1, 1, (7, 2))
    values = generator.uniform(0.3, 1.0, len(model.pattern))
    joined = np.zeros((7, 2, 3 + len(values)))
    joined[:, :, 0], joined[:, :, 1:3] = state, np.eye(2)
    found = model.spreading(values)(joined, fed)
    assert found[:, :, 0] == pytest.approx(model.flow(values)(state, fed))
    small = 1e-6
    for k in range(2):
        moved = small * np.eye(2)[k]
        slope = (model.flow(values)(state + moved, fed) - model.flow(values)(state - moved, fed)) / (2 * small)
        assert found[:, :, 1 + k] == pytest.approx(slope, rel=1e-6, abs=1e-8)
    for p in range(len(values)):
        moved = small * np.eye(len(values))[p]
        slope = (model.flow(values + moved)(state, fed) - model.flow(values - moved)(state, fed)) / (2 * small)
        assert found[:, :, 3 + p] == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_a_jet_holds_only_derivatives_that_are_not_zero_everywhere():
    states = np.array([[0.5, 2.0, 3.0, 0.0]])
    jet = LIBRARY.jet(states)[0]
    assert jet[: len(LIBRARY)] == pytest.approx(LIBRARY.values(states)[0])
    slopes = LIBRARY.slopes(states)[0]
    for place, (term, state) in enumerate(LIBRARY.moving, len(LIBRARY)):
        assert jet[place] == pytest.approx(slopes[term, state])
    assert (0, 0) not in LIBRARY.moving
    assert (4, 1) in LIBRARY.moving
