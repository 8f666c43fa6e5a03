"""Equations as textbooks type them: how many are read, and whether as many laws are found as the literature has.

python benchmarks/notation.py                    the half that was worked on
python benchmarks/notation.py --unseen           the other half
python benchmarks/notation.py --suite textbook   systems from textbooks and papers instead
python benchmarks/notation.py --only pendulum
python benchmarks/notation.py --record           writes the half that is run into papers/notation.toml or textbook.toml
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts import ConservationLaws, Densities, Symmetries
from pellucid.jobs.laws import open_laws
from pellucid.jobs.subjects.equations import find_system
from pellucid.jobs.symmetries import open_symmetries
from suites.halves_file import record
from suites.notation import TYPED, Typed
from suites.textbook import TEXTBOOK

ABOUT: dict[str, tuple[dict[str, Any], int]] = {
    "notation": ({"title": "Equations as textbooks type them"}, 1),
    "textbook": (
        {
            "title": "Systems from textbooks and papers: what is conserved, or how many point symmetries they have",
            "sources": ["written down, with their truth, before any of them was read"],
            "seen": "the five of the second half that were refused or missed in its first two runs (symmetries of "
            "Zakharov-Kuznetsov and sine-Gordon, two maps with sines and exponentials, a law with log t) were worked "
            "on before the third: it is not unseen now",
        },
        2,
    ),
}
"""What each file says at its head, and how often its second half was run before there was one."""


def opened(typed: Typed) -> tuple[str, float]:
    """What is wrong with what was found (nothing: empty), and CPU seconds."""
    start = time.process_time()
    try:
        subject = find_system(typed.text, parameters=typed.parameters, constraints=typed.constraints)
        finding = (open_symmetries if typed.symmetries else open_laws)(subject, **typed.options)
    except ValueError as error:
        return f"refused: {error}", time.process_time() - start
    return _fault(typed, finding), time.process_time() - start


def _fault(typed: Typed, finding: Any) -> str:
    found = finding.artifact
    if any(claim.strength == "Refuted" for claim in finding.claims):
        return "a claim is refuted"
    if typed.laws is not None and _count(found) != typed.laws:
        return f"{_count(found)} {'symmetries' if typed.symmetries else 'laws'}, not {typed.laws}"
    missing = [text for text in typed.among if not _depends(text, found)]
    missing += [text for text in typed.timed if not _depends(text, found, found.time)]
    if missing:
        return f"{missing[0]} is no function of what was found"
    return "" if typed.special is None else _fault_of_cases(typed.special, finding.parts.get("special_cases"))


def _count(found: Any) -> int:
    if isinstance(found, Symmetries):
        return len(found.generators)
    return found.dimension if isinstance(found, Densities | ConservationLaws) else len(found.expressions)


def _fault_of_cases(known: Sequence[str], found: Any) -> str:
    """Cases that are missing, or too many: compared as what is 0, whatever it is solved for."""
    if found is None:
        return "no special values were looked for"
    zeros = {frozenset(sympy.factor(sympy.sympify(f"{name} - ({text})")) for name, text in case.values)
             for case in found.cases}  # fmt: skip
    wanted = {frozenset(sympy.factor(sympy.sympify(part)) for part in text.split(",")) for text in known}
    return "" if zeros == wanted else f"special values {sorted(map(str, zeros))}, not {sorted(map(str, wanted))}"


def _depends(text: str, found: Any, time: str = "") -> bool:
    """Whether an integral is a function of those found (with the time, where it has a name): by gradients at a point"""
    laws = [*found.expressions, *(found.timed if time else ())]
    moving = (*found.variables, *([time] if time else []))
    names = (*moving, *found.parameters)
    symbols = [sympy.Symbol(name, real=True) for name in names]
    rows = [
        [sympy.diff(e, s) for s in symbols[: len(moving)]]
        for e in (*(parse(law, names) for law in laws), *_fixed(found, names))
    ]
    rows.append([sympy.diff(parse(text, names), s) for s in symbols[: len(moving)]])
    point = {s: sympy.Rational(7 + 3 * k, 11 + 2 * k) for k, s in enumerate(symbols)}
    values = _on_constraints(found, names, point)
    matrix: Any = sympy.Matrix([[sympy.N(e.subs(values), 30) for e in row] for row in rows])
    ranks = [_rank(matrix[:-1, :]), _rank(matrix)]
    return ranks[0] == ranks[1]


def _fixed(found: Any, names: Sequence[str]) -> list[Any]:
    return [parse(text, names) for text in found.constraints]


def _on_constraints(found: Any, names: Sequence[str], point: dict[Any, Any]) -> dict[Any, Any]:
    """The point, moved onto the constraints."""
    fixed = _fixed(found, names)
    if not fixed:
        return point
    free: Any = sorted({s for e in fixed for s in e.free_symbols if s.name in found.variables}, key=str)[-len(fixed) :]
    rest = {s: v for s, v in point.items() if s not in free}
    solution: Any = sympy.nsolve([e.subs(rest) for e in fixed], free, [0.5] * len(free), prec=40)
    return {**rest, **dict(zip(free, solution, strict=True))}


def _rank(matrix: sympy.Matrix) -> int:
    return matrix.rank(iszerofunc=lambda value: abs(value) < 1e-18) if matrix.rows else 0


def main() -> None:
    """One line for each equation, and how many are right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unseen", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--suite", choices=["notation", "textbook"], default="notation")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    suite = TEXTBOOK if options.suite == "textbook" else TYPED
    chosen = [t for t in suite if (t.name == options.only if options.only else t.seen != options.unseen)]
    right, seconds, rows = 0, 0.0, []
    for typed in chosen:
        fault, took = opened(typed)
        right, seconds = right + (not fault), seconds + took
        rows.append({"name": typed.name, "text": typed.text, "fault": fault, "seconds": took})
        print(f"{typed.name:28s} {took:6.2f} s  {fault or 'right'}", flush=True)
    print(f"{right} of {len(chosen)} right, {seconds:.1f} CPU seconds")
    if options.record and not options.only:
        about, earlier = ABOUT[options.suite]
        counts = {"equations": len(chosen), "right": right, "cpu_seconds": seconds}
        command = f"python benchmarks/notation.py{' --suite textbook' * (options.suite == 'textbook')} --record"
        record(options.suite, about, counts, rows, unseen=options.unseen, command=command, earlier=earlier)


if __name__ == "__main__":
    main()
