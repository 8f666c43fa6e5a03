"""What rows leave open of a threshold: inside the range that is told nothing changes, and next to it something does."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts.formulas.formula import Formula
from pellucid.distill.formulas.evidence.thresholds import threshold_claims
from pellucid.subjects.tables.samples import Samples

FORMS = {
    "step": ("step(x - {})", lambda x, t: x >= t),
    "sign": ("sign(x - {})", lambda x, t: np.sign(x - t)),
    "floor": ("floor({}*x)", lambda x, p: np.floor(p * x)),
    "ceiling": ("ceiling({}*x)", lambda x, p: np.ceil(p * x)),
    "modulus": ("Mod(x, {})", lambda x, p: np.floor(x / p)),
}


@pytest.mark.parametrize("kind", FORMS)
@settings(max_examples=20, deadline=None)
@given(halves=st.integers(3, 12), rows=st.lists(st.integers(1, 40), min_size=6, max_size=20, unique=True))
def test_no_row_changes_inside_the_range(kind, halves, rows):
    text, function = FORMS[kind]
    x, number = np.array(sorted(rows)) / 2, halves / 2
    formula = Formula(text.format(f"{halves}/2"), ("x",))
    samples = Samples(x[:, None], np.random.default_rng(0).normal(size=len(x)), ("x",))
    for claim in threshold_claims(formula, samples):
        low, high = map(float, re.findall(r"between (\S+) and (\S+) ", claim.evidence)[0])
        assert low <= number <= high
        for share in (0.01, 0.5, 0.99):
            inside = low + share * (high - low)
            assert np.array_equal(function(x, inside), function(x, number)), (claim.evidence, inside)


def test_a_sign_is_right_at_the_row_where_it_is_0():
    x = np.arange(1.0, 10)
    assert threshold_claims(Formula("sign(x - 3)", ("x",)), Samples(x[:, None], np.sign(x - 3), ("x",))) == []


def test_of_a_modulus_only_the_period_of_a_row_is_told():
    x = np.arange(0.0, 9, 0.3)
    found = threshold_claims(Formula("Mod(x, 2)", ("x",)), Samples(x[:, None], np.mod(x, 2), ("x",)))
    assert [claim.evidence.partition(" leaves")[2] for claim in found] == [
        " every row in its period (measure where the formula jumps)"
    ]
