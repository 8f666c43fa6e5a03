"""Edges in their simplest gauge: the same function with fewer numbers."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.expression.primitives import LIBRARY
from pellucid.distill.formulas.spline.edge_candidates import EdgeCandidate
from pellucid.distill.formulas.spline.symbols import simple_edge, spline_network
from pellucid.nets.splines.kan import KAN
from pellucid.nets.splines.least_squares import arrays_of

NUMBER = st.floats(0.2, 3) | st.floats(-3, -0.2)


@settings(max_examples=40, deadline=None)
@given(function=st.sampled_from(LIBRARY), a=NUMBER, b=NUMBER, c=NUMBER, d=NUMBER)
def test_a_simple_edge_is_the_same_function(function, a, b, c, d):
    x = np.linspace(0.1, 0.5, 9)
    z = a * x + b
    assume(z.min() > function.low + 0.05 and z.max() < function.high - 0.05 and np.abs(z).min() > 0.05)
    found = EdgeCandidate(function, a, b, c, d, 0.0)
    edge, constant = simple_edge(found)
    assert np.allclose(edge.evaluate(x)[0] + constant, found(x), rtol=1e-7, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(widths=st.sampled_from([[2, 1], [2, 3, 1], [2, (1, 1), 1], [3, (0, 2), 2, 1]]), masked=st.integers(0, 3))
def test_a_spline_network_edge_by_edge_says_what_the_network_says(widths, masked):
    network = KAN(widths, base=True)
    network.layers[0].mask.data.flatten()[masked % network.layers[0].mask.numel()] = 0.0
    arrays = arrays_of(network)
    X = np.random.default_rng(0).uniform(-1, 1, (20, widths[0]))
    assert np.allclose(spline_network(arrays)(X), arrays(X)[:, 0])
