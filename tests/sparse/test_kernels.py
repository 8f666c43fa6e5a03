import pytest
import torch

from pellucid.sparse import Codes, Fired, by_latent, decode, kernels, latent_sums, sampled_product, top_k
from pellucid.sparse.encoding import above, largest_of_experts, route

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("n", "k"), [(1024, 8), (1024, 31), (1024, 1), (1000, 8), (64, 4), (64, 64), (16, 3)])
def test_top_k_is_exact(n, k, device):
    x = torch.randn(13, n, generator=torch.Generator().manual_seed(n + k)).to(device)
    values, indices = top_k(x, k)
    assert torch.equal(values.sort(-1).values, x.topk(k).values.sort(-1).values)
    assert torch.equal(x.gather(1, indices), values)
    assert all(len(set(row)) == k for row in indices.tolist())


def test_top_k_of_few_different_values():
    x = torch.randint(0, 3, (5, 512), generator=torch.Generator().manual_seed(0)).float()
    values, indices = top_k(x, 9)
    assert torch.equal(values.sort(-1).values, x.topk(9).values.sort(-1).values)
    assert all(len(set(row)) == 9 for row in indices.tolist())


@pytest.mark.parametrize("k", [0, 9])
def test_top_k_of_too_many(k):
    with pytest.raises(ValueError, match=f"k={k} of 8 columns"):
        top_k(torch.zeros(1, 8), k)


def sparse(device="cpu"):
    generator = torch.Generator().manual_seed(2)
    dense = torch.randn(9, 30, generator=generator) * (torch.rand(9, 30, generator=generator) < 0.2)
    dense[4] = 0  # a row in which nothing fires
    rows, latents = dense.nonzero(as_tuple=True)
    matrix, left = torch.randn(30, 6, generator=generator), torch.randn(9, 6, generator=generator)
    parts = (dense, dense[rows, latents], matrix, left)
    fired = Fired.by_row(latents.to(device), rows.to(device), 9)
    return fired, *(part.to(device) for part in parts)


@pytest.mark.parametrize("device", DEVICES)
def test_products_with_sparse_codes(device):
    fired, dense, values, matrix, left = sparse(device)
    assert torch.allclose(decode(values, fired, matrix), dense @ matrix, atol=1e-5)
    sampled = (left @ matrix.T)[fired.rows, fired.latents]
    assert torch.allclose(sampled_product(left, fired, matrix), sampled, atol=1e-5)
    assert torch.allclose(kernels.sampled_product_plain(left, fired, matrix), sampled, atol=1e-5)
    groups = by_latent(fired.latents, 30)
    assert groups.touched.tolist() == dense.any(0).nonzero()[:, 0].tolist()
    sums = latent_sums(values, fired.rows, groups, left)
    assert torch.allclose(sums, (dense.T @ left)[groups.touched], atol=1e-5)


@pytest.mark.parametrize("kernel", ["on", "off"])
def test_sorted_by_latent(kernel, monkeypatch):
    kernels._sort_kernel.cache_clear()
    monkeypatch.setenv("PELLUCID_SORT_KERNEL", kernel)
    latents = torch.randint(0, 300, (1000,), generator=torch.Generator().manual_seed(0))
    found = by_latent(latents, 400)
    assert torch.equal(found.order, torch.argsort(latents, stable=True))
    assert torch.equal(found.counts, torch.bincount(latents, minlength=400))
    assert torch.equal(found.touched, found.counts.nonzero()[:, 0])
    assert torch.equal(latents[found.order][found.offsets], found.touched)
    with pytest.raises(ValueError, match="latents reach 299; use 0 to 9"):
        by_latent(latents, 10)
    kernels._sort_kernel.cache_clear()


def test_nothing_fired():
    none = torch.zeros(0, dtype=torch.long)
    fired, groups = Fired.by_row(none, none, 2), by_latent(none, 3)
    assert torch.equal(decode(torch.zeros(0), fired, torch.ones(3, 4)), torch.zeros(2, 4))
    assert sampled_product(torch.ones(2, 4), fired, torch.ones(3, 4)).shape == (0,)
    assert latent_sums(torch.zeros(0), none, groups, torch.ones(2, 4)).shape == (0, 4)
    assert fired.codes(torch.zeros(0)).dense(3).tolist() == [[0.0] * 3] * 2


def test_codes_and_lists_are_the_same():
    fired, dense, values, _, _ = sparse()
    codes = fired.codes(values)
    assert torch.equal(codes.dense(30), dense)
    assert torch.equal(codes.active, (dense != 0).sum(1))
    assert torch.equal(codes.counts(30), (dense != 0).sum(0))
    assert codes.values.shape[1] == codes.active.max()
    again = Fired.of(codes.indices)
    assert torch.equal(Codes(codes.values, again.latents.view_as(codes.indices)).dense(30), dense)


def test_above_a_threshold():
    a = torch.tensor([[0.0, 2.0, 5.0], [3.0, 0.0, 0.0]])
    fired = above(a, torch.tensor([1.0, 2.0, 4.0]))
    assert (fired.rows.tolist(), fired.latents.tolist(), fired.offsets.tolist()) == ([0, 1], [2, 0], [0, 1])


def test_each_row_takes_latents_of_its_own_expert():
    generator = torch.Generator().manual_seed(3)
    x, encoder, bias = (torch.randn(size, generator=generator) for size in ((11, 5), (24, 5), (24,)))
    router = torch.randn(4, 5, generator=generator)
    router[2] = -100 * x.mean(0).abs()  # an expert that nobody goes to must not matter
    routed = route(x, router)
    values, indices = largest_of_experts(x[routed.order], routed.sizes, encoder, bias, 3)
    dense = (x @ encoder.T + bias)[routed.order]
    expert = routed.expert[routed.order]
    dense[torch.arange(24)[None] // 6 != expert[:, None]] = -torch.inf
    assert torch.allclose(values.sort().values, dense.topk(3).values.sort().values, atol=1e-6)
    assert torch.equal(indices // 6, expert[:, None].expand(-1, 3))
    assert sum(routed.sizes) == 11
