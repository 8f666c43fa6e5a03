"""The job around the race: which table is meant, and what is added to what the race finds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from pellucid.artifacts import Formula
from pellucid.core import Found, Measured, Method
from pellucid.core import Tested as SampledClaim
from pellucid.distill import KANFormula
from pellucid.jobs.formula import open_formula
from pellucid.jobs.subjects.tables import find_samples
from pellucid.subjects.tables.samples import Samples


@dataclass(frozen=True)
class Knows(Method[Samples, Formula]):
    """Finds what it was told to find."""

    text: str = "a"

    def _find(self, subject, context):
        return Found(Formula(self.text, subject.names, subject.target, subject.box), (Measured("nothing", 0.0, ""),))


def test_a_known_equation_is_compared_beyond_the_range():
    samples, name, reference = find_samples("I.12.1", rows=100)
    finding = open_formula(samples, name=name, reference=reference, methods=[Knows("mu*Nn")])
    assert finding.provenance.settings["table"] == "I.12.1"
    claim = finding.claim("reference")
    assert isinstance(claim, SampledClaim)
    assert (claim.cases, claim.failures) == (1000, 0)
    wrong = open_formula(
        samples, name=name, reference=reference, methods=[Knows("mu*Nn**2")]
    )  # its constants are fitted, its form is wrong
    assert wrong.claim("reference").failures == 1000


def test_the_network_that_was_read_comes_with_a_proved_bound():
    X = np.random.default_rng(0).uniform(1, 2, (120, 1))
    samples = Samples(X, np.exp(X[:, 0]), ("x",), "y")
    finding = open_formula(samples, methods=[KANFormula(most_read=1, restarts=2, refits=0)])
    assert finding.artifact.expression == "exp(x)"
    assert finding.claims[0].strength == "Proved"
    assert "proofs/bound.json" in finding.proofs


def test_a_given_form_is_fitted_and_nothing_is_searched():
    t = np.linspace(0, 8, 60)
    finding = open_formula(Samples(t, 1.5 * np.exp(-0.25 * t), ("t",)), name="decay", form="a*exp(-b*t)")
    assert finding.provenance.method == "distill.GivenForm"
    assert finding.provenance.settings["table"] == "decay"
    assert [claim.value for claim in finding.claims if claim.key == "constant"] == pytest.approx([1.5, 0.25])
