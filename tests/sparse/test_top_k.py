"""The k largest in two stages against a full sort."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.sparse.top_k import top_k


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9999), st.integers(1, 8), st.sampled_from([16, 64, 256, 300]), st.sampled_from([4, 16, 32]))
def test_the_same_values_as_a_full_sort(seed, k, n, group):
    x = torch.randn(5, n, generator=torch.Generator().manual_seed(seed)).round(decimals=1)  # with ties
    values, indices = top_k(x, k, group)
    assert torch.equal(values.sort(descending=True).values, x.topk(k).values)
    assert torch.equal(x.gather(1, indices), values)
    assert all(len(set(row)) == k for row in indices.tolist())


@pytest.mark.parametrize("k", [0, 5])
def test_more_than_there_are(k):
    with pytest.raises(ValueError, match=f"k={k} of 4 columns"):
        top_k(torch.zeros(1, 4), k)
