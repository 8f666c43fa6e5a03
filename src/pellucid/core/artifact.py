"""Artifacts: what was found. Readable, and saved as JSON (plus named binary or text files), never pickle."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self


class Artifact(ABC):
    """Something a person can read, and a folder can hold."""

    kind: ClassVar[str]

    @abstractmethod
    def describe(self) -> str:
        """One line for people."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Everything that JSON can hold."""

    def files(self) -> Mapping[str, bytes]:
        """What JSON should not hold: file name -> content (safetensors, Python source, ...)."""
        return {}

    @classmethod
    @abstractmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        """The inverse of `to_dict` and `files`."""
