from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("flint")

import torch

from pellucid.artifacts.laws.integrable_families import IntegrableFamilies
from pellucid.core import Measured, Proved
from pellucid.discover.conserved.densities import Densities
from pellucid.discover.conserved.exact_count import ExactCount, residues
from pellucid.discover.conserved.soft_count import SoftCount
from pellucid.discover.integrable.gradient_search import all_coefficients
from pellucid.discover.integrable.known_families import KNOWN, known_equation
from pellucid.discover.integrable.opt_pde import OptPDE
from pellucid.discover.integrable.scalings import normalise, same_up_to_scaling, simplest, with_scales
from pellucid.prove.laws.divergence import check_densities, prove_densities
from pellucid.subjects import Evolution
from pellucid.subjects.equations.pde_family import PdeFamily

SMALL = PdeFamily.parse("u_xxx, u*u_x, u**2*u_x, u_xx, u_x**2, u_x**3")
CUBE = PdeFamily.parse("u_x**3, u_x**2*u_xxx, u_x*u_xxx**2, u_xxx**3")


@pytest.fixture(scope="module")
def exact():
    return ExactCount.build(SMALL, order=2, degree=4)


@pytest.mark.parametrize("equation", ["u_t = u_xxx + 6*u*u_x", "u_t = u_xx + u*u_x", "u_t = u_x**3", "u_t = u_xxx"])
def test_counts_as_the_densities_method_does(exact, equation):
    coefficients = [Fraction(str(c)) for c in SMALL.coefficients(Evolution.parse(equation))]
    counted = exact.count(residues(coefficients))
    assert counted == Densities(order=2, degree=4).explain(Evolution.parse(equation)).artifact.dimension


def test_soft_count_is_near_the_exact_one(exact):
    soft = SoftCount.build(exact, fields=60)
    for equation in ("u_t = u_xxx + 6*u*u_x", "u_t = u_xx + u**2*u_x"):
        numbers = SMALL.coefficients(Evolution.parse(equation))
        vector = np.array([float(c) for c in numbers]) * soft.scales
        sizes = soft.singular_values(torch.from_numpy(vector / np.linalg.norm(vector))).numpy()
        assert (sizes < 1e-10).sum() == exact.count(residues([Fraction(str(c)) for c in numbers]))
        assert float(soft(torch.from_numpy(vector), 1e-9, 0.1)) == pytest.approx((sizes < 1e-10).sum(), abs=1e-3)


def test_soft_count_has_a_gradient(exact):
    soft = SoftCount.build(exact, fields=60)
    vector = torch.from_numpy(np.random.default_rng(0).normal(size=len(SMALL.monomials))).requires_grad_()
    soft(vector).backward()
    assert torch.isfinite(vector.grad).all()
    assert vector.grad.abs().max() > 0


def test_polished_finds_the_ratios_of_the_cube():
    exact = ExactCount.build(CUBE, order=3, degree=4)
    soft = SoftCount.build(exact, fields=105)
    near = np.array([1, 3.01, 2.98, 1.003]) * soft.scales
    solved, worst = soft.polished(near, 2, range(4))
    assert worst < 1e-7
    snapped = normalise(CUBE.weights, {i: float(solved[i] / soft.scales[i]) for i in range(4)})
    assert snapped is not None
    assert exact.count(all_coefficients(exact, snapped)) == 2
    entry = known_equation(CUBE, snapped)
    assert entry is not None
    assert entry.name == "OptPDE's cube"


def test_special_ratios_of_the_fifth_order():
    family = PdeFamily.parse("u_5x, u*u_xxx, u_x*u_xx, u**2*u_x")
    exact = ExactCount.build(family, order=2, degree=4)
    for second, third in (
        (Fraction(2), Fraction(3, 10)),
        (Fraction(1), Fraction(1, 5)),
        (Fraction(5, 2), Fraction(1, 5)),
    ):
        assert third in exact.special(residues([1, 1, second, 0]), residues([0, 0, 0, 1]))


def test_scalings():
    kdv = {0: Fraction(1), 1: Fraction(6)}
    assert same_up_to_scaling(SMALL.weights, kdv, {0: Fraction(-2), 1: Fraction(1, 3)})
    assert not same_up_to_scaling(SMALL.weights, kdv, {0: Fraction(1), 2: Fraction(6)})
    assert normalise(SMALL.weights, {0: 0.3, 1: -17.2}) == {0: 1, 1: -1}
    assert simplest(0.3333334, 1e-5) == Fraction(1, 3)
    assert simplest(np.pi * 1e-4, 1e-6) is None
    coefficients = {0: Fraction(1), 1: Fraction(3), 2: Fraction(3), 3: Fraction(1)}
    assert [powers for _, powers in with_scales(CUBE.weights, coefficients).values()] == [(0,), (1,), (2,), (3,)]


def test_both_searches_find_and_prove_kdv_and_mkdv():
    for method in (OptPDE(order=2, starts=0), OptPDE(order=2, starts=48, steps=120, terms=0, share=0.4)):
        finding = method.explain(SMALL, seed=1)
        named = {name: family for family in finding.artifact.families for name in family.name.split(", ")}
        assert any("KdV" in name for name in named)
        drifts = [claim for claim in finding.claims if isinstance(claim, Measured) and claim.baseline is not None]
        assert len(drifts) == len(finding.artifact.families)
        assert all(claim.value < 1e-6 * claim.baseline for claim in drifts)  # type: ignore[operator]


def test_finds_the_cube_by_its_density_and_proves_it():
    family = PdeFamily.parse(f"u_xxx, {', '.join(CUBE.monomials)}")
    found = OptPDE(starts=0, terms=1).explain(family).artifact
    (cube,) = [f for f in found.families if f.name == "OptPDE's cube"]
    assert cube.law.dimension == len(cube.law.densities) == 2
    assert cube.law.parameters == ("a",)
    for proof in prove_densities(cube.law):
        assert isinstance(proof.claim, Proved)
        (text,) = proof.files.values()
        assert check_densities(text, cube.law).holds


def test_the_same_seed_gives_the_same_and_it_can_be_saved():
    method = OptPDE(order=1, degree=3, starts=8, steps=20, terms=2)
    one, two = (method.explain(PdeFamily.parse("u_xxx, u*u_x, u_x**3"), seed=3).artifact for _ in range(2))
    assert one == two
    assert IntegrableFamilies.from_dict(one.to_dict(), {}) == one
    assert "famil" in one.describe()
    assert all(f.certificate for f in one.families)


def test_the_literature_list_is_about_what_it_says():
    family = PdeFamily.all()
    assert len({entry.name for entry in KNOWN}) == len(KNOWN)
    assert known_equation(family, {family.monomials.index("u_xx"): Fraction(-3)}).name == "heat equation (linear)"  # type: ignore[union-attr]
    assert known_equation(family, {family.monomials.index("u**3"): Fraction(1)}) is None


@pytest.mark.parametrize(
    ("method", "message"), [(OptPDE(starts=0, terms=0), "search nothing"), (OptPDE(minimum=0), "at least 1")]
)
def test_refuses(method, message):
    with pytest.raises(ValueError, match=message):
        method.explain(SMALL)
