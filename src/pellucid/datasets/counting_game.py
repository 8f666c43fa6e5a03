"""A game whose chances are known: two count to a total in turn, who says it wins, and each blunders now and then.

A player adds 1, 2, ... `most`. Who can leaves a number from which the other one loses; with its blunder rate a player
adds a random number instead. The chances follow by recursion from the end, exactly, so that ratings that are fitted to
played games can be held to them.
"""

from __future__ import annotations

from functools import cache


def win_chance(first: float, second: float, total: int = 21, most: int = 3) -> float:
    """How likely the player who begins wins, whose blunder rate is `first`, against one of the rate `second`.

    >>> win_chance(0.0, 0.0), win_chance(0.0, 0.0, total=20), round(win_chance(1.0, 1.0, total=2, most=2), 3)
    (1.0, 0.0, 0.5)
    """

    @cache
    def from_here(said: int, rate: float, other: float) -> float:
        moves = [move for move in range(1, most + 1) if said + move <= total]
        after = {move: 1.0 if said + move == total else 1 - from_here(said + move, other, rate) for move in moves}
        wanted = (total - said) % (most + 1)
        best = after[wanted] if wanted else sum(after.values()) / len(after)
        return (1 - rate) * best + rate * sum(after.values()) / len(after)

    return from_here(0, first, second)
