"""What is claimed of a formula is measured, and never more than that."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.artifacts.formulas.formula import Formula
from pellucid.core.claim import Exhausted, Measured, Refuted, Tested, Undecided
from pellucid.distill.formulas.evidence.claims import (
    agreement_claim,
    error_claim,
    formula_claims,
    local_noise,
    range_claims,
    stability_claim,
)
from pellucid.subjects.tables.samples import Samples
from pellucid.subjects.tables.units import units_of

NAMES = ("q", "r")
UNITS = units_of({"q": "C", "r": "m"}, "C/m^2", NAMES)
FLUX = Formula("q/(4*pi*r**2)", NAMES, "D", ((1, 5), (1, 5)))


def table(noise: float, rows: int = 1000, seed: int = 0) -> tuple[Samples, Samples]:
    generator = np.random.default_rng(seed)
    X = generator.uniform(1, 5, (rows, 2))
    y = FLUX(X)
    y = y + noise * np.sqrt(np.mean(y**2)) * generator.standard_normal(rows)
    return Samples(X, y, NAMES, "D", UNITS).split(0.2, generator)


def test_the_error_is_the_noise_and_comes_with_baseline_and_uncertainty():
    train, held = table(0.1)
    claim = error_claim(FLUX, train, held, np.random.default_rng(0))
    assert isinstance(claim, Measured)
    assert claim.uncertainty is not None
    assert claim.baseline is not None
    assert abs(claim.value - 0.1) < 5 * claim.uncertainty
    assert claim.baseline > 5 * claim.value


def test_all_claims_of_an_exact_formula():
    train, held = table(0.0)
    claims = formula_claims(FLUX, train, held, refits=3)
    kinds = [type(claim) for claim in claims]
    assert kinds == [Measured, Measured, Tested, Measured, Exhausted, Tested, Undecided]
    assert claims[0].value < 1e-14  # pyright: ignore
    assert claims[3].value == 100.0  # pyright: ignore
    assert "only fitted inside" in claims[-1].evidence
    assert formula_claims(FLUX, train, held, refits=3) == claims


def test_rows_outside_the_box_are_measured_where_there_are_any():
    train, held = table(0.0)
    X = np.random.default_rng(5).uniform(5, 9, (50, 2))
    claims = formula_claims(FLUX, train, held, refits=0, outside=Samples(X, FLUX(X), NAMES, "D"))
    assert "outside the box" in claims[-1].statement
    assert isinstance(claims[-1], Measured)


def test_stability_falls_with_noise():
    exact = stability_claim(FLUX, table(0.01)[0], 8, np.random.default_rng(0))
    noisy = stability_claim(Formula("0.0801*q/r**2", NAMES, "D"), table(3.0)[0], 8, np.random.default_rng(0))
    assert isinstance(exact, Measured)
    assert isinstance(noisy, Measured)
    assert exact.value >= 75
    assert noisy.value < 75


def test_a_formula_without_constants_to_fit_has_no_claim_of_their_stability():
    train, held = table(0.0)
    claims = formula_claims(Formula("q*r", NAMES), train, held, kept="held-out rows", refits=2, seed=0)
    assert all(claim.key != "stability" for claim in claims)


def test_a_wrong_formula_fails_on_held_out_rows_it_was_not_tuned_to():
    train, held = table(0.0)
    claim = agreement_claim(FLUX, train, Samples(held.X, held.y * 1.01, NAMES, "D"))
    assert isinstance(claim, Tested)
    assert claim.failures == held.rows


def test_a_formula_without_a_value_is_refuted_with_the_point():
    train, held = table(0.0)
    formula = Formula("log(q - 1.5)/r", NAMES, "D")
    claim = error_claim(formula, train, held, np.random.default_rng(0))
    assert isinstance(claim, Refuted)
    assert claim.counterexample.startswith("q = 1.")
    inside, outside = range_claims(formula, train, np.random.default_rng(0))
    assert isinstance(inside, Refuted)
    assert isinstance(outside, Undecided)
    assert "no real value at" in outside.reason


@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_local_noise_is_an_upper_estimate_near_the_noise(noise):
    train, _ = table(0.0, 3000)
    generator = np.random.default_rng(2)
    y = train.X[:, 0] + 2 * train.X[:, 1]
    sigma = noise * float(np.sqrt(np.mean(y**2)))
    estimate = local_noise(train.X, y + sigma * generator.standard_normal(len(y)))
    assert 0.85 * sigma < estimate < 1.2 * sigma
    assert local_noise(train.X[:3], y[:3]) == pytest.approx(float(np.std(y[:3])))


def test_a_row_without_a_value_is_infinitely_far_where_rows_are_not_independent():
    formula = Formula("log(x)", ("x",), "y", ((1, 3),))
    train = Samples([[1.0], [2.0], [3.0]], [0.01, 0.7, 1.1], ("x",))
    held = Samples([[2.5], [-1.0]], [0.9, 0.2], ("x",))
    claim = agreement_claim(formula, train, held, kept="rows kept from fitting", independent=False)
    assert isinstance(claim, Measured)
    assert claim.value == np.inf
