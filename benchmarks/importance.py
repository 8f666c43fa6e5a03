"""Roles of columns in tables where they are known (`suites.importance`).

    python benchmarks/importance.py --half first
    python benchmarks/importance.py --half second --write     # for the end; papers/suppressors.toml counts its runs

Right is a table in which every column has its role.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.jobs.subjects.table_models import modelled
from pellucid.look.importance.importance_audit import ImportanceAudit
from pellucid.subjects import Samples
from suites.halves_file import run_half
from suites.importance import CASES, RoleCase

ABOUT = {
    "title": "Roles of columns, and suppressors",
    "arxiv": "2306.01464",
    "source": "benchmarks/suites/importance.py",
    "claim_of_the_paper": "permutation, gradients and SHAP give credit to a suppressor; the pattern gives none",
}


def run(case: RoleCase) -> dict[str, Any]:
    """A row for the papers file, printed as well."""
    start = time.process_time()
    columns = case.make(np.random.default_rng(int.from_bytes(case.name.encode()[:7], "little")), case.rows)
    names = tuple(name for name in columns if name != "y")
    samples = Samples(np.stack([columns[name] for name in names], 1), columns["y"], names)
    found = ImportanceAudit().explain(modelled(samples, classes=case.is_classes)).artifact
    roles = dict(zip(found.columns, found.roles, strict=True))
    wrong = {name: roles[name] for name in names if roles[name] != case.roles[name]}
    row = {"name": case.name, "right": not wrong, "columns": len(names), "columns_right": len(names) - len(wrong),
           "cpu_seconds": round(time.process_time() - start, 1)}  # fmt: skip
    credit = [found.values[i] for i, role in enumerate(found.roles) if role == "suppressor"]
    for m, method in enumerate(found.methods if credit else ()):
        row[f"suppressors_{method}"] = round(sum(one[m] for one in credit), 4)
    said = "right" if not wrong else "WRONG"
    print(f"{said}  {case.name:22} {row['cpu_seconds']:4.1f} s  {found.describe()}  {wrong or ''}", flush=True)
    return row


def counts(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of tables and of columns."""
    return {name: sum(row[name] for row in rows) for name in ("right", "columns_right", "columns")} | {
        "cases": len(rows)
    }


if __name__ == "__main__":
    run_half("importance.py", "suppressors", ABOUT, CASES, run, counts)
