"""The structure of a reaction network, in whole numbers: totals, their elimination, siphons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...algebra.expressions.text import to_text
from ...algebra.networks.alternatives import positive_solution, rising_combination
from ...algebra.networks.semiflows import minimal_semiflows, total_basis
from ...algebra.networks.siphons import minimal_siphons
from ...algebra.networks.stoichiometry import Counts, Stoichiometry, first_independent
from ...artifacts.reactions.reaction_structure import ReactionStructure
from ...subjects.reactions.reaction_network import ReactionNetwork


def structure_of(network: ReactionNetwork) -> ReactionStructure:
    """All that the arrows say.

    >>> found = structure_of(ReactionNetwork.from_text("E + S <-> C; C -> E + P"))
    >>> found.totals_text(), found.siphons_text(), found.reduced
    (('E + C', 'S + C + P'), ('{E, C}', '{S, C}'), ('C*S*k1 + C*k2 - S*T_E*k1', '-C*S*k1 - C*k2 - C*k3 + S*T_E*k1'))
    """
    shape = network.stoichiometry
    semiflows = minimal_semiflows(shape.matrix)
    siphons = _siphons(shape, semiflows)
    totals, held = semiflows or (), siphons or {}
    columns = tuple(zip(*shape.matrix, strict=True))
    steady = positive_solution(shape.matrix)
    found = ReactionStructure(
        network.species,
        network.variables,
        shape.reactants,
        shape.products,
        tuple(one.rate for one in network.reactions),
        network.parameters,
        total_basis(shape.matrix, totals),
        totals,
        siphons=tuple(held),
        held=tuple(held.values()),
        steady=steady or (),
        rising=() if steady else rising_combination(shape.matrix) or (),
        weights=positive_solution(columns) or (),
        complete=tuple(name for name, list_ in (("semiflows", semiflows), ("siphons", siphons)) if list_ is not None),
        title=network.title,
    )
    return _reduced(found)


def _siphons(shape: Stoichiometry, semiflows: Sequence[Counts] | None) -> dict[tuple[int, ...], Counts] | None:
    """Every minimal siphon, with a total inside; None where these are too many, or of one it cannot be said."""
    siphons = minimal_siphons(shape)
    if siphons is None:
        return None
    held = {}
    for one in siphons:
        known = _inside(one, shape) if semiflows is None else semiflows
        if known is None:
            return None
        held[one] = _shortest(one, known)
    return held


def _inside(siphon: Sequence[int], shape: Stoichiometry) -> list[Counts] | None:
    """The minimal totals without negative numbers inside the siphon; None where they are too many."""
    found = minimal_semiflows([shape.matrix[i] for i in siphon])
    if found is None:
        return None
    place = {i: k for k, i in enumerate(siphon)}
    return [tuple(y[place[i]] if i in place else 0 for i in range(shape.size)) for y in found]


def _shortest(siphon: Sequence[int], semiflows: Sequence[Counts]) -> Counts:
    """The shortest of these totals that is inside the siphon; () where none is."""
    fitting = [y for y in semiflows if all(i in siphon for i, n in enumerate(y) if n)]
    return min(fitting, key=lambda y: (sum(map(bool, y)), sum(y)), default=())


def _reduced(found: ReactionStructure) -> ReactionStructure:
    """With the species that the totals determine, and the equations of the others.

    Those are eliminated that stand in the fewest rates, so that the least is put in: a basis of least weight, which the
    greedy choice gives.
    """
    if not found.totals:
        return found
    order = _fewest_uses_first(found)
    chosen = [order[k] for k in first_independent([[y[i] for y in found.totals] for i in order])]
    found = replace(found, eliminated=tuple(sorted(chosen)), total_names=total_names(found))
    put: Any = {
        found.symbols[i]: value for i, value in zip(found.eliminated, found.eliminated_expressions(), strict=True)
    }
    equations = found.sympy()
    return replace(found, reduced=tuple(to_text(equations[i].subs(put).expand()) for i in found.kept))


def _fewest_uses_first(found: ReactionStructure) -> list[int]:
    """The species that totals hold: in the fewest rates, then by small whole numbers, then in the fewest totals."""
    uses = [sum(variable in map(str, rate.free_symbols) for rate in found.rate_expressions())
            for variable in found.variables]  # fmt: skip
    return sorted(
        (i for i in range(len(found.species)) if any(y[i] for y in found.totals)),
        key=lambda i: (uses[i], max(abs(y[i]) for y in found.totals), sum(bool(y[i]) for y in found.totals), -i),
    )


def total_names(found: ReactionStructure) -> tuple[str, ...]:
    """T_E for the total of E: after the first species that stands in the fewest totals; longer where that is taken."""
    shared = [sum(bool(y[i]) for y in found.totals) for i in range(len(found.species))]
    names: list[str] = []
    for y in found.totals:
        held = [i for i, n in enumerate(y) if n]
        first = found.variables[min(held, key=lambda i: (shared[i], i))]
        name = f"T_{first}"
        while name in (*names, *found.variables, *found.parameters):
            name += "_"
        names.append(name)
    return tuple(names)
