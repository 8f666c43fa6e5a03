"""Shards: safetensors files that are read in place, without loading them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Shaped
from numpy.typing import NDArray
from torch import Tensor

from ...core.files import write_atomic

KINDS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
"""Formats of a store."""


@dataclass(frozen=True, eq=False)
class Shard:
    """Memory-mapped arrays, one row for each vector, and how many vectors each sequence has."""

    arrays: Mapping[str, NDArray[Any]]
    halves: frozenset[str]
    """Names of arrays that hold bfloat16, which numpy does not know."""
    lengths: NDArray[np.int64]
    ends: NDArray[np.int64]

    def bounds(self, sequence: int) -> tuple[int, int]:
        end = int(self.ends[sequence])
        return end - int(self.lengths[sequence]), end

    def part(self, name: str, low: int, high: int) -> Shaped[Tensor, "rows ..."]:
        """A copy of some rows, as torch has them."""
        copied = torch.from_numpy(np.array(self.arrays[name][low:high]))
        return copied.view(torch.bfloat16) if name in self.halves else copied


def write_shard(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Writes values (rows, width), lengths (sequences,) and the like; the file is whole or not there."""
    from safetensors.torch import save

    write_atomic(path, save({name: tensor.contiguous() for name, tensor in tensors.items()}))


def open_shard(path: Path) -> Shard:
    """Raises ValueError where the file is damaged."""
    remedy = "delete it and call Site.store(folder) again"
    try:
        with path.open("rb") as stream:
            size = int.from_bytes(stream.read(8), "little")
            if size > path.stat().st_size:
                raise ValueError(f"a header of {size} bytes")
            header = json.loads(stream.read(size))
        kinds = {"F32": np.float32, "F16": np.float16, "BF16": np.int16, "I32": np.int32, "I64": np.int64}
        arrays, halves = {}, set()
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            shape, start = tuple(entry["shape"]), 8 + size + entry["data_offsets"][0]
            arrays[name] = np.memmap(path, kinds[entry["dtype"]], "r", start, shape)
            halves |= {name} if entry["dtype"] == "BF16" else set()
        lengths = np.array(arrays.pop("lengths"), dtype=np.int64)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"the shard {path} is damaged ({error}); {remedy}") from None
    if int(lengths.sum()) != len(arrays["values"]):
        raise ValueError(f"the shard {path} has {len(arrays['values'])} vectors, not {lengths.sum()}; {remedy}")
    return Shard(arrays, frozenset(halves), lengths, np.cumsum(lengths))


def shard_name(number: int) -> str:
    """The file of a shard.

    >>> shard_name(12)
    '00012.safetensors'
    """
    return f"{number:05}.safetensors"


def narrowed(values: Tensor, dtype: str) -> Tensor:
    """In the format of a store. Raises ValueError where numbers are too large for it."""
    found = values.to(KINDS[dtype])
    if not bool(found.isfinite().all()):
        largest = float(values.abs().max())
        raise ValueError(
            f"dtype={dtype!r} holds numbers up to {torch.finfo(KINDS[dtype]).max:,.0f}, and the activations reach "
            f"{largest:,.0f}; use dtype='bfloat16'"
        )
    return found
