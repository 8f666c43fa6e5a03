"""The game whose chances are known, against playing it."""

import numpy as np

from pellucid.datasets.counting_game import win_chance


def test_chances_are_those_of_games_that_are_played():
    generator = np.random.default_rng(0)

    def plays(first, second, total=9, most=3):
        said, turn, rates = 0, 0, (first, second)
        while True:
            wanted = (total - said) % (most + 1)
            options = range(1, min(most, total - said) + 1)
            blunders = generator.random() < rates[turn] or not wanted
            said += int(generator.choice(options)) if blunders else wanted
            if said == total:
                return turn == 0
            turn = 1 - turn

    for first, second in ((0.3, 0.6), (0.8, 0.1)):
        share = np.mean([plays(first, second) for _ in range(3000)])
        assert abs(share - win_chance(first, second, total=9)) < 0.03
