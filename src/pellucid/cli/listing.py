"""`pellucid list`: every method of every family."""

from __future__ import annotations

from . import terminal
from .commands import one_line_errors

FAMILIES = ("distill", "discover", "look", "learn", "generate", "oversee")


def list_methods() -> None:
    """Show every method, by family."""
    with one_line_errors():
        terminal.show_pairs(methods())


def methods() -> list[tuple[str, str]]:
    """(family.Method, its one line) for every method of every family that is installed."""
    from importlib import import_module
    from importlib.util import find_spec

    from ..core import Method

    found = []
    for family in FAMILIES:
        if find_spec(f"pellucid.{family}") is None:
            continue
        module = import_module(f"pellucid.{family}")
        for name in sorted(getattr(module, "__all__", ())):
            kind = getattr(module, name)
            if isinstance(kind, type) and issubclass(kind, Method) and kind is not Method:
                found.append((f"{family}.{name}", (kind.__doc__ or "").strip().split("\n")[0]))
    return found
