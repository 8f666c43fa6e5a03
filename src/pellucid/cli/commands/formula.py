"""`pellucid formula`: a table of numbers becomes an exact formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import TABLES, app
from ..errors import one_line_errors
from ..options import Open, Output, Quiet, Resume, Seed
from ..running import Run
from ..several import Several
from ..terminal import Pairs, Terminal, shortened

if TYPE_CHECKING:
    from ...core import Finding

Table = Annotated[
    str | None,
    typer.Argument(
        metavar="TABLE",
        help="A table of numbers (.csv, .tsv, .jsonl, .npz, .parquet), or a built-in one (see --list): kepler, or "
        "an equation such as I.12.2.",
        show_default=False,
    ),
]
ListTables = Annotated[bool, typer.Option("--list", help="Show every built-in table and exit.")]
Target = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,...",
        help="The column to be explained; where none is named, y or the last column of numbers. Of several, each gets "
        "a formula and a folder of its own, and none explains another.",
    ),
]
Features = Annotated[
    str | None, typer.Option(metavar="A,B,...", help="The columns to explain it by; all others by default.")
]
Units = Annotated[
    Path | None,
    typer.Option(metavar="FILE.toml", help="The columns' units: a table [units] of column = 'kg*m/s^2'."),
]
RowCount = Annotated[
    int | None, typer.Option(min=4, help="How many rows a built-in equation is drawn (1000 by default).")
]
Noise = Annotated[
    float | None, typer.Option(min=0, help="Noise on a built-in equation, as a fraction of the target's size.")
]
Budget = Annotated[str | None, typer.Option(metavar="TIME", help="CPU time that the search may take: 60s, 5m, 1h.")]
MissingCells = Annotated[
    str | None,
    typer.Option(
        "--missing",
        metavar="drop|refuse|NUMBER",
        help="What becomes of rows in which a value is missing: drop them, or refuse (by default). Numbers such as "
        "-999, separated by commas, stand for missing values, and their rows are dropped.",
    ),
]
ErrorColumn = Annotated[
    str | None,
    typer.Option(
        "--error",
        metavar="COLUMN",
        help="The column that holds the standard error of the target; of several targets, one for each.",
    ),
]
Functions = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,...",
        help="The only functions that may stand in the formula beside arithmetic and whole powers: exp, log, sin, "
        "tanh, sqrt, abs, min, power (one with a free exponent). Only forms with free constants are searched then.",
    ),
]
Without = Annotated[
    str | None, typer.Option(metavar="A,B,...", help="Functions that may not stand in the formula, likewise.")
]
Positive = Annotated[
    bool, typer.Option("--positive", help="Take only formulas that are above 0 everywhere in the data's ranges.")
]
Depth = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Take only formulas with at most so many sums, products, powers and functions within one another: "
        "3*x/z^2 has 2, 1 + sin(2*x) has 3.",
    ),
]
Monotone = Annotated[
    str | None,
    typer.Option(
        metavar="A:DIRECTION,...",
        help="Take only formulas that never fall, or never rise, along a column in the data's ranges: "
        "x:increasing,z:decreasing.",
    ),
]
Choose = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Take the N-th formula of the front instead of the shortest description."),
]
Form = Annotated[
    str | None,
    typer.Option(
        metavar="FORM",
        help="The form of the law, such as 'a*exp(-b*t)*cos(c*t + d)': names that are no columns are constants, which "
        "are fitted with their errors, k[species] one for each word of a column, f(x) a function to be found.",
    ),
]


@app.command(rich_help_panel=TABLES)
def formula(
    table: Table = None,
    list_tables: ListTables = False,
    target: Target = None,
    features: Features = None,
    units: Units = None,
    rows: RowCount = None,
    noise: Noise = None,
    missing: MissingCells = None,
    error: ErrorColumn = None,
    form: Form = None,
    functions: Functions = None,
    without: Without = None,
    positive: Positive = False,
    depth: Depth = None,
    monotone: Monotone = None,
    choose: Choose = None,
    seed: Seed = 0,
    budget: Budget = None,
    output: Output = None,
    open_report: Open = None,
    quiet: Quiet = False,
    resume: Resume = False,
) -> None:
    """Turn a table of numbers into an exact formula.

    Tries algebra first, then small forms with free constants, a spline network read symbol by symbol, and search; keeps
    the formula with the shortest description; writes formula, LaTeX, Python, network and report into a folder.
    """
    with one_line_errors():
        from ...jobs.subjects import tables
        from ...run.cpu_limit import cpu_limit

        if list_tables:
            Terminal().print(Pairs(tables.list_tables()))
            return
        if table is None:
            raise ValueError("no TABLE given; name a file of numbers, or a built-in table (see --list)")
        seconds = None if budget is None else parse_seconds(budget)
        slopes = None if monotone is None else parse_slopes(monotone)
        wishes = _said(form=form, functions=_names(functions), without=_names(without), monotone=slopes)
        wishes |= _said(positive=positive or None, depth=depth, choose=choose)
        given = _said(features=_names(features), units=units, rows=rows, noise=noise, missing=missing, error=error)
        targets = _names(target) or ()
        with cpu_limit(None if seconds is None else _before_page(seconds)):  # reading counts too
            if len(targets) > 1:
                folder = output or Path(Path(table).stem)
                several = partial(Several, folder, "target", open_page=open_report, quiet=quiet, resume=resume)
                _open_targets(table, targets, several, seconds, wishes, given, seed)
            else:
                run = partial(Run, open_page=open_report, quiet=quiet, resume=resume)
                _open_target(table, output, run, seconds, wishes, given | _said(target=target or None), seed)


def _said(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _before_page(seconds: float, page: float = 0.5) -> float:
    """What of a budget is left for reading and search when the page has its time: drawing it takes about a second, of
    which a small budget gives half."""
    return max(seconds - page, seconds / 2)


def _open_target(
    table: str,
    output: Path | None,
    run: Callable[..., Run],
    seconds: float | None,
    wishes: dict[str, Any],
    given: dict[str, Any],
    seed: int,
) -> None:
    """Opens the one target; by default into a folder with the table's name."""
    from ...jobs import formula as job
    from ...jobs.sources import source
    from ...jobs.subjects import tables

    samples, name, reference = tables.find_samples(table, seed=seed, **given)

    def open_subject(**options: Any) -> Finding[Any]:
        return job.open_formula(
            samples, name=name, reference=reference, seed=seed, budget_seconds=seconds, **wishes, **options
        )

    run(output or Path(name), source=source("formula", table, **given)).finish(open_subject, _latex_file)


def _open_targets(
    table: str,
    targets: tuple[str, ...],
    several: Callable[..., Several],
    seconds: float | None,
    wishes: dict[str, Any],
    given: dict[str, Any],
    seed: int,
) -> None:
    """Opens each of several targets, whatever becomes of the others; `seconds` are for all of them together."""
    from ...jobs import formula as job
    from ...jobs.sources import source
    from ...jobs.subjects import tables

    if "choose" in wishes:
        raise ValueError("choose is for one target, and each has a front of its own; name one target")
    given |= {"error": _names(given["error"]) or ()} if "error" in given else {}
    samples, name = tables.find_targets(table, targets, **given)
    forms = {target: {"form": tables.form_of(wishes["form"], target)} for target in samples if "form" in wishes}
    errors = dict(zip(samples, given.get("error", ()), strict=False))
    waiting, begun = list(samples), process_time()

    def open_one(target: str, **options: Any) -> Finding[Any]:
        own, asked = samples[target], {**wishes, **forms.get(target, {})}
        if isinstance(own, ValueError):
            raise own
        share = None if seconds is None else max(seconds - (process_time() - begun), 0.1) / len(waiting)
        waiting.remove(target)
        return job.open_formula(own, name=f"{name}, {target}", seed=seed, budget_seconds=share, **asked, **options)

    def told(target: str) -> dict[str, Any]:
        own = samples[target]
        features = None if isinstance(own, ValueError) else own.names
        return source(
            "formula", table, **{**given, "target": target, "features": features, "error": errors.get(target)}
        )

    several(names=tuple(samples), notes=_shared_notes, source=told).finish(open_one, _figures, _latex_file)


def _figures(finding: Finding[Any]) -> dict[str, str]:
    """What stands beside each other for several targets."""
    from ...artifacts.formulas.readable import readable

    error, explained = finding.measured("error"), finding.measured("explained")
    return {
        "formula": shortened(readable(finding.artifact, plain=Terminal().is_plain)),
        "error": "" if error is None else f"{error:.2g}",
        "explained": "" if explained is None else f"{explained:.4g} %",
    }


def _shared_notes(findings: Sequence[Finding[Any]]) -> list[str]:
    """Where to measure next for all targets together, where more than one is open."""
    from ...artifacts import Posterior
    from ...artifacts.formulas.posterior import shared_next_point

    is_open = [finding for finding in findings if any(claim.key == "measure_next" for claim in finding.claims)]
    posteriors = [part for finding in is_open for part in finding.parts.values() if isinstance(part, Posterior)]
    point = shared_next_point(posteriors) if len(posteriors) > 1 else None
    return [] if point is None else [point.describe()]


def _names(text: str | None) -> tuple[str, ...] | None:
    return tuple(name.strip() for name in text.split(",")) if text else None


def parse_slopes(text: str) -> tuple[tuple[str, str], ...]:
    """Columns with a direction each. Raises ValueError.

    >>> parse_slopes("x:increasing, z:decreasing")
    (('x', 'increasing'), ('z', 'decreasing'))
    """
    pairs = [tuple(map(str.strip, each.rpartition(":")[::2])) for each in text.split(",")]
    for column, direction in pairs:
        if not column:
            raise ValueError(f"monotone={text!r} names no direction for {direction!r}; write {direction}:increasing")
    return tuple((column, direction) for column, direction in pairs)


def parse_seconds(text: str) -> float:
    """A time in words, in seconds. Raises ValueError.

    >>> [parse_seconds(text) for text in ("60", "60s", "1.5m", "2h")]
    [60.0, 60.0, 90.0, 7200.0]
    """
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*(s|m|min|h)?", text.strip())
    if match is None or float(match[1]) == 0:
        raise ValueError(f"budget={text!r} is no time; give seconds, or 60s, 5m, 1h")
    return float(match[1]) * {"m": 60, "min": 60, "h": 3600}.get(match[2] or "s", 1)


def _latex_file(finding: Finding[Any]) -> dict[str, bytes]:
    """The formula alone, and its front, for a paper."""
    front = finding.artifact.front
    table = {} if front is None else {"front.tex": front.latex().encode()}
    return {"formula.tex": f"{finding.artifact.latex()}\n".encode(), **table}
