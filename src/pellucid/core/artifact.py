"""Artifacts: what was found. Readable, and saved as JSON (plus named binary or text files), never pickle."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar, Self

from .registry import Registry

KINDS: Registry[type[Artifact]] = Registry("artifact kind", home="pellucid.artifacts")
"""Every artifact's class by its kind; a class that names a kind is added when it is defined."""


class Artifact(ABC):
    """Something a person can read, and a folder can hold. A subclass names its `kind`, and so registers itself."""

    kind: ClassVar[str]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in cls.__dict__:
            KINDS.register(cls.kind, cls)

    @abstractmethod
    def describe(self) -> str:
        """One line for people."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Everything that JSON can hold."""

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return f'<pre style="white-space:pre-wrap">{escape(self.describe())}</pre>'

    def with_parts(self, parts: Mapping[str, Artifact]) -> Self:
        """Itself; an artifact that can be asked for one of its finding's parts takes it here."""
        return self

    def files(self) -> Mapping[str, bytes]:
        """What JSON should not hold: file name -> content (safetensors, Python source, ...)."""
        return {}

    @classmethod
    @abstractmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        """The inverse of `to_dict` and `files`."""
