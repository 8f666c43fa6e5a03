"""Equations of stiff systems from one run each, whose rates lie decades apart.

    python benchmarks/stiff.py            the half of suites/stiff.py that may be looked at
    python benchmarks/stiff.py --unseen   the other half, once, at the end
    python benchmarks/stiff.py --only A B some of them

"terms" says whether every right-hand side has the right terms and no others (of relations that the run keeps, up to
multiples of these), "late" how far at most the late samples, which were not used, are from the equations.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.core import Measured
from pellucid.discover.trajectories.sindy import NoEquations, SINDy
from pellucid.subjects.equations.trajectories import Trajectories
from suites.stiff import SYSTEMS, Stiff, seen


def measure(system: Stiff) -> bool:
    """One line; whether the terms are right."""
    times, states = system.run()
    start = time.process_time()
    try:
        found = SINDy().explain(Trajectories(times, states, system.names))
    except NoEquations as error:
        print(f"{system.name:<24} no: {error}", flush=True)
        return False
    rates = [sympy.expand(rate) for rate in found.artifact.with_values()]
    terms = all(_shape(a, system) == _shape(b, system) for a, b in zip(rates, system.law(), strict=True))
    late = [claim.value for claim in found.claims if isinstance(claim, Measured) and "not used" in claim.statement]
    print(f"{system.name:<24} terms {terms!s:<6} late {late[0] if late else 'all used'}  "
          f"{time.process_time() - start:.1f} s  {found.artifact.describe()}", flush=True)  # fmt: skip
    return terms


def _shape(rate: sympy.Expr, system: Stiff) -> frozenset[sympy.Expr]:
    """The terms without their coefficients, without the last variable where a total tells it."""
    if system.total:
        last = sympy.Symbol(system.names[-1], real=True)
        rate = sympy.expand(rate.subs(last, 1 - parse(system.total, system.names) + last))
    pairs = [term.as_coeff_Mul() for term in sympy.Add.make_args(rate)]
    largest = max(abs(float(number)) for number, _ in pairs)
    return frozenset(term for number, term in pairs if abs(float(number)) > 1e-9 * largest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unseen", action="store_true", help="the half that is run once")
    parser.add_argument("--only", nargs="+", default=[])
    options = parser.parse_args()
    chosen = [system for system in SYSTEMS if seen(system) != options.unseen]
    chosen = [system for system in chosen if not options.only or system.name in options.only]
    print(f"terms right in {sum(map(measure, chosen))} of {len(chosen)}")


if __name__ == "__main__":
    main()
