"""From fields on a grid to their equations: which terms are found, and how well their coefficients are known.

    python benchmarks/fields.py --suite classics            ten classical equations
    python benchmarks/fields.py --suite fresh --half first  the half of twenty-four others that may be looked at
    python benchmarks/fields.py --suite fresh --half second the other half, for the end
    python benchmarks/fields.py ... --peer FOLDER           PySINDy beside it, from a folder of installed packages

Noise is normal, its standard deviation a share of each field's own. "terms" says whether every equation has the right
terms and no others, "inside" how many of the fitted coefficients lie within two standard deviations of the truth (95 %
should), "numbers" whether all are exactly right as well. Nothing is set for an equation or a noise. PySINDy has its
weak library (500 test domains) and its library of derivatives, products of up to three fields with one derivative up
to the order of ours, and of five thresholds the one that serves it best: its column says what it could do if one knew.
"none" where its libraries do not hold a term of the equation. Seconds are CPU time on one thread.
"""

from __future__ import annotations

import argparse
import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import re
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from pellucid.artifacts import RecoveredEvolution
from pellucid.discover import PDEFind
from pellucid.subjects import FieldGrid
from suites.field_solver import Solved, noisy, solve
from suites.fields import CLASSICS, FRESH, FieldCase
from suites.halves import half

THRESHOLDS = (0.005, 0.02, 0.05, 0.1, 0.3)


@dataclass(frozen=True)
class Row:
    """What became of one equation at one noise."""

    name: str
    noise: float
    seed: int
    terms: bool
    numbers: bool
    inside: int
    coefficients: int
    worst: float
    """Of the coefficients' errors, in standard deviations; of those that were not taken as exact."""
    misfit: float
    seconds: float
    found: str
    peer_terms: bool | None = None
    peer_seconds: float = 0.0


def truth_of(case: FieldCase) -> dict[str, dict[str, float]]:
    """By field and term, the coefficients."""
    found = {}
    for line in case.equations.split(";"):
        field, text = re.fullmatch(r"\s*(\w+?)_t\s*=(.+)", line).groups()  # type: ignore[union-attr]
        names = sorted(set(re.findall(r"[a-z]\w*", text)))
        expression = sympy.expand(sympy.sympify(text, {n: sympy.Symbol(n) for n in names}))
        terms = expression.as_coefficients_dict()
        found[field] = {str(term): float(c) for term, c in terms.items()}
    return found


def found_of(found: RecoveredEvolution) -> dict[str, dict[str, tuple[float, float]]]:
    """By field and term, the coefficients and their standard deviations; 0 where one was taken as exact."""
    table = dict(zip(found.parameters, zip(found.values, found.uncertainties, strict=True), strict=True))
    symbols = {sympy.Symbol(name, real=True): name for name in found.parameters}
    result: dict[str, dict[str, tuple[float, float]]] = {}
    for field, expression in zip(found.fields, found.sympy(), strict=True):
        result[field] = {}
        for term in sympy.Add.make_args(sympy.expand(expression)) if expression != 0 else ():
            free = [s for s in term.free_symbols if s in symbols]
            number, rest = (term / free[0] if free else term).as_coeff_Mul()
            value, doubt = table[symbols[free[0]]] if free else (1.0, 0.0)
            text = str(sympy.sympify(str(rest)))
            result[field][text] = (float(number) * value, abs(float(number)) * doubt)
    return result


def compare(case: FieldCase, found: RecoveredEvolution) -> dict[str, Any]:
    """Whether the terms are right, and the coefficients."""
    truth, ours = truth_of(case), found_of(found)
    terms = all(set(truth[field]) == set(ours[field]) for field in truth)
    errors = [
        (abs(c - ours[field][term][0]), ours[field][term][1])
        for field in truth
        for term, c in truth[field].items()
        if term in ours[field]
    ]
    inside = sum(error <= max(2 * doubt, 1e-9) for error, doubt in errors)
    numbers = terms and all(error < 1e-9 for error, _ in errors)
    worst = max((error / doubt for error, doubt in errors if doubt > 0), default=0.0)
    return {"terms": terms, "numbers": numbers, "inside": inside, "coefficients": len(errors), "worst": round(worst, 2)}


def one(case: FieldCase, solved: Solved, noise: float, seed: int) -> Row:
    """Ours on one field."""
    values = noisy(solved, noise, seed)
    start = time.process_time()
    grid = FieldGrid(solved.t, solved.x, values, solved.names, solved.x if case.planar else None)
    found = PDEFind().explain(grid, seed).artifact
    seconds = time.process_time() - start
    judged = compare(case, found)
    return Row(
        case.name,
        noise,
        seed,
        **judged,
        misfit=round(found.misfit, 3),
        seconds=round(seconds, 2),
        found=found.describe(),
    )


def peer(case: FieldCase, solved: Solved, noise: float, seed: int) -> tuple[bool | None, float]:
    """Whether PySINDy finds the terms with any of its libraries and thresholds, and the CPU seconds of one of each."""
    import pysindy

    truth = [_peer_terms(case, solved.names, field) for field in solved.names]
    values = np.moveaxis(noisy(solved, noise, seed), (0, 1), (-1, -2))  # places, times, fields
    order = 5 if len(solved.names) == 1 and not case.planar else 4 if not case.planar else 2
    axes = [solved.x] * (2 if case.planar else 1)
    grid = np.stack(np.meshgrid(*axes, solved.t, indexing="ij"), -1)
    start, right, possible = time.process_time(), False, True
    for weak in (True, False):
        base = pysindy.PolynomialLibrary(degree=3, include_bias=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if weak:
                library: Any = pysindy.WeakPDELibrary(
                    function_library=base, derivative_order=order, spatiotemporal_grid=grid, K=500, include_bias=True
                )
            else:
                library = pysindy.PDELibrary(
                    function_library=base, derivative_order=order, spatial_grid=grid[..., 0, :-1], include_bias=True
                )
            for threshold in THRESHOLDS:
                optimizer = pysindy.STLSQ(threshold=threshold, alpha=1e-8, normalize_columns=True)
                model = pysindy.SINDy(feature_library=library, optimizer=optimizer)
                model.fit(values, t=solved.t)
                names = model.get_feature_names()
                possible = possible and all(term in names for terms in truth for term in terms)
                chosen = [{n for n, c in zip(names, row, strict=True) if c} for row in model.coefficients()]
                right = right or all(a == b for a, b in zip(chosen, truth, strict=True))
    seconds = (time.process_time() - start) / (2 * len(THRESHOLDS))
    return (right if possible else None), seconds


def _peer_terms(case: FieldCase, names: tuple[str, ...], field: str) -> set[str]:
    """The terms as PySINDy writes them: x0^2 x1_11 for u^2 v_xx."""
    found = set()
    for term in truth_of(case)[field]:
        powers: dict[str, int] = {}
        derivative = ""
        for factor in sympy.Mul.make_args(sympy.sympify(term)):
            base, power = factor.as_base_exp()
            name, _, mark = str(base).partition("_")
            if term == "1":
                continue
            if mark:
                marks = "1" * int(mark[:-1]) if mark[0].isdigit() else mark.replace("x", "1").replace("y", "2")
                derivative += f"x{names.index(name)}_{marks}" * int(power)
            else:
                powers[f"x{names.index(name)}"] = int(power)
        product = " ".join(n if p == 1 else f"{n}^{p}" for n, p in sorted(powers.items()))
        found.add(product + derivative or "1")
    return found


def main() -> None:
    """The rows of a suite, one JSON object a line, then how many are right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--suite", choices=("classics", "fresh"), default="classics")
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--noise", type=float, nargs="+", default=[0.0, 0.01])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--store", type=Path, help="a file to add the rows to; what is in it is not run again")
    given = parser.parse_args()
    if given.peer:
        sys.path.append(str(given.peer))
    cases = CLASSICS if given.suite == "classics" else [c for c in FRESH if half(c.name) == (given.half == "second")]
    known = (
        [json.loads(line) for line in given.store.read_text().splitlines()]
        if given.store and given.store.exists()
        else []
    )
    rows = []
    for case in [c for c in cases if not given.only or c.name in given.only]:
        todo = [(noise, seed) for noise in given.noise for seed in range(given.seeds)]
        old = [r for r in known if r["name"] == case.name and (r["noise"], r["seed"]) in todo]
        rows += old
        todo = [pair for pair in todo if pair not in [(r["noise"], r["seed"]) for r in old]]
        solved = solve(case) if todo else None
        for noise, seed in todo:
            assert solved is not None
            row = asdict(one(case, solved, noise, seed))
            if given.peer:
                row["peer_terms"], row["peer_seconds"] = peer(case, solved, noise, seed)
            rows.append(row)
            print(json.dumps(row), flush=True)
            if given.store:
                with given.store.open("a") as stream:
                    stream.write(json.dumps(row) + "\n")
    for noise in given.noise:
        own = [r for r in rows if r["noise"] == noise]
        coefficients = sum(r["coefficients"] for r in own)
        asked = [r for r in own if r["peer_terms"] is not None]
        print(
            f"noise {noise:g}: terms {sum(r['terms'] for r in own)}/{len(own)}, numbers "
            f"{sum(r['numbers'] for r in own)}, within two deviations {sum(r['inside'] for r in own)}/{coefficients}, "
            f"{sum(r['seconds'] for r in own):.0f} s; PySINDy {sum(r['peer_terms'] for r in asked)}/{len(asked)}, ours "
            f"on these {sum(r['terms'] for r in asked)}, {sum(r['peer_seconds'] for r in own):.0f} s"
        )


if __name__ == "__main__":
    main()
