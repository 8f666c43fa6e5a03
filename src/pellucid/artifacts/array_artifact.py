"""Artifacts that are dataclasses of arrays and of what JSON can hold: saved, loaded and compared by their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Self

import numpy as np

from ..core.artifact import Artifact
from .tensor_file import load_tensors, save_tensors


class ArrayArtifact(Artifact):
    """A dataclass (`eq=False`): its arrays go to `<kind>.safetensors`, its other fields to JSON; None to neither."""

    def _arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}

    def to_dict(self) -> dict[str, Any]:
        arrays = self._arrays()
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {name: _listed(value) for name, value in values.items() if name not in arrays and value is not None}

    def files(self) -> Mapping[str, bytes]:
        arrays = {name: np.ascontiguousarray(value) for name, value in self._arrays().items()}
        return {f"{self.kind}.safetensors": save_tensors(arrays)} if arrays else {}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        name = f"{cls.kind}.safetensors"
        arrays = load_tensors(files, name) if name in files else {}
        given: dict[str, Any] = {**{key: _tupled(value) for key, value in data.items()}, **arrays}
        missing = [field.name for field in fields(cls) if field.name not in given and _needed(field)]  # type: ignore
        if missing:
            raise ValueError(f"{name} has no {missing[0]!r}; write the finding again")
        return cls(**given)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, ArrayArtifact):
            return NotImplemented
        return self.to_dict() == other.to_dict() and dict(self.files()) == dict(other.files())

    __hash__ = None  # type: ignore[assignment]


def _needed(field: Any) -> bool:
    from dataclasses import MISSING

    return field.default is MISSING and field.default_factory is MISSING


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple | list) else value


def _tupled(value: Any) -> Any:
    return tuple(_tupled(item) for item in value) if isinstance(value, list) else value
