"""From fields on a grid to their equations: which terms are found, and how well their coefficients are known.

    python benchmarks/fields.py --suite classics            ten classical equations
    python benchmarks/fields.py --suite fresh --half first  the half of twenty-four others that may be looked at
    python benchmarks/fields.py --suite fresh --half second the other half, for the end
    python benchmarks/fields.py ... --peer FOLDER           PySINDy beside it, from a folder of installed packages

Noise is normal, its standard deviation a share of each field's own. "terms" says whether every equation has the right
terms and no others, "inside" how many of the fitted coefficients lie within two standard deviations of the truth (95 %
should), "numbers" whether all are exactly right as well, "error" is the median relative error of the coefficients where
the terms are right. Nothing is set for an equation or a noise. PySINDy has two libraries, each with the threshold that
predicts held-out time best (suites/field_peer.py); "none" where they do not hold a term of the equation. Seconds are
CPU time on one thread. The peers are also run on `--suite later`, which was written down for that.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import re
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from pellucid.artifacts import RecoveredEvolution
from pellucid.discover import PDEFind
from pellucid.subjects import FieldGrid
from suites.field_peer import Chosen, peers
from suites.field_solver import Solved, noisy, solve
from suites.fields import CLASSICS, FRESH, LATER, FieldCase
from suites.halves import half

PAPER = Path(__file__).parent.parent / "papers" / "pde_find.toml"
MARK = "# Beside PySINDy: the rest of this file is written by `python benchmarks/fields.py --store FILE --write`.\n"


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
    error: float | None = None
    peers: dict[str, dict[str, Any]] = field(default_factory=dict)


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
    for name, expression in zip(found.fields, found.sympy(), strict=True):
        result[name] = {}
        for term in sympy.Add.make_args(sympy.expand(expression)) if expression != 0 else ():
            free = [s for s in term.free_symbols if s in symbols]
            number, rest = (term / free[0] if free else term).as_coeff_Mul()
            value, doubt = table[symbols[free[0]]] if free else (1.0, 0.0)
            text = str(sympy.sympify(str(rest)))
            result[name][text] = (float(number) * value, abs(float(number)) * doubt)
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
    shares = [abs(ours[f][term][0] / c - 1) for f in truth for term, c in truth[f].items() if term in ours[f]]
    return {
        "error": float(f"{np.median(shares):.2g}") if terms else None,
        "terms": terms,
        "numbers": numbers,
        "inside": inside,
        "coefficients": len(errors),
        "worst": round(worst, 2),
    }


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


def beside(case: FieldCase, solved: Solved, noise: float, seed: int) -> dict[str, dict[str, Any]]:
    """By library of PySINDy whether the terms are right, the coefficients' error and CPU seconds."""
    truths = [{_peer_term(term, solved.names): c for term, c in truth_of(case)[name].items()} for name in solved.names]
    rows = {}
    for kind, chosen in peers(case, solved, noise, seed).items():
        known = all(term in chosen.names for truth in truths for term in truth)
        right, error = _judged(chosen, truths)
        rows[kind] = {"terms": right if known else None, "error": error, "seconds": round(chosen.seconds, 2)}
    return rows


def _judged(chosen: Chosen, truths: list[dict[str, float]]) -> tuple[bool, float | None]:
    errors = []
    for truth, row in zip(truths, chosen.coefficients, strict=True):
        mine = {name: c for name, c in zip(chosen.names, row, strict=True) if c}
        if set(mine) != set(truth):
            return False, None
        errors += [abs(mine[term] / c - 1) for term, c in truth.items()]
    return True, float(f"{np.median(errors):.2g}")


def _peer_term(term: str, names: tuple[str, ...]) -> str:
    """A term as PySINDy writes it: x0^2x1_11 for u**2*v_xx."""
    if term == "1":
        return "1"
    powers: dict[str, int] = {}
    derivative = ""
    for factor in sympy.Mul.make_args(sympy.sympify(term)):
        base, power = factor.as_base_exp()
        name, _, mark = str(base).partition("_")
        if mark:
            marks = "1" * int(mark[:-1]) if mark[0].isdigit() else mark.replace("x", "1").replace("y", "2")
            derivative += f"x{names.index(name)}_{marks}" * int(power)
        else:
            powers[f"x{names.index(name)}"] = int(power)
    return " ".join(n if p == 1 else f"{n}^{p}" for n, p in sorted(powers.items())) + derivative


def main() -> None:
    """The rows of a suite, one JSON object a line, then how many are right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--suite", choices=("classics", "fresh", "later"), default="classics")
    parser.add_argument("--half", choices=("first", "second"), default="first", help="of a suite that has halves")
    parser.add_argument("--noise", type=float, nargs="+", default=[0.0, 0.01])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--peer", type=Path, help="where PySINDy is installed")
    parser.add_argument("--store", type=Path, help="a file to add the rows to; what is in it is not run again")
    parser.add_argument("--write", action="store_true", help="the stored rows with peers, and papers/pde_find.toml")
    given = parser.parse_args()
    known = [json.loads(line) for line in given.store.read_text().splitlines()] if _exists(given.store) else []
    if given.write:
        write(known)
        return
    if given.peer:
        sys.path.append(str(given.peer))
    suite = {"classics": CLASSICS, "fresh": FRESH, "later": LATER}[given.suite]
    cases = [c for c in suite if suite is CLASSICS or half(c.name) == (given.half == "second")]
    rows = []
    for case in [c for c in cases if not given.only or c.name in given.only]:
        pairs = [(noise, seed) for noise in given.noise for seed in range(given.seeds)]
        rows += [r for r in known if r["name"] == case.name and (r["noise"], r["seed"]) in pairs]
        todo = [pair for pair in pairs if (case.name, *pair) not in {(r["name"], r["noise"], r["seed"]) for r in rows}]
        solved = solve(case) if todo else None
        for noise, seed in todo:
            assert solved is not None
            row = {"suite": given.suite, **asdict(one(case, solved, noise, seed))}
            if given.peer:
                row["peers"] = beside(case, solved, noise, seed)
            rows.append(row)
            print(json.dumps(row), flush=True)
            if given.store:
                with given.store.open("a") as stream:
                    stream.write(json.dumps(row) + "\n")
    for noise in given.noise:
        print(told([r for r in rows if r["noise"] == noise], noise))


def _exists(path: Path | None) -> bool:
    return path is not None and path.exists()


def told(rows: list[dict[str, Any]], noise: float) -> str:
    """How many are right, and of those that PySINDy can have, how many it has right."""
    asked = [r for r in rows if any(p["terms"] is not None for p in r["peers"].values())]
    kinds = {kind: [r["peers"][kind] for r in asked] for kind in ("weak", "derivatives") if asked}
    peer = "".join(f"; PySINDy {kind} {sum(bool(p['terms']) for p in some)}/{len(asked)}, "
                   f"{sum(p['seconds'] for p in some):.0f} s" for kind, some in kinds.items())  # fmt: skip
    return (f"noise {noise:g}: terms {sum(r['terms'] for r in rows)}/{len(rows)}, numbers "
            f"{sum(r['numbers'] for r in rows)}, within two deviations {sum(r['inside'] for r in rows)}/"
            f"{sum(r['coefficients'] for r in rows)}, {sum(r['seconds'] for r in rows):.0f} s{peer}")  # fmt: skip


def write(rows: list[dict[str, Any]]) -> None:
    """The last part of papers/pde_find.toml: sums of each part and noise, and the rows."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    rows = [row for row in rows if row["peers"]]
    text = [
        MARK + "# Both libraries have their threshold chosen on the last quarter of the time; terms that no library",
        "# holds count as none of theirs. Seconds are CPU time on one thread.",
        "[beside]",
        'command = "python benchmarks/fields.py --peer FOLDER --store FILE; also --suite later, both halves"',
        f'commit = "{commit.stdout.strip()}"',
        f"date = {datetime.date.today().isoformat()}",
        'pysindy = "2.1.0"',
    ]
    parts = [("classics", CLASSICS), *((f"later_{name}", [c for c in LATER if half(c.name) == place])
             for place, name in enumerate(("first", "second")))]  # fmt: skip
    for title, cases in parts:
        for noise in (0.0, 0.01):
            some = [r for r in rows if r["noise"] == noise and r["name"] in {c.name for c in cases}]
            if some:
                text += ["", f"[beside.{title}.noise_{100 * noise:g}_percent]", *_sums(some)]
    for row in rows:
        text += ["", "[[row]]", f"name = {json.dumps(row['name'])}", f"noise = {row['noise']}"]
        text += [f"{key} = {json.dumps(row[key])}" for key in ("terms", "error", "seconds") if row[key] is not None]
        for kind, peer in row["peers"].items():
            text += [f"pysindy_{kind}_{key} = {json.dumps(value)}" for key, value in peer.items() if value is not None]
    before = PAPER.read_text(encoding="utf-8").split(MARK)[0].rstrip("\n")
    PAPER.write_text(before + "\n\n" + "\n".join(text) + "\n", encoding="utf-8")


def _sums(rows: list[dict[str, Any]]) -> list[str]:
    """Of ours and of both libraries."""
    found = [f"equations = {len(rows)}", f"right_terms = {sum(r['terms'] for r in rows)}",
             f"cpu_seconds = {sum(r['seconds'] for r in rows):.1f}"]  # fmt: skip
    errors = [r["error"] for r in rows if r["error"] is not None]
    found += [f"median_error = {np.median(errors):.2g}"] if errors else []
    for kind in ("weak", "derivatives"):
        some = [r["peers"][kind] for r in rows]
        errors = [p["error"] for p in some if p["error"] is not None]
        found += [f"pysindy_{kind}_right_terms = {sum(bool(p['terms']) for p in some)}",
                  f"pysindy_{kind}_cpu_seconds = {sum(p['seconds'] for p in some):.1f}"]  # fmt: skip
        found += [f"pysindy_{kind}_median_error = {np.median(errors):.2g}"] if errors else []
    return found


if __name__ == "__main__":
    main()
