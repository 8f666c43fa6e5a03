"""Suites in two halves by a hash of the names: one may be looked at, the other one is run once, at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol, TypeVar


class Named(Protocol):
    """A case of a suite."""

    @property
    def name(self) -> str: ...


Case = TypeVar("Case", bound=Named)


def half(name: str) -> int:
    """0 for what may be looked at, 1 for what is run once.

    >>> half("binding"), half("robertson")
    (0, 1)
    """
    return hashlib.sha256(name.encode()).digest()[0] % 2


def half_of(name: str) -> str:
    """The same in a word, as it is asked for and written down.

    >>> half_of("beat"), half_of("ridge")
    ('second', 'first')
    """
    return ("first", "second")[half(name)]


def chosen(cases: Sequence[Case], names: Sequence[str], unseen: bool) -> list[Case]:
    """The cases of these names, in their order; a half of all where none is named. Raises SystemExit."""
    if not names:
        return [case for case in cases if half(case.name) == int(unseen)]
    known = {case.name: case for case in cases}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"{unknown} are not in the suite; known are {', '.join(known)}")
    return [known[name] for name in names]
