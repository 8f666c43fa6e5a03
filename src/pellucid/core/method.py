"""Methods: ways to open a subject. A method is a frozen dataclass whose fields are its hyperparameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from pathlib import Path
from typing import Any, Generic, TypeVar

from .artifact import Artifact
from .finding import Finding
from .reporter import SILENT, Reporter

SubjectT = TypeVar("SubjectT", contravariant=True)
ArtifactT = TypeVar("ArtifactT", bound=Artifact)


class Method(ABC, Generic[SubjectT, ArtifactT]):
    """One way to open a subject.

    `explain` is pure: it leaves the global random state alone, prints nothing, and writes no file (but for resumable
    state under `checkpoint`, where a folder is given). The same seed gives the same finding. A finding has at least
    one claim measured on data that the method did not fit.
    """

    @abstractmethod
    def explain(
        self,
        subject: SubjectT,
        seed: int = 0,
        *,
        reporter: Reporter = SILENT,
        checkpoint: Path | None = None,
    ) -> Finding[ArtifactT]:
        """Open `subject`; every random draw comes from a generator made from `seed`."""

    def settings(self) -> dict[str, Any]:
        """The hyperparameters as JSON can hold them, for the provenance."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        inner = {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
        return {"name": type(value).__name__, **inner}
    return repr(value)
