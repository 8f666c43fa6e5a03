"""Registries: what there is of a kind, by name, filled beside each definition."""

from __future__ import annotations

import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Objects by name; each registers itself where it is defined, so that adding one names no other file.

    `what` says in messages what is registered, `home` is the package whose modules hold the definitions: all of them
    are imported when a name is asked for that is not there yet, or when the registry is listed.

    >>> shapes = Registry[float]("shape", home="pellucid.core")
    >>> shapes.register("square", 4.0)
    4.0
    >>> shapes["square"]
    4.0
    >>> shapes["cube"]
    Traceback (most recent call last):
    ...
    ValueError: shape 'cube' is unknown; known are ['square']
    """

    def __init__(self, what: str, home: str) -> None:
        self.what, self.home = what, home
        self._entries: dict[str, T] = {}
        self._all_imported = False

    def register(self, name: str, entry: T) -> T:
        """Adds `entry` under `name` and returns it. Raises ValueError where another one has the name."""
        before = self._entries.get(name)
        if before is not None and _definition(before) != _definition(entry):
            raise ValueError(f"{self.what} {name!r} is registered twice: {_definition(before)}, {_definition(entry)}")
        self._entries[name] = entry
        return entry

    def __getitem__(self, name: str) -> T:
        if name not in self._entries:
            self._import_all()
        try:
            return self._entries[name]
        except KeyError:
            raise ValueError(f"{self.what} {name!r} is unknown; known are {sorted(self._entries)}") from None

    def add(self, name: str) -> Callable[[T], T]:
        """A decorator that registers what stands below it under `name`."""
        return lambda entry: self.register(name, entry)

    def knows(self, name: str) -> bool:
        """Whether it is registered so far; nothing is imported."""
        return name in self._entries

    def __contains__(self, name: object) -> bool:
        if name not in self._entries:
            self._import_all()
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        self._import_all()
        return iter(sorted(self._entries))

    def __len__(self) -> int:
        self._import_all()
        return len(self._entries)

    def _import_all(self) -> None:
        if not self._all_imported:
            self._all_imported = True
            import_all(self.home)


def import_all(package: str) -> None:
    """Imports every module of `package` and of the packages in it, so that what registers itself has done so."""
    for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
        if not module.name.endswith(".__main__"):  # which runs when it is imported
            import_module(module.name)


def import_naming(package: str, names: Sequence[str]) -> None:
    """Imports those modules of `package` and of the packages in it whose source holds one of the names; and those that
    have no source to look into."""
    word = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
    for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
        if module.name not in sys.modules and word.search(_source(module.name) or names[0]):
            import_module(module.name)


@cache
def _source(module: str) -> str | None:
    """The text of a module that is not imported; None where there is none."""
    spec = find_spec(module)
    read = getattr(spec.loader, "get_source", None) if spec is not None else None
    return None if read is None else read(module)


def _definition(entry: Any) -> str:
    """Where an entry was defined; the same for one that a reloaded module defines again."""
    owner = entry if hasattr(entry, "__qualname__") else type(entry)
    return f"{owner.__module__}.{owner.__qualname__}"
