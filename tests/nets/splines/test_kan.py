"""Kolmogorov-Arnold networks: the right function by every way of computing it, its gradients, and what is refused."""

from __future__ import annotations

import itertools
import json
from functools import partial

import numpy as np
import pytest
import torch
from scipy.interpolate import BSpline

from pellucid.nets import KAN, SplineLayer, kan_from
from pellucid.nets.splines import spline_basis, spline_kernel
from pellucid.nets.splines.spline_sum import plain_sum

WAYS = ["kernel", "dense"]


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    """Each of the two ways to compute a layer."""
    if request.param == "dense":
        monkeypatch.setattr(spline_kernel, "library", lambda: None)
    elif spline_kernel.library() is None:
        pytest.skip("no C compiler")
    return request.param


def numbers(*shape, seed=0, scale=1.0, dtype=torch.float64):
    return scale * torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def layer_of(inputs, outputs, grid_size=5, base=True, dtype=torch.float64):
    """A layer with ranges of its own for every input, some edges off and some halved."""
    low = -1 - torch.rand(inputs, generator=torch.Generator().manual_seed(1))
    layer = SplineLayer(inputs, outputs, grid_size, low=low, high=0.5 - low, base=base, dtype=dtype)
    layer.mask[0, 0] = 0
    layer.mask[-1, -1] = 0.5
    return layer


def test_within_the_grid_it_is_scipys_spline(way):
    layer = SplineLayer(1, 1, 7, low=2.0, high=5.0, base=False, dtype=torch.float64)
    knots = 2 + (5 - 2) / 7 * np.arange(-3, 11)
    expected = BSpline(knots, layer.coefficients[0, :, 0].detach().numpy(), 3)
    x = np.linspace(2, 5, 301)
    found = layer(torch.as_tensor(x)[:, None])[:, 0].detach().numpy()
    assert np.abs(found - expected(x)).max() < 1e-14


def test_beyond_the_grid_it_goes_straight_on(way):
    layer = layer_of(3, 2, base=False)
    for border, sign in ((layer.low, -1), (layer.high, 1)):
        edge = border.clone().requires_grad_()
        value = layer(edge)
        slopes = torch.stack([torch.autograd.grad(part, edge, retain_graph=True)[0] for part in value])
        beyond = torch.tensor([0.5, 3.0, 1000.0], dtype=torch.float64) * sign
        assert torch.allclose(layer(border + beyond), value + slopes @ beyond, rtol=1e-12)


def test_the_formula_of_a_layer(way):
    layer = layer_of(2, 3)
    x = numbers(20, 2)
    edges = layer.edges(x)
    assert edges.shape == (20, 2, 3)
    assert torch.allclose(edges.sum(-2), layer(x), atol=1e-14)
    assert not edges[:, 0, 0].any()
    half = layer.edges(x)[:, -1, -1]
    layer.mask[-1, -1] = 1
    assert torch.allclose(layer.edges(x)[:, -1, -1], 2 * half)
    coefficients = layer.coefficients.detach().clone()
    layer.coefficients.data.zero_()
    silu = torch.nn.functional.silu(x) @ (layer.base * layer.mask)
    assert torch.allclose(layer(x), silu, atol=1e-14)
    layer.coefficients.data.copy_(coefficients)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("base", [True, False])
@pytest.mark.parametrize("outputs", [1, 2, 5, 7, 64])
def test_all_ways_agree(way, outputs, base, dtype):
    layer = layer_of(3, outputs, base=base, dtype=dtype)
    x = numbers(150, 3, scale=2.0, dtype=dtype).requires_grad_()
    weights = numbers(150, outputs, seed=1, dtype=dtype)
    parts = [x, *layer.parameters()]
    found = torch.autograd.grad((layer(x) * weights).sum(), parts)
    plain = plain_sum(x, layer.low, layer.high, layer.mask, layer.coefficients, layer.base)
    expected = torch.autograd.grad((plain * weights).sum(), parts)
    tolerance = 1e-4 if dtype == torch.float32 else 1e-12
    assert torch.allclose(layer(x), plain, rtol=tolerance, atol=tolerance)
    for ours, theirs in zip(found, expected, strict=True):
        assert torch.allclose(ours, theirs, rtol=tolerance, atol=tolerance * float(theirs.abs().max()))


@pytest.mark.parametrize("base", [True, False])
def test_gradients_and_second_derivatives(way, base):
    network = KAN([2, (1, 1), 1], 3, base=base, dtype=torch.float64)
    names = [name for name, _ in network.named_parameters()]

    def function(x, *values):
        return torch.func.functional_call(network, dict(zip(names, values, strict=True)), x)

    given = [value.detach().clone().requires_grad_() for value in (numbers(12, 2, scale=1.5), *network.parameters())]
    assert torch.autograd.gradcheck(function, given)
    assert torch.autograd.gradgradcheck(function, given)


def test_inference_mode_leaves_nothing_behind(way):
    network = KAN([2, 3, 1], dtype=torch.float64)
    spline_basis._kept.cache_clear()
    with torch.inference_mode():
        found = network(numbers(5, 2))
    x = numbers(5, 2).requires_grad_()
    assert torch.equal(network(x), found)
    network.layers[0].edges(x).sum().backward()
    assert x.grad is not None


def test_second_derivatives_through_a_slice(way):
    network = KAN([2, 1], dtype=torch.float64)
    wide = numbers(6, 4).requires_grad_()
    assert torch.autograd.gradgradcheck(lambda x: network(x[:, ::2]), wide)


def test_only_what_is_asked_for_gets_a_gradient(way):
    layer = layer_of(2, 3).requires_grad_(False)
    x = numbers(5, 2).requires_grad_()
    layer(x).sum().backward()
    assert x.grad is not None
    assert layer.coefficients.grad is None
    layer.base.requires_grad_(True)
    layer(x.detach()).sum().backward()
    assert layer.base.grad is not None
    assert layer.coefficients.grad is None


def test_any_leading_dimensions(way):
    network = KAN([2, 3, 2], dtype=torch.float64)
    x = numbers(4, 5, 6, 2)
    assert network(x).shape == (4, 5, 6, 2)
    assert torch.allclose(network(x)[1, 2], network(x[1, 2]))
    assert torch.allclose(network(x)[1, 2, 3], network(x[1, 2, 3]))
    assert torch.allclose(network(x.transpose(0, 2)), network(x).transpose(0, 2))
    assert network(x[:0]).shape == (0, 5, 6, 2)
    network(x[:0]).sum().backward()
    assert not any(parameter.grad.any() for parameter in network.parameters())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_no_finite_input_gives_nan(way, dtype):
    network = KAN([2, (3, 2), 4, 1], dtype=dtype)
    most = torch.finfo(dtype).max
    values = [0.0, 1.0, -1.0, 1e-30, 1e30, -1e30, most, -most]
    x = torch.tensor(list(itertools.product(values, values)), dtype=dtype)
    assert not network(x).isnan().any()
    layer = SplineLayer(1, 1, base=False, dtype=dtype)
    far = layer(torch.tensor([[1e29], [1e30]], dtype=dtype)).flatten().tolist()
    assert far[1] == pytest.approx(10 * far[0], rel=1e-5)  # a straight line also out there


def test_nan_stays_in_its_row(way):
    found = KAN([2, 3, 1])(torch.tensor([[0.1, 0.2], [float("nan"), 0.0], [0.3, float("inf")]]))
    assert found.isnan().flatten().tolist()[:2] == [False, True]


def test_threads_share_the_rows(monkeypatch):
    if spline_kernel.library() is None:
        pytest.skip("no C compiler")
    layer = layer_of(3, 4)
    x = numbers(200, 3).requires_grad_()
    parts = [x, *layer.parameters()]
    alone = [layer(x), *torch.autograd.grad(layer(x).square().sum(), parts)]
    monkeypatch.setattr(spline_kernel, "_threads", partial(spline_kernel._threads, worthwhile=100))
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    shared = [layer(x), *torch.autograd.grad(layer(x).square().sum(), parts)]
    for one, three in zip(alone, shared, strict=True):
        assert torch.allclose(one, three, atol=1e-12)


def test_without_a_compiler_and_with_a_broken_one(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    try:
        spline_kernel.library.cache_clear()
        monkeypatch.setenv("PELLUCID_SPLINE_KERNEL", "off")
        assert spline_kernel.library() is None
        spline_kernel.library.cache_clear()
        monkeypatch.delenv("PELLUCID_SPLINE_KERNEL")
        monkeypatch.setenv("CC", "false")
        with pytest.warns(RuntimeWarning, match="could not be built"):
            assert spline_kernel.library() is None
        assert not list((tmp_path / "pellucid").iterdir())
    finally:
        spline_kernel.library.cache_clear()


def test_multiplication_nodes(way):
    network = KAN([2, (1, 2), 1], dtype=torch.float64)
    x = numbers(9, 2)
    sums = network.layers[0](x)
    assert sums.shape == (9, 5)
    nodes = torch.stack([sums[:, 0], sums[:, 1] * sums[:, 2], sums[:, 3] * sums[:, 4]], 1)
    before, hidden, after = network.activations(x)
    assert torch.equal(before, x)
    assert torch.equal(hidden, nodes)
    assert torch.equal(after, network(x))
    assert torch.allclose(network(x), network.layers[1](nodes))


def test_it_is_rebuilt_from_its_spec_and_weights():
    network = KAN([2, (2, 1), 3], [4, 6], base=False, low=-2, high=3, dtype=torch.float64)
    spec = json.loads(json.dumps(network.spec()))
    again = kan_from(spec, network.state_dict())
    arrays = {name: value.numpy() for name, value in network.state_dict().items()}
    x = numbers(9, 2)
    assert torch.equal(again(x), network(x))
    assert torch.equal(kan_from(spec, arrays)(x), network(x))
    assert again.grid_sizes == [4, 6]
    assert again.widths == [2, (2, 1), 3]


def test_the_seed_decides_and_the_global_state_is_left_alone():
    before = torch.random.get_rng_state()
    first, second = (KAN([2, 2], generator=torch.Generator().manual_seed(3)) for _ in range(2))
    other = KAN([2, 2])
    assert torch.equal(first.layers[0].coefficients, second.layers[0].coefficients)
    assert not torch.equal(first.layers[0].coefficients, other.layers[0].coefficients)
    assert torch.equal(before, torch.random.get_rng_state())


def test_torch_func_works(way):
    network = KAN([2, 3, 1], dtype=torch.float64)
    x = numbers(7, 2)
    jacobians = torch.func.vmap(torch.func.jacrev(network))(x)
    given = x.clone().requires_grad_()
    expected = torch.autograd.grad(network(given).sum(), given)[0]
    assert torch.allclose(jacobians[:, 0], expected)
    assert torch.func.vmap(torch.func.hessian(network))(x).shape == (7, 1, 2, 2)
    _, along = torch.func.jvp(network, (x,), (torch.ones_like(x),))
    assert torch.allclose(along[:, 0], expected.sum(1))


@pytest.mark.slow
def test_torch_compile_gives_the_same():
    network = layer_of(3, 2)
    compiled = torch.compile(network, dynamic=False, fullgraph=True)
    x = numbers(64, 3).requires_grad_()
    assert torch.allclose(compiled(x), network(x), atol=1e-12)
    parts = [x, *network.parameters()]
    ours = torch.autograd.grad(compiled(x).square().sum(), parts)
    for one, other in zip(ours, torch.autograd.grad(network(x).square().sum(), parts), strict=True):
        assert torch.allclose(one, other, atol=1e-10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"in_features": 0}, "in_features=0"),
        ({"out_features": 2.0}, "out_features=2.0"),
        ({"grid_size": 0}, "grid_size=0"),
        ({"low": 1.0}, "is not below"),
        ({"high": float("nan")}, "is not below"),
    ],
)
def test_layers_that_cannot_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        SplineLayer(**{"in_features": 1, "out_features": 1, **arguments})


def test_networks_that_cannot_be():
    for widths in ([2], [(1, 1), 2], [2, 0], [2, (1, 2, 3)], [2, (0, 0)], [2, (-1, 2)]):
        with pytest.raises(ValueError, match="widths"):
            KAN(widths)
    with pytest.raises(ValueError, match="give one number, or one for each of 2 layers"):
        KAN([2, 2, 1], [5])
    with pytest.raises(ValueError, match=r"layers\.0\.coefficients"):
        kan_from(KAN([1, 1]).spec(), {})
    with pytest.raises(ValueError, match="does not fit"):
        kan_from(KAN([1, 1]).spec(), KAN([2, 1]).state_dict())


def test_inputs_that_do_not_fit():
    network = KAN([2, 1])
    with pytest.raises(ValueError, match="its last dimension must be in_features=2"):
        network(torch.zeros(5, 3))
    with pytest.raises(ValueError, match="x has shape"):
        network(torch.tensor(1.0))
    with pytest.raises(ValueError, match=r"convert one of them with \.to"):
        network(torch.zeros(5, 2, dtype=torch.float64))
    with pytest.raises(ValueError, match=r"x is torch\.float32 on meta and the network torch\.float32 on cpu"):
        network(torch.zeros(5, 2, device="meta"))


def test_weights_of_another_size_are_never_read_as_memory():
    layer = SplineLayer(2, 3)
    layer.base = torch.nn.Parameter(torch.zeros(1, 3))
    with pytest.raises(RuntimeError):
        layer(torch.zeros(5, 2))
    layer.coefficients = torch.nn.Parameter(torch.zeros(1, 8, 3))
    with pytest.raises(RuntimeError):
        layer(torch.zeros(5, 2))


def test_shapes_are_found_without_numbers(way):
    network = KAN([2, (1, 1), 3], device="meta")
    assert network.layers[0].coefficients.device.type == "meta"
    assert network(torch.zeros(5, 2, device="meta")).shape == (5, 3)


def test_a_traced_network_still_depends_on_its_input():
    network = KAN([2, 1])
    traced = torch.jit.trace(network, torch.zeros(5, 2), check_trace=False)
    x = torch.rand(5, 2, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(traced(x), network(x), atol=1e-6)
