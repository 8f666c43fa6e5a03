"""Checkpoints: what a long job has so far, in a folder, so that an interrupt costs nothing already computed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..core.files import write_atomic

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Checkpoint:
    """Named arrays and JSON data in `folder`, one safetensors file for each name, replaced whole or not at all.

    `owner` says which job the folder belongs to (a fingerprint of its subject, settings and seed): what another job
    wrote is refused, so that a resumed job never goes on from foreign numbers.

    >>> import numpy as np, tempfile
    >>> store = Checkpoint(Path(tempfile.mkdtemp()), owner="seed 0")
    >>> store.save("training", {"loss": np.array([0.5])}, {"step": 100})
    >>> store.load("training")
    ({'loss': array([0.5])}, {'step': 100})
    >>> store.load("extraction") is None
    True
    """

    folder: Path
    owner: str = ""

    version: ClassVar[str] = "1"
    """Of the format; files of another one are refused."""

    def save(self, name: str, arrays: Mapping[str, NDArray[Any]] | None = None, data: Any = None) -> None:
        """Keep `arrays` (of any shape) and `data` (what JSON can hold) under `name`, in place of what was there.

        Raises OSError where the disk is full; then what was there before is still there.
        """
        from safetensors.numpy import save

        metadata = {"pellucid": self.version, "owner": self.owner, "data": json.dumps(data)}
        write_atomic(self._path(name), save(dict(arrays or {}), metadata=metadata))

    def load(self, name: str) -> tuple[dict[str, NDArray[Any]], Any] | None:
        """The arrays, of the shapes they had, and the data under `name`; None where nothing was saved yet.

        Raises ValueError where the file is damaged, or was written by another job.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Checkpoint(Path(folder), "this job")
        ...     store.save("stage", {}, {"step": 3})
        ...     print(store.load("stage")[1])
        {'step': 3}
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        path = self._path(name)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        remedy = f"delete {str(path)!r}, or start without --resume"
        try:
            arrays = load(content)
            metadata = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")]).get("__metadata__", {})
            data = json.loads(metadata.get("data", "null"))
        except (SafetensorError, ValueError) as error:
            raise ValueError(f"the checkpoint {name!r} is damaged ({error}); {remedy}") from None
        if metadata.get("pellucid") != self.version:
            raise ValueError(f"the checkpoint {name!r} is none of ours, or of another version; {remedy}")
        if metadata.get("owner") != self.owner:
            raise ValueError(f"the checkpoint {name!r} belongs to another job (subject, settings or seed); {remedy}")
        return arrays, data

    def clear(self) -> None:
        """Forget everything; the folder goes too once it is empty."""
        if self.folder.is_dir():
            for path in self.folder.glob("*.safetensors"):
                path.unlink()
            if not any(self.folder.iterdir()):
                self.folder.rmdir()

    def _path(self, name: str) -> Path:
        if not re.fullmatch(r"[\w-][\w.-]*", name):
            raise ValueError(f"name={name!r} is no name for a checkpoint; use letters, digits, '-', '_' and '.'")
        return self.folder / f"{name}.safetensors"
