"""Reaction networks for people to read: reactions, totals, what is left of the equations, siphons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sympy

from ...algebra.expressions.text import parse
from ...algebra.networks.kinetics import mass_action_constant
from ..formulas.readable import written
from .reaction_structure import ReactionStructure, sum_text


def reaction_lines(found: ReactionStructure, *, plain: bool = False, most: int = 30) -> list[str]:
    """The reactions with their rate constants, both ways on one line; of very many, the first.

    >>> ring = ReactionStructure(("A", "B"), ("A", "B"), ((1, 0), (0, 1)), ((0, 1), (1, 0)), ("A*k", "B*q"), ("k", "q"))
    >>> reaction_lines(ring, plain=True)
    ['A <-> B   k, q']
    """
    forth, both = ("->", "<->") if plain else ("→", "⇌")
    all_rates, rows = found.rate_expressions(), []
    for way in _with_ways_back(list(zip(found.reactants, found.products, strict=True))):
        left, right = (sum_text(side[way[0]], found.species) for side in (found.reactants, found.products))
        rates = ", ".join(_rate(found, all_rates[i], i, plain) for i in way)
        rows.append((f"{left} {forth if len(way) == 1 else both} {right}", rates))
    width = max(len(text) for text, _ in rows)
    return _first([f"{text:{width}}   {rates}" for text, rates in rows], most)


def _with_ways_back(steps: Sequence[tuple[Any, Any]]) -> Iterator[tuple[int, ...]]:
    """The numbers of all reactions (left, right), each alone or followed by the first later one that goes back."""
    done = set()
    for i, (left, right) in enumerate(steps):
        if i not in done:
            back = [k for k in range(i + 1, len(steps)) if k not in done and steps[k] == (right, left)][:1]
            done |= {i, *back}
            yield (i, *back)


def _first(lines: list[str], most: int) -> list[str]:
    """The first lines, and how many more there are."""
    return lines if len(lines) <= most else [*lines[:most], f"... and {len(lines) - most} more"]


def total_lines(found: ReactionStructure) -> list[str]:
    """The conserved totals, by their names."""
    pairs = zip(found.total_names or found.variables, found.totals_text(), strict=False)
    return [f"{name} = {text}" for name, text in pairs]


def reduced_lines(found: ReactionStructure, *, plain: bool = False, most: int = 12, longest: int = 400) -> list[str]:
    """What the totals determine, and the equations of the other amounts; what is too long is in the files."""
    if not found.reduced:
        return []
    values = zip(found.eliminated, found.eliminated_expressions(), strict=True)
    lines = [f"{found.variables[i]} = {written(value, plain=plain)}" for i, value in values]
    names = (*found.variables, *found.parameters, *found.total_names)
    for i, text in zip(found.kept, found.reduced, strict=True):
        short = len(text) <= longest
        shown = written(parse(text, names), plain=plain) if short else f"... ({text.count(' ') // 2 + 1} terms)"
        lines.append(f"{found.variables[i]}' = {shown}")
    return _first(lines, most)


def structure_lines(found: ReactionStructure) -> list[str]:
    """Complexes and deficiency in one line, and the siphons."""
    shape = found.stoichiometry
    classes = len(shape.linkage_classes)
    reversible = "weakly reversible" if shape.weakly_reversible else "not weakly reversible"
    counted = f"{len(shape.complexes)} complexes - {classes} linkage class{'es' * (classes > 1)} - rank {shape.rank}"
    return [f"deficiency {shape.deficiency} = {counted}; {reversible}", *siphon_lines(found)]


def siphon_lines(found: ReactionStructure, most: int = 12) -> list[str]:
    """Each minimal siphon, and whether a total keeps it from running dry."""
    if "siphons" not in found.complete:
        return ["siphons: too many to list, or to say what each holds"]
    lines = [
        f"siphon {text}: " + (f"holds {sum_text(y, found.species)}" if y else "holds no total, may run dry (critical)")
        for text, y in zip(found.siphons_text(), found.held, strict=True)
    ]
    return _first(lines, most) or ["no siphon"]


def further_laws(found: ReactionStructure, laws: Sequence[str]) -> tuple[sympy.Expr, ...]:
    """Those of the independent laws that are new beside the totals: whose gradients are no combinations of the others'.

    >>> decay = ReactionStructure(("A", "B"), ("A", "B"), ((1, 0),), ((0, 1),), ("A*k1",), ("k1",), ((1, 1),))
    >>> further_laws(decay, ["A + B"])
    ()
    """
    names = (*found.variables, *found.parameters)
    generator = np.random.default_rng(0)
    point: Any = {sympy.Symbol(name, real=True): generator.uniform(0.5, 1.5) for name in names}
    rows, new = [np.array(y, dtype=complex) for y in found.totals], []
    for law in (parse(text, names) for text in laws):
        slopes: Any = [sympy.diff(law, s).subs(point).evalf() for s in found.symbols]
        row = np.array([complex(value) for value in slopes])
        size = np.linalg.norm(row)
        wider = [*rows, row / size if size else row]
        if np.linalg.matrix_rank(np.array(wider), tol=1e-8) > len(rows):
            rows, new = wider, [*new, law]
    return tuple(new)


def further_lines(found: ReactionStructure, laws: Any, *, plain: bool = False) -> list[str]:
    """What these rates conserve beyond the totals; `laws` are its Invariants."""
    new = further_laws(found, laws.expressions)
    lines = [f"{written(law, plain=plain)}: constant for these rates" for law in new]
    names = (*found.variables, *found.parameters, laws.time)
    lines += [f"{written(parse(text, names), plain=plain)}: constant along solutions" for text in laws.timed]
    most = "<=" if plain else "≤"
    return lines or [f"nothing more of degree {most} {laws.degree} is conserved for these rates"]


def _rate(found: ReactionStructure, rate: sympy.Expr, i: int, plain: bool) -> str:
    """The constant of mass action of reaction i; else its whole rate."""
    counts = {s: n for s, n in zip(found.symbols, found.reactants[i], strict=True) if n}
    constant = mass_action_constant(rate, counts, frozenset(found.symbols))
    return written(constant, plain=plain) if constant is not None else f"rate {written(rate, plain=plain)}"
