"""Totals, what they determine, and siphons, from the arrows alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts.reactions.structure_text import structure_lines
from pellucid.discover.reactions.structure import structure_of
from pellucid.subjects import ReactionNetwork


def network(text):
    return ReactionNetwork.from_text(text)


SIDES = st.lists(st.sampled_from([0, 0, 0, 1, 1, 2]), min_size=4, max_size=4)


@settings(max_examples=40)
@given(st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=5))
def test_reduced_equations_are_the_same_motion(rows):
    """At random numbers: the eliminated amounts and the slopes of the others."""
    names = "ABCD"
    rows = [(a, b) for a, b in rows if a != b]
    if not rows:
        return
    sides = [
        [" + ".join(f"{n} {s}" for s, n in zip(names, side, strict=True) if n) or "0" for side in row] for row in rows
    ]
    found = structure_of(network("; ".join(f"{a} -> {b}" for a, b in sides)))
    values = dict(
        zip((*found.variables, *found.parameters), np.random.default_rng(0).integers(1, 9, 99).tolist(), strict=False)
    )
    at: Any = {sympy.Symbol(name, real=True): value for name, value in values.items()}
    slopes = [e.subs(at) for e in found.sympy()]
    for name, y in zip(found.total_names, found.totals, strict=True):
        at[sympy.Symbol(name, real=True)] = sum(n * values[v] for n, v in zip(y, found.variables, strict=True))
    for i, expression in zip(found.eliminated, found.eliminated_expressions(), strict=True):
        assert expression.subs(at) == values[found.variables[i]]
    if found.totals:
        names_of = (*found.variables, *found.parameters, *found.total_names)
        assert [parse(text, names_of).subs(at) for text in found.reduced] == [slopes[i] for i in found.kept]


def test_a_siphon_of_which_it_is_not_known_whether_it_holds_a_total_is_not_called_critical(monkeypatch):
    monkeypatch.setattr("pellucid.discover.reactions.structure.minimal_semiflows", lambda matrix: None)
    found = structure_of(network("E + S <-> C; C -> E + P"))
    assert (found.siphons, found.critical, found.complete) == ((), (), ())
    assert structure_lines(found)[1] == "siphons: too many to list, or to say what each holds"
