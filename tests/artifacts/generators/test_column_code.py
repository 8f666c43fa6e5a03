"""Columns as coordinates and back: ties, gaps, rare levels, pixels, constants; never outside the range."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pellucid.artifacts.generators.column_code import MOST_LEVELS, ColumnCode
from pellucid.artifacts.generators.denoiser_network import denoise, shapes


def g():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        (g().normal(size=300).round(2), 2),
        (g().poisson(2, 300).astype(float), 0),
        (np.where(g().random(300) < 0.4, np.nan, g().exponential(size=300).round(3)), 3),
        (np.r_[np.zeros(200), g().uniform(1, 9, 100).round(1)], 1),
    ],
)
def test_numbers_come_back(values, decimals):
    code = ColumnCode.of("a", "number", values, decimals=decimals)
    again = code.decode(code.encode(values, g()))
    assert np.array_equal(np.isnan(again), np.isnan(values))
    known = np.isfinite(values)
    assert (np.abs(again - values)[known] < 0.02 * np.nanstd(values) + 1.1 * 10.0**-decimals).mean() > 0.97
    assert again[known].min() >= values[known].min()
    assert np.array_equal(again[known], again[known].round(decimals))


def test_coordinates_of_numbers_have_half_a_units_spread():
    code = ColumnCode.of("a", "number", g().exponential(size=500))
    assert code.encode(g().exponential(size=500), g()).std() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("count", [1, 2, 5, MOST_LEVELS + 20])
@pytest.mark.parametrize("gaps", [False, True])
def test_levels_come_back(count, gaps):
    values = g().integers(0, count, 400).astype(float)
    values[::9] = np.nan if gaps else 0
    code = ColumnCode.of("a", "category", values, tuple(map(str, range(count))))
    again = code.decode(code.encode(values, g()), g())
    own = (values < MOST_LEVELS - 1) | np.isnan(values) | (count <= MOST_LEVELS)
    assert np.array_equal(again[own], values[own], equal_nan=True)
    assert ((again[~own] >= MOST_LEVELS - 1) & (again[~own] < count)).all()


def test_a_constant_has_no_coordinate():
    code = ColumnCode.of("a", "number", np.full(50, 7.0))
    assert code.width == 0
    assert code.decode(np.zeros((3, 0))).tolist() == [7.0] * 3


def test_only_seen_values_where_most_repeat():
    code = ColumnCode.of("a", "number", np.repeat([1.0, 10.0, 100.0], 40))
    assert set(code.decode(g().normal(size=(300, 1)))) == {1.0, 10.0, 100.0}


def test_pixels_keep_one_scale():
    code = ColumnCode.of("a", "number", np.array([0.0, 8.0, 16.0] * 20), decimals=0, linear=(5.0, 6.0))
    assert code.decode(code.encode(np.array([0.0, 3.0, 16.0]), g())).tolist() == [0.0, 3.0, 16.0]


def test_numpy_and_torch_denoise_alike():
    weights = {name: g().normal(size=shape).astype(np.float32) * 0.1 for name, shape in shapes(5, 16, 2).items()}
    x, sigma = g().normal(size=(7, 5)).astype(np.float32), g().uniform(0.1, 9, (7, 1)).astype(np.float32)
    tensors = {name: torch.from_numpy(weight) for name, weight in weights.items()}
    theirs = denoise(tensors, torch.from_numpy(x), torch.from_numpy(sigma), torch).numpy()
    assert np.allclose(denoise(weights, x, sigma), theirs, atol=1e-5)
