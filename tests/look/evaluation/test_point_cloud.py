"""The shape of the cloud of features: a power law is told from an isotropic one."""

import numpy as np
import pytest
import torch

from pellucid.look.evaluation.point_cloud import measure_point_cloud, power_law

WIDTH = 24


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_power_law_is_told_from_an_isotropic_cloud():
    rows = torch.randn(2000, WIDTH, generator=generator())
    steep = rows * torch.arange(1, WIDTH + 1) ** -0.75
    claims, data = measure_point_cloud(steep, rows, generator())
    assert data["slope"] == pytest.approx(-1.5, abs=0.1)
    assert data["straight"] > 0.98
    assert abs(data["slope_isotropic"]) < 0.2
    assert abs(data["slope_of_activations"]) < 0.2
    assert claims[0].uncertainty < 0.1
    assert measure_point_cloud(rows[:WIDTH], rows, generator()) == ([], {})
    assert np.isfinite(power_law(torch.ones(30, 4).double() + 1e-3 * torch.rand(30, 4).double())[0])
