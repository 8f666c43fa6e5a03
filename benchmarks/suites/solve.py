"""One case of a suite solved by one engine, from a plain dictionary to a plain dictionary, as `run.sweep` wants it."""

from __future__ import annotations

import resource
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy

from pellucid.distill.formulas.evolution.search import polished_best
from pellucid.run.threads import one_thread
from pellucid.subjects.tables.samples import Samples

from .case import Case, halves
from .case import Drawn as DrawnLaw
from .classics import classics
from .engines import ENGINES, MEMBERS, PEERS, is_usable
from .gross import gross
from .hasty import hasty
from .laws import LAWS
from .origin import origin
from .problem import Drawn, Verdict
from .quotients import quotients
from .rough import jumps, noisy
from .srsd import srsd
from .varied import varied

PROBLEMS = {
    "classics": classics,
    "realistic": srsd,
    "varied": varied,
    "noisy": noisy,
    "jumps": jumps,
    "quotients": quotients,
    "gross": gross,
    "hasty": hasty,
}
"""The suites whose cases are problems; those of "laws" are cases with noise of their own."""


@dataclass(frozen=True)
class Row:
    """What one engine made of one problem.

    `exact`: it is the equation (`by` says how that is known); `form`: it has the equation's form; `values`: it has its
    values within the noise, inside and beyond; `ceiling`: the true form with fitted constants has them. `by` is
    "nothing" where no formula was found, "failed" where something else than a ValueError was raised, "not judged" where
    the formula was too much for the judge. `allowed`, `commit` and `date` say which run it is from (`origin`).
    """

    problem: str
    family: str
    noise: float
    seed: int
    engine: str
    exact: bool
    by: str
    form: bool
    values: bool
    ceiling: bool
    expression: str
    error: float
    error_outside: float
    seconds: float
    allowed: float = 0.0
    commit: str = ""
    date: str = ""


@dataclass(frozen=True)
class Answers:
    """What an engine found, in how many CPU seconds; `by` and `message` where it found nothing."""

    found: list[sympy.Expr]
    seconds: float
    by: str = "nothing"
    message: str = ""


def ask(case: dict[str, Any], samples: Samples, *, snapped: bool) -> Answers:
    """One engine's answers; a peer, which knows no exact constants, gets its formulas fitted and `snapped` by us."""
    with one_thread():
        began = _cpu_seconds()
        try:
            found = ENGINES[case["engine"]](samples, case["seed"], case["seconds"])
        except Exception as error:  # what an engine ends with is a result of the benchmark
            kind = "nothing" if isinstance(error, ValueError) else "failed"
            return Answers([], _cpu_seconds() - began, kind, f"{type(error).__name__}: {error}")
        seconds = _cpu_seconds() - began
        if case["engine"] in PEERS:
            found = [expression for expression in found if is_usable(expression)]
            if snapped:
                found = [one.expression for one in polished_best(found, samples, most=MEMBERS)]
    return Answers(found, seconds)


def _cpu_seconds() -> float:
    """CPU seconds of this process and of those that it started and that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def solve_problem(case: dict[str, Any]) -> dict[str, Any]:
    """A problem that is no law. A peer is exact, or right in form, if any of the best members of its fronts is."""
    problem = PROBLEMS[case["suite"]]()[case["problem"]]
    if case["suite"] == "realistic":
        problem = problem.with_idle(case["seed"])
    drawn = problem.draw(case["seed"], case["noise"], case.get("rows", 0))
    answers = ask(case, drawn.samples, snapped=True)
    with one_thread(), np.errstate(all="ignore"):
        judged = [_judged(drawn, answer) for answer in answers.found]
    best = max(judged, key=lambda one: (one.exact, one.form), default=_none(answers))
    values = max(best.error, best.error_outside) <= max(3 * case["noise"] / np.sqrt(drawn.samples.rows / 10), 1e-6)
    told = {"values": bool(values), "ceiling": True, "seconds": answers.seconds, **origin(case)}
    keys = {key: case[key] for key in ("problem", "noise", "seed", "engine")}
    return asdict(Row(**keys, family=problem.family, **asdict(best), **told))


def solve_law(case: dict[str, Any]) -> dict[str, Any]:
    """A law with noise: the one formula that the engine chooses is judged by its values and by its form."""
    law = laws()[case["problem"]]
    drawn = law.draw(case["seed"])
    answers = ask(case, drawn.samples, snapped=False)
    found = answers.found[0] if answers.found else None
    told: dict[str, Any] = {"by": answers.by, "form": False, "values": False, "expression": answers.message}
    told |= {"error": float("inf"), "error_outside": float("inf")}
    with one_thread(), np.errstate(all="ignore"):
        ceiling = drawn.ceiling()
        if found is not None:
            told |= {"expression": str(found), **_judged_law(drawn, found)}
    keys = {key: case[key] for key in ("problem", "seed", "engine")}
    told |= {"exact": False, "ceiling": bool(ceiling), "seconds": answers.seconds, **origin(case)}
    family = "first" if law in halves(LAWS)[0] else "second"
    return asdict(Row(**keys, family=family, noise=law.noise, **told))


def _judged_law(drawn: DrawnLaw, found: sympy.Expr) -> dict[str, Any]:
    """A law's verdict; a formula that is too much for the judge is wrong, and no other case is lost by it."""
    told: dict[str, Any] = {"by": "not judged"}
    with suppress(ValueError, TypeError, ArithmeticError, NotImplementedError, MemoryError):
        told["values"] = bool(drawn.is_right(found))
        spread = float(drawn.samples.y.std())
        told["error"], told["error_outside"] = (drawn.error(found, X) / spread for X in (drawn.inside, drawn.beyond))
        told["by"] = "values" if told["values"] else "different"
        told["form"] = bool(drawn.is_form(found))
    return told


@cache
def laws() -> dict[str, Case]:
    """Every law by its name."""
    return {law.name: law for law in LAWS}


def _judged(drawn: Drawn, answer: sympy.Expr) -> Verdict:
    try:
        return drawn.judge(answer)
    except (ValueError, TypeError, ArithmeticError) as error:
        return Verdict(False, "not judged", False, f"{answer} ({error})"[:300], float("inf"), float("inf"))


def _none(answers: Answers) -> Verdict:
    return Verdict(False, answers.by, False, answers.message[:300], float("inf"), float("inf"))
