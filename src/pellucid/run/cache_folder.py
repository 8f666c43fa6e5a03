"""Where what can be made again is kept: compiled files, language models out of their packages."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CacheEntry", "cache_folder", "clear_cache", "entries"]


@dataclass(frozen=True)
class CacheEntry:
    """A file or folder in the cache, what it is in words, and its `size` in bytes."""

    name: str
    kind: str
    size: int


def cache_folder() -> Path:
    """`pellucid` in $XDG_CACHE_HOME, or in ~/.cache; without a home, in a folder of temporary files that is ours alone.

    A relative $XDG_CACHE_HOME is passed over, as its specification says. Raises OSError where somebody else owns the
    folder: what lies there is run.

    >>> before = os.environ.get("XDG_CACHE_HOME")
    >>> os.environ["XDG_CACHE_HOME"] = "/somewhere"
    >>> cache_folder().as_posix()
    '/somewhere/pellucid'
    >>> _ = os.environ.pop("XDG_CACHE_HOME") if before is None else os.environ.update(XDG_CACHE_HOME=before)
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(given):
        return Path(given) / "pellucid"
    home = Path("~").expanduser()
    if home.is_absolute() and home.is_dir():
        return home / ".cache" / "pellucid"
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"pellucid-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid != user:
        raise PermissionError(13, "the folder belongs to somebody else", str(folder))
    return folder


def entries() -> list[CacheEntry]:
    """What lies in the cache, the largest first; none where there is no such folder."""
    folder = cache_folder()
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((CacheEntry(path.name, _kind(path), _bytes(path)) for path in found), key=lambda e: (-e.size, e.name))


def clear_cache() -> None:
    """Deletes all that lies in the cache; a link is deleted, not what it leads to."""
    for entry in entries():
        path = cache_folder() / entry.name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _kind(path: Path) -> str:
    """
    >>> [_kind(Path(name)) for name in ("forms-1.bin", "choose-9.so", "choose-9.sha256")]
    ['list of formulas', 'compiled file', 'compiled file']
    """
    if path.is_dir():
        return "language model"
    return {".bin": "list of formulas", ".so": "compiled file", ".sha256": "compiled file"}.get(path.suffix, "other")


def _bytes(path: Path) -> int:
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else [path]
    return sum(each.lstat().st_size for each in inside if not each.is_dir())
