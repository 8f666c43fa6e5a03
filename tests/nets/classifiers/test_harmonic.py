"""The harmonic layer: what the paper says it does not change under, and what it learns."""

import torch

from pellucid.nets.classifiers.harmonic import HarmonicLinear


def test_moved_turned_and_scaled_together_nothing_changes():
    generator = torch.Generator().manual_seed(0)
    layer = HarmonicLinear(5, 3, generator=generator).double()
    x = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    before = layer(x)
    turn, _ = torch.linalg.qr(torch.randn(5, 5, generator=generator, dtype=torch.float64))
    shift = torch.randn(5, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(4 * layer.weight @ turn + shift)
    assert torch.allclose(layer(4 * x @ turn + shift), before, atol=1e-9)
    assert torch.allclose(before.exp().sum(1), torch.ones(7, dtype=torch.float64))


def test_the_exponent_is_that_of_distances_not_of_their_squares():
    layer = HarmonicLinear(1, 2, exponent=3, floor=0.0)
    layer.weight.data = torch.tensor([[0.0], [3.0]])
    odds = layer(torch.tensor([[1.0]])).exp()
    assert torch.allclose(odds[0, 0] / odds[0, 1], torch.tensor(8.0))


def test_an_input_on_a_centre_has_finite_gradients():
    layer = HarmonicLinear(2, 2)
    x = layer.weight[:1].detach().clone().requires_grad_()
    layer(x)[0, 1].backward()
    assert torch.isfinite(x.grad).all()
    assert torch.isfinite(layer.weight.grad).all()
