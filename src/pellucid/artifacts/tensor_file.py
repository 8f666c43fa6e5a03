"""Arrays in safetensors files: the same bytes for the same arrays, and one line where a file is damaged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save


def save_tensors(arrays: Mapping[str, NDArray[Any]], shape: Mapping[str, int | str] | None = None) -> bytes:
    """`arrays` as safetensors; `shape`, where given, as JSON under the metadata key "shape"."""
    return save(dict(arrays), metadata=None if shape is None else {"shape": json.dumps(dict(shape))})


def load_tensors(files: Mapping[str, bytes], name: str) -> dict[str, NDArray[Any]]:
    """The arrays in the file `name`; raises ValueError where it is missing or damaged."""
    if name not in files:
        raise ValueError(f"{name} is missing; write the finding again")
    try:
        return load(files[name])
    except SafetensorError as error:
        raise ValueError(f"{name} is damaged ({error}); write the finding again") from None
