"""`pellucid verify`: a Dafny file or Python functions are proved, with hints found for them, or an answer is judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import GUARANTEES, app
from ..errors import one_line_errors
from ..options import BaseUrl, Open, Output, Quiet, Resume, Seed
from ..running import Run, fail_if_refuted

if TYPE_CHECKING:
    from ...core import Method

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A Dafny file, or a Python file with contracts.", show_default=False)
]
Budget = Annotated[
    float, typer.Option("--effort", metavar="SECONDS", min=0.1, help="Effort for one method in one call of Dafny.")
]
Against = Annotated[
    Path | None,
    typer.Option(metavar="FILE.dfy", help="Judge FILE.dfy as an answer to this file: only hints may have been added."),
]
Model = Annotated[
    str, typer.Option("--model", metavar="NAME", help="A language model to ask where no hints are found without one.")
]
Attempts = Annotated[int, typer.Option("--attempts", min=1, help="Answers that the model is asked for.")]


@app.command(rich_help_panel=GUARANTEES)
def verify(
    file: File,
    against: Against = None,
    model: Model = "",
    base_url: BaseUrl = "http://localhost:8000/v1",
    attempts: Attempts = 4,
    effort: Budget = 10.0,
    seed: Seed = 0,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Prove a Dafny file or Python functions, finding the hints they lack.

    Asks Dafny; where it fails, proposes loop invariants, measures and assertions without a language model, lets Dafny
    weed them out, and writes the annotated file, compared word by word with yours, with its certificate into a folder.
    A language model is asked only where one is named. With --against, FILE is an answer by someone else.

    Of a Python file (.py) the contracts are comments directly below `def`: "# requires: n >= 0" and
    "# ensures: result > n". Its functions work on int, bool and lists of them; they are run on small arguments, then
    translated into Dafny and proved.
    """
    with one_line_errors():
        from ...jobs import verify as job
        from ...subjects.dafny.dafny_program import read_dafny

        if file.suffix == ".py":
            _verify_python(file, against, model, effort, seed, Run(_folder(file, output), open_report, quiet, resume))
            return
        if file.suffix != ".dfy":
            raise ValueError(f"{file} is no program that is known; give a .dfy or .py file")
        subject = read_dafny(against or file)
        method = _method(file if against else None, model, base_url, attempts, effort)
        run = Run(_folder(file, output), open_report, quiet, resume)
        finding = run.finish(
            lambda **given: job.open_dafny(subject, seed=seed, method=method, effort_seconds=effort, **given)
        )
        fail_if_refuted(finding)


def _folder(file: Path, output: Path | None) -> Path:
    return output or Path(f"{file.stem}_verified")


def _verify_python(file: Path, against: Path | None, model: str, effort: float, seed: int, run: Run) -> None:
    """The functions of a Python file. Raises ValueError for options that are about Dafny files."""
    from ...jobs import verify as job
    from ...subjects.python.python_program import read_python

    for option, given in (("--against", against), ("--model", model)):
        if given:
            raise ValueError(f"{option}={str(given)!r} is for Dafny files; leave it out for {file}")
    subject = read_python(file)
    finding = run.finish(lambda **given: job.open_python(subject, seed=seed, effort_seconds=effort, **given))
    fail_if_refuted(finding)


def _method(answer: Path | None, model: str, base_url: str, attempts: int, effort: float) -> Method[Any, Any]:
    """How the file is opened: an answer is judged, a model is asked, or neither."""
    from ...prove.hints.dafny_answer import DafnyAnswer
    from ...prove.hints.dafny_hints import DafnyHints
    from ...prove.hints.model_hints import ModelHints
    from ...subjects.dafny.dafny_program import read_dafny

    if answer is not None:
        return DafnyAnswer(read_dafny(answer).text, effort)
    symbolic = DafnyHints(effort_seconds=effort)
    return ModelHints(model, base_url, attempts, symbolic=symbolic) if model else symbolic
