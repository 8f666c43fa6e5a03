"""Functions of an artifact, one case a type, each written beside the others of its family."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch, update_wrapper
from types import UnionType
from typing import Any, Generic, TypeVar

from .registry import import_all, import_naming

R = TypeVar("R")


class ByType(Generic[R]):
    """A function that does what was registered for the type of its first argument; else, what its own body says.

    It is `functools.singledispatch` whose cases need not be imported by anyone, so that a new family is one new file in
    the package `home`: at the first call for a type, those of its modules are that name the type or a parent of it, as
    a case must. What only other types need, torch for one, is not loaded. Subclasses take the case of their parent.

    >>> @by_type("pellucid.core")
    ... def size(thing):
    ...     return "unknown"
    >>> @size.register(list)
    ... def size_of_list(thing):
    ...     return f"{len(thing)} entries"
    >>> size([1, 2]), size(3)
    ('2 entries', 'unknown')
    """

    def __init__(self, default: Callable[..., R], home: str) -> None:
        self.home = home
        self._cases = singledispatch(default)
        self._all_imported = False
        self._imported_for: set[type] = set()
        update_wrapper(self, default)

    def __call__(self, first: Any, *others: Any) -> R:
        self._import_for(type(first))
        return self._cases(first, *others)

    def register(self, kind: type | UnionType) -> Callable[[Callable[..., R]], Callable[..., R]]:
        """A decorator: the function below it is the case of `kind`, which may be a union of types."""

        def add(case: Callable[..., R]) -> Callable[..., R]:
            self._cases.register(kind, case)
            return case

        return add

    def types(self) -> list[type]:
        """Every type that has a case of its own."""
        self._import_home()
        return [kind for kind in self._cases.registry if kind is not object]

    def covers(self, kind: type) -> bool:
        """Whether `kind`, or a parent of it, has a case of its own."""
        self._import_for(kind)
        return self._cases.dispatch(kind) is not self._cases.dispatch(object)

    def _import_for(self, kind: type) -> None:
        if not self._all_imported and kind not in self._imported_for:
            self._imported_for.add(kind)
            import_naming(self.home, tuple(parent.__name__ for parent in kind.__mro__ if parent is not object))

    def _import_home(self) -> None:
        if not self._all_imported:
            self._all_imported = True
            import_all(self.home)


def by_type(home: str) -> Callable[[Callable[..., R]], ByType[R]]:
    """A decorator: the function below it is what is done with a type for which the modules of `home` hold no case."""

    def make(default: Callable[..., R]) -> ByType[R]:
        return ByType(default, home)

    return make
