"""The number of conserved densities as a smooth function of coefficients."""

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("flint")

import torch

from pellucid.discover.conserved.exact_count import ExactCount, residues
from pellucid.discover.conserved.soft_count import SoftCount
from pellucid.discover.integrable.gradient_search import all_coefficients
from pellucid.discover.integrable.known_families import known_equation
from pellucid.discover.integrable.scalings import normalise
from pellucid.subjects import Evolution
from pellucid.subjects.equations.pde_family import PdeFamily

SMALL = PdeFamily.parse("u_xxx, u*u_x, u**2*u_x, u_xx, u_x**2, u_x**3")
CUBE = PdeFamily.parse("u_x**3, u_x**2*u_xxx, u_x*u_xxx**2, u_xxx**3")


@pytest.fixture(scope="module")
def exact():
    return ExactCount.build(SMALL, order=2, degree=4)


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
