"""Methods: ways to open a subject. A method is a frozen dataclass whose fields are its hyperparameters.

What all methods share stands here once: the subject's type is checked, the time is taken, the provenance is written.
A method itself says only how it finds something, in `_find`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, Generic, TypeVar, final, get_args, get_origin

from .artifact import Artifact
from .claim import Claim
from .context import Context
from .finding import Finding
from .provenance import Provenance
from .reporter import SILENT, Reporter

SubjectT = TypeVar("SubjectT", contravariant=True)
ArtifactT = TypeVar("ArtifactT", bound=Artifact)


@dataclass(frozen=True)
class Found(Generic[ArtifactT]):
    """What `Method._find` returns; `Method.explain` adds the provenance."""

    artifact: ArtifactT
    claims: tuple[Claim, ...] = ()
    parts: Mapping[str, Artifact] = field(default_factory=dict)
    proofs: Mapping[str, str] = field(default_factory=dict)
    route: str = ""
    """Which way the method went, where it has several that compete."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Facts that belong beside the hyperparameters, such as how many rows there were."""


class Method(ABC, Generic[SubjectT, ArtifactT]):
    """One way to open a subject.

    `explain` is pure: it leaves the global random state alone, prints nothing, and writes no file (but for resumable
    state under `checkpoint`, where a folder is given). The same seed gives the same finding. A finding has at least
    one claim measured on data that the method did not fit.

    A subclass states what it opens as the first parameter, `class MIPS(Method[Sequences | Recurrence, Program])`, and
    defines `_find`. It may define `_as_subject`, where it also takes what can be made into its subject.
    """

    opens: ClassVar[Any] = object
    """The type of the subjects, from the class's own parameters."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for base in cls.__dict__.get("__orig_bases__", ()):
            given = get_args(base)
            if given and isinstance(get_origin(base), type) and issubclass(get_origin(base), Method):
                cls.opens = given[0] if isinstance(given[0], type | UnionType) else object

    @final
    def explain(
        self,
        subject: SubjectT,
        seed: int = 0,
        *,
        reporter: Reporter = SILENT,
        checkpoint: Path | None = None,
    ) -> Finding[ArtifactT]:
        """Open `subject`; every random draw comes from a stream made from `seed`.

        Raises TypeError for what the method does not open, ValueError for what it cannot open.
        """
        opened: Any = self._as_subject(subject)
        if not isinstance(opened, self.opens):
            raise TypeError(_not_opened(self, subject))
        context = Context(seed, reporter, checkpoint)
        with context.timed("total"):
            found = self._find(opened, context)
        provenance = Provenance(
            method_name(self),
            {**self.settings(), **found.settings},
            seed,
            opened.fingerprint(),
            found.route,
            seconds=context.seconds,
        )
        return Finding(found.artifact, found.claims, provenance, found.parts, found.proofs)

    @abstractmethod
    def _find(self, subject: SubjectT, context: Context) -> Found[ArtifactT]:
        """What was found in `subject`, with claims about it."""

    def _as_subject(self, given: Any) -> Any:
        """The subject that `given` stands for; as it is, where a method takes nothing else."""
        return given

    def settings(self) -> dict[str, Any]:
        """The hyperparameters as JSON can hold them, for the provenance."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]


def method_name(method: Method[Any, Any]) -> str:
    """The room and the class: 'distill.MIPS'; the whole module where it is none of ours."""
    kind = type(method)
    parts = kind.__module__.split(".")
    return f"{parts[1] if parts[0] == 'pellucid' and len(parts) > 1 else kind.__module__}.{kind.__name__}"


def _not_opened(method: Method[Any, Any], given: Any) -> str:
    """What was given, what the method opens, and how to make that."""
    opens = type(method).opens
    wanted = [kind for kind in (get_args(opens) or (opens,)) if isinstance(kind, type)]
    made = [remedy for kind in wanted if (remedy := getattr(kind, "made_by", ""))]
    names = " or ".join(kind.__name__ for kind in wanted)
    what = f"{given.__name__}, a class" if isinstance(given, type) else type(given).__name__
    remedy = f"make one by {' or '.join(made)}" if made else f"give {names}"
    return f"{type(method).__name__} opens {names}, not {what}; {remedy}"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        inner = {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
        return {"name": type(value).__name__, **inner}
    return repr(value)
