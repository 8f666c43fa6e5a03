"""Scaling runs from a table: which columns are parameters, tokens, compute and loss."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ..tables.columns import Column, Table, listed
from ..tables.preparing import Missing, without_missing
from ..tables.table import naming_file, read_table
from .column_words import Role, find_header
from .scaling_runs import ScalingRuns

LOSS = Role("loss", "--loss", ("loss|l|final_loss", ".*loss.*", ".*(nll|cross_entropy|bits_per_byte|bpb).*"))
PARAMETERS = Role(
    "number of parameters",
    "--parameters",
    ("n|(n_|num_|model_)?param(eter)?s?(_count)?|model_size", ".*param.*|.*model_size.*"),
)
TOKENS = Role(
    "number of tokens",
    "--tokens",
    ("d|(n_|num_|train(ing)?_)?tokens?|(data|dataset|train(ing)?)_size|(n_|num_)?samples", ".*tokens?.*|.*samples.*"),
)
COMPUTE = Role("compute", "--compute", ("c|(training_|total_)?(flops?|compute)", ".*flop.*|.*compute.*"))


def read_scaling_runs(
    path: Path | str,
    *,
    loss: str | None = None,
    parameters: str | None = None,
    tokens: str | None = None,
    compute: str | None = None,
    only: str | None = None,
    group: str | None = None,
    missing: str = "refuse",
) -> ScalingRuns:
    """The runs in the table `path`, one a row; columns that are not named are told by their headers.

    Without tokens, D = C / (6 N), and without parameters, N = C / (6 D), where the compute is known. `only` names one
    column: a law of it alone. `missing` is "refuse" or "drop": runs of which a value is missing, or the loss no number.

    Raises ValueError, in one line that names the file, what is wrong and the option that helps.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "runs.csv"
    ...     rows = [f"{n},{d},{2 + n**-0.3 + d**-0.2}" for n in (1, 10, 100) for d in (1, 20, 300)]
    ...     _ = file.write_text("\\n".join(["params,tokens,loss", *rows]))
    ...     runs = read_scaling_runs(file)
    >>> runs.names, runs.rows
    (('params', 'tokens'), 9)
    """
    with naming_file(path):
        table = read_table(path)
        headers = list(table.columns)
        wanted = find_header(headers, LOSS, loss, needed=True)
        others = [header for header in headers if header != wanted]
        sizes = _sizes(others, parameters, tokens, compute, only)
        chosen = [table.columns[str(wanted)], *(table.columns[name] for name in sizes.values() if name)]
        table = without_missing(table, chosen, Missing.parse(missing))
        for column in chosen:
            if fault := table.fault(table.columns[column.name]):
                raise ValueError(f"{fault}; write 1.2B as 1.2e9, or leave such runs out with --missing drop")
        labels = _labels(table, group)
        return _runs(table, str(wanted), sizes, labels)


def _sizes(
    headers: list[str], parameters: str | None, tokens: str | None, compute: str | None, only: str | None
) -> dict[str, str | None]:
    """The header of each part: of `only` one, or of parameters, tokens and compute those that there are."""
    if only is not None:
        if parameters or tokens:
            raise ValueError("--only names the one size; leave --parameters and --tokens out")
        anything = Role("size", "--only", ())
        return {"only": find_header(headers, anything, only), "compute": find_header(headers, COMPUTE, compute)}
    found = {
        "parameters": find_header(headers, PARAMETERS, parameters),
        "tokens": find_header(headers, TOKENS, tokens),
        "compute": find_header(headers, COMPUTE, compute),
    }
    if sum(name is not None for name in found.values()) == 1:
        return {"only": next(name for name in found.values() if name), "compute": found["compute"]}
    if sum(name is not None for name in found.values()) == 0:
        raise ValueError(
            f"no column tells parameters, tokens or compute among {listed(headers)}; say which with --parameters, "
            "--tokens, --compute, or --only for a law of one size"
        )
    return found


def _labels(table: Table, group: str | None) -> tuple[str, ...]:
    return tuple(table.find(group, "--group").texts()) if group is not None else ()


def _runs(table: Table, loss: str, sizes: dict[str, str | None], labels: tuple[str, ...]) -> ScalingRuns:
    """The runs of a table whose columns are told."""

    notes, y = list(table.notes), table.columns[loss].values

    def column(part: str) -> Column | None:
        name = sizes.get(part)
        return in_ones(table.columns[name], notes) if name else None

    compute = table.columns[sizes["compute"]] if sizes.get("compute") else None  # type: ignore[index]
    work = None if compute is None else compute.values
    alone = column("only")
    if alone is not None:
        return ScalingRuns(alone.values, y, (alone.name,), work, labels, tuple(notes))
    n, d = column("parameters"), column("tokens")
    if n is not None and d is None and work is not None:
        d = Column("D", _quotient(work, n.values))
        notes.append(f"D was made as C / (6 N) from {sizes['compute']!r} and {n.name!r}")
    if d is not None and n is None and work is not None:
        n = Column("N", _quotient(work, d.values))
        notes.append(f"N was made as C / (6 D) from {sizes['compute']!r} and {d.name!r}")
    assert n is not None
    assert d is not None
    if work is None and np.nanmax(n.values) < 1e4:
        notes.append(f"{n.name!r} stays below 10,000: compute is taken as 6 N D of the numbers as they are written")
    return ScalingRuns(np.stack([n.values, d.values], 1), y, (n.name, d.name), work, labels, tuple(notes))


def in_ones(column: Column, notes: list[str]) -> Column:
    """A column whose header says that it counts thousands, millions, billions or trillions, in ones; that is noted.

    >>> notes: list[str] = []
    >>> found = in_ones(Column("tokens (B)", np.array([1.5, 300.0])), notes)
    >>> found.name, found.values.tolist(), notes
    ('tokens', [1500000000.0, 300000000000.0], ["'tokens (B)' is read in billions"])
    >>> in_ones(Column("N", np.array([1.5])), notes).values.tolist()
    [1.5]
    """
    unit = re.fullmatch(
        r"(.*?\w)(?:\s*[(\[]|\s+in\s+|_)(k|m|b|t|thousand|million|billion|trillion)s?[)\]]?", column.name, re.I
    )
    if unit is None:
        return column
    word = {"k": "thousand", "m": "million", "b": "billion", "t": "trillion"}.get(unit[2].lower(), unit[2].lower())
    factor = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}[word]
    notes.append(f"{column.name!r} is read in {word}s")
    return Column(unit[1], column.values * factor)


def _quotient(work: np.ndarray, size: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return work / (6.0 * size)
