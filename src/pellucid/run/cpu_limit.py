"""A budget of CPU time that loops many calls down can ask about: what is over its time returns what it has.

The time is that of the process, so that a busy machine changes nothing. Nothing is interrupted: a loop asks between two
steps, and a step is to take less than a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import process_time

_ENDS: ContextVar[float] = ContextVar("cpu_limit_ends", default=float("inf"))


@contextmanager
def cpu_limit(seconds: float | None) -> Iterator[None]:
    """Within it, `is_over` says when `seconds` of CPU time are used up; a limit around it stays. None: no new limit.

    >>> with cpu_limit(1e-9):
    ...     is_over()
    True
    >>> is_over()
    False
    """
    ends = _ENDS.get() if seconds is None else min(_ENDS.get(), process_time() + seconds)
    token = _ENDS.set(ends)
    try:
        yield
    finally:
        _ENDS.reset(token)


def is_over() -> bool:
    """Whether the time of the limits around this call is used up."""
    return process_time() > _ENDS.get()


def seconds_left() -> float:
    """The CPU time that is left, infinity without a limit, never below 0.

    >>> seconds_left()
    inf
    """
    return max(0.0, _ENDS.get() - process_time())


def check_budget(seconds: float | None) -> None:
    """Raises ValueError for a budget of no time.

    >>> check_budget(-1.0)
    Traceback (most recent call last):
        ...
    ValueError: budget_seconds=-1.0; give CPU seconds above 0, or None for no limit
    """
    if seconds is not None and not seconds > 0:
        raise ValueError(f"budget_seconds={seconds}; give CPU seconds above 0, or None for no limit")
