"""Planted curves and finite functions (`suites.composed`): circles as formulas, functions as programs.

    python benchmarks/composed.py --half first
    python benchmarks/composed.py --half second --write     # for the end; papers/composed.toml counts its runs

Right is a curve whose every planted period, and no other circle, is found to 2 %, in the formulas of both coordinates
too; and a function with a rule that is exhausted, or without one for which none is claimed.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from pellucid.distill.formulas.parametric.parametric import Parametric
from pellucid.distill.programs.finite_program import FiniteProgram
from pellucid.look.geometry.turning_planes import TurningPlanes
from pellucid.subjects import FiniteFunction, Labelled
from suites.composed import CURVES, FUNCTIONS, CurveCase, FunctionCase
from suites.halves_file import run_half

ABOUT = {
    "title": "What is found in a model goes on to the distillers",
    "command": "python benchmarks/composed.py",
    "source": "benchmarks/suites/composed.py",
}
PAIRS = np.stack(np.meshgrid(np.arange(10), np.arange(10), indexing="ij"), -1).reshape(-1, 2)


def run(case: CurveCase | FunctionCase) -> dict[str, Any]:
    """A row for the papers file, printed as well."""
    start, generator = time.process_time(), np.random.default_rng(int.from_bytes(case.name.encode()[:7], "little"))
    if isinstance(case, CurveCase):
        x, n = case.make(generator)
        finding = TurningPlanes(Parametric(budget_seconds=3)).explain(Labelled(x, n, names=("number",)))
        found = finding.artifact
        right = len(found.periods) == len(case.periods)
        right = right and all(abs(t / one - 1) < 0.02 for t, one in zip(found.periods, case.periods, strict=True))
        written = [claim.value for claim in finding.claims if claim.key.startswith("written") and "circle" in claim.key]
        near = [abs(t / one - 1) < 0.02 for t in written for one in case.periods]
        right = right and sum(near) >= 2 * len(case.periods)
    else:
        outputs = generator.integers(0, 10, 100) if case.rule is None else np.asarray(case.rule(*PAIRS.T), int)
        finding = FiniteProgram().explain(FiniteFunction(PAIRS, outputs, ("a", "b")))
        keys = {claim.key for claim in finding.claims}
        right = "rule" in keys if case.rule is None else "program" in keys and "rule" not in keys
    said = finding.artifact.describe() if isinstance(case, CurveCase) else finding.artifact.to_python().split()[-1]
    row = {"name": case.name, "right": bool(right), "cpu_seconds": round(time.process_time() - start, 1)}
    print(f"{'right' if right else 'WRONG'}  {case.name:24} {row['cpu_seconds']:5.1f} s  {said}", flush=True)
    return row


if __name__ == "__main__":
    run_half("composed.py", "composed", ABOUT, [*CURVES, *FUNCTIONS], run)
