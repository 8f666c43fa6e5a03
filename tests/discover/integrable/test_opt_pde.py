from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("flint")


from pellucid.artifacts.laws.integrable_families import IntegrableFamilies
from pellucid.core import Measured, Proved
from pellucid.discover.integrable.opt_pde import OptPDE
from pellucid.discover.integrable.scalings import normalise, same_up_to_scaling, simplest, with_scales
from pellucid.prove.laws.divergence import check_densities, prove_densities
from pellucid.subjects.equations.pde_family import PdeFamily

SMALL = PdeFamily.parse("u_xxx, u*u_x, u**2*u_x, u_xx, u_x**2, u_x**3")
CUBE = PdeFamily.parse("u_x**3, u_x**2*u_xxx, u_x*u_xxx**2, u_xxx**3")


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


@pytest.mark.parametrize(
    ("method", "message"), [(OptPDE(starts=0, terms=0), "search nothing"), (OptPDE(minimum=0), "at least 1")]
)
def test_refuses(method, message):
    with pytest.raises(ValueError, match=message):
        method.explain(SMALL)
