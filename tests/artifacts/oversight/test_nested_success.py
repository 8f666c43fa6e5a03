"""Nested oversight: the figures of the authors' fits, and that no levels are better than the best."""

import numpy as np
import pytest

from pellucid.artifacts.oversight.nested_success import (
    Curve,
    best_levels,
    duality_gap,
    equal_levels,
    slopes,
    success_at,
)

AUTHORS = {
    "Mafia": (Curve(-622.93, 1.53054), Curve(173.22, 0.83442), 0.1106, 1),
    "Debate": (Curve(-47.499, 1.09839), Curve(1080.398, 0.049361), 0.5136, 1),
    "Backdoor": (Curve(552.02, 0.71926), Curve(-1361.61, 1.95182), 0.2757, 2),
    "Wargames": (Curve(-229.07, 1.16667), Curve(422.01, 0.67957), 0.0980, 1),
}
"""Lines in the authors' repository, and what they give over 400 Elo from 1103."""


@pytest.mark.parametrize("game", AUTHORS)
def test_equal_steps_give_the_authors_figures(game):
    guard, houdini, wanted, steps = AUTHORS[game]
    found = [success_at(guard, houdini, equal_levels(1103, 400, count)) for count in range(1, 21)]
    assert round(max(found), 4) == wanted
    assert int(np.argmax(found)) + 1 == steps


def test_unequal_steps_are_better_where_slopes_differ():
    guard, houdini, equal, _ = AUTHORS["Backdoor"]
    levels = best_levels(guard, houdini, 1103, 400, 2)[1]
    assert success_at(guard, houdini, levels) > equal + 0.001
    assert duality_gap(guard, houdini, levels) < 1e-6
    generator = np.random.default_rng(0)
    others = (success_at(guard, houdini, np.array([1103, x, 1503])) for x in generator.uniform(1103, 1503, 200))
    assert max(others) <= success_at(guard, houdini, levels) + 1e-9


def test_slopes_are_derivatives():
    guard, houdini = Curve(0.0, 1.2), Curve(-300.0, 1.6)
    levels = np.array([1000.0, 1100.0, 1250.0, 1400.0])
    found = slopes(guard, houdini, levels)
    for i in (1, 2):
        up, down = levels.copy(), levels.copy()
        up[i] += 1e-3
        down[i] -= 1e-3
        rise = np.log(success_at(guard, houdini, down)) - np.log(success_at(guard, houdini, up))
        assert found[i - 1] == pytest.approx(rise / 2e-3, rel=1e-4)


def test_plateaus_are_used():
    """Above its plateau a houdini is no stronger, so that one step over all of it costs what a short one does."""
    guard, houdini = Curve(0.0, 1.0), Curve(0.0, 1.0, high=1150.0)
    levels = best_levels(guard, houdini, 1000, 400, 3)
    assert success_at(guard, houdini, levels[0]) == pytest.approx(1 / (1 + 10 ** (150 / 400)))
