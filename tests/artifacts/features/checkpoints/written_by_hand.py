"""Dictionaries in the files of other libraries, written by hand, and what they compute."""

from __future__ import annotations

import json

import torch
from safetensors.torch import save_file

WIDTH, SIZE, K = 6, 20, 3


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


X = 3 * randn(15, WIDTH, seed=9) + 1


def same(found, expected):
    assert torch.allclose(found, expected, rtol=1e-5, atol=1e-5 * float(expected.abs().max()))


def top(a, k=K):
    values, indices = a.topk(k)
    return torch.zeros_like(a).scatter(1, indices, values.relu())


def lens_file(folder, tensors, **config):
    sizes = {"d_in": WIDTH, "d_sae": SIZE}
    (folder / "cfg.json").write_text(json.dumps({**sizes, **config}))
    base = {"W_enc": randn(WIDTH, SIZE), "W_dec": randn(SIZE, WIDTH, seed=1), "b_dec": randn(WIDTH, seed=2)}
    base |= {"b_enc": randn(SIZE, seed=3), **tensors}
    save_file({name: value for name, value in base.items() if value is not None}, folder / "sae_weights.safetensors")
    return base


def openai(folder, activation, tied, **options):
    w = {"pre_bias": randn(WIDTH), "encoder.weight": randn(SIZE, WIDTH, seed=1), "latent_bias": randn(SIZE, seed=2)}
    decoder = w["encoder.weight"].T if tied else randn(WIDTH, SIZE, seed=3)
    w |= {"decoder.linear.weight": w["encoder.weight"]} if tied else {"decoder.weight": decoder}
    w |= {"stats_last_nonzero": torch.zeros(SIZE, dtype=torch.long)}
    torch.save({**w, "activation": activation, "activation_state_dict": options}, folder / "autoencoder.pt")
    return w, decoder
