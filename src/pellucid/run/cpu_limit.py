"""A budget of CPU time that loops many calls down can ask about: what is over its time returns what it has.

The time is that of the process, so that a busy machine changes nothing. A loop asks between two steps (`is_over`), and
a step is to take less than a tenth of a second. What cannot ask, because it is one call of another package, is cut in
its midst by a timer (`cut_off`). Ctrl-C is a budget that ends now (`ends_on_interrupt`): the same loops return what
they have.
"""

from __future__ import annotations

import math
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import process_time
from types import FrameType
from typing import Any

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
    """Whether the time of the limits around this call is used up, or Ctrl-C has ended it."""
    return _TIMER.interrupted or (_ENDS.get() < math.inf and process_time() > _ENDS.get())


def seconds_left() -> float:
    """The CPU time that is left, infinity without a limit, never below 0.

    >>> seconds_left()
    inf
    """
    return 0.0 if _TIMER.interrupted else max(0.0, _ENDS.get() - process_time())


def check_budget(seconds: float | None) -> None:
    """Raises ValueError for a budget of no time.

    >>> check_budget(-1.0)
    Traceback (most recent call last):
        ...
    ValueError: budget_seconds=-1.0; give CPU seconds above 0, or None for no limit
    """
    if seconds is not None and not seconds > 0:
        raise ValueError(f"budget_seconds={seconds}; give CPU seconds above 0, or None for no limit")


# ------------------------------------------------------------------------------------------------ cut in the midst


class OutOfTime(BaseException):
    """Raised within `cut_off` wherever the code is; no Exception, so that nobody takes it for a failure."""


class cut_off:
    """Within it, what is not done `grace` CPU seconds after the limits around are over is left where it stands.

    The grace is for what asks `is_over` itself, and so has more than nothing to show. Only the main thread of a system
    with timers of CPU time (Linux, macOS) can be cut, and neither a call of compiled code nor an import in its midst;
    elsewhere all is done to its end.

    >>> found = "nothing"
    >>> with cpu_limit(0.01), cut_off():
    ...     while True:
    ...         pass
    ...     found = "all"
    >>> found
    'nothing'
    """

    def __init__(self, grace: float = 0.1) -> None:
        self.grace = grace
        self._outer: int | None = None

    def __enter__(self) -> None:
        if _TIMER.can_cut():
            self._outer = len(_TIMER.cuts)
            _TIMER.begin(_Cut(_ENDS.get(), self.grace, sys._getframe(1)))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        if self._outer is None:
            return False
        ends = _TIMER.cuts[self._outer].ends + self.grace
        _TIMER.end(self._outer)
        due = self._outer == 0 or _TIMER.interrupted or process_time() >= ends
        return kind is OutOfTime and due  # else it is for a block around this one


@contextmanager
def ends_on_interrupt() -> Iterator[None]:
    """Within it the first Ctrl-C ends the time of every limit, instead of raising KeyboardInterrupt; a second raises.

    `was_interrupted` says so until the outermost of these blocks ends. Outside the main thread nothing changes, nor
    where somebody handles Ctrl-C already.
    """
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, _TIMER.on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        _TIMER.interrupted = False


def was_interrupted() -> bool:
    """Whether Ctrl-C has ended the time."""
    return _TIMER.interrupted


@dataclass
class _Cut:
    """What is cut `grace` seconds of CPU time after `ends`, or after an interrupt; it is done below `frame`."""

    ends: float
    grace: float
    frame: FrameType


@dataclass
class _Timer:
    """The one timer of CPU time that a process has: who is to be cut next, the innermost first.

    Its handler stays when the timer is off: a signal that is on its way by then would end the process without one.
    """

    cuts: list[_Cut] = field(default_factory=list)
    interrupted: bool = False
    again: float = 0.5
    """What is cut may be where exceptions are lost (a destructor); it is cut again so many seconds later, by when all
    that others clean up on the way out is done."""
    soon: float = 0.01
    """So many seconds later it is looked whether an import has ended, or whether a block is begun or left by now."""

    def can_cut(self) -> bool:
        if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
            return False
        handler = signal.getsignal(signal.SIGPROF)  # a profiler may want it for itself
        return handler in (signal.SIG_DFL, signal.SIG_IGN) or handler == self.on_time

    def begin(self, cut: _Cut) -> None:
        """Within what is cut already, or alone."""
        if not self.cuts:
            signal.signal(signal.SIGPROF, self.on_time)
        self.cuts.append(cut)
        self.arm()

    def end(self, outer: int) -> None:
        """Leaves the `outer` cuts around the one that ends."""
        del self.cuts[outer:]
        self.arm()

    def arm(self) -> None:
        """Sets the timer to the next moment at which somebody is to be cut; off where there is none.

        A timer that goes off sooner is left as it is: blocks that follow each other closely must not put it off.
        """
        left = max(self.left(), 1e-3)
        if math.isinf(left):
            signal.setitimer(signal.ITIMER_PROF, 0.0)
        elif not 0 < signal.getitimer(signal.ITIMER_PROF)[0] <= left:
            signal.setitimer(signal.ITIMER_PROF, left, self.again)

    def left(self) -> float:
        """CPU seconds until somebody is to be cut, infinity where nobody is."""
        now = process_time()
        return min(((now if self.interrupted else cut.ends) + cut.grace for cut in self.cuts), default=math.inf) - now

    def on_time(self, _: int, frame: FrameType | None) -> None:
        if not self.interrupted and self.left() > 0:
            self.arm()  # it was for a step that has just ended
        elif self.cuts and _must_end(frame, self.cuts[-1].frame):
            signal.setitimer(signal.ITIMER_PROF, self.soon, self.again)
        elif self.cuts:
            raise OutOfTime

    def on_interrupt(self, *_: Any) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True
        self.arm()


def _must_end(frame: FrameType | None, within: FrameType) -> bool:
    """Whether what runs must come to its end: an import, as compiled parts come in only once and half of one cannot be
    made good, and the beginning and the end of `cut_off` itself, where nobody would take the exception."""
    while frame is not None and frame is not within:
        if frame.f_code.co_filename.startswith("<frozen importlib") or frame.f_code in _EDGES:
            return True
        frame = frame.f_back
    return False


_EDGES = (cut_off.__enter__.__code__, cut_off.__exit__.__code__)
_TIMER = _Timer()
