"""Pellucid opens black boxes: networks become programs, tables formulas, equations laws, language models features; and
every claim says how well it is known."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from . import (
        artifacts,
        compress,
        core,
        datasets,
        discover,
        distill,
        generate,
        learn,
        look,
        oversee,
        prove,
        subjects,
    )
    from .core import Finding

__version__ = "0.1.0"

_ROOMS = (
    *(
        "artifacts",
        "compress",
        "core",
        "datasets",
        "discover",
        "distill",
        "generate",
        "jobs",
        "learn",
        "look",
        "nets",
        "plot",
        "prove",
    ),
    *("report", "run", "sklearn", "sparse", "subjects"),
)

__all__ = [
    "__version__",
    "artifacts",
    "compress",
    "core",
    "datasets",
    "discover",
    "distill",
    "generate",
    "learn",
    "load",
    "look",
    "oversee",
    "prove",
    "subjects",
]


def load(folder: Path | str) -> Finding[Any]:
    """The finding that a command wrote into `folder`. Raises ValueError where there is none, or it is damaged."""
    from .core import load_finding

    return load_finding(folder)


def __getattr__(name: str) -> Any:
    """Rooms are imported when they are first named, so that `import pellucid` takes no time (PEP 562)."""
    if name in _ROOMS:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_ROOMS})
