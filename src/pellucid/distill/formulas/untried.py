"""What a race says of the methods that it did not hear to their end: a failure, no time, Ctrl-C, or no need."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...artifacts.formulas.formula import Formula
from ...core.claim import Claim, Undecided
from ...core.method import Method
from ...run.cpu_limit import cut_off, is_over, was_interrupted
from ...subjects.tables.samples import Samples

Methods = Sequence[Method[Samples, Formula]]


def failure(statement: str, error: Exception) -> Undecided:
    """What a method, or a formula, ended with: too few rows, a package that is missing, or a fault of any kind."""
    if isinstance(error, ValueError) and str(error):
        return Undecided(statement, str(error), key="not_found")
    if isinstance(error, MemoryError):
        return Undecided(statement, "out of memory", "give fewer rows or columns", key="not_found")
    return Undecided(statement, f"{type(error).__name__}: {error}".removesuffix(": "), key="not_found")


def out_of_budget(method: Method[Samples, Formula], seconds: float | None) -> Undecided:
    """The budget of so many `seconds` (None: one around the race) left nothing for the method."""
    reason = "the budget was used up" if seconds is None else f"the budget of {seconds:g} s was used up"
    return Undecided(f"a shorter formula by {type(method).__name__}", reason, "give a larger one", key="not_found")


def in_time(what: str, claims: Callable[[], list[Claim]]) -> list[Claim]:
    """The claims where there is time to make them; else one that says `what` is not told."""
    if not is_over():
        with cut_off():
            return claims()
    if was_interrupted():
        return [Undecided(what, "interrupted", "let it run to its end", key="interrupted")]
    return [Undecided(what, "the budget was used up", "give a larger one", key="untold")]


def not_tried(methods: Methods, exact: bool) -> list[Claim]:
    """What was left out because the best so far is as good as the data; nothing where it is exact."""
    if exact or not methods:
        return []
    reason = "not tried: what the best formula misses looks like noise"
    return [Undecided(_shorter(methods), reason, "name the methods to try them", key="not_tried")]


def interrupted(methods: Methods) -> Undecided:
    """The methods that Ctrl-C left unfinished."""
    return Undecided(_shorter(methods), "interrupted", "let it run to its end", key="interrupted")


def _shorter(methods: Methods) -> str:
    return f"a shorter formula by {', '.join(type(method).__name__ for method in methods)}"
