"""GivenForm: constants with standard errors that hold, and what the rows cannot tell."""

import numpy as np
import pytest

from pellucid.core import Undecided
from pellucid.distill import GivenForm
from pellucid.subjects.tables.samples import Samples


def decay(seed, rows=60, noise=0.02):
    draw = np.random.default_rng(seed)
    t = np.linspace(0, 8, rows)
    return Samples(t, 1.9 * np.exp(-0.42 * t) + noise * draw.normal(size=rows), ("t",))


def test_standard_errors_hold_the_truth():
    inside = []
    for seed in range(10):
        claims = GivenForm("a*exp(-b*t)").explain(decay(seed)).claims
        a, b = (claim for claim in claims if claim.key == "constant")
        inside += [abs(a.value - 1.9) < 1.96 * a.uncertainty, abs(b.value - 0.42) < 1.96 * b.uncertainty]
    assert sum(inside) >= 16  # 19 of 20 expected


def test_constants_have_the_names_that_the_user_gave():
    finding = GivenForm("y = height*exp(-rate*t)").explain(decay(0))
    assert [claim.statement.split()[1] for claim in finding.claims if claim.key == "constant"] == ["height", "rate"]
    assert finding.artifact.names == ("t",)
    assert "the others" in finding.claim("error").statement


def test_what_only_stands_together_is_said_not_to_be_known():
    claim = GivenForm("a*b*exp(-c*t)").explain(decay(0)).claim("identifiable")
    assert isinstance(claim, Undecided)
    assert claim.statement == "the value of each of a, b in y"


def test_a_wrong_form_leaves_structure_behind():
    right, wrong = (
        GivenForm(text).explain(decay(1)).claim("residual_structure") for text in ("a*exp(-b*t)", "a + b*t")
    )
    assert right.value <= right.baseline
    assert wrong.value > wrong.baseline + 0.5


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "form is empty"), ("a*t + b*t^2 + c*t^3 + d*t^4 + e*t^5 + g*t^6", "6 constants, the table 6 rows")],
)
def test_forms_that_cannot_be_fitted(text, told):
    with pytest.raises(ValueError, match=told):
        GivenForm(text).explain(decay(0, rows=6))
