"""What all readers share: nothing in a file is run, and what is missing in it is told."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch

from pellucid.artifacts.features.dictionary_files import read_dictionary

from .written_by_hand import SIZE, WIDTH, openai, randn


class Harm:
    def __reduce__(self):
        return os.mkdir, ("harm",)


def test_a_pickle_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"pre_bias": torch.zeros(3), "more": Harm()}, tmp_path / "bad.pt")
    with pytest.raises(ValueError, match="no file of plain tensors"):
        read_dictionary(tmp_path)
    assert not (tmp_path / "harm").exists()


def test_what_is_missing_in_a_file_without_settings_is_told_so(tmp_path):
    openai(tmp_path, "TopK", False, postact_fn="ReLU")
    with pytest.raises(ValueError, match=r"activation='TopK' of .* has no k in activation_state_dict; save it again"):
        read_dictionary(tmp_path)
    weights = {"W_enc": randn(WIDTH, SIZE), "W_dec": randn(SIZE, WIDTH), "b_enc": randn(SIZE), "threshold": randn(3)}
    np.savez(tmp_path / "params.npz", **{name: value.numpy() for name, value in weights.items()})
    with pytest.raises(ValueError, match=rf"threshold of .* has shape \(3,\), the other tensors say \({SIZE},\)"):
        read_dictionary(tmp_path / "params.npz")
