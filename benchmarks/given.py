"""What the user knows goes in: thirty-four tables with what is told of them (`suites.given`), and what comes out.

    python benchmarks/given.py --half first

Each goes through a file, as a user's does. Right in values: as in the suite of laws (`suites.case`), three noise levels
/ sqrt(rows / 10) inside the box and up to 30 % beyond it. Constants: every one of a form is within four of its standard
errors of the truth, and within 10 times the noise (a useless interval holds everything). Kept: the formula is as told
(functions, depth, sign, slope), at 10,000 points. The second half is for the end; how often it was run is written down.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts.formulas.formula import Formula
from pellucid.cli.commands.formula import parse_slopes
from pellucid.core import Finding
from pellucid.distill.formulas.wishes import DIRECTIONS, Wishes
from pellucid.jobs.formula import open_formula
from pellucid.jobs.subjects.tables import find_samples
from pellucid.run.threads import one_thread
from pellucid.sklearn import FormulaRegressor
from suites.columns import read_columns
from suites.given import KNOWN, Known
from suites.halves import half_of

Array = NDArray[np.float64]
BUDGET = 20.0
"""CPU seconds for each table, as the default effort takes on the median."""


@dataclass(frozen=True)
class Table:
    """The rows of one table, and noiseless points to try an answer on: columns by name, words as text."""

    columns: dict[str, Any]
    y: Array
    errors: Array | None
    level: float
    tried: list[tuple[dict[str, Any], Array]]


def draw(known: Known, seed: int) -> Table:
    """The rows with their noise, and 1,000 points inside the box and up to 30 % beyond it."""
    draw = np.random.default_rng([seed, *known.name.encode()])
    inside = _columns(known, draw, known.rows, 0.0)
    clean = _values(known, inside)
    level = known.noise * float(clean.std())
    told = known.told.get("error") or known.told.get("weights")
    scale = np.ones(known.rows)
    if told:
        scale = np.where(np.arange(known.rows) % 3 == 0, float(told[0]), float(told[1]))
    y = clean + level * scale * draw.normal(size=known.rows)
    tried = [_columns(known, draw, 1_000, more) for more in (0.0, 0.3)]
    effective = level / float(np.sqrt(np.mean(1 / scale**2)))
    points = [(columns, _values(known, columns)) for columns in tried]
    return Table(inside, y, level * scale if told else None, effective, points)


def _columns(known: Known, draw: np.random.Generator, rows: int, more: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in known.columns.split(";"):
        name, kind, *words = part.split()
        found[name] = draw.choice(words, rows) if kind == "W" else read_columns(part)[0].wider(more).draw(draw, rows)
    return found


def _values(known: Known, columns: dict[str, Any]) -> Array:
    """The noiseless law at some rows."""
    values = dict(columns)
    words = [name for name, column in columns.items() if column.dtype.kind == "U"]
    for name, numbers in known.told.get("words", {}).items():
        values[name] = np.array([numbers[word] for word in columns[words[0]]], dtype=float)
    names = [name for name in values if name not in words]
    return Formula(str(parse(known.law, names)), tuple(names))(np.column_stack([values[name] for name in names]))


def opened(known: Known, table: Table, folder: Path, seed: int) -> Finding[Formula]:
    """What the command, or the regressor, makes of it."""
    if "weights" in known.told:
        regressor = FormulaRegressor(budget_seconds=BUDGET, random_state=seed)
        X = np.column_stack(list(table.columns.values()))
        return regressor.fit(X, table.y, sample_weight=1 / np.asarray(table.errors) ** 2).finding_
    path = folder / f"{known.name}.csv"
    columns = {**table.columns, **({} if table.errors is None else {"sd": table.errors}), "target_": table.y}
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    error = None if table.errors is None else "sd"
    samples, name, _ = find_samples(str(path), target="target_", error=error)
    told = {key: known.told[key] for key in ("form", "positive", "depth") if key in known.told}
    told |= {key: tuple(known.told[key].split(",")) for key in ("functions", "without") if key in known.told}
    told |= {"monotone": parse_slopes(known.told["monotone"])} if "monotone" in known.told else {}
    return open_formula(samples, name=name, seed=seed, budget_seconds=BUDGET, **told)


def is_right(known: Known, table: Table, finding: Finding[Formula]) -> bool:
    """Right in values, inside and beyond the box."""
    limit = 3 * max(table.level, 1e-7 * float(table.y.std())) / np.sqrt(known.rows / 10)
    errors = []
    for columns, clean in table.tried:
        X = np.column_stack([_column(name, columns) for name in finding.artifact.names])
        errors.append(float(np.sqrt(np.mean((finding.artifact(X) - clean) ** 2))))
    return all(error <= limit for error in errors)


def _column(name: str, columns: dict[str, Any]) -> Array:
    """A column of the table, or where a word stands; x0, x1, ... of a table without names."""
    if name in columns:
        return columns[name]
    if name.startswith("x") and name[1:].isdigit():
        return list(columns.values())[int(name[1:])]
    column, _, word = name.rpartition("_")
    return (columns[column] == word).astype(float)


def are_constants_right(known: Known, finding: Finding[Formula]) -> bool | None:
    """Whether the constants of a form are within four standard errors of the truth; None where none are known."""
    truth: dict[str, float] = known.told.get("truth", {})
    if not truth:
        return None
    claims = [claim for claim in finding.claims if claim.key == "constant"]
    found = {claim.statement.split()[1]: claim for claim in claims}
    close = []
    for name, value in truth.items():
        claim: Any = found.get(name)
        error = getattr(claim, "uncertainty", None)
        if error is None:
            close.append(False)
            continue
        near = abs(claim.value - value) <= 4 * error + 1e-9 * abs(value)
        close.append(bool(near and error <= max(10 * known.noise * abs(value), 1e-9)))
    return all(close)


def is_kept(known: Known, table: Table, finding: Finding[Formula]) -> bool | None:
    """Whether the formula is as it was wished, at many points; None where nothing was wished."""
    told = known.told
    wishes = Wishes(
        positive=bool(told.get("positive")),
        depth=told.get("depth"),
        monotone=parse_slopes(told["monotone"]) if "monotone" in told else (),
        functions=tuple(told.get("functions", "").split(",")) if told.get("functions") else (),
        without=tuple(told.get("without", "").split(",")) if told.get("without") else (),
    )
    if not wishes.any:
        return None
    formula = finding.artifact
    low, high = np.array(formula.box).T
    X = low + (high - low) * np.random.default_rng(7).random((10_000, len(low)))
    kept = not wishes.fault_of_form(formula.sympy()) and (not wishes.positive or bool((formula(X) > 0).all()))
    for column, direction in wishes.monotone:
        if column in formula.names:
            j, on = formula.names.index(column), X.copy()
            on[:, j] = np.minimum(X[:, j] + 1e-3 * (high[j] - low[j]), high[j])
            rise = DIRECTIONS[direction] * (formula(on) - formula(X))
            kept &= bool((rise >= -1e-9 * np.abs(formula(X)).max()).all())
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these tables")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    names = given.only or [name for name in KNOWN if half_of(name) == given.half]
    rows = []
    with tempfile.TemporaryDirectory() as folder, one_thread():
        for name in names:
            known = KNOWN[name]
            table, began = draw(known, given.seed), time.process_time()
            try:
                finding = opened(known, table, Path(folder), given.seed)
                text = finding.artifact.expression[:60]
                verdict = (
                    is_right(known, table, finding),
                    are_constants_right(known, finding),
                    is_kept(known, table, finding),
                )
            except ValueError as error:
                text, verdict = f"nothing: {error}"[:60], (False, False, None)
            seconds = time.process_time() - began
            rows.append((known, verdict, seconds))
            words = [{True: "yes", False: "NO", None: "-"}[each] for each in verdict]
            print(
                f"{known.kind:12} {name:36} {words[0]:4} {words[1]:4} {words[2]:4} {seconds:6.1f}  {text}", flush=True
            )
    for k, label in enumerate(("right in values", "constants within four standard errors", "as wished")):
        judged = [verdict[k] for _, verdict, _ in rows if verdict[k] is not None]
        print(f"{label}: {sum(judged)} of {len(judged)}")
    print(f"CPU seconds: median {np.median([seconds for _, _, seconds in rows]):.1f}")


if __name__ == "__main__":
    main()
