"""Readers against the formulas of the files, written out by hand; and what is not understood is refused."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.artifacts.features.dictionary_files import read_dictionary
from pellucid.look.dictionaries.top_k_sae import TopKSAE

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


def test_files_of_sae_lens_before_version_6(tmp_path):
    """`standard` with the activation "topk" is a TopK, and each latent is multiplied before it is decoded."""
    options = {"activation_fn_str": "topk", "activation_fn_kwargs": {"k": K}, "finetuning_scaling_factor": True}
    w = lens_file(tmp_path, {"scaling_factor": randn(SIZE, seed=4).abs()}, architecture="standard", **options)
    found = read_dictionary(tmp_path)
    codes = top((X - w["b_dec"]) @ w["W_enc"] + w["b_enc"])
    same(found.reconstruct(X), (codes * w["scaling_factor"]) @ w["W_dec"] + w["b_dec"])
    assert (found.activation, found.k) == ("top_k", K)


@pytest.mark.parametrize("small", [False, True])
def test_gemma_scope(small, tmp_path):
    w = {"W_enc": randn(WIDTH, SIZE), "W_dec": randn(SIZE, WIDTH, seed=1), "b_enc": randn(SIZE, seed=2),
         "b_dec": randn(WIDTH, seed=3), "threshold": randn(SIZE, seed=4).abs()}  # fmt: skip
    a = X @ w["W_enc"] + w["b_enc"]
    expected = (a.relu() * (a > w["threshold"])) @ w["W_dec"] + w["b_dec"]
    if small:
        w = {name.replace("W_", "w_"): value for name, value in w.items()} | {
            "affine_skip_connection": randn(WIDTH, WIDTH)
        }
        save_file(w, tmp_path / "params.safetensors")
        (tmp_path / "config.json").write_text(json.dumps({"architecture": "jump_relu"}))
        expected = expected + X @ w["affine_skip_connection"].T
    else:
        np.savez(tmp_path / "params.npz", **{name: value.numpy() for name, value in w.items()})
    same(read_dictionary(tmp_path).reconstruct(X), expected)


def openai(folder, activation, tied, **options):
    w = {"pre_bias": randn(WIDTH), "encoder.weight": randn(SIZE, WIDTH, seed=1), "latent_bias": randn(SIZE, seed=2)}
    decoder = w["encoder.weight"].T if tied else randn(WIDTH, SIZE, seed=3)
    w |= {"decoder.linear.weight": w["encoder.weight"]} if tied else {"decoder.weight": decoder}
    w |= {"stats_last_nonzero": torch.zeros(SIZE, dtype=torch.long)}
    torch.save({**w, "activation": activation, "activation_state_dict": options}, folder / "autoencoder.pt")
    return w, decoder


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


def test_one_s_own_dictionary_is_read_from_its_finding(tmp_path):
    found = TopKSAE(width=32, k=2, steps=4, batch_size=64).explain(randn(300, 8))
    found.save(tmp_path / "found")
    assert read_dictionary(tmp_path / "found") == found.artifact


@given(name=st.sampled_from(["W_skip", "log_scale", "b_gate", "scaling", "filter"]))
def test_a_tensor_that_is_not_understood_is_refused(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("sae")
    lens_file(folder, {name: randn(SIZE, seed=5)}, architecture="standard")
    with pytest.raises(ValueError, match=f"{name} of .* has shape|holds {name}, of which it is not known"):
        read_dictionary(folder)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"activation_fn_str": "tanh-relu"}, "activation_fn='tanh-relu'"),
        ({"activation_fn": "gelu"}, "activation_fn='gelu'"),
        ({"architecture": "abstopk", "k": K}, "architecture='abstopk'"),
        ({"normalize_activations": "covariance_whitening"}, "covariance_whitening"),
    ],
)
def test_a_setting_that_is_not_understood_is_refused(config, message, tmp_path):
    lens_file(tmp_path, {}, **config)
    with pytest.raises(ValueError, match=message):
        read_dictionary(tmp_path)


def test_factors_that_the_settings_deny_are_refused(tmp_path):
    lens_file(tmp_path, {"scaling_factor": 2 * torch.ones(SIZE)}, architecture="standard")
    with pytest.raises(ValueError, match=r"is not 1, and cfg.json says that it is not used"):
        read_dictionary(tmp_path)


@pytest.mark.parametrize("options", [{"k": K, "postact_fn": "Identity"}])
def test_openai_with_signed_latents_is_refused(options, tmp_path):
    openai(tmp_path, "TopK", False, **options)
    with pytest.raises(ValueError, match="postact_fn='Identity'"):
        read_dictionary(tmp_path)


class Harm:
    def __reduce__(self):
        return os.mkdir, ("harm",)


def test_a_pickle_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"pre_bias": torch.zeros(3), "more": Harm()}, tmp_path / "bad.pt")
    with pytest.raises(ValueError, match="no file of plain tensors"):
        read_dictionary(tmp_path)
    assert not (tmp_path / "harm").exists()


def test_which_of_several(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        lens_file(tmp_path / name, {}, architecture="standard")
    with pytest.raises(ValueError, match=r"holds 2 dictionaries; name one, '.*a' say"):
        read_dictionary(tmp_path)
    with pytest.raises(ValueError, match=r"cfg.json.* is none of"):
        read_dictionary(tmp_path / "a" / "cfg.json")


def test_what_is_written_needs_the_inputs_too():
    eye = torch.eye(3)
    found = Dictionary("TopK", eye, eye, torch.zeros(3), torch.zeros(3), k=2, skip=eye)
    x = torch.rand(4, 3)
    with pytest.raises(ValueError, match=r"give what was encoded, decode\(codes, x\)"):
        found.decode(found.encode(x))
    assert torch.allclose(found.decode(found.encode(x), x), found.reconstruct(x))


def test_what_is_missing_in_a_file_without_settings_is_told_so(tmp_path):
    openai(tmp_path, "TopK", False, postact_fn="ReLU")
    with pytest.raises(ValueError, match=r"activation='TopK' of .* has no k in activation_state_dict; save it again"):
        read_dictionary(tmp_path)
    weights = {"W_enc": randn(WIDTH, SIZE), "W_dec": randn(SIZE, WIDTH), "b_enc": randn(SIZE), "threshold": randn(3)}
    np.savez(tmp_path / "params.npz", **{name: value.numpy() for name, value in weights.items()})
    with pytest.raises(ValueError, match=rf"threshold of .* has shape \(3,\), the other tensors say \({SIZE},\)"):
        read_dictionary(tmp_path / "params.npz")
