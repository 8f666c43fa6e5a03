"""Rules out of options, and their words."""

import pytest

from pellucid.algebra.markov.rule import Rule, rule_of


@pytest.mark.parametrize(
    ("given", "quantity", "sense"),
    [
        ({"avoid": "lava"}, "P(reach lava)", "<="),
        ({"avoid": "lava", "at_least": "0.1"}, "P(reach lava)", ">="),
        ({"reach": "goal"}, "P(reach goal)", ">="),
        ({"reach": "goal", "at_most": "0.1"}, "P(reach goal)", "<="),
        ({"reach": "goal", "avoid": "lava,pit", "within": 3}, "P(reach goal before lava or pit within 3 steps)", ">="),
        ({"reach": "goal", "cost": True, "at_most": "3"}, "E(cost until goal)", "<="),
    ],
)
def test_rules_of_options(given, quantity, sense):
    rule = rule_of(**given)
    assert (rule.quantity, rule.sense) == (quantity, sense)
    assert Rule.from_dict(rule.to_dict()) == rule


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "no rule"),
        ({"avoid": " , "}, "no rule"),
        ({"avoid": "a", "at_most": "0.1", "at_least": "0.2"}, "two rules"),
        ({"reach": "a", "avoid": "b", "at_most": "0.1"}, "could mean either"),
        ({"avoid": "a", "cost": True}, "until something is reached"),
        ({"reach": "a", "cost": True, "within": 3}, "until something is reached"),
        ({"avoid": "a", "within": -1}, "no number of steps"),
    ],
)
def test_options_that_make_no_rule(given, words):
    with pytest.raises(ValueError, match=words):
        rule_of(**given)


def test_the_side_that_is_guaranteed_is_for_every_policy_and_all_intervals():
    for sense in ("<=", ">="):
        rule = Rule(("x",), sense=sense)
        assert rule.statement(rule.guaranteed, "0.5", chain=False, exact=False).endswith(
            "0.5 for every policy and all probabilities within the intervals"
        )
