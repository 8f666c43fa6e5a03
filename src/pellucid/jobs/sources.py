"""How a finding's subject is opened again: from the data that a person gives, or from what is built in.

A job registers its reader; a finding's provenance names the reader, what it was given, and the options.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from typing import Any

from ..core.finding import Finding
from ..core.registry import Registry
from ..prove.check import Checked
from ..prove.measuring import measure_again

Reader = Callable[..., Any]

READERS: Registry[Reader] = Registry("reader", home="pellucid.jobs")
"""What opens a subject, by the job's name: (name or path, seed, **options) -> subject."""


def source(reader: str, name: str, **options: Any) -> dict[str, Any]:
    """What a provenance says of a subject that `reader` opened: no folder of a file, no option that is None.

    >>> source("formula", "planets.csv", target="T", units=None)
    {'reader': 'formula', 'name': 'planets.csv', 'options': {'target': 'T'}}
    """
    given = {k: v.name if isinstance(v, Path) else v for k, v in options.items() if v is not None}
    return {"reader": reader, "name": Path(name).name if Path(name).is_file() else name, "options": given}


def measure_folder(folder: Path | str, data: Path | str | None = None, model: str | None = None) -> list[Checked]:
    """Every claim that names a measurement, measured again; on `data`, in `model`, where they are needed.

    Raises ValueError.
    """
    return measure_again(folder, lambda finding: open_again(finding, data, model))


def open_again(finding: Finding[Any], data: Path | str | None = None, model: str | None = None) -> Any:
    """What the finding was made from: read from `data`, or built in; None where it is neither, or wants a `model`.

    No file is opened but `data`, no model but `model`, and no code is run that the finding names, whatever it says.
    Raises ValueError for data that cannot be read so.

    >>> from pellucid.core import Provenance
    >>> from pellucid.artifacts import TrainingCurve
    >>> told = Provenance("distill.Race", {}, 0, "", source=source("formula", "I.12.1", rows=50))
    >>> open_again(Finding(TrainingCurve([0], [1.0], [0.5]), (), told)).rows
    50
    """
    told = finding.provenance.source
    name, reader = str(told.get("name", "")), str(told.get("reader", ""))
    if not told or not re.fullmatch("[a-z]+", reader):
        return None
    is_file = Path(name).exists() or Path(name).suffix[1:].isalpha() or not re.fullmatch(r"[\w.]+", name)
    if data is None and is_file:
        return None
    if find_spec(f"pellucid.jobs.{reader}") is not None:
        import_module(f"pellucid.jobs.{reader}")
    options = dict(told.get("options", {}))
    if "code" in options:
        return None
    if "model" in options:
        if model is None:
            return None
        options["model"] = model
    path, seed = name if data is None else str(data), finding.provenance.seed
    try:
        signature(READERS[reader]).bind(path, seed, **options)
    except TypeError as error:
        raise ValueError(f"the finding says how it was read, but that is no way to ({error}); it was altered") from None
    return READERS[reader](path, seed, **options)
