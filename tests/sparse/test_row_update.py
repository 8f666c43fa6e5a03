import pytest
import torch

from pellucid.sparse import row_update
from pellucid.sparse.kernels import by_latent, latent_sums
from pellucid.sparse.row_update import Rows, Step, apply_gradient, update_rows

SIZE, WIDTH, BATCH = 40, 19, 16


def entries(generator, count=60):
    latents = torch.randint(0, SIZE // 2, (count,), generator=generator)
    return latents, torch.randn(count, generator=generator), torch.randint(0, BATCH, (count,), generator=generator)


def test_is_adam_without_a_first_moment(monkeypatch):
    monkeypatch.setattr(Step, "most", float("inf"))
    generator = torch.Generator().manual_seed(0)
    rows = Rows.of(torch.randn(SIZE, WIDTH, generator=generator))
    weight = rows.weight.clone().requires_grad_()
    adam = torch.optim.Adam([weight], lr=0.01, betas=(0.0, 0.9), eps=Step.eps)
    last = torch.zeros(SIZE, dtype=torch.long)
    for number in range(1, 8):
        latents, values, sources = entries(generator, 12)
        matrix = torch.randn(BATCH, WIDTH, generator=generator)
        groups = by_latent(latents, SIZE)
        weight.grad = torch.zeros(SIZE, WIDTH)
        weight.grad[groups.touched] = latent_sums(values, sources, groups, matrix)
        adam.step()
        update_rows(
            rows,
            values,
            sources,
            groups,
            matrix,
            Step.of(number, 0.01, 0.9, number - last[groups.touched], torch.float32),
        )
        last[groups.touched] = number
    assert torch.allclose(rows.weight, weight, atol=1e-5)


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
def test_compiled_and_plain_agree(unit, threads, monkeypatch):
    if row_update._kernel() is None:
        pytest.skip("no C compiler here")
    monkeypatch.setattr(row_update, "_ROWS_PER_THREAD", 4)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    generator = torch.Generator().manual_seed(1)
    start = torch.nn.functional.normalize(torch.randn(SIZE, WIDTH, generator=generator))
    latents, values, sources = entries(generator)
    groups = by_latent(latents, SIZE)
    matrix = torch.randn(BATCH, WIDTH, generator=generator)
    step = Step.of(3, 0.05, 0.99, torch.randint(1, 4, groups.touched.shape, generator=generator), torch.float32)
    ours, plain = (Rows.of(start.clone(), bfloat16=True, unit=unit) for _ in range(2))
    update_rows(ours, values, sources, groups, matrix, step)
    apply_gradient(plain, latent_sums(values, sources, groups, matrix), groups.touched, step)
    assert torch.allclose(ours.weight, plain.weight, atol=1e-6)
    assert torch.allclose(ours.square, plain.square, rtol=1e-4, atol=1e-8)
    assert ours.bfloat16 is not None
    assert torch.equal(ours.bfloat16, ours.weight.bfloat16())
    untouched = groups.counts == 0
    assert torch.equal(ours.weight[untouched], start[untouched])
    if unit:
        assert torch.allclose(ours.weight.norm(dim=1), torch.ones(SIZE))


def test_nothing_fired():
    rows = Rows.of(torch.ones(3, 2))
    none = torch.zeros(0, dtype=torch.long)
    update_rows(
        rows, torch.zeros(0), none, by_latent(none, 3), torch.ones(1, 2), Step.of(1, 0.1, 0.9, none, torch.float32)
    )
    assert torch.equal(rows.weight, torch.ones(3, 2))


def test_other_formats_go_without_the_kernel():
    rows = Rows.of(torch.eye(2, dtype=torch.float64))
    latents = torch.tensor([1])
    step = Step.of(1, 0.1, 0.9, torch.tensor([1]), torch.float64)
    matrix = torch.ones(1, 2, dtype=torch.float64)
    update_rows(rows, torch.ones(1, dtype=torch.float64), torch.tensor([0]), by_latent(latents, 2), matrix, step)
    assert torch.allclose(rows.weight, torch.tensor([[1.0, 0.0], [-0.1, 0.9]], dtype=torch.float64))


@pytest.mark.parametrize("kernel", ["on", "off"])
def test_one_row_far_away_moves_nothing_far(kernel, monkeypatch):
    row_update._kernel.cache_clear()
    monkeypatch.setenv("PELLUCID_ROW_KERNEL", kernel)
    rows = Rows.of(torch.zeros(1, 20))
    groups = by_latent(torch.tensor([0]), 1)
    for number in range(1, 30):
        far = 1000.0 if number == 29 else 1.0
        before = rows.weight.clone()
        step = Step.of(number, 0.01, 0.999, torch.tensor([1]), torch.float32)
        update_rows(rows, torch.tensor([far]), torch.tensor([0]), groups, torch.ones(1, 20), step)
    assert torch.allclose(before - rows.weight, torch.full((1, 20), 0.01 * Step.most))
    row_update._kernel.cache_clear()
