"""UsableInformation: how much a message helps its receiver, and how much it helps whoever watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from ...core.artifact import Artifact


@dataclass(frozen=True)
class UsableInformation(Artifact):
    """The share of right answers above that of the best constant answer, each with its standard error.

    `sentinels` are classes of readers without the key; `gaps[i]` is the receiver's information less that of
    `sentinels[i]`, `errors[i]` its standard error over the same rows.
    """

    receiver: tuple[float, float]
    sentinels: tuple[str, ...]
    read: tuple[tuple[float, float], ...]
    gaps: tuple[float, ...]
    errors: tuple[float, ...]
    constant: float
    rows: int
    reader: str = ""
    title: str = ""

    kind = "usable-information"

    @property
    def gap(self) -> float:
        """Above the sentinel that reads most."""
        return min(self.gaps)

    @property
    def error(self) -> float:
        """The standard error of that."""
        return self.errors[self.gaps.index(self.gap)]

    @property
    def smallest_seen(self) -> float:
        """The gap that so many rows show in 80 % of cases at 5 %: (1.645 + 0.842) standard errors."""
        return 2.487 * self.error

    def describe(self) -> str:
        return (
            f"the receiver reads {self.receiver[0]:.3f}, the best sentinel {max(r for r, _ in self.read):.3f} above "
            f"the constant answer's {self.constant:.3f}: gap {self.gap:.3f} +- {1.96 * self.error:.3f}"
        )

    def table(self) -> list[tuple[str, str, str]]:
        """Each reader with its information and the gap to it."""
        rows = [(f"receiver ({self.reader}, with key)", _told(*self.receiver), "")]
        return rows + [(f"sentinel ({name})", _told(*read), _told(gap, error)) for name, read, gap, error in
                       zip(self.sentinels, self.read, self.gaps, self.errors, strict=True)]  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(**{name: _tuples(value) for name, value in data.items()})


def _told(value: float, error: float) -> str:
    return f"{value:.3f} +- {1.96 * error:.3f}"


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
