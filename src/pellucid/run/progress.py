"""Progress bars: a `Reporter` that draws on the terminal, and one that stays silent."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..core.reporter import SILENT, Reporter

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

__all__ = ["SILENT", "ProgressBars", "Reporter"]


class ProgressBars:
    """One bar a stage on standard error, with the time it took and the time that is left; a context manager.

    Label, bar and time have their places; a note gets what is left of the line and is cut there.
    """

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
        from rich.table import Column
        from rich.text import Text

        class Times(ProgressColumn):
            """Elapsed time, and while it runs the time that is left."""

            def render(self, task: Task) -> Text:
                elapsed = _clock(task.finished_time if task.finished else task.elapsed)
                if task.finished or task.time_remaining is None:
                    return Text(elapsed)
                return Text.assemble(elapsed, (f" +{_clock(task.time_remaining)}", "dim"))

        console = console or Console(stderr=True)
        label, bar, times = (34, 24, 12) if console.width >= 100 else (28, 10, 12)
        note = max(10, console.width - label - bar - times - 3)

        def column(width: int) -> Column:
            return Column(width=width, no_wrap=True, overflow="ellipsis")

        self._progress = Progress(
            TextColumn("{task.description}", markup=False, table_column=column(label)),
            BarColumn(bar_width=bar, table_column=column(bar)),
            Times(table_column=column(times)),
            TextColumn("{task.fields[note]}", style="dim", markup=False, table_column=column(note)),
            console=console,
            refresh_per_second=4,
        )
        self._stages: list[TaskID] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress.live.is_started:  # else it would write an empty line
            self._progress.stop()

    def start(self, label: str, total: int) -> None:
        self._progress.start()
        self._stages.append(self._progress.add_task(label, total=max(total, 1), note=""))

    def advance(self, steps: int = 1, note: str = "") -> None:
        if self._stages:
            self._progress.update(self._stages[-1], advance=steps)
            if note:  # without one, the last note still holds
                self._progress.update(self._stages[-1], note=note.partition("\n")[0])

    def finish(self) -> None:
        if self._stages:
            stage = self._stages.pop()
            total = next(task.total for task in self._progress.tasks if task.id == stage)
            self._progress.update(stage, completed=total)


def _clock(seconds: float | None) -> str:
    """Seconds as m:ss, or h:mm:ss.

    >>> _clock(75), _clock(3661), _clock(None)
    ('1:15', '1:01:01', '0:00')
    """
    minutes, rest = divmod(int(seconds or 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
