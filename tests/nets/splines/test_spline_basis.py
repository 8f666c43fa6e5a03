"""The splines of a grid: they add up to one, and both ways of computing them agree."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.nets.splines.jacobian import basis as array_basis
from pellucid.nets.splines.spline_basis import basis, bounded_silu, limit

GRIDS = {"low": st.floats(-3, 0), "width": st.floats(0.1, 5), "grid": st.integers(1, 12)}


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-10, 10), **GRIDS)
def test_splines_add_up_to_one_everywhere(x, low, width, grid):
    ends = torch.tensor([low], dtype=torch.float64)
    values = basis(torch.tensor([[x]], dtype=torch.float64), ends, ends + width, grid)
    assert values.shape == (1, 1, grid + 3)
    assert abs(values.sum().item() - 1) < 1e-9


@settings(max_examples=30, deadline=None)
@given(x=st.lists(st.floats(-10, 10), min_size=1, max_size=5), **GRIDS)
def test_arrays_have_the_same_splines(x, low, width, grid):
    rows = np.array(x)[:, None]
    here = array_basis(rows, np.array([low]), np.array([width / grid]), grid)
    dense = np.zeros((len(x), grid + 3))
    np.put_along_axis(dense, here.first + np.arange(4), here.values[:, 0], axis=1)
    ends = torch.tensor([low], dtype=torch.float64)
    assert np.allclose(basis(torch.from_numpy(rows), ends, ends + width, grid)[:, 0].numpy(), dense, atol=1e-8)


def test_silu_is_bounded_where_numbers_end():
    largest = torch.finfo(torch.float32).max
    above, below = bounded_silu(torch.tensor([largest, -largest])).tolist()
    assert above == torch.tensor(limit(torch.float32)).item()
    assert below == 0.0
