"""What all readers share: files that are loaded without running what is in them, and tensors of which none is ignored.

A reader takes every tensor that it understands; one that is left over could change what the dictionary computes, so
the file is refused then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ..dictionary import Dictionary

__all__ = ["Checkpoint", "Reader", "load_tensors", "read_config", "refuse_settings"]


@dataclass(frozen=True)
class Reader:
    """A library: the file by which its checkpoints are known (a name, or a pattern), and how they are read."""

    library: str
    file: str
    read: Callable[[Checkpoint], Dictionary]
    config: str = ""
    """The file of settings that goes with it, where there must be one."""
    sized: bool = False
    """Whether that file says of which size the tensors are."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Settings and tensors of one dictionary; `place` is what it is called in messages."""

    config: dict[str, Any]
    tensors: dict[str, Any]
    place: str
    config_name: str = "cfg.json"
    taken: set[str] = field(default_factory=set)
    sized: bool = False
    """Whether the settings say of which size the tensors are; else they only fit each other."""

    def has(self, name: str) -> bool:
        """Whether there is a tensor of this name."""
        return name in self.tensors

    def size(self, name: str) -> int:
        """A whole number among the settings. Raises ValueError where it is none."""
        value = self.config.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(
                f"{self.config_name} of {self.place!r} has no {name}; name a folder of sae-lens or sparsify"
            )
        return value

    def take(self, name: str, *shape: int | None) -> Tensor:
        """A tensor in float32; None: any size. Raises ValueError where it is missing, or of another shape."""
        found = self.tensors.get(name)
        if not isinstance(found, Tensor):
            raise self._misfit(name, "is missing", shape)
        known = tuple(found.shape)
        if len(known) != len(shape) or any(w not in (None, s) for s, w in zip(known, shape, strict=True)):
            raise self._misfit(name, f"has shape {known}", shape)
        self.taken.add(name)
        return found.float()

    def _misfit(self, name: str, what: str, shape: tuple[int | None, ...]) -> ValueError:
        """The error that says what is wrong with a tensor that should have this shape."""
        wanted = tuple("any" if size is None else size for size in shape)
        told = str(shape) if None not in shape else str(wanted).replace("'", "")
        source, remedy = "the other tensors say", "save it again"
        if self.sized:
            source, remedy = f"{self.config_name} says", "the two files belong to different saves"
        return ValueError(f"{name} of {self.place!r} {what}, {source} {told}; {remedy}")

    def ignore(self, *names: str) -> None:
        """Tensors that are known to change nothing."""
        self.taken.update(names)

    def refuse_rest(self) -> None:
        """Raises ValueError where a tensor was not taken: what it does is not known."""
        rest = sorted(set(self.tensors) - self.taken)
        if rest:
            raise ValueError(
                f"{self.place!r} holds {', '.join(rest[:3])}, of which it is not known what they do; a dictionary "
                "without them would compute something else"
            )


def refuse_settings(settings: Mapping[str, Any], place: str, known: dict[str, Iterable[Any]]) -> None:
    """Raises ValueError for a setting that changes what is computed and has another value than those that are known."""
    for name, values in known.items():
        if name in settings and settings[name] not in tuple(values):
            value = settings[name]
            raise ValueError(
                f"{name}={value!r} of {place!r} is not supported (known: {', '.join(map(repr, values))}); "
                "fold it into the weights with the library that wrote it, or keep to that library"
            )


def read_config(path: Path) -> dict[str, Any]:
    """The settings of a checkpoint. Raises ValueError for a file that is missing or no JSON."""
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        raise ValueError(
            f"folder {str(path.parent)!r} holds no {path.name}, the settings that go with the weights; put it there"
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not JSON ({error}); download it again") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds a {type(found).__name__}; it should hold settings by name")
    return found


def load_tensors(path: Path) -> dict[str, Any]:
    """The tensors (and plain settings) of a file; of a pickle nothing but those is unpacked, and nothing is run.

    Raises ValueError for a damaged file, and for one that asks for code to be run.
    """
    try:
        if path.suffix == ".safetensors":
            return dict(load_file(path))
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                return {name: torch.from_numpy(np.array(arrays[name])) for name in arrays.files}
        found = torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        reason = str(error).split("\n")[0]
        raise ValueError(
            f"{path} is no file of plain tensors ({reason}); save its state_dict, or the same as safetensors"
        ) from None
    except (SafetensorError, OSError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise ValueError(f"{path} is damaged ({error}); download it again") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds a {type(found).__name__}; save the state_dict, tensors by name")
    return {str(name): value for name, value in found.items()}
