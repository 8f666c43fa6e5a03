"""Signs of coefficients that are told (--sign), and how often terms are chosen (--ensemble): `suites.signed`.

    python benchmarks/signs.py --half first
    python benchmarks/signs.py --half second --write     # for the end; papers/signs.toml counts its runs

"terms": with the signs told, every right-hand side has the right terms (where they are true), and no coefficient has
another sign than told (always); where a sign is false, the finding says so or fits visibly worse (misfit above 1.5, or
no equations at all). "ensembles": without signs, of 20 ensembles at least half choose every true term, and fewer than
half any other one.
"""

from __future__ import annotations

import argparse
import re
import time
from typing import Any

import sympy

from pellucid.core import Measured
from pellucid.discover.trajectories.given_terms import signs_of_terms
from pellucid.discover.trajectories.sindy import NoEquations, SINDy
from pellucid.subjects.equations.trajectories import Trajectories
from recovery import is_right
from suites.halves import chosen
from suites.halves_file import record
from suites.signed import SIGNED, Signed

ABOUT = {
    "title": "Signs told, and ensembles of recovered equations",
    "source": "benchmarks/suites/signed.py",
    "note": "falsely_pulled, of the second half, was run once while what contradicts a sign was worked on",
}
ENSEMBLES, WORSE = 20, 1.5


def subject_of(one: Signed) -> Trajectories:
    """The orbits with their noise."""
    system = one.system
    times, columns = system.draw(one.noise)
    return Trajectories(times, columns, (*system.names, *system.driven), inputs=system.driven)


def with_signs(one: Signed) -> tuple[bool, str]:
    """Whether signs that are told are kept, and what they are true of is found."""
    system, names = one.system, (*one.system.names, *one.system.driven)
    try:
        finding = SINDy(signs=one.signs).explain(subject_of(one))
    except NoEquations as error:
        return not one.true, f"{error}"
    found = finding.artifact
    rates = found.with_values()
    for sign in signs_of_terms(one.signs, names, len(system.names)):
        terms: Any = sympy.Add.make_args(sympy.expand(rates[sign.state]))
        held = {rest: float(number) for number, rest in (term.as_coeff_Mul() for term in terms)}
        if held.get(sign.term, 0.0) * sign.sign < 0:
            return False, f"{sign.term} in {system.names[sign.state]}' has the other sign"
    if not one.true:
        said = any("has by the data the coefficient" in claim.statement for claim in finding.claims)
        return said or found.misfit > WORSE, f"misfit {found.misfit:.2f}: {found.describe()}"
    return is_right(rates, system), found.describe()


def with_ensembles(one: Signed) -> tuple[bool, str]:
    """Whether most ensembles choose the true terms, and few any other."""
    try:
        claims = SINDy(ensembles=ENSEMBLES).explain(subject_of(one)).claims
    except NoEquations as error:
        return False, f"{error}"
    told = [c for c in claims if isinstance(c, Measured) and c.unit == f"of {ENSEMBLES} ensembles"]
    missing = sum(len(sympy.Add.make_args(sympy.expand(rate))) for rate in one.system.law())
    for claim in told:
        if "do not hold" in claim.statement:
            if claim.value >= ENSEMBLES / 2:
                return False, f"{claim.statement} {claim.value}"
            continue
        missing -= claim.value >= ENSEMBLES / 2 and _is_true(claim.statement, one)
    return missing == 0, f"{missing} true terms are not chosen by half of the ensembles"


def _is_true(statement: str, one: Signed) -> bool:
    """Whether the term that a claim is about stands in the system's own equation."""
    match = re.match(r"(.+) in (\w+)'", statement)
    assert match is not None, statement
    names = (*one.system.names, *one.system.driven)
    wanted = {name for name in names if re.search(rf"(?<!\w){name}(?!\w)", match[1])}
    rate: Any = sympy.expand(one.system.law()[one.system.names.index(match[2])])
    powers = [term.as_powers_dict() for term in sympy.Add.make_args(rate)]
    return any({str(s) for s in held if s.is_Symbol} == wanted for held in powers)


def main() -> None:
    """Runs a half, or the systems that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true", help="write the figures into papers/signs.toml")
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for one in chosen(SIGNED, given.names, given.half == "second"):
        start = time.process_time()
        (terms, told), (shares, more) = with_signs(one), (with_ensembles(one) if one.true else (True, ""))
        seconds = round(time.process_time() - start, 1)
        rows.append({"name": one.name, "signs": terms, "ensembles": shares, "cpu_seconds": seconds})
        trouble = "   ".join(text for right, text in ((terms, told), (shares, more)) if not right)
        print(f"{one.name:<22}{terms!s:>6}{shares!s:>6}{seconds:>7}   {trouble}", flush=True)
    counts = {name: sum(row[name] for row in rows) for name in ("signs", "ensembles")} | {"cases": len(rows)}
    print(counts)
    if given.write and not given.names:
        command = f"python benchmarks/signs.py --half {given.half} --write"
        record("signs", ABOUT, counts, rows, unseen=given.half == "second", command=command)


if __name__ == "__main__":
    main()
