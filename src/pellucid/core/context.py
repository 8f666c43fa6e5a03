"""The context in which a method works: its seed, its reporter, its checkpoint folder, its clock."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .reporter import SILENT, Reporter


@dataclass(frozen=True)
class Context:
    """What `Method.explain` hands to `Method._find`."""

    seed: int = 0
    reporter: Reporter = SILENT
    checkpoint: Path | None = None
    """A folder for resumable state; None: nothing is written."""
    seconds: dict[str, float] = field(default_factory=dict)
    """CPU seconds of this process that each timed stage took, by its name, for the provenance."""

    def stream(self, name: str) -> int:
        """The seed of the stream of random numbers called `name`, for numpy, torch and `random` alike.

        Streams of different names are independent, so that one more draw in one stage moves no other stage's.

        >>> Context(seed=1).stream("rows") == Context(seed=1).stream("rows")
        True
        >>> Context(seed=1).stream("rows") == Context(seed=1).stream("starts")
        False
        """
        digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
        return int.from_bytes(digest[:8], "little") >> 1  # 63 bits: torch takes no more

    def stage_folder(self, stage: str) -> Path | None:
        """A folder for the checkpoint of one stage, where there are checkpoints at all.

        >>> Context(checkpoint=Path("kept")).stage_folder("equations") == Path("kept", "equations")
        True
        """
        return None if self.checkpoint is None else self.checkpoint / stage

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the CPU seconds of the block, all threads of this process together, to `seconds[stage]`.

        CPU seconds, as in every budget and benchmark, because they do not depend on what else the machine does. They
        are also added where the block raises; what other processes do for it is not in them.
        """
        start = time.process_time()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - start
