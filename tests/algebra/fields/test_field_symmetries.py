"""Point symmetries of field equations of any form: the literature's counts, and those of evolution equations."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("flint")

from pellucid.core import Measured, Proved, Refuted
from pellucid.discover import LieSymmetries
from pellucid.prove.laws.symmetry_identity import check_symmetries, prove_symmetries
from pellucid.subjects import Evolution
from pellucid.subjects.equations.field_equations import FieldEquations


@pytest.mark.parametrize(
    ("equation", "parameters", "degree", "count"),
    [
        ("u_xt = sin(u)", "", 2, 3),
        ("u_xt = exp(u)", "", 1, 4),  # f(t) d_t - f'(t) d_u of degree 1, and the same in x
        ("u_xy = u", "", 2, 4),
        ("u_tt = u_xx - sin(u)", "", 2, 3),
        ("u_t + u u_x + u_xxx + u_xyy = 0", "", 2, 5),  # Zakharov-Kuznetsov
        ("u_t + u_x + u u_x = u_xxt", "", 2, 3),  # Benjamin-Bona-Mahony
        ("u_xx + u_yy = exp(u)", "", 1, 4),
        ("u_tt = u_xx - m**2*u", "m", 1, 4),
        ("u_t + u u_x + v u_y = u_xx + u_yy; v_t + u v_x + v v_y = v_xx + v_yy", "", 1, 7),
        ("u_t**2 = u_x", "", 1, 7),
    ],
)
def test_counts_of_the_literature_and_by_hand(equation: str, parameters: str, degree: int, count: int) -> None:
    finding = LieSymmetries(degree).explain(FieldEquations.parse(equation, parameters))
    found = finding.artifact
    assert found.dimension == len(found.generators) == count
    for proof in prove_symmetries(found):
        assert isinstance(proof.claim, Proved), proof.claim
        assert all(check_symmetries(text, found).holds for text in proof.files.values())
    moved = [claim for claim in finding.claims if isinstance(claim, Measured) and claim.baseline is not None]
    assert len(moved) == count
    assert all(claim.value < 1e-10 < (claim.baseline or 0.0) for claim in moved)


@pytest.mark.parametrize(
    ("equation", "parameters"),
    [
        ("u_t = 6*u*u_x - u_xxx", ""),
        ("u_t = u_xx + u*u_x", ""),
        ("u_t = v_x; v_t = u*u_x", ""),
        ("u_t = exp(u)*u_xx", ""),
        ("u_t = a*u_xx + b*u_x**2", "a, b"),
        ("u_t = k*u**2*u_xxx + u_x**3", "k"),
    ],
)
def test_evolution_equations_have_the_same(equation: str, parameters: str) -> None:
    evolution = Evolution.parse(equation, parameters)
    one, other = (LieSymmetries(2).explain(e).artifact for e in (evolution, FieldEquations.of(evolution)))
    assert set(one.fields()) == set(other.fields())
    assert (one.dimension, one.algebra) == (other.dimension, other.algebra)


def test_what_is_false_is_refused() -> None:
    found = LieSymmetries(1).explain(FieldEquations.parse("u_xt = sin(u)")).artifact
    more = replace(found, generators=(*found.generators, ("t", "x", "0")), names=(), brackets=())
    identity, completeness = prove_symmetries(more)
    assert isinstance(identity.claim, Refuted)
    fewer = replace(found, generators=found.generators[:2], names=(), brackets=(), dimension=2)
    assert isinstance(prove_symmetries(fewer)[1].claim, Refuted)
    other = replace(found, rhs=("u_xt - u",))
    (text,) = prove_symmetries(found)[0].files.values()
    assert not check_symmetries(text, other).holds
    assert isinstance(completeness.claim, Refuted)


@pytest.mark.parametrize(
    "equation",
    [
        "u_t u_x = 1",
        "x u_xy + u_y = 0",
    ],
)
def test_what_cannot_be_solved_for_leading_derivatives_is_refused(equation: str) -> None:
    with pytest.raises(ValueError, match="no order of derivatives"):
        LieSymmetries(1).explain(FieldEquations.parse(equation))
