"""A replacement model: a transcoder for each layer of a transformer, in the place of its feed-forward parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors
from .dictionary import Dictionary


@dataclass(frozen=True, eq=False)
class ReplacementModel(Artifact):
    """`dictionaries[i]` maps what is at the module path `reads[i]` to what is put out at `writes[i]`.

    `fvu[i]`: the share of the variance at `writes[i]` that it leaves unexplained on activations held out. Saved in
    half precision, one file a layer. Raises ValueError where these are not one for each layer.

    >>> import torch
    >>> eye = torch.eye(2)
    >>> one = Dictionary("Transcoder", eye, eye, torch.zeros(2), torch.zeros(2), k=1)
    >>> ReplacementModel((one,), ("0.norm",), ("0.mlp",), (0.25,)).describe()
    'transcoders of 1 layer, 2 latents each, of which at most 1 fires; FVU 0.25 in the median'
    """

    dictionaries: tuple[Dictionary, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    fvu: tuple[float, ...]

    kind = "replacement_model"

    def __post_init__(self) -> None:
        counts = {len(self.dictionaries), len(self.reads), len(self.writes), len(self.fvu)}
        if len(counts) != 1 or not self.dictionaries:
            raise ValueError(f"dictionaries, reads, writes and fvu are {sorted(counts)}; give one of each for a layer")
        for name in ("dictionaries", "reads", "writes", "fvu"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def latents(self) -> int:
        """Of all layers together."""
        return sum(one.size for one in self.dictionaries)

    def describe(self) -> str:
        count, first = len(self.dictionaries), self.dictionaries[0]
        fires = "fires" if first.k == 1 else "fire"
        return (
            f"transcoders of {count} layer{'s' * (count > 1)}, {first.size:,} latents each, of which at most {first.k} "
            f"{fires}; FVU {float(np.median(self.fvu)):.2f} in the median"
        )

    def to_dict(self) -> dict[str, Any]:
        layers = [one.to_dict() for one in self.dictionaries]
        return {"reads": list(self.reads), "writes": list(self.writes), "fvu": list(self.fvu), "dictionaries": layers}

    def files(self) -> Mapping[str, bytes]:
        return {_file(number): _narrow(one) for number, one in enumerate(self.dictionaries)}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        found = []
        for number, plain in enumerate(data["dictionaries"]):
            arrays = load_tensors(files, _file(number))
            wide = {name: value.astype(np.float32) for name, value in arrays.items()}
            found.append(Dictionary.from_dict(plain, {Dictionary.file: save_tensors(wide)}))
        return cls(tuple(found), tuple(data["reads"]), tuple(data["writes"]), tuple(data["fvu"]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReplacementModel):
            return NotImplemented
        return self.to_dict() == other.to_dict() and self.dictionaries == other.dictionaries

    def __hash__(self) -> int:
        return hash((self.reads, self.writes))


def rounded(one: Dictionary) -> Dictionary:
    """The dictionary as it is after it was saved and read: its numbers are of half precision."""
    return Dictionary.from_dict(one.to_dict(), {Dictionary.file: save_tensors(_wide(one))})


def _wide(one: Dictionary) -> dict[str, np.ndarray[Any, Any]]:
    return {name: value.half().float().cpu().contiguous().numpy() for name, value in one.tensors().items()}


def _narrow(one: Dictionary) -> bytes:
    return save_tensors({name: value.cpu().half().contiguous().numpy() for name, value in one.tensors().items()})


def _file(number: int) -> str:
    return f"transcoder_{number:03d}.safetensors"
