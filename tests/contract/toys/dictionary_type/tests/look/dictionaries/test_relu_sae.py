"""The toy type of dictionary: more penalty, fewer latents that fire."""

import torch

from pellucid.look import ReLUSAE


def test_the_penalty_makes_fewer_latents_fire():
    x = torch.randn(2000, 8, generator=torch.Generator().manual_seed(0))
    fired = [
        ReLUSAE(width=32, k=4, steps=150, batch_size=64, sparsity=sparsity).explain(x).measured("l0")
        for sparsity in (0.01, 3.0)
    ]
    assert fired[1] < fired[0]
