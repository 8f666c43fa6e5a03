"""Saved states of OpenAI's autoencoders and of crosscoders, against their formulas."""

from __future__ import annotations

import pytest
import torch

from pellucid.artifacts.features.dictionary_files import read_dictionary

from .written_by_hand import SIZE, WIDTH, K, X, openai, randn, same, top


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("activation", ["ReLU", "TopK"])
def test_openai(activation, tied, tmp_path):
    w, decoder = openai(tmp_path, activation, tied, **({"k": K, "postact_fn": "ReLU"} if activation == "TopK" else {}))
    mu, std = X.mean(1, keepdim=True), X.std(1, keepdim=True)
    rows = (X - mu) / (std + 1e-5) if activation == "TopK" else X
    a = (rows - w["pre_bias"]) @ w["encoder.weight"].T + w["latent_bias"]
    written = (top(a) if activation == "TopK" else a.relu()) @ decoder.T + w["pre_bias"]
    same(read_dictionary(tmp_path).reconstruct(X), written * std + mu if activation == "TopK" else written)
    same(read_dictionary(tmp_path / "autoencoder.pt").reconstruct(X), read_dictionary(tmp_path).reconstruct(X))


def test_crosscoders_of_two_models(tmp_path):
    w = {"W_enc": randn(2, WIDTH, SIZE), "b_enc": randn(SIZE, seed=1), "W_dec": randn(SIZE, 2, WIDTH, seed=2),
         "b_dec": randn(2, WIDTH, seed=3)}  # fmt: skip
    torch.save(w, tmp_path / "cc_weights.pt")
    found = read_dictionary(tmp_path)
    both = torch.stack([X, X.flip(0)], 1)
    codes = (torch.einsum("bmd,mdn->bn", both, w["W_enc"]) + w["b_enc"]).relu()
    expected = torch.einsum("bn,nmd->bmd", codes, w["W_dec"]) + w["b_dec"]
    same(found.reconstruct(both.reshape(len(X), -1)), expected.reshape(len(X), -1))
    assert torch.allclose(found.site_norms(), w["W_dec"].norm(dim=-1))


@pytest.mark.parametrize("options", [{"k": K, "postact_fn": "Identity"}])
def test_openai_with_signed_latents_is_refused(options, tmp_path):
    openai(tmp_path, "TopK", False, **options)
    with pytest.raises(ValueError, match="postact_fn='Identity'"):
        read_dictionary(tmp_path)
