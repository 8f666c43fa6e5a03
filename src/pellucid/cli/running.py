"""What all commands that open something share: a folder for the results, and a checkpoint beside it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from glob import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .errors import fail_as_interrupted, say
from .show.finding import show_finding

if TYPE_CHECKING:
    from ..core import Finding

__all__ = ["Run", "checkpoint_of", "fail_if_refuted", "refuse_foreign", "refuted", "was_interrupted"]

Extra = Callable[["Finding[Any]"], dict[str, bytes]]


@dataclass(frozen=True)
class Run:
    """One run of a command: where its results go, and how it is shown.

    Raises ValueError where the folder is not ours to write to: before the work, not after it.
    """

    folder: Path
    open_page: bool | None
    """Whether to open the page in a browser; None: where there is a desktop."""
    quiet: bool
    resume: bool
    source: Mapping[str, Any] | None = None
    """How the subject was opened, for the provenance."""

    def __post_init__(self) -> None:
        refuse_foreign(self.folder)

    def finish(
        self,
        open_subject: Callable[..., Finding[Any]],
        extra: Extra = lambda finding: {},
        page: str = "report.html",
    ) -> Finding[Any]:
        """Opens the subject, writes finding, report and `extra` files, prints what was found, and shows `page`.

        Ends with the exit code of an interrupt where Ctrl-C ended the job and the best that it had was written.
        """
        finding = self.write(open_subject, extra)
        if self.quiet:
            typer.echo(str(self.folder))
        else:
            typer.echo(err=True)
            show_finding(finding, self.folder)
        open_in_browser(self.folder / page, self.open_page)
        if was_interrupted(finding):
            fail_as_interrupted()
        return finding

    def write(self, open_subject: Callable[..., Finding[Any]], extra: Extra = lambda finding: {}) -> Finding[Any]:
        """Opens the subject with progress bars and a checkpoint, and writes its finding, report and `extra` files."""
        from ..core import SILENT
        from ..core.files import STAGED
        from ..report import report_html
        from ..run import ProgressBars
        from ..run.cpu_limit import ends_on_interrupt

        folder, checkpoint = self.folder, checkpoint_of(self.folder)
        with _alone(checkpoint, folder):
            for left in folder.parent.glob(f".{escape(folder.name)}{STAGED}*"):  # by a run killed while writing
                shutil.rmtree(left, ignore_errors=True)
            if not self.resume:
                _empty(checkpoint)
            elif not any(checkpoint.iterdir()):
                say("nothing to resume; starting afresh")
            with nullcontext(SILENT) if self.quiet else ProgressBars() as reporter:
                finding = open_subject(reporter=reporter, checkpoint=checkpoint)
            if self.source:
                finding = replace(finding, provenance=replace(finding.provenance, source=self.source))
            if not self.quiet and (folder / "finding.json").exists():
                say(f"replacing the finding in {folder}/")
            with ends_on_interrupt():  # what was found is written; a second Ctrl-C leaves it
                finding.save(folder, {"report.html": report_html(finding).encode(), **extra(finding)})
            if not was_interrupted(finding):
                _empty(checkpoint)
        return finding


def checkpoint_of(folder: Path) -> Path:
    """Where a command that writes to `folder` keeps what it has so far.

    >>> checkpoint_of(Path("results/kepler")).as_posix()
    'results/.kepler.checkpoint'
    """
    return folder.parent / f".{folder.name}.checkpoint"


@contextmanager
def _alone(checkpoint: Path, folder: Path) -> Iterator[None]:
    """Within it no other run may write there; a run that is killed lets go of it. What is left empty goes."""
    checkpoint.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if find_spec("fcntl") is not None:  # elsewhere two runs have to look after themselves
            import fcntl

            handle = os.open(checkpoint, os.O_RDONLY)
            stack.callback(os.close, handle)
            with suppress(OSError):
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    text = "is being written by another run; wait for it, or choose another --output"
                    raise ValueError(f"output {str(folder)!r} {text}") from None
        try:
            yield
        finally:
            with suppress(OSError):
                checkpoint.rmdir()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def was_interrupted(finding: Finding[Any]) -> bool:
    """Whether a claim says that Ctrl-C left something untried."""
    return any(claim.key == "interrupted" for claim in finding.claims)


def fail_if_refuted(finding: Finding[Any]) -> None:
    """Exit code 1 where a claim that was to be proved is refuted."""
    statements = refuted(finding)
    if statements:
        say(f"not proved: {statements[0]}")
        raise typer.Exit(1)


def refuted(finding: Finding[Any]) -> list[str]:
    """The statements that turned out to be false.

    >>> from pellucid.artifacts import TrainingCurve
    >>> from pellucid.core import Finding, Provenance, Refuted
    >>> curve, source = TrainingCurve([0], [1.0], [0.5]), Provenance("Training", {}, 0, "")
    >>> refuted(Finding(curve, (Refuted("p = q", "x = 3"),), source))
    ['p = q']
    """
    return [claim.statement for claim in finding.claims if claim.strength == "Refuted"]


def refuse_foreign(folder: Path) -> None:
    """Raises ValueError unless the folder is new, empty or ours, and can be written."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if place.is_dir() and not os.access(place, os.W_OK):
        raise ValueError(f"output {str(folder)!r} cannot be written; choose another --output")
    if not place.is_dir():
        raise ValueError(f"output {str(folder)!r}: {str(place)!r} is a file; choose another --output")
    ours = (folder / "finding.json").exists() or checkpoint_of(folder).is_dir()  # killed while it was written
    if folder.is_dir() and any(folder.iterdir()) and not ours:
        raise ValueError(f"output {str(folder)!r} holds other files; choose another --output, or empty it")


def open_in_browser(report: Path, wanted: bool | None) -> None:
    """Show the report, if that is wanted or there is someone at a desktop to see it."""
    open_address(report.resolve().as_uri(), str(report), wanted)


def open_address(address: str, name: str, wanted: bool | None) -> None:
    """Show what is at an address, likewise; `name` is told where there is no browser."""
    if wanted is None:
        desktop = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
        wanted = desktop and sys.stdout.isatty()
    if wanted:
        import webbrowser

        if not webbrowser.open(address):
            say(f"no browser found; the report is {name}")
