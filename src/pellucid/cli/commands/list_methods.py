"""`pellucid list`: every method of every family."""

from __future__ import annotations

from ..app import app
from ..errors import one_line_errors
from ..terminal import Pairs, Terminal


@app.command("list")
def list_methods() -> None:
    """Show every method, by family."""
    with one_line_errors():
        Terminal().print(Pairs(methods()))


def methods() -> list[tuple[str, str]]:
    """(family.Method, its one line) for every method that a room of the package opens its door for."""
    import pkgutil
    from importlib import import_module

    import pellucid

    from ...core import Method

    found = []
    for room in pkgutil.iter_modules(pellucid.__path__):
        if not room.ispkg or room.name in ("cli", "core"):
            continue
        module = import_module(f"pellucid.{room.name}")
        for name in sorted(getattr(module, "__all__", ())):
            kind = getattr(module, name)
            if isinstance(kind, type) and issubclass(kind, Method):
                found.append((f"{room.name}.{name}", (kind.__doc__ or "").strip().split("\n")[0]))
    return found
