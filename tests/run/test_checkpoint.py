"""Checkpoints come back whole, or say why not."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest

from pellucid.run import Checkpoint


def test_the_last_one_saved_comes_back(tmp_path):
    store = Checkpoint(tmp_path / "c", owner="me")
    assert store.load("training") is None
    store.save("training", {"w": np.ones((2, 2), np.float32)}, {"step": 1})
    store.save("training", {"w": np.zeros(3)}, {"step": 2})
    store.save("facts", data=[1, "two"])
    arrays, data = store.load("training")
    assert arrays["w"].tolist() == [0, 0, 0]
    assert data == {"step": 2}
    assert store.load("facts") == ({}, [1, "two"])
    assert sorted(p.name for p in (tmp_path / "c").iterdir()) == ["facts.safetensors", "training.safetensors"]
    store.clear()
    assert not (tmp_path / "c").exists()
    store.clear()


def test_clear_leaves_what_is_not_its_own(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    Checkpoint(tmp_path).save("a")
    Checkpoint(tmp_path).clear()
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_damaged_foreign_and_other_checkpoints_are_refused(tmp_path):
    store = Checkpoint(tmp_path, owner="me")
    store.save("a", {"w": np.ones(100)})
    with pytest.raises(ValueError, match=r"'a' belongs to another job .* or start without --resume"):
        Checkpoint(tmp_path, owner="you").load("a")
    path = tmp_path / "a.safetensors"
    whole = path.read_bytes()
    for content in (b"", b"rubbish", whole[:50], whole[:-8]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="'a' is damaged"):
            store.load("a")
    from safetensors.numpy import save

    path.write_bytes(save({"w": np.ones(2)}))
    with pytest.raises(ValueError, match="'a' is none of ours"):
        store.load("a")
    with pytest.raises(ValueError, match="is no name"):
        store.save("../escape")


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    store = Checkpoint(tmp_path)
    store.save("a", data=1)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.save("a", data=2)
    assert store.load("a") == ({}, 1)
    assert len(list(tmp_path.iterdir())) == 1
