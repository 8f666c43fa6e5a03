"""Measurements that can be made again: from a finding's folder alone, or from it and the data that it came from.

A measurement is one function beside the code that made the claims first: from what was found (and the subject, where it
is about data) to the claims. Claims name it, and `pellucid check --measure` runs it and holds them to what it gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from .artifact import Artifact
from .claim import Claim
from .context import Context
from .finding import Finding
from .registry import Registry, import_all

Kind = TypeVar("Kind", bound=Artifact)

MEASUREMENTS: Registry[Measurement] = Registry("measurement", home="pellucid.core")
"""Every measurement that is known so far by its name, "room.what"; see `find_measurement`."""


@dataclass(frozen=True)
class Evidence:
    """What a measurement is made from: the finding as its folder holds it, and its `subject` where that is given."""

    finding: Finding[Any]
    subject: Any = None

    @property
    def context(self) -> Context:
        """With the finding's seed: the same streams of random numbers."""
        return Context(self.finding.provenance.seed)

    def the(self, kind: type[Kind]) -> Kind:
        """What was found, or the first of its parts, of this kind. Raises LookupError where none is."""
        for artifact in (self.finding.artifact, *self.finding.parts.values()):
            if isinstance(artifact, kind):
                return artifact
        raise LookupError(f"the finding holds no {kind.kind}")


Again = Callable[[Evidence], Iterable[Claim]]


@dataclass(frozen=True)
class Measurement:
    """How claims are made `again`, and whether the subject is needed for it, or what was found is enough."""

    name: str
    again: Again
    on_data: bool

    def claims(self, evidence: Evidence) -> tuple[Claim, ...]:
        """The claims, as they carry the measurement's name."""
        return measured_by(self.name, self.again(evidence))


def measurement(name: str, *, on_data: bool = False) -> Callable[[Again], Again]:
    """Registers the function below it as the measurement `name`, "room.what"; `on_data` where it needs the subject.

    >>> @measurement("core.example")
    ... def again(evidence):
    ...     return [Claim("as before")]
    >>> MEASUREMENTS["core.example"].claims(Evidence(None))[0].measurement
    'core.example'
    """

    def register(again: Again) -> Again:
        MEASUREMENTS.register(name, Measurement(name, again, on_data))
        return again

    return register


def measured_by(name: str, claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims, each with the name of the measurement that makes it again; those that have one keep it."""
    return tuple(claim if claim.measurement else replace(claim, measurement=name) for claim in claims)


def find_measurement(name: str, method: str = "") -> Measurement:
    """The measurement called so, its room imported where need be; first the `method` beside which it may stand.

    Raises ValueError for a name that is none.
    """
    if not re.fullmatch(r"[a-z]+\.[a-z_]+", name):
        raise ValueError(f"measurement {name!r} is no name; it is like 'discover.orbits'")
    room = f"pellucid.{name.split('.')[0]}"
    if not MEASUREMENTS.knows(name) and find_spec(room) is not None:
        home, _, kind = method.partition(".")
        if f"pellucid.{home}" == room and kind.isidentifier():
            getattr(import_module(room), kind, None)
        if not MEASUREMENTS.knows(name):
            import_all(room)
    return MEASUREMENTS[name]
