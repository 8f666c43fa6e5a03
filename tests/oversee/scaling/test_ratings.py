"""Ratings are those that the games were drawn from, and their errors what other games would change."""

import numpy as np
import pytest

from pellucid.oversee.scaling.ratings import fit_ratings, misfit

GUARD, HOUDINI = np.array([1000.0, 1150.0, 1300.0]), np.array([950.0, 1100.0, 1250.0, 1400.0])
CHANCE = 1 / (1 + 10 ** ((HOUDINI[None] - GUARD[:, None]) / 400))
PLAYED = np.full(CHANCE.shape, 400)


def test_ratings_and_errors():
    mean = float(np.concatenate([GUARD, HOUDINI]).mean())
    wins = np.random.default_rng(0).binomial(PLAYED, CHANCE, (300, 3, 4)).astype(float)
    guard, houdini, errors = fit_ratings(wins, PLAYED, 1e5, mean)
    assert guard.mean(0) == pytest.approx(GUARD, abs=3)
    assert houdini.mean(0) == pytest.approx(HOUDINI, abs=3)
    spread = np.concatenate([guard.std(0), houdini.std(0)])
    assert errors == pytest.approx(spread, rel=0.2)
    chi2 = np.mean([misfit(w, PLAYED, g, h)[0] for w, g, h in zip(wins[:100], guard, houdini, strict=False)])
    assert chi2 == pytest.approx(misfit(wins[0], PLAYED, guard[0], houdini[0])[1], rel=0.2)
