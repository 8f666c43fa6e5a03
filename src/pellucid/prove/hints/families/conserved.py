"""Conservation laws of a loop: polynomials in its numbers that vanish in every state of its runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, islice, permutations
from math import comb

import numpy as np

from ....subjects.dafny.running.evaluation import Evaluator
from ...programs.null_spaces import null_space
from ..hint import family
from ..loop_view import LoopView
from ..traces import values_of
from .functions import calls

Monomial = tuple[str, ...]


@family("conserved")
def conserved(view: LoopView, most: int = 60, degrees: int = 3) -> Iterator[str]:
    """q * y + r == x and their like: numbers as polynomials in one other; then relations that do not follow from these.

    `most` monomials: their values in the states are a table whose null space is computed exactly.
    """
    atoms = _atoms(view)
    changing = {name for name in atoms if set(name.replace("(", " ").replace(")", " ").split()) & view.changed}
    for named in _independent(atoms, most, degrees):
        if any(set(m) & changing for _, m in named) and _is_simple(named):
            yield _written(named)


def _independent(atoms: dict[str, list[int]], most: int, degrees: int) -> Iterator[list[tuple[int, Monomial]]]:
    """Relations of which none has a leading monomial that a former one's divides."""
    free, leading = list(atoms), list[Monomial]()
    tables = _simplest_tables(atoms, degrees)
    for degree in range(1, degrees + 1):
        for monomials in tables:
            left = [m for m in monomials if not any(Counter(first) <= Counter(m) for first in leading)]
            for last, relation in _relations(left, atoms) if monomials[-1] in left else ():
                leading.append(last)
                free = [name for name in free if (name,) != last]
                yield [(c, m) for c, m in zip(relation, left, strict=True) if c]
        if comb(len(free) + degree, degree) > most:  # then of the numbers themselves, without calls of functions
            free = [name for name in free if "(" not in name]
        if comb(len(free) + degree, degree) > most:
            return
        tables = [[m for d in range(degree + 1) for m in combinations_with_replacement(free, d)]]


def _simplest_tables(atoms: dict[str, list[int]], degrees: int) -> list[list[Monomial]]:
    """Each number by itself, and, of few numbers, each beside the powers of another one."""
    tables: list[list[Monomial]] = [[(), (x,)] for x in atoms]
    slow = sorted(atoms, key=lambda name: max(map(abs, atoms[name])))  # first by what counts, not by what adds up
    pairs = permutations(slow, 2) if len(atoms) <= 8 else ()
    return tables + [[*((y,) * d for d in range(degrees + 1)), (x,)] for y, x in pairs]


def _atoms(view: LoopView, most: int = 12) -> dict[str, list[int]]:
    """Whole numbers in scope, lengths, and calls of the file's functions, with their values in all states.

    A call that always equals a number in scope is left out, not the number; at most `most` are kept, calls last of all.
    """
    evaluator, found = Evaluator(view.program), dict[str, list[int]]()
    names = [*(x for x in view.integers if x not in view.changed), *view.lists.values()]
    for text in (*view.counters, *reversed(names), *islice(calls(view), 40)):
        values = values_of(evaluator, text, view.states)
        if values and all(type(v) is int and abs(v) < 10**12 for v in values) and values not in found.values():
            found[text] = values
    kept = list(found)[:most]
    order = [*names, *(text for text in kept if text not in names and text not in view.counters), *view.counters]
    return {text: found[text] for text in order if text in kept}


def _relations(monomials: Sequence[Monomial], atoms: dict[str, list[int]]) -> Iterator[tuple[Monomial, list[int]]]:
    """The null space of the table, each relation with the last of its monomials; none from too few states."""
    count = len(next(iter(atoms.values()), []))
    table = np.empty((count, len(monomials)), dtype=object)
    for column, monomial in enumerate(monomials):
        table[:, column] = 1
        for name in monomial:
            table[:, column] *= np.array(atoms[name], dtype=object)
    rows = {tuple(row) for row in table.tolist()}
    if len(rows) < len(monomials) + 5:
        return
    for last, relation in null_space(np.array(sorted(rows), dtype=object)):
        yield monomials[last], relation


def _is_simple(named: Sequence[tuple[int, Monomial]]) -> bool:
    """Whether a person would write it: few terms, small numbers."""
    return 2 <= len(named) <= 6 and all(abs(c) <= 100 for c, m in named if m)


def _written(named: Sequence[tuple[int, Monomial]]) -> str:
    """A relation with positive terms on both sides."""
    sides = [[_term(abs(c), m) for c, m in named if (c > 0) == positive] for positive in (True, False)]
    return " == ".join(" + ".join(side) or "0" for side in sides)


def _term(factor: int, monomial: Monomial) -> str:
    return " * ".join([*([str(factor)] if factor != 1 or not monomial else []), *monomial])
