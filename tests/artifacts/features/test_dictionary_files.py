"""Folders of dictionaries: which file in them is read, and what is said of those that hold none."""

import pytest

from pellucid.artifacts.features.dictionary_files import read_dictionary
from pellucid.look.dictionaries.top_k_sae import TopKSAE

from .checkpoints.written_by_hand import lens_file, randn


def test_one_s_own_dictionary_is_read_from_its_finding(tmp_path):
    found = TopKSAE(width=32, k=2, steps=4, batch_size=64).explain(randn(300, 8))
    found.save(tmp_path / "found")
    assert read_dictionary(tmp_path / "found") == found.artifact


def test_which_of_several(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        lens_file(tmp_path / name, {}, architecture="standard")
    with pytest.raises(ValueError, match=r"holds 2 dictionaries; name one, '.*a' say"):
        read_dictionary(tmp_path)
    with pytest.raises(ValueError, match=r"cfg.json.* is none of"):
        read_dictionary(tmp_path / "a" / "cfg.json")


def test_files_that_are_none(tmp_path):
    with pytest.raises(ValueError, match=r"holds no cfg.json"):
        read_dictionary(tmp_path)
    (tmp_path / "cfg.json").write_text("{}")
    with pytest.raises(ValueError, match="holds neither"):
        read_dictionary(tmp_path)
    (tmp_path / "sae.safetensors").write_bytes(b"12345678910")
    with pytest.raises(ValueError, match="is damaged"):
        read_dictionary(tmp_path)
    (tmp_path / "cfg.json").write_text("{")
    with pytest.raises(ValueError, match="is not JSON"):
        read_dictionary(tmp_path)
