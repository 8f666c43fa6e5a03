"""Settings of training runs: from the file of settings beside each log, or from the names of the folders."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..tables.columns import listed
from .run_files import read_run
from .training_runs import TrainingRuns

FILES = ("config.json", "hparams.json", "params.json", "args.json", "config.yaml", "hparams.yaml")
"""What plain loops, Lightning, Hydra and wandb call it."""
SEEDS = ("seed", "run", "run_id", "version", "trial", "fold")
"""Settings that tell runs apart and are no axis of a diagram."""


def read_training_runs(folders: Sequence[Path], root: Path, *, by: str | None = None, **said: object) -> TrainingRuns:
    """The runs in `folders` with the settings `by` ("lr,wd"); by default the one or two that vary, seeds aside.

    Raises ValueError where a run tells no settings, and where more than two vary and none is named.
    """
    if len(folders) < 3:
        raise ValueError(f"{str(root)!r} holds {len(folders)} folders with a log; a diagram needs 3 runs or more")
    settings = [settings_of(folder, root) for folder in folders]
    known = sorted(set.intersection(*[set(one) for one in settings]))
    varies = [name for name in known if len({one[name] for one in settings}) > 1 and name.lower() not in SEEDS]
    names = _named(by, known) if by else varies
    if not names:
        raise ValueError(
            f"no setting that is a number varies among the runs; write {FILES[0]} into each folder, or name "
            "the folders like lr=0.001_wd=1"
        )
    if len(names) > 2:
        raise ValueError(f"{listed(names)} vary among the runs; say which two with --by {names[0]},{names[1]}")
    runs = tuple(read_run(folder, **said) for folder in folders)  # type: ignore[arg-type]
    others = [name for name in varies if name not in names]
    notes = [f"{len(runs)} runs by {' and '.join(names)}"]
    notes += [f"{listed(others)} vary as well; runs that differ in them share a cell"] * bool(others)
    return TrainingRuns(runs, np.array([[one[name] for name in names] for one in settings]), tuple(names), tuple(notes))


def _named(by: str, known: list[str]) -> list[str]:
    names = [name.strip() for name in by.split(",")]
    missing = [name for name in names if name not in known]
    if missing:
        raise ValueError(f"--by {by!r}: {missing[0]!r} is no setting of every run; choose among {listed(known)}")
    return names


def settings_of(folder: Path, root: Path) -> dict[str, float]:
    """The settings of one run that are numbers, from its file, and from the names of its folders below `root`.

    >>> settings_of(Path("runs/lr=0.01_wd=1/seed_3"), Path("runs"))
    {'lr': 0.01, 'wd': 1.0, 'seed': 3.0}
    """
    found: dict[str, float] = {}
    for part in folder.relative_to(root).parts:
        for name, value in re.findall(r"([A-Za-z][A-Za-z_]*?)[=_-]?(-?\d+(?:\.\d+)?(?:e-?\d+)?)(?=[_,\s-]|$)", part):
            found[name.strip("_")] = float(value)
    for file in FILES:
        if (folder / file).is_file():
            found |= dict(_numbers(_read(folder / file)))
    return found


def _read(path: Path) -> Any:
    """What a file of settings holds. Raises ValueError where it is damaged."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        try:
            return json.loads(text)
        except ValueError as error:
            raise ValueError(f"{path.parent.name}/{path.name} is no JSON ({error}); repair it") from None
    pairs = re.findall(r"^(\w+):[ \t]*(?:\n[ \t]+(?:desc:.*\n[ \t]+)?value:[ \t]*)?([^\s#]+)[ \t]*$", text, re.M)
    return dict(pairs)  # flat YAML, also with the value a line below, as wandb writes it


def _numbers(held: Any, before: str = "") -> list[tuple[str, float]]:
    """Every number, those of nested objects under "outer.inner"."""
    found: list[tuple[str, float]] = []
    for name, value in held.items() if isinstance(held, Mapping) else ():
        if isinstance(value, Mapping):
            found += _numbers(value, f"{before}{name}.")
            continue
        try:
            number = float(value) if not isinstance(value, bool) and isinstance(value, int | float | str) else np.nan
        except ValueError:
            continue
        if np.isfinite(number):
            found.append((f"{before}{name}", number))
    return found
