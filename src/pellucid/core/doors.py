"""Doors: a room's public names, imported when they are first used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import lazy_loader


def open_door(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package whose public names stand in the stub (.pyi) beside `file`.

    A name that the stub does not list is looked for in the file that is called after it, in whatever sub-room
    (`TopKSAE` in top_k_sae.py), so that a new definition needs no line elsewhere.
    """
    listed, directory, names = lazy_loader.attach_stub(package, file)

    def attribute(name: str) -> Any:
        if name not in names and not name.startswith("_"):
            for module in _called_after(name, package, Path(file).parent):
                if hasattr(module, name):
                    return getattr(module, name)
        return listed(name)  # a listed name, a sub-room, or the usual AttributeError

    return attribute, directory, names


def _called_after(name: str, package: str, folder: Path) -> list[Any]:
    """The modules of the folder whose file name is `name` in snake case, however its capitals are parted."""
    paths = [path for path in sorted(folder.rglob("*.py")) if path.stem.replace("_", "") == name.lower()]
    return [import_module(".".join((package, *path.relative_to(folder).with_suffix("").parts))) for path in paths]
