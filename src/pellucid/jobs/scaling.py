"""The job `scaling`: a table of final losses becomes a scaling law, with intervals that backtests have widened.

table or built-in runs -> families, backtests, bootstraps -> finding
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..artifacts.learning.scaling_law import ScalingLaw
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..datasets.chinchilla import chinchilla_runs
from ..learn import ScalingFit
from ..run.cached import cached
from ..subjects.runs.scaling_files import read_scaling_runs
from ..subjects.runs.scaling_runs import ScalingRuns
from ..subjects.tables.table import SUFFIXES

BUILT_IN = {"chinchilla": ("240 runs read off figure 4 of arXiv 2203.15556", chinchilla_runs)}
"""Runs that come with the library: a word on them, and what makes them."""


def list_runs() -> list[tuple[str, str]]:
    """Every built-in set of runs with its one line."""
    return [(name, words) for name, (words, _) in BUILT_IN.items()]


def find_runs(text: str, **columns: str | None) -> ScalingRuns:
    """What `text` names: a table, or built-in runs, for which no `columns` are named. Raises ValueError."""
    if text in BUILT_IN and not Path(text).exists():
        named = [f"--{name}" for name, said in columns.items() if said is not None]
        if named:
            raise ValueError(f"{', '.join(named)} belong to tables, {text!r} is built in; leave them out")
        return BUILT_IN[text][1]()
    if not Path(text).is_file():
        known = ", ".join(BUILT_IN)
        raise ValueError(f"{text!r} is no file; give a table ({', '.join(SUFFIXES)}), or a built-in one: {known}")
    return read_scaling_runs(text, **{name: said for name, said in columns.items() if said is not None})


def open_scaling(
    runs: ScalingRuns,
    method: ScalingFit | None = None,
    *,
    name: str = "",
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[ScalingLaw]:
    """The law of `runs`, what it forecasts, and how well. Raises ValueError."""
    finding = cached(method or ScalingFit(), runs, seed, folder=checkpoint, reporter=reporter)
    settings = {**finding.provenance.settings, "table": name}
    return replace(finding, provenance=replace(finding.provenance, settings=settings))
