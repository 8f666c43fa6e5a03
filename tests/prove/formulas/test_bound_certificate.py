import json

import numpy as np
import pytest

pytest.importorskip("flint")

from pellucid.algebra.text import parse
from pellucid.artifacts import SplineNetwork, make_formula
from pellucid.core import Proved, Undecided
from pellucid.distill.formulas.spline.exact_edges import edges_of
from pellucid.distill.formulas.spline.symbols import as_arrays
from pellucid.nets.splines.kan import kan_from
from pellucid.prove.formulas.bound_certificate import check_bound, compose, prove_bound, read_edges

X = np.random.default_rng(0).uniform(0.3, 0.9, (400, 2))


def fitted(widths, formula):
    """A spline network that was fitted to the formula, as it is saved."""
    from pellucid.nets.splines.least_squares import fit_with_extension

    network = fit_with_extension(widths, X, formula(X), grid_sizes=(5, 10), seed=0, restarts=4).network
    return SplineNetwork({k: v.numpy() for k, v in network.state_dict().items()}, network.spec())


CASES = {
    "sqrt(1 + x0**2 + x1**2)": (2, 1, 1),
    "sin(3*x0) + x1**3": (2, 1),
    "x0/x1": (2, 1, 1),
}


@pytest.mark.parametrize("text", CASES)
def test_the_bound_is_proved_tight_and_checked_again(text):
    box = tuple(zip(X.min(0), X.max(0), strict=True))
    formula = make_formula(parse(text, ["x0", "x1"]), ("x0", "x1"), "y", box)
    saved = fitted(CASES[text], formula)
    edges = edges_of(as_arrays(kan_from(saved.shape, saved.weights)), formula, X)
    proof = prove_bound(saved, formula, read_edges(edges))
    assert isinstance(proof.claim, Proved)
    bound = json.loads(proof.files["proofs/bound.json"])
    grid = np.stack(np.meshgrid(*(np.linspace(low, high, 60) for low, high in box)), -1).reshape(-1, 2)
    seen = np.abs(saved(grid)[:, 0] - formula(grid)).max()
    assert seen <= float.fromhex(bound["bound"]) < 4 * seen
    tensors = saved.files()["network.safetensors"]
    assert check_bound(proof.files["proofs/bound.json"], tensors, formula).holds
    for change in ({"bound": (seen / 2).hex()}, {"edges": bound["edges"][1:]}, {"domain": "everywhere"}):
        assert not check_bound(json.dumps({**bound, **change}), tensors, formula).holds
    other = {k: v + 0.1 if k.endswith("coefficients") else v for k, v in saved.weights.items()}
    altered = SplineNetwork(other, saved.shape).files()["network.safetensors"]
    assert not check_bound(proof.files["proofs/bound.json"], altered, formula).holds


def test_another_formula_is_not_proved():
    right = make_formula(parse("x0 + x1", ["x0", "x1"]), ("x0", "x1"), "y", ((0.3, 0.9),) * 2)
    wrong = make_formula(parse("x0 + 2*x1", ["x0", "x1"]), ("x0", "x1"), "y", ((0.3, 0.9),) * 2)
    saved = fitted((2, 1), right)
    edges = edges_of(as_arrays(kan_from(saved.shape, saved.weights)), right, X)
    assert isinstance(prove_bound(saved, wrong, read_edges(edges)).claim, Undecided)
    assert isinstance(prove_bound(saved, right, {}).claim, Undecided)


def test_edges_are_put_together():
    edges = read_edges({(0, 0, 0): "x**2", (0, 1, 1): "sin(x)", (1, 0, 0): "exp(x)"})
    assert str(compose(edges, [2, (0, 1), 1], ["a", "b"])) == "exp(a**2*sin(b))"
