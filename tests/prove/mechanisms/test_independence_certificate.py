"""Independence of outputs and inputs: no path is proved, any path is refused."""

from dataclasses import replace

import numpy as np
from certificate_examples import Example, example, forged

from pellucid.artifacts import WiredNetwork
from pellucid.core import Proved
from pellucid.prove import prove_independence


def halves():
    """y from a through two neurons, z from b through one."""
    first = np.array([[1.0, 0.0], [-2.0, 0.0], [0.0, 0.5]])
    second = np.array([[3.0, 1.0, 0.0], [0.0, 0.0, -1.0]])
    weights = np.concatenate([first.ravel(), second.ravel()])
    return WiredNetwork(("a", "b"), ("y", "z"), (2, 3, 2), weights, np.ones(5), np.zeros(4), np.ones(4))


def _false_independence():
    found = halves()
    joined = found.weights.copy()
    joined[4] = 1e-300  # from a into z's neuron
    pairs = found.independent()
    for words, network, claimed in (
        ("a pair with a path", found, [*pairs, ("y", "a")]),
        ("a path of a tiny weight", replace(found, weights=joined), pairs),
        ("no pair at all", found, []),
        ("an input that there is not", found, [("y", "c")]),
    ):
        yield words, Example(network, [forged("path_independence", network, pairs=claimed)])


@example("path_independence", _false_independence)
def _independence():
    return Example(halves(), prove_independence(halves()))


def test_a_zero_product_holds_for_all_inputs():
    found = halves()
    assert isinstance(prove_independence(found)[0].claim, Proved)
    rows = np.random.default_rng(0).normal(size=(100, 2)) * 100
    changed = rows.copy()
    changed[:, 1] = 7
    assert np.array_equal(found.predict(rows)[:, 0], found.predict(changed)[:, 0])


def test_parts_and_what_is_left_alone():
    found = halves()
    assert found.parts == [((0,), (0,)), ((1,), (1,))]
    assert found.describe() == "y of a; z of b: 6 weights"
