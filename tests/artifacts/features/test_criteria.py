"""Criteria count how many are met, and say which are not."""

from pellucid.artifacts.features.criteria import Criteria


def test_those_that_are_met_are_counted():
    found = Criteria("g", (("predictable", 0.5, 0.1, True), ("correlated", 0.0, 0.1, False)), ("g",))
    assert found.met == 1
    assert found.describe() == "g: predictable 0.50 (control 0.10); not correlated 0.00 (control 0.10)"
