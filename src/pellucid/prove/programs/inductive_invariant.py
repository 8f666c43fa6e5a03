"""Keeping what a solver proves of guessed invariants (Houdini, Flanagan and Leino 2001), and no more than is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...artifacts.programs.expression import Expression, Name, Operation, conjunction
from ..effort import Effort
from .certificate import after_step, definitions, goals
from .product import Product
from .settings import SEARCH
from .smtlib import call, define, to_smt


@dataclass(frozen=True)
class Answer:
    """unsat (with the guesses that were needed), sat (with a model), or neither."""

    proved: bool
    core: frozenset[int] = frozenset()
    model: Any = None


class Guesses:
    """Guessed invariants of a product in a solver: which questions they answer. Terms come from the SMT-LIB text."""

    def __init__(self, product: Product, guesses: Sequence[Expression], effort: Effort) -> None:
        import z3

        self.guesses = guesses
        self.effort = effort
        context = z3.Context()
        names = [f"guess_{k}" for k in range(len(guesses))]
        after = after_step(product)
        text = definitions(product) + "\n".join(
            define(name, product.registers, "Bool", to_smt(guess)) for name, guess in zip(names, guesses, strict=True)
        )
        wanted = [call("domain", product.input_names), *goals(product)]
        wanted += [call(name, product.registers) for name in names] + [call(name, after) for name in names]
        asserted = z3.parse_smt2_string(text + "".join(f"(assert {w})\n" for w in wanted), ctx=context)
        terms = [asserted[k] for k in range(len(wanted))]
        first = len(wanted) - 2 * len(names)
        self.goals = terms[1:first]
        self.after = terms[first + len(names) :]
        self.marks = [z3.Bool(f"use {name}", context) for name in names]
        self.solver = z3.Solver(ctx=context)
        self.solver.add(terms[0])
        for mark, now in zip(self.marks, terms[first : first + len(names)], strict=True):
            self.solver.add(z3.Implies(mark, now))

    def ask(self, used: Iterable[int], goal: Any) -> Answer:
        """Whether the guesses `used`, before a step, imply `goal`. Raises `RanOut`."""
        import z3

        order = sorted(used)
        self.solver.push()
        self.solver.add(z3.Not(goal))
        result = self.effort.check(self.solver, *(self.marks[k] for k in order), seconds=SEARCH.slice)
        names = {str(mark) for mark in self.solver.unsat_core()} if result == z3.unsat else set()
        model = self.solver.model() if result == z3.sat else None
        self.solver.pop()
        core = frozenset(k for k in order if str(self.marks[k]) in names)
        return Answer(result == z3.unsat, core, model)

    def all_after(self, chosen: Iterable[int]) -> Any:
        """That every chosen guess holds after the step."""
        import z3

        return z3.And([self.after[k] for k in sorted(chosen)] + [z3.BoolVal(True, self.solver.ctx)])


def inductive(
    product: Product, guesses: Sequence[Expression], effort: Effort, *, ranges: bool = False
) -> Expression | None:
    """A conjunction of `guesses` that every step keeps and that implies equal outputs and a defined step; or None.

    The guesses have to hold at the start. With `ranges`, every known range of a register is kept, needed or not, which
    makes divisions easier for a solver. Raises `RanOut` where `effort` is spent.
    """
    guesses = sorted(dict.fromkeys(guesses), key=lambda guess: guess.size)
    asked = Guesses(product, guesses, effort)
    alive = _houdini(asked)
    kept = _ranges(guesses, alive) if ranges else set()
    needed: set[int] = set()
    pending = set(kept)
    for goal in asked.goals:
        answer = asked.ask(alive, goal)
        if not answer.proved:
            return None
        pending |= answer.core
    while pending:  # whatever is needed must be kept by each step, for which more may be needed
        k = pending.pop()
        needed.add(k)
        answer = asked.ask(alive, asked.after[k])
        pending |= (answer.core if answer.proved else alive) - needed
    return conjunction(*(guesses[k] for k in sorted(_thinned(asked, needed, kept))))


def _houdini(asked: Guesses) -> set[int]:
    """The guesses that imply themselves after a step, as far as the solver can tell."""
    import z3

    alive = set(range(len(asked.guesses)))
    while alive:
        answer = asked.ask(alive, asked.all_after(alive))
        if answer.proved:
            break
        if answer.model is not None:
            model = answer.model
            failed = {k for k in alive if not z3.is_true(model.eval(asked.after[k], model_completion=True))}
        else:  # too hard all at once: one by one
            failed = {k for k in sorted(alive) if not asked.ask(alive, asked.after[k]).proved}
        if not failed:
            break
        alive -= failed
    return alive


def _ranges(guesses: Sequence[Expression], alive: set[int]) -> set[int]:
    """The bounds of registers that are bounded on both sides."""
    found: dict[Expression, dict[str, int]] = {}
    for k in sorted(alive):
        guess = guesses[k]
        if isinstance(guess, Operation) and guess.operator in ("<=", ">=") and isinstance(guess.operands[0], Name):
            found.setdefault(guess.operands[0], {}).setdefault(guess.operator, k)
    return {k for sides in found.values() if len(sides) == 2 for k in sides.values()}


def _thinned(asked: Guesses, needed: set[int], kept: set[int]) -> set[int]:
    """`needed` with every guess left out that the others can do without, the longest first; those in `kept` stay."""
    import z3

    for k in sorted(needed - kept, reverse=True)[:40]:
        rest = needed - {k}
        if asked.ask(rest, z3.And(asked.all_after(rest), *asked.goals)).proved:
            needed = rest
    return needed
