"""What is conserved in the systems of the literature, beside what is known of them, each law proved.

    python benchmarks/integrals.py             the half that may be looked at
    python benchmarks/integrals.py --unseen    the other half, once, when the search no longer changes
    python benchmarks/integrals.py NAME ...    some systems
    python benchmarks/integrals.py --record    writes the half that is run into papers/integrals.toml

A system is right where as many independent laws without time are found as are known, all known ones are functions of
them (by the rank of exact gradients at a point), the known ones with time are, too, with the time, and every claim is
proved. "false" counts what an integration in high precision contradicts: a law that changes along an orbit.
Seconds are CPU time on one thread, proofs included.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts import Invariants as Found
from pellucid.core import Proved
from pellucid.discover import Invariants
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.subjects import Dynamics
from suites.halves import chosen
from suites.halves_file import record
from suites.integrals import INTEGRALS, IntegralCase

ABOUT = {
    "title": "Systems of equations with the integrals that the literature or a line of algebra knows of them",
    "sources": ["written down, with their truth, before anything was run on them"],
    "seen": "of the second half the chemostat was looked at, and mended, before its third run: it is not unseen now",
}
SEED = 7
"""Of the point at which gradients are compared."""


@dataclass(frozen=True)
class Row:
    """How one system came out."""

    name: str
    known: int
    found: int
    right: bool
    timed: bool
    unproved: int
    false: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="systems; by default a half of them")
    parser.add_argument("--unseen", action="store_true", help="the half that is run once")
    parser.add_argument("--record", action="store_true", help="write the half into papers/integrals.toml")
    options = parser.parse_args()
    cases = chosen(INTEGRALS, options.names, options.unseen)
    rows = [run(case) for case in cases]
    right = sum(row.right and not row.unproved and not row.false for row in rows)
    timed = sum(row.timed for row in rows)
    print(f"{right} of {len(rows)} systems right without time, {timed} with it; false: {sum(r.false for r in rows)}")
    seconds = sorted(row.seconds for row in rows)
    print(f"CPU seconds: median {seconds[len(rows) // 2]:.2f}, largest {seconds[-1]:.2f}")
    if options.record and not options.names:
        counts = {"systems": len(rows), "right_without_time": right, "right_with_time": timed}
        counts |= {"false": sum(r.false for r in rows), "cpu_seconds": sum(seconds)}
        command = "python benchmarks/integrals.py --record"
        record("integrals", ABOUT, counts, list(map(asdict, rows)), unseen=options.unseen, command=command, earlier=2)


def run(case: IntegralCase) -> Row:
    """Searches, proves, compares, and prints a line."""
    dynamics = Dynamics.parse(case.equations, case.parameters)
    start = time.process_time()
    found = Invariants(4, orbits=0).explain(dynamics).artifact
    proofs = prove_conserved(found)
    seconds = time.process_time() - start
    unproved = sum(not isinstance(proof.claim, Proved) for proof in proofs)
    right = len(found.expressions) == len(case.known) and all(
        _depends(k, found.expressions, dynamics) for k in case.known
    )
    timed = all(_depends(k, (*found.expressions, *found.timed), dynamics) for k in case.timed)
    row = Row(
        case.name, len(case.known), len(found.expressions), right, timed, unproved, _false(found, dynamics), seconds
    )
    marks = f"{'right' if right else 'WRONG'}{'' if timed else ', time not'}"
    print(
        f"{row.name:26} known {row.known} found {row.found} {marks:16} {seconds:5.2f} s  {found.describe()[:120]}",
        flush=True,
    )
    return row


def _depends(law: str, laws: Sequence[str], dynamics: Dynamics) -> bool:
    """Whether the gradient of `law` by variables and t lies in the span of those of the laws, at a random point."""
    gradients = [_gradient(text, dynamics) for text in (*laws, law)]
    rest = np.array(gradients, dtype=float)
    rest = rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-300)
    return bool(
        np.linalg.matrix_rank(rest, tol=1e-9) == np.linalg.matrix_rank(rest[:-1], tol=1e-9) if len(laws) else False
    )


def _gradient(text: str, dynamics: Dynamics) -> list[float]:
    names = (*dynamics.variables, *dynamics.parameters, "t")
    symbols = [sympy.Symbol(name, real=True) for name in names]
    generator = np.random.default_rng(SEED)
    point: Any = {s: sympy.Float(generator.uniform(0.3, 1.4), 30) for s in symbols}
    law: Any = parse(text, names)
    moving = [*symbols[: len(dynamics.variables)], symbols[-1]]
    return [float(sympy.re(sympy.diff(law, s).subs(point).evalf(25))) for s in moving]


def _false(found: Found, dynamics: Dynamics) -> int:
    """Laws whose derivative along the equations is not 0 at a random point, in 25 digits: no part of the proofs."""
    names = (*dynamics.variables, *dynamics.parameters, "t")
    symbols = [sympy.Symbol(name, real=True) for name in names]
    generator = np.random.default_rng(SEED + 1)
    point: Any = {s: sympy.Float(generator.uniform(0.3, 1.4), 30) for s in symbols}
    wrong = 0
    for text in (*found.expressions, *found.others, *found.timed):
        law: Any = parse(text, names)
        pairs = zip(symbols, dynamics.expressions(), strict=False)
        slope: Any = sum((sympy.diff(law, s) * rate for s, rate in pairs), sympy.diff(law, symbols[-1]))
        size = sum(abs(sympy.diff(law, s).subs(point).evalf(25)) for s in symbols[: len(dynamics.variables)])
        wrong += bool(abs(slope.subs(point).evalf(25)) > 1e-15 * (1 + size))
    return wrong


if __name__ == "__main__":
    main()
