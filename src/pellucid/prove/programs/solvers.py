"""Asking solvers: Z3 and cvc5 read SMT-LIB text and answer; either may be missing, and says so."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any

INSTALL = "pip install 'pellucid[prove]'"


@dataclass(frozen=True)
class Answers:
    """What a solver printed for a text: one of sat, unsat, unknown for each `check-sat`, and any error."""

    solver: str
    results: tuple[str, ...]
    error: str = ""

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


def ask(solver: str, text: str, timeout: float, *, counted: bool = False) -> Answers:
    """The answers of `solver` ("z3" or "cvc5") to `text`; at most `timeout` seconds for each query.

    With `counted`, Z3 counts its steps instead, about as many as fit into that time, so that what it answers does not
    depend on what else the machine does; the clock stops it at four times as long only.
    """
    milliseconds = max(1, int(1000 * timeout))
    try:
        printed = _ask_z3(text, milliseconds, counted) if solver == "z3" else _ask_cvc5(text, milliseconds)
    except Exception as error:  # either package raises its own kinds for text it cannot read
        return Answers(solver, (), str(error).strip() or type(error).__name__)
    lines = [line.strip() for line in printed.splitlines()]
    errors = [line for line in lines if line.startswith("(error")]
    results = tuple(line.split()[0] for line in lines if line.split()[:1] in (["sat"], ["unsat"], ["unknown"]))
    return Answers(solver, results, errors[0] if errors else "")


def _ask_z3(text: str, milliseconds: int, counted: bool, steps_per_millisecond: int = 5_000) -> str:
    """What Z3 prints. It makes some 3,500 steps a millisecond on bits, and 13,000 on polynomials."""
    import z3

    context = z3.Context()  # of its own, so that no name is left behind
    limits = f"(set-option :timeout {milliseconds * (4 if counted else 1)})\n"
    if counted:
        limits += f"(set-option :rlimit {min(steps_per_millisecond * milliseconds, 2**31 - 1)})\n"
    try:
        return z3.Z3_eval_smtlib2_string(context.ref(), limits + text)
    finally:  # these two are not the context's but the process's: a short limit would reach every later solver
        z3.set_param("timeout", 2**32 - 1)
        z3.set_param("rlimit", 0)


def _ask_cvc5(text: str, milliseconds: int) -> str:
    cvc5: Any = importlib.import_module("cvc5")  # its stubs leave out what it has
    terms = cvc5.TermManager()
    solver = cvc5.Solver(terms)
    solver.setOption("incremental", "true")
    solver.setOption("tlimit-per", str(milliseconds))
    symbols = cvc5.SymbolManager(terms)
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "certificate")
    printed = []
    while not (command := parser.nextCommand()).isNull():
        printed.append(str(command.invoke(solver, symbols)))
    return "\n".join(printed)
