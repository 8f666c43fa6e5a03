"""One learning rate for all activations: units and places do not matter to a training."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.nets.dictionaries.dictionary_scale import Scale

X = torch.randn(300, 5, generator=torch.Generator().manual_seed(2))


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 100.0), st.floats(-50.0, 50.0))
def test_units_and_origin_do_not_matter(factor, shift):
    scale, other = Scale.of(X, X), Scale.of(factor * X + shift, factor * X + shift)
    assert torch.allclose(other.inputs(factor * X + shift), scale.inputs(X), atol=2e-2)


def test_the_median_row_has_the_norm_of_a_standard_normal_one():
    norms = torch.linalg.vector_norm(Scale.of(X, X).inputs(X), dim=1)
    assert float(norms.median()) == pytest.approx(5**0.5, rel=1e-5)


def test_survives_a_checkpoint():
    scale = Scale.of(X, X[:, :2]).with_bar(0.25)
    again = Scale.from_tensors(scale.tensors())
    assert again.bar == 0.25
    assert all(
        torch.equal(a, b) for a, b in zip(again.normalised(X, X[:, :2]), scale.normalised(X, X[:, :2]), strict=True)
    )
