"""`pellucid list`: every method of every family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..app import app
from ..errors import one_line_errors
from ..terminal import Pairs, Terminal

if TYPE_CHECKING:
    from ...core import Method


@app.command("list")
def list_methods() -> None:
    """Show every method, by family."""
    with one_line_errors():
        Terminal().print(Pairs(methods()))


def methods() -> list[tuple[str, str]]:
    """(family.Method, its one line) for every method in the package, in whatever file it is defined."""
    lines = {f"{_room(kind)}.{kind.__name__}": (kind.__doc__ or "").strip().split("\n")[0] for kind in method_types()}
    return sorted(lines.items())


def method_types() -> list[type[Method[Any, Any]]]:
    """Every method in the package that is for people, by room and name."""
    import pkgutil

    import pellucid

    from ...core import Method, import_all

    for room in pkgutil.iter_modules(pellucid.__path__):
        if room.ispkg and room.name != "cli":
            import_all(f"pellucid.{room.name}")
    found = {kind for kind in _derived(Method) if kind.__module__.startswith("pellucid.") and _is_offered(kind)}
    return sorted(found, key=lambda kind: (_room(kind), kind.__name__))


def _derived(kind: type[Method[Any, Any]]) -> Iterator[type[Method[Any, Any]]]:
    for child in kind.__subclasses__():
        yield child
        yield from _derived(child)


def _is_offered(kind: type[Method[Any, Any]]) -> bool:
    """Whether it is a method for people: no private one, and no base that its room's door does not list."""
    from importlib import import_module

    listed = import_module(f"pellucid.{_room(kind)}").__all__
    return not kind.__name__.startswith("_") and (not kind.__subclasses__() or kind.__name__ in listed)


def _room(kind: type[Any]) -> str:
    return kind.__module__.split(".")[1]
