"""Files of Gemma Scope, of both formats, against their formula."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.torch import save_file

from pellucid.artifacts.features.dictionary_files import read_dictionary

from .written_by_hand import SIZE, WIDTH, X, randn, same


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
