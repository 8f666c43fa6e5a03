"""Out of memory: torch tells it in several ways; here it becomes one error that says what to lower."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch ran out of memory, which it tells in several ways.

    >>> is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory"))
    True
    """
    text = str(error).lower()
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        "out of memory" in text or "can't allocate memory" in text or "not enough memory" in text
    )


@contextmanager
def out_of_memory_says(what: str, remedy: str) -> Iterator[None]:
    """Within it, running out of memory is a MemoryError that names what was done and what to lower.

    >>> with out_of_memory_says("with inputs (8, 128)", "lower batch_size=8"):
    ...     raise MemoryError
    Traceback (most recent call last):
    MemoryError: out of memory with inputs (8, 128); lower batch_size=8
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error) or (isinstance(error, MemoryError) and str(error)):  # or already told
            raise
        raise MemoryError(f"out of memory {what}; {remedy}") from None


def free_memory() -> int | None:
    """Free bytes of memory, where the system tells; memory that only caches files counts as free."""
    try:
        with open("/proc/meminfo") as stream:
            lines = dict(line.split(":", 1) for line in stream)
        return 1024 * int(lines["MemAvailable"].split()[0])
    except (OSError, KeyError, ValueError):
        try:
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
        except (ValueError, OSError, AttributeError):
            return None
