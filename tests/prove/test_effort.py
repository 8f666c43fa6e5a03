"""Effort is counted in steps: what one question spends the next one lacks."""

from __future__ import annotations

import pytest

from pellucid.prove.effort import Effort
from pellucid.prove.proof import RanOut


def test_what_is_spent_is_lacking_and_nothing_is_spent_twice() -> None:
    effort = Effort.of_seconds(1)
    assert effort.allow(0.2) == 1_000_000
    assert effort.allow(5) == 5_000_000
    effort.spend(4_999_999)
    assert effort.allow(5) == 1
    effort.spend(7)  # the last question may cost more than was left
    assert effort.seconds == 0
    for ask in (lambda: effort.spend(1), lambda: effort.allow(1)):
        with pytest.raises(RanOut):
            ask()


def test_a_question_costs_what_z3_counts_and_ends_where_it_may_spend_no_more() -> None:
    z3 = pytest.importorskip("z3")
    x, y, z = z3.Ints("x y z")
    solver = z3.Solver(ctx=x.ctx)
    solver.add(x > 0, y > 0, z > 0, x**3 + y**3 == z**3)
    effort = Effort.of_seconds(0.1)
    assert effort.check(solver, seconds=0.02) == z3.unknown
    assert 0 < effort.left < 450_000
    easy = z3.Solver(ctx=x.ctx)
    easy.add(x > 3)
    before = effort.left
    assert effort.check(easy, seconds=0.02) == z3.sat
    assert before - effort.left >= 5_000
