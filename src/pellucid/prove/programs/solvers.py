"""Asking solvers: Z3 and cvc5 read SMT-LIB text and answer; either may be missing, and says so."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from ..effort import Effort

INSTALL = "pip install 'pellucid[prove]'"


@dataclass(frozen=True)
class Answers:
    """What a solver printed for a text: one of sat, unsat, unknown for each `check-sat`, and any error."""

    solver: str
    results: tuple[str, ...]
    error: str = ""
    steps: int = 0
    """What it spent, in steps of Z3 (`prove/effort.py`)."""

    def all_unsat(self, count: int) -> bool:
        """Whether all of `count` queries were answered unsat, with no error on the way.

        >>> Answers("z3", ("unsat", "unsat")).all_unsat(2), Answers("z3", ("unsat", "unknown")).all_unsat(2)
        (True, False)
        """
        return not self.error and self.results == ("unsat",) * count


def installed() -> Mapping[str, str]:
    """The solvers that can be asked, with their versions."""
    found = {}
    for module, package in {"z3": "z3-solver", "cvc5": "cvc5"}.items():
        if importlib.util.find_spec(module) is not None:
            found[module] = metadata.version(package)
    return found


def ask(solver: str, text: str, seconds: float) -> Answers:
    """The answers of `solver` ("z3" or "cvc5") to `text`; at most `seconds` of effort for each query.

    Both count their steps instead of looking at the clock, so that what they answer does not depend on what else the
    machine does; the clock stops them at `Effort.clock` times as long only.
    """
    try:
        printed, steps = _ask_z3(text, seconds) if solver == "z3" else _ask_cvc5(text, seconds)
    except Exception as error:  # either package raises its own kinds for text it cannot read
        return Answers(solver, (), str(error).strip() or type(error).__name__)
    lines = [line.strip() for line in printed.splitlines()]
    errors = [line for line in lines if line.startswith("(error")]
    results = tuple(line.split()[0] for line in lines if line.split()[:1] in (["sat"], ["unsat"], ["unknown"]))
    return Answers(solver, results, errors[0] if errors else "", steps)


def _ask_z3(text: str, seconds: float) -> tuple[str, int]:
    """What Z3 prints, and how many steps it made."""
    import z3

    context = z3.Context()  # of its own, so that no name is left behind
    limits = f"(set-option :timeout {_milliseconds(seconds)})\n(set-option :rlimit {_steps(seconds)})\n"
    try:
        printed = z3.Z3_eval_smtlib2_string(context.ref(), limits + text + "\n(get-info :rlimit)\n")
    finally:  # these two are not the context's but the process's: a short limit would reach every later solver
        z3.set_param("timeout", 2**32 - 1)
        z3.set_param("rlimit", 0)
    spent = re.search(r"\(:rlimit (\d+)\)", printed)
    return printed, int(spent[1]) if spent else _steps(seconds)


def _ask_cvc5(text: str, seconds: float, steps_of_z3: float = 6.0) -> tuple[str, int]:
    """What cvc5 prints, and how many steps of Z3 that is worth: one of its own takes as long as about six of them."""
    cvc5: Any = importlib.import_module("cvc5")  # its stubs leave out what it has
    terms = cvc5.TermManager()
    solver = cvc5.Solver(terms)
    solver.setOption("incremental", "true")
    solver.setOption("tlimit-per", str(_milliseconds(seconds)))
    solver.setOption("rlimit-per", str(max(1, int(_steps(seconds) / steps_of_z3))))
    symbols = cvc5.SymbolManager(terms)
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "certificate")
    printed = []
    while not (command := parser.nextCommand()).isNull():
        printed.append(str(command.invoke(solver, symbols)))
    spent = solver.getStatistics()["resource::resourceUnitsUsed"]["value"]
    return "\n".join(printed), int(spent * steps_of_z3)


def _steps(seconds: float) -> int:
    return max(1, min(int(Effort.per_second * seconds), 2**31 - 1))


def _milliseconds(seconds: float) -> int:
    return max(1, int(1000 * Effort.clock * seconds))
