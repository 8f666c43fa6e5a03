"""Powers of fields in field equations: what is conserved, with fluxes, for every exponent."""

from __future__ import annotations

import pytest

pytest.importorskip("flint")

from pellucid.jobs.laws import open_laws
from pellucid.jobs.subjects.equations import find_system


@pytest.mark.parametrize(
    ("text", "parameters", "options", "laws"),
    [
        ("u_t = (u^m)_xx", "m", {"order": 0, "degree": 1, "explicit": True}, ["u", "u*x"]),
        ("u_t + u^p u_x + u_xxx = 0", "p", {"order": 1, "degree": 3}, None),
        ("u_tt = u_xx - u^n", "n", {"order": 1, "degree": 1}, None),
        ("u_t = u^3 u_xxx", "", {"order": 1, "degree": 3}, ["1/u", "u**(-2)", "u_x**2/u"]),
        ("u_t + u/(2t) + 6 u u_x + u_xxx = 0", "", {"order": 0, "degree": 2, "explicit": True}, ["t*u**2/2"]),
        ("u_xt = sinh u", "", {"order": 1, "degree": 1}, None),
        ("u_t = tanh(u) u_x", "", {"order": 0, "degree": 1}, ["u", "tanh(u)"]),
        ("u_t = u_x; v_t = v_x/v", "", {"order": 0, "degree": 1}, None),
    ],
)
def test_laws_with_powers_and_quotients_of_fields_are_proved(text, parameters, options, laws):
    finding = open_laws(find_system(text, parameters=parameters), special=0, **options)
    found = finding.artifact
    densities = found.densities if hasattr(found, "densities") else [law[0] for law in found.currents]
    assert found.dimension == len(densities)
    assert densities
    assert laws is None or list(densities) == laws
    assert {claim.strength for claim in finding.claims} <= {"Proved", "Measured"}
    assert sum(claim.strength == "Proved" for claim in finding.claims) == 2
    drifts = [getattr(claim, "value", 0.0) for claim in finding.claims if claim.key == "drift"]
    assert all(drift < 1e-8 for drift in drifts)


def test_the_scope_names_the_functions_that_were_looked_at():
    finding = open_laws(find_system("u_t = u^3 u_xxx"), order=0, degree=2)
    told = [claim.statement for claim in finding.claims if "exactly" in claim.statement]
    assert told == [
        "exactly 2 conserved densities of degree <= 2 and order <= 0 in fields and 1/u, modulo x-derivatives"
    ]


def test_special_values_of_an_exponent_are_found_and_of_two_said_to_be_open():
    finding = open_laws(find_system("u_t + u^p u_x + u_xxx = 0", parameters="p"), order=1, degree=3)
    cases = finding.parts["special_cases"]
    assert [case.condition for case in cases.cases] == []
    assert "1" in cases.tried
    assert {claim.strength for claim in finding.claims} == {"Proved", "Measured"}
    two = open_laws(find_system("u_t + u^p u_x + u^q u_xxx = 0", parameters="p, q"), order=0, degree=2)
    assert any(claim.strength == "Undecided" and "stand in exponents together" in str(claim) for claim in two.claims)


def test_a_power_that_is_a_fraction_has_its_laws():
    finding = open_laws(find_system("u_t = u^(3/2) u_xxx"), order=0, degree=2)
    assert {"sqrt(u)", "1/sqrt(u)"} <= set(finding.artifact.densities)
    assert all(finding.artifact.fluxes)
    cubic = open_laws(find_system("u_t = (u^(-2/3) u_x)_x"), order=0, degree=1)
    assert cubic.artifact.densities == ("u",)
    assert {claim.strength for claim in cubic.claims} == {"Proved", "Measured"}


@pytest.mark.parametrize("text", ["u_t = u_xxx/a + 6*u*u_x", "u_t + 6 u u_x/(1 + b) + u_xxx/a = 0"])
def test_constants_that_equations_are_divided_by_are_numbers(text):
    finding = open_laws(find_system(text, parameters="a, b"), order=1, degree=3, special=0)
    assert finding.artifact.dimension == len(finding.artifact.densities) == 3
    assert not finding.artifact.functions
    explicit = open_laws(find_system(text, parameters="a, b"), order=1, degree=3, explicit=True)
    assert explicit.artifact.dimension >= 3


def test_other_constants_want_a_name():
    with pytest.raises(ValueError, match="give it a name of its own as a parameter"):
        open_laws(find_system("u_t = exp(a) u_xxx + u u_x", parameters="a"), order=0, degree=1)


@pytest.mark.parametrize("text", ["u_t = u_xx/(u + 1) + u_x/u", "u_t = u_xx/(u + 1) + u_x/(u + 2)"])
def test_quotients_with_relations_between_them_are_refused(text):
    with pytest.raises(ValueError, match="multiply them out"):
        open_laws(find_system(text), order=0, degree=1)


def test_one_quotient_by_a_sum_is_no_trouble():
    finding = open_laws(find_system("u_t = (u_x/(u + 1))_x"), order=0, degree=1)
    assert finding.artifact.densities == ("u",)
    assert finding.artifact.fluxes == ("-u_x/(u + 1)",)
