"""The state of an unfinished training in one file: tensors, and plain facts as JSON in the same file's header."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from ..core.files import write_atomic

__all__ = ["Snapshot"]

_FILE = "training.safetensors"


@dataclass(frozen=True)
class Snapshot:
    """Tensors and facts that are enough to go on as if nothing had happened.

    `task` is a fingerprint of everything that decides the result (data, shape, options, seed).
    """

    task: str
    tensors: dict[str, Tensor]
    facts: dict[str, Any]

    def write(self, folder: Path) -> None:
        """Write atomically into `folder`: an interrupt leaves the snapshot before this one."""
        header = {"task": self.task, "facts": json.dumps(self.facts)}
        write_atomic(folder / _FILE, save(self.tensors, header))

    @classmethod
    def read(cls, folder: Path, task: str) -> Snapshot | None:
        """The snapshot in `folder`, or None where there is none yet.

        Raises:
            ValueError: the folder holds something else than a snapshot of this very task.
        """
        path = folder / _FILE
        if not path.exists():
            return None
        try:
            with safe_open(path, framework="pt") as stored:
                header = stored.metadata() or {}
            tensors = load_file(path)
        except SafetensorError as error:
            raise ValueError(f"checkpoint={str(folder)!r} is damaged ({error}): remove the folder") from error
        if header.get("task") != task:
            remedy = "give another folder, or start without what was kept (no --resume)"
            raise ValueError(f"checkpoint={str(folder)!r} belongs to other data, options or seed: {remedy}")
        return cls(task, tensors, json.loads(header["facts"]))
