"""Values of parameters at which more is conserved, as the literature knows them."""

import json
from dataclasses import replace

import pytest

pytest.importorskip("flint")

from pellucid.core import Proved, Undecided
from pellucid.datasets.systems import systems
from pellucid.discover.conserved.invariants import Invariants
from pellucid.discover.conserved.special_cases import SpecialCases
from pellucid.prove.laws.special_cases import check_special_cases, prove_special_cases
from pellucid.subjects import Dynamics

SPRINGS = Dynamics.parse("x' = p; y' = q; p' = -a*x; q' = -b*y", parameters="a, b")
HENON_HEILES = Dynamics.parse(
    "x' = p; y' = q; p' = -a*x - 2*c*x*y; q' = -b*y - c*x**2 + d*y**2", parameters="a, b, c, d"
)


def cases(dynamics, degree, **options):
    found = SpecialCases(degree=degree, orbits=0, **options).explain(dynamics).artifact
    return found, {case.condition: case.law.vectors for case in found.cases}


def test_frequencies_with_whole_ratios():
    found, known = cases(SPRINGS, 3)
    assert known == {"b = 4*a": 4, "b = a/4": 4, "b = a": 4}
    assert (found.left, found.deeper) == ((), False)


def test_the_integrable_cases_of_henon_and_heiles():
    _, known = cases(HENON_HEILES, 4)
    assert set(known) == {"d = -6*c", "b = a and d = -c"}  # of the third the integral has degree 6


@pytest.mark.slow
def test_the_third_one_has_degree_six():
    _, known = cases(HENON_HEILES, 6)
    assert {frozenset(name.split(" and ")) for name in known} == {
        frozenset(["d = -16*c", "b = 16*a"]), frozenset(["d = -6*c"]), frozenset(["d = -c", "b = a"])
    }  # fmt: skip


def test_species_that_eat_each_other():
    system = Dynamics.parse("x' = x*(c*y + z); y' = y*(a*z + x); z' = z*(b*x + y)", parameters="a, b, c")
    _, known = cases(system, 1)
    assert known == {"c = -1/(a*b)": 1}


def test_moments_of_inertia_that_are_equal():
    found, known = cases(systems()["euler_top"].dynamics, 2)
    assert set(known) == {"I2 = I1", "I3 = I1", "I3 = I2", "I2 = I1 and I3 = I1"}
    assert found.left == ()


def test_roots_and_forces_around_a_centre():
    system = Dynamics.parse(
        "x' = u; y' = v; u' = -x/sqrt(x**2 + y**2)**3 - e*x; v' = -y/sqrt(x**2 + y**2)**3 - f*y", parameters="e, f"
    )
    assert "f = e" in cases(system, 2)[1]


def test_where_there_are_none():
    found, known = cases(systems()["rossler"].dynamics, 3)
    assert known == {}
    assert "as much is conserved for all values of a, b, c but 0" in found.describe()


@pytest.mark.parametrize("dynamics", [SPRINGS, systems()["euler_top"].dynamics])
def test_every_case_is_proved_and_checked(dynamics):
    found = cases(dynamics, 2)[0]
    proofs = prove_special_cases(found)
    assert len(proofs) == len(found.cases) + 1
    assert all(isinstance(proof.claim, Proved) for proof in proofs)
    texts = [text for proof in proofs for text in proof.files.values()]
    assert all(check_special_cases(text, found).holds for text in texts)
    fewer = replace(found, cases=found.cases[1:])
    assert not any(check_special_cases(text, fewer).holds for text in texts)
    assert "conserved where" in prove_special_cases(fewer)[-1].claim.evidence


def test_a_wrong_case_is_refused():
    found = cases(SPRINGS, 2)[0]
    (case,) = found.cases
    wrong = replace(found, cases=(replace(case, values=(("b", "2*a"),)),))
    assert all(not isinstance(proof.claim, Proved) for proof in prove_special_cases(wrong))


def test_what_is_not_covered_is_said():
    finding = SpecialCases(degree=1).explain(Dynamics.parse("x' = 1/sqrt(x**2 + k)", parameters="k"))
    assert any(isinstance(claim, Undecided) for claim in finding.claims)
    assert "were not looked for" in finding.artifact.describe()
    short = SpecialCases(degree=4, most=10).explain(HENON_HEILES)
    assert "too many terms" in short.artifact.problem
    assert short.artifact.cases == ()


@pytest.mark.parametrize("most", [1000, 1300])
def test_what_was_not_looked_at_is_said(most):
    some = SpecialCases(degree=4, most=most, orbits=0).explain(HENON_HEILES).artifact
    if some.problem:
        assert prove_special_cases(some, most=most) == []
    else:
        assert some.left
        assert "but zeros of" in some.domain()
        assert all(isinstance(proof.claim, Proved) for proof in prove_special_cases(some, most=most))


@pytest.mark.parametrize(
    ("dynamics", "options", "message"),
    [(Dynamics.parse("x' = x"), {}, "declare constants as parameters"), (SPRINGS, {"depth": 0}, "at least 1")],
)
def test_refuses(dynamics, options, message):
    with pytest.raises(ValueError, match=message):
        SpecialCases(**options).explain(dynamics)


GYROSTAT = Dynamics.parse(
    "x' = (b-c)*y*z + h*z - g*y; y' = (c-a)*z*x + g*x - f*z; z' = (a-b)*x*y + f*y - h*x", parameters="a, b, c, f, g, h"
)


@pytest.mark.parametrize("most", [50, 100, 200, 400])
def test_a_small_budget_finds_some_of_the_cases_and_says_that_not_all_were_looked_at(most):
    everything = {"b = a and c = a": 3}
    found, known = cases(GYROSTAT, 2, most=most)
    assert found.problem or known.items() <= everything.items()
    if not found.problem and known != everything:
        assert found.left
    for proof in prove_special_cases(found, most=most):
        assert isinstance(proof.claim, Proved), proof.claim


def test_where_the_work_is_used_up_conditions_are_tried_by_the_rank_alone():
    found, known = cases(GYROSTAT, 4, most=5_000)
    assert known == {"b = a and c = a": 8}
    assert ("a - b",) in found.left
    claim = prove_special_cases(found, most=5_000)[-1].claim
    assert isinstance(claim, Proved)
    assert claim.statement.endswith("where no parameter is 0, and none of 8 that were not looked at")


def test_coefficients_of_any_degree_in_the_parameters_are_written_out():
    pair = Dynamics.parse("x'' = -a*x - b*y - c*x**2 - d*x*y; y'' = -f*y - b*x - d/5*y**2 - 5*c*x*y", "a, b, c, d, f")
    (law,) = Invariants(4, orbits=0, beyond=False).explain(pair).artifact.expressions
    assert "a**3*c**2*x**2" in law


@pytest.mark.parametrize("dynamics", [SPRINGS, Dynamics.parse("x' = p; p' = -k*x", parameters="k")])
def test_certificates_of_earlier_versions_stay_true(dynamics):
    found, _ = cases(dynamics, 2)
    (text,) = prove_special_cases(found)[-1].files.values()
    statement = json.loads(text)["statement"]
    assert statement.endswith(found.scope())
    earlier = json.loads(text)
    earlier["statement"] = statement.replace(f", {found.scope()}", "").replace(" is more", " are more")
    assert check_special_cases(json.dumps(earlier), found).holds
    earlier["statement"] = earlier["statement"].replace("more than", "more than half of")
    assert not check_special_cases(json.dumps(earlier), found).holds
