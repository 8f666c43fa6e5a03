"""Writing files so that nothing is ever half-written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

STAGED = ".staged-"
"""In the name of what is to become a folder's content; a run that was killed may leave one behind."""


def write_atomic(path: Path, content: bytes) -> None:
    """Write `content` to a temporary file beside `path`, then rename it; on failure the old file stays whole.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomic(Path(folder) / "a.txt", b"whole")
    ...     print((Path(folder) / "a.txt").read_text())
    whole
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_folder(folder: Path, files: Mapping[str, bytes], instead_of: Iterable[str] = ()) -> Path:
    """Write all `files` (relative path -> content) under `folder`: stage every one, then move them into place.

    Those that they stand `instead_of` are removed where no new one has their name. A full disk or an interrupt while
    staging leaves `folder` as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}{STAGED}"))
    try:
        for name, content in files.items():
            write_atomic(stage / safe_relative(name), content)
        for name in files:
            target = folder / safe_relative(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(stage / safe_relative(name), target)
        for name in set(instead_of) - set(files):
            (folder / safe_relative(name)).unlink(missing_ok=True)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return folder


def safe_relative(name: str) -> Path:
    """`name` as a path that stays inside its folder; raises ValueError where it would leave it."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"path {name!r} leaves its folder; use a relative path without '..'")
    return Path(*path.parts)
