"""The compiled pass against torch's operations, and these against autograd."""

import pytest
import torch

from pellucid.sparse import reconstructing
from pellucid.sparse.codes import Fired
from pellucid.sparse.reconstructing import reconstruct, reconstruct_plain

ROWS, SIZE = 150, 40


def drawn(width, width_out, kind=torch.float32):
    generator = torch.Generator().manual_seed(width)
    shapes = [(ROWS, width), (ROWS, width_out), (SIZE, width), (SIZE,), (SIZE, width_out), (width_out,)]
    x, y, encoder, bias, decoder, decoder_bias = (torch.randn(s, generator=generator, dtype=kind) for s in shapes)
    taken = torch.rand(ROWS, SIZE, generator=generator) < 0.2
    taken[3] = False  # a row in which nothing fires
    rows, latents = taken.nonzero(as_tuple=True)
    share = torch.rand(ROWS, generator=generator, dtype=kind)
    return x, y, Fired.by_row(latents, rows, ROWS), (encoder, bias), (decoder, decoder_bias), share


@pytest.mark.parametrize(("width", "width_out"), [(7, 5), (16, 192), (400, 64), (211, 211)])
@pytest.mark.parametrize("with_share", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
def test_compiled_and_plain_agree(width, width_out, with_share, threads, monkeypatch):
    if reconstructing._kernel() is None:
        pytest.skip("no C compiler here")
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    *given, share = drawn(width, width_out)
    share = share if with_share else None
    ours, plain = reconstruct(*given, share, 200), reconstruct_plain(*given, share, 2 / 200)
    for name, value in plain._asdict().items():
        assert torch.allclose(getattr(ours, name), value, rtol=1e-4, atol=1e-5 * float(value.abs().max())), name


def test_gradients_are_those_of_autograd():
    x, y, fired, encoder, decoder, share = drawn(7, 5, torch.float64)
    values = ((x[fired.rows] * encoder[0][fired.latents]).sum(1) + encoder[1][fired.latents]).relu().requires_grad_()
    share = share.requires_grad_()
    codes = torch.zeros(ROWS, SIZE, dtype=x.dtype).index_put((fired.rows, fired.latents), values)
    error = (share[:, None] * (codes @ decoder[0]) + decoder[1] - y).square().sum(1)
    error.mean().backward()
    found = reconstruct(x, y, fired, encoder, decoder, share.detach())
    assert torch.allclose(found.values, values)
    assert torch.allclose(found.by_value, values.grad * (values > 0))
    assert torch.allclose(found.by_share, share.grad)
    assert torch.allclose(found.error, error)


def test_not_a_number_stays_so():
    x, *rest = drawn(32, 32)
    found = reconstruct(torch.full_like(x, float("nan")), *rest)
    assert bool(found.values.isnan().any())
    assert bool(found.error[:3].isnan().all())


def test_nothing_at_all():
    none = torch.zeros(0, dtype=torch.long)
    x, eye = torch.ones(2, 4), (torch.ones(3, 4), torch.zeros(3))
    found = reconstruct(x, x, Fired.by_row(none, none, 2), eye, (torch.ones(3, 4), torch.zeros(4)))
    assert torch.equal(found.residual, -x)
    assert found.values.shape == (0,)
