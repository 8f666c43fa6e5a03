"""The law of oversight on games whose chances are known."""

import numpy as np
import pytest

from pellucid.artifacts.oversight.nested_success import Curve, equal_levels, success_at
from pellucid.core import Measured, Undecided
from pellucid.datasets.counting_game import win_chance
from pellucid.oversee import OversightLaw
from pellucid.subjects import Games

ELO = np.linspace(1100, 1380, 10)
NAMES = tuple("abcdefghij")
GUARD, HOUDINI = Curve(-229.0, 1.167), Curve(422.0, 0.68)


def played(guard, houdini, count=60, seed=0):
    chance = 1 / (1 + 10 ** ((houdini(ELO)[None] - guard(ELO)[:, None]) / 400))
    games = np.full(chance.shape, count)
    return Games(NAMES, NAMES, np.random.default_rng(seed).binomial(games, chance), games, ELO, ELO)


def test_lines_are_found_and_intervals_hold_the_truth():
    truth = success_at(GUARD, HOUDINI, equal_levels(1100, 250, 1))
    held = 0
    for seed in range(6):
        found = OversightLaw(gap=250, draws=60, max_levels=3, curve="line").explain(played(GUARD, HOUDINI, seed=seed))
        low, high = found.artifact.interval("choice of curve", 1100, 250)
        held += low <= truth <= high
        narrow = found.artifact.interval("games", 1100, 250)
        assert narrow[1] - narrow[0] < 0.25
    assert held >= 5


def test_more_than_was_played_is_told():
    finding = OversightLaw(draws=20, max_levels=4).explain(played(GUARD, HOUDINI))
    claim = finding.claim("extrapolation")
    assert isinstance(claim, Undecided)
    assert "120 beyond those of 1100 to 1380" in claim.reason
    assert isinstance(finding.claim("games"), Measured)
    assert not [
        c for c in OversightLaw(gap=200, draws=5).explain(played(GUARD, HOUDINI)).claims if c.key == "extrapolation"
    ]


def test_counting_shows_a_plateau_where_players_cannot_get_worse():
    """Players that always blunder are alike, whatever they are rated; so are those that never do."""
    rates = np.clip(np.linspace(1.6, -0.4, 10), 0.05, 1.0)
    chance = np.array([[win_chance(one, other) for other in rates] for one in rates])
    games = np.full(chance.shape, 2000)
    finding = OversightLaw(gap=200, draws=10, max_levels=3).explain(
        Games(NAMES, NAMES, (chance * 2000).round(), games, ELO, ELO)
    )
    found = finding.artifact
    assert found.forms[0] in ("double ReLU", "cut below", "cut above")
    levels = [player.rating for player in found.guards]
    assert levels[0] == pytest.approx(levels[2], abs=15)  # blunder rate 1, all three
    assert levels[9] == pytest.approx(levels[8], abs=15)
    assert levels[6] - levels[3] > 100


def test_a_guard_that_won_all_has_a_rating():
    wins = np.full((10, 10), 30.0)
    wins[0] = 60
    finding = OversightLaw(gap=200, draws=5).explain(Games(NAMES, NAMES, wins, np.full((10, 10), 60), ELO, ELO))
    assert np.isfinite([p.rating for p in finding.artifact.guards]).all()
    assert finding.claim("separated").statement == "the ratings of a (guard)"
    with pytest.raises(ValueError, match="every game had the same outcome"):
        OversightLaw().explain(Games(NAMES, NAMES, wins * 0, np.full((10, 10), 60), ELO, ELO))


@pytest.mark.parametrize(
    ("settings", "words"), [({"curve": "cubic"}, "curve='cubic'"), ({"gap": -5}, "gap=-5"), ({"draws": 1}, "draws=1")]
)
def test_settings_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        OversightLaw(**settings).explain(played(GUARD, HOUDINI))


def test_few_players_bear_no_curve():
    games = Games(("a", "b"), ("c", "d"), np.ones((2, 2)), np.full((2, 2), 3), ELO[:2], ELO[:2])
    with pytest.raises(ValueError, match="2 different general ratings of guards bear no curve"):
        OversightLaw().explain(games)
