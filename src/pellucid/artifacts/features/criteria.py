"""Criteria: what speaks for a hypothesis about a representation, each figure beside its control."""

from __future__ import annotations

from dataclasses import dataclass

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class Criteria(ArrayArtifact):
    """A row for each criterion: its name, the measured value, the control's, and whether it is met.

    >>> Criteria("omega", (("predictable", 0.9, 0.0, True), ("intervenable", 0.1, 0.0, False))).describe()
    'omega: predictable 0.90 (control 0.00); not intervenable 0.10 (control 0.00)'
    """

    hypothesis: str
    rows: tuple[tuple[str, float, float, bool], ...]
    names: tuple[str, ...] = ()

    kind = "criteria"

    def __post_init__(self) -> None:
        rows = tuple((str(name), float(value), float(control), bool(met)) for name, value, control, met in self.rows)
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "names", tuple(self.names))

    @property
    def met(self) -> int:
        """How many of the criteria are met.

        >>> Criteria("omega", (("predictable", 0.9, 0.0, True), ("intervenable", 0.1, 0.0, False))).met
        1
        """
        return sum(met for *_, met in self.rows)

    def describe(self) -> str:
        parts = (
            f"{'' if met else 'not '}{n} {value:.2f} (control {control:.2f})" for n, value, control, met in self.rows
        )
        return f"{self.hypothesis}: {'; '.join(parts)}"
