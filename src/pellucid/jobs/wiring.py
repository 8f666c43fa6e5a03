"""The job of parts: a table with several targets becomes a network whose parts are seen, proved and put into formulas.

table -> placed network, cut -> paths -> independence, proved; a formula of each target -> finding
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ..artifacts.mechanisms.wired_network import WiredNetwork
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..distill.formulas.race import Race
from ..distill.wiring.modular_network import ModularNetwork
from ..prove.manifest import certificate_files
from ..prove.mechanisms.independence_certificate import prove_independence
from ..run.cached import cached
from ..subjects.tables.identifiers import column_names
from ..subjects.tables.responses import Responses
from ..subjects.tables.table import naming_file, read_table
from .sources import READERS


def find_wiring(
    responses: Responses, method: ModularNetwork | None = None, *, formulas: bool = True, seed: int = 0,
    reporter: Reporter = SILENT, checkpoint: Path | None = None,
) -> Finding[WiredNetwork]:  # fmt: skip
    """The network, what of its independence is proved, and a formula of each target, by default from a `Race`."""
    method = method or ModularNetwork()
    if method.engine is None and formulas:
        method = replace(method, engine=Race())
    found = cached(method, responses, seed, folder=checkpoint, reporter=reporter)
    proofs = prove_independence(found.artifact)
    return found.plus(*(proof.claim for proof in proofs), proofs=certificate_files(found.artifact, proofs))


@READERS.add("wiring")
def open_responses(path: str | Path, seed: int = 0, *, targets: str = "") -> Responses:
    """The columns named by `targets`, with commas, and all other columns of numbers. Raises ValueError."""
    with naming_file(path):
        table = read_table(Path(path))
        goals = [table.find(name, "targets:") for name in targets.split(",") if name]
        inputs = [one for one in table.columns.values() if one.is_number and all(one is not goal for goal in goals)]
        if not goals or not inputs:
            raise ValueError(
                f"{len(goals)} targets and {len(inputs)} other columns of numbers; there must be some of each"
            )
        for column in (*goals, *inputs):
            fault = table.fault(column)
            if fault:
                raise ValueError(f"{fault}; correct the table")
        X, Y = (np.stack([one.values.astype(np.float64) for one in part], 1) for part in (inputs, goals))
        names, wanted = (column_names([one.name for one in part]) for part in (inputs, goals))
        return Responses(X, Y, tuple(names), tuple(wanted))
