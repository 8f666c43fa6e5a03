"""Files of sae-lens against their formulas, written out by hand; what is not understood is refused."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts.features.dictionary_files import read_dictionary

from .written_by_hand import SIZE, K, X, lens_file, randn, same, top


def test_files_of_sae_lens_before_version_6(tmp_path):
    """`standard` with the activation "topk" is a TopK, and each latent is multiplied before it is decoded."""
    options = {"activation_fn_str": "topk", "activation_fn_kwargs": {"k": K}, "finetuning_scaling_factor": True}
    w = lens_file(tmp_path, {"scaling_factor": randn(SIZE, seed=4).abs()}, architecture="standard", **options)
    found = read_dictionary(tmp_path)
    codes = top((X - w["b_dec"]) @ w["W_enc"] + w["b_enc"])
    same(found.reconstruct(X), (codes * w["scaling_factor"]) @ w["W_dec"] + w["b_dec"])
    assert (found.activation, found.k) == ("top_k", K)


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
