import json
import math

import numpy as np
import pytest

pytest.importorskip("flint")

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts import SplineNetwork, make_formula
from pellucid.core import Proved, Undecided
from pellucid.distill.formulas.spline.exact_edges import edges_of
from pellucid.distill.formulas.spline.symbols import as_arrays
from pellucid.nets.splines.kan import kan_from
from pellucid.prove import CertificateError
from pellucid.prove.formulas.bound_certificate import (
    _rounded_up,
    check_bound,
    compose,
    layers_of,
    prove_bound,
    read_edges,
)
from pellucid.prove.formulas.network_bound import NetworkBound

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
    assert "not read off the network" in prove_bound(saved, right, {}).claim.evidence


def test_edges_are_put_together():
    edges = read_edges({(0, 0, 0): "x**2", (0, 1, 1): "sin(x)", (1, 0, 0): "exp(x)"})
    assert str(compose(edges, [2, (0, 1), 1], ["a", "b"])) == "exp(a**2*sin(b))"


def weights(**changes):
    """One layer from two inputs to one output."""
    arrays = {
        "coefficients": np.ones((2, 5, 1)),
        "low": np.zeros(2),
        "high": np.ones(2),
        "mask": np.ones((2, 1)),
    }
    return {f"layers.0.{name}": value for name, value in {**arrays, **changes}.items()}


@pytest.mark.parametrize(
    ("changes", "widths", "words"),
    [
        ({"high": np.zeros(2)}, [2, 1], "grid is empty"),
        ({"high": np.array([1.0, -1.0])}, [2, 1], "grid is empty"),
        ({"low": np.array([0.0, np.nan])}, [2, 1], "no numbers"),
        ({"coefficients": np.full((2, 5, 1), np.inf)}, [2, 1], "no numbers"),
        ({"low": np.zeros(1)}, [2, 1], "do not fit"),
        ({"mask": np.ones((1, 2))}, [2, 1], "do not fit"),
        ({"base": np.ones((1, 1))}, [2, 1], "do not fit"),
        ({}, [2, 2], "do not fit"),
        ({}, [2, (0, 1)], "do not fit"),
    ],
)
def test_weights_must_fit_their_shape(changes, widths, words):
    with pytest.raises(CertificateError, match=words):
        layers_of(weights(**changes), {"widths": widths})


def test_layers_are_read():
    (layer,) = layers_of(weights(base=np.full((2, 1), 0.5)), {"widths": [2, 1]})
    assert layer.sums == 1
    assert layer.edge(1, 0).base == 0.5
    (pair,) = layers_of(weights(coefficients=np.ones((2, 5, 2)), mask=np.ones((2, 2))), {"widths": [2, (0, 1)]})
    assert pair.sums == 0


def test_a_network_with_two_outputs_is_no_formula():
    edges = read_edges({(0, 0, 0): "x", (0, 0, 1): "x"})
    with pytest.raises(CertificateError, match="2 outputs"):
        compose(edges, [1, 2], ["a"])
    assert str(compose(edges, [1, (0, 1)], ["a"])) == "a**2"


@pytest.mark.parametrize("bound", [1.0, 1.234e-7, 1.235e-7, 9.999e-3, 5e-324, 123456.0, 0.1])
def test_a_bound_is_rounded_up_to_three_digits(bound):
    said = _rounded_up(bound)
    assert bound <= said <= bound * 1.011
    assert float(f"{said:.2e}") == said


LINE = make_formula(parse("x0", ["x0"]), ("x0",), "y", ((0.25, 0.75),))
ONE_EDGE = SplineNetwork(
    {
        "layers.0.coefficients": np.ones((1, 5, 1)),
        "layers.0.low": np.zeros(1),
        "layers.0.high": np.ones(1),
        "layers.0.mask": np.ones((1, 1)),
    },
    {"widths": [1, 1], "base": False, "grid_sizes": [2]},
)


def bounded_by(bound, monkeypatch):
    """What is proved, and whether it is checked, where intervals show this bound."""
    shown = NetworkBound((bound,), 1)
    monkeypatch.setattr("pellucid.prove.formulas.bound_certificate.bound_network", lambda *_: shown)
    return prove_bound(ONE_EDGE, LINE, read_edges({(0, 0, 0): "x"}))


def test_an_infinite_bound_is_none(monkeypatch):
    claim = bounded_by(math.inf, monkeypatch).claim
    assert isinstance(claim, Undecided)
    assert claim.statement == "|network - formula| within a bound, everywhere in the box"
    assert "singular" in claim.evidence


def test_a_bound_that_is_reached_is_one(monkeypatch):
    proof = bounded_by(0.5, monkeypatch)
    assert proof.claim.statement == "|network - formula| <= 5.00e-01"
    tensors = ONE_EDGE.files()[ONE_EDGE.file]
    assert check_bound(proof.files["proofs/bound.json"], tensors, LINE).holds
    bounded_by(0.501, monkeypatch)
    assert not check_bound(proof.files["proofs/bound.json"], tensors, LINE).holds
