"""Formulas of findings on one table: which enter, in which order, and the front that a winner stands on."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.distill.formulas.entrants import best_of, entrants_of, front_of, without_values
from pellucid.distill.formulas.wishes import Wishes
from pellucid.subjects.tables.samples import Samples


def test_the_shortest_comes_first_and_what_has_no_value_stays_out(knows, table):
    samples = table(noise=0.05)
    finding = knows("a*b", ("a*b**2", "log(a - 2)", "b")).explain(samples)
    found = entrants_of(finding, samples)
    assert str(found[0].formula.sympy()) == "a*b**2"
    assert [each.nats for each in found] == sorted(each.nats for each in found)
    assert best_of(found) is found[0]
    assert not any("log" in each.formula.expression for each in found)


def test_no_more_enter_than_asked_for(knows, table):
    finding = knows("a", ("b", "a*b", "a + b", "a*b**2")).explain(table())
    assert len(entrants_of(finding, table(), most=2)) == 2


def test_why_none_enters_is_said(knows, table):
    nowhere = knows("log(a - 9)").explain(table())
    with pytest.raises(ValueError, match="no real value on some row"):
        entrants_of(nowhere, table())
    assert [claim.key for claim in without_values(nowhere, table())] == ["not_found"]
    falling = Wishes(monotone=(("a", "decreasing"),))
    with pytest.raises(ValueError, match="none of 2 formulas is as wished"):
        entrants_of(knows("a", ("a*b",)).explain(table()), table(), falling)


def test_no_member_of_a_front_is_longer_and_worse_than_another_but_the_winner(knows, table):
    samples = table(noise=0.05)
    texts = ("a", "b", "a*b", "a*b**2", "a*b**2 + exp(-9*a*b)", "sin(a)*b")
    found = entrants_of(knows("a + b", texts).explain(samples), samples)
    for winner in (best_of(found), found[-1]):
        front = front_of(winner, found, samples)
        assert front.formulas[front.chosen] == winner.formula
        others = [i for i in range(len(front.bits)) if i != front.chosen]
        assert np.all(np.diff([front.bits[i] for i in others]) >= 0)
        assert np.all(np.diff([front.errors[i] for i in others]) < 0)


def test_a_quotient_with_a_hole_enters_as_the_polynomial_that_it_is_elsewhere(knows):
    a = np.random.default_rng(3).uniform(-2, 2, (40, 1))
    samples = Samples(a, a[:, 0] ** 3 + a[:, 0] ** 2 + a[:, 0] + 1, ("a",))
    (first, *_) = entrants_of(knows("(1 - a**4)/(1 - a)").explain(samples), samples)
    assert first.formula(np.ones((1, 1))) == pytest.approx(4.0)
    assert np.allclose(first.formula(a), samples.y)
