import pytest
import torch

from pellucid.sparse import choosing
from pellucid.sparse.choosing import choose

WIDTH = 64


def drawn(rows, size, seed=0):
    generator = torch.Generator().manual_seed(seed)
    encoder = torch.randn(size, WIDTH, generator=generator).bfloat16()
    return torch.randn(rows, WIDTH, generator=generator).bfloat16(), encoder, torch.randn(size, generator=generator)


def compiled_or_skip():
    if choosing._kernel() is None:
        pytest.skip("no compiler or no tile registers here")


@pytest.mark.parametrize("sizes", [None, [40, 0, 1, 66]])
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("k", [1, 7, 40])
def test_compiled_finds_the_largest(sizes, threads, k, monkeypatch):
    compiled_or_skip()
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    x, encoder, bias = drawn(107, 4 * 256)
    found = choose(x, encoder, bias, k, sizes)
    values = x.float() @ encoder.float().T + bias
    if sizes is not None:
        expert = torch.repeat_interleave(torch.arange(4), torch.tensor(sizes))
        assert torch.equal(found // 256, expert[:, None].expand(-1, k))
        outside = torch.arange(1024)[None] // 256 != expert[:, None]
        values = values.masked_fill(outside, -torch.inf)
    best = values.topk(k).values
    assert torch.allclose(values.gather(1, found).sort(1, descending=True).values, best, atol=1e-4)
    assert all(len(set(row)) == k for row in found.tolist())


@pytest.mark.parametrize("k", [1, 32, 64])
def test_ties_give_different_latents(k):
    found = choose(torch.zeros(5, WIDTH).bfloat16(), torch.zeros(640, WIDTH).bfloat16(), torch.zeros(640), k)
    assert all(len(set(row)) == k for row in found.tolist())


def test_increasing_activations_fill_the_list_again_and_again():
    x = torch.ones(3, WIDTH).bfloat16()
    bias = torch.arange(2048.0).bfloat16().float()  # some are equal: which of those is taken is left open
    found = choose(x, torch.zeros(2048, WIDTH).bfloat16(), bias, 32)
    assert bias[found].sort(1, descending=True).values.tolist() == [bias.topk(32).values.tolist()] * 3
    assert all(len(set(row)) == 32 for row in found.tolist())


def test_not_a_number_gives_latents_that_exist():
    x, encoder, bias = drawn(4, 128)
    found = choose(x * float("nan"), encoder, bias, 5)
    assert bool(((found >= 0) & (found < 128)).all())


@pytest.mark.parametrize("size", [96, 100])
def test_plain_and_compiled_agree(size, monkeypatch):
    x, encoder, bias = drawn(20, size)
    ours = choose(x, encoder, bias, 3)
    choosing._kernel.cache_clear()
    monkeypatch.setenv("PELLUCID_CHOOSE_KERNEL", "off")
    plain = choose(x, encoder, bias, 3)
    choosing._kernel.cache_clear()
    values = x.float() @ encoder.float().T + bias
    ours, plain = (values.gather(1, found).sum(1) for found in (ours, plain))
    assert torch.allclose(ours, plain, rtol=2e-2)
