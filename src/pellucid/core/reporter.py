"""How a method tells of its progress: one object, silent unless a terminal listens."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """What a method calls while it works; the command line turns it into progress bars."""

    def start(self, label: str, total: int) -> None:
        """A stage of `total` steps begins."""
        ...

    def advance(self, steps: int = 1, note: str = "") -> None:
        """`steps` more steps of the current stage are done; `note` says how it goes."""
        ...

    def finish(self) -> None:
        """The current stage is over, whether or not all its steps were needed."""
        ...


class Silent:
    """A reporter that tells no one."""

    def start(self, label: str, total: int) -> None:
        pass

    def advance(self, steps: int = 1, note: str = "") -> None:
        pass

    def finish(self) -> None:
        pass


SILENT = Silent()
