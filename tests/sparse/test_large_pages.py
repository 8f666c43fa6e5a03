import mmap

import pytest
import torch

from pellucid.sparse.large_pages import on_large_pages

MANY = torch.randn(1025, 1024, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16, torch.float64])
def test_the_same_numbers(kind):
    found = on_large_pages(MANY.to(kind), least=1 << 20)
    assert torch.equal(found, MANY.to(kind))
    assert found.is_contiguous()
    found[3] = 1
    assert bool((found[3] == 1).all())


def test_few_stay_where_they_are():
    few = torch.ones(3)
    assert on_large_pages(few) is few


def test_where_there_are_none(monkeypatch):
    monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    assert on_large_pages(MANY) is MANY
