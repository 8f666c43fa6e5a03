"""Converted weights: a .gguf file is unpacked once (half a minute) and read back from then on (one second)."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any


def converted(weights: Path, cache: Path) -> Path:
    """The folder that holds what `weights` became; another file of the same name, or a newer one, has another."""
    state = weights.stat()
    key = hashlib.sha256(f"{weights.resolve()} {state.st_size} {state.st_mtime_ns}".encode()).hexdigest()[:12]
    return cache / f"{weights.stem}-{key}"


def is_converted(folder: Path) -> bool:
    """Whether `folder` holds a whole converted model: it is moved there in one step, with its config.json."""
    return (folder / "config.json").is_file()


def keep_converted(model: Any, tokenizer: Any, folder: Path) -> bool:
    """Writes model and tokenizer, whole or not at all; False where there is no room or no right to write."""
    stage = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder.parent).free < 3 * sum(p.numel() * p.element_size() for p in model.parameters()):
            return False
        stage = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        _forget_quantisation(model)
        model.save_pretrained(stage)
        tokenizer.save_pretrained(stage)
        os.replace(stage, folder)
    except OSError:  # a full disk, or another process was first
        return is_converted(folder)
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
    return True


def _forget_quantisation(model: Any) -> None:
    """The weights are plain numbers by now, but `save_pretrained` refuses what once was quantised."""
    for owner, names in ((model, ("hf_quantizer", "is_quantized")), (model.config, ("quantization_config",))):
        for name in names:
            if name in vars(owner):
                delattr(owner, name)
