"""Certificates about the structure of a reaction network: whole numbers, multiplied out once more.

(1) y N = 0 for each total, and there are as many independent ones as species less the rank of N: all there are.
(2) The equations without what the totals determine become the network's own where the totals are put in.
(3) Complexes, linkage classes, rank and deficiency are counted again.
(4) Each siphon is one, stays none without any of its species, and the largest siphon that holds none of them is empty.
(5) y N = 0 with y > 0: amounts stay below the total over their number. y N >= 0 and not 0: where all reactions run, y x
    rises, so that no point with all amounts positive is at rest, or comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import sympy

from ...algebra.expressions.text import parse
from ...algebra.networks.alternatives import is_positive_solution, is_rising
from ...algebra.networks.semiflows import annihilates, minimal_semiflows
from ...algebra.networks.siphons import TooMany, is_minimal, missing_siphon
from ...algebra.networks.stoichiometry import Counts, rank_of
from ...artifacts.reactions.reaction_structure import ReactionStructure, sum_text
from ..proof import CertificateError, Proof, RanOut
from .exact_certificate import ExactCertificate

ANY_RATES = "all rates, x' = N v(x)"
LAWFUL = "all rates that are positive exactly where all reactants are present"


def prove_reaction_structure(found: ReactionStructure) -> list[Proof]:
    """What the arrows prove, each part with its certificate.

    >>> decay = ReactionStructure(("A", "B"), ("A", "B"), ((1, 0),), ((0, 1),), ("A*k1",), ("k1",), ((1, 1),))
    >>> [proof.claim.statement for proof in prove_reaction_structure(decay)][0]
    'A + B: conserved whatever the rates are, and so is no other linear combination'
    """
    certificate = StructureCertificate()
    return [certificate.prove(found, f"proofs/{part}.json", part=part) for part in certificate.parts_of(found)]


class StructureCertificate(ExactCertificate[ReactionStructure]):
    """Nothing in it is free but the part."""

    kind = "reaction_structure"
    about = ReactionStructure
    free = ("part",)
    domains: ClassVar[dict[str, str]] = {
        "elimination": "every solution",
        "deficiency": "this network",
        "siphons": "this network",
        "bounded": "all rates under which no amount becomes negative",
        "no_equilibrium": LAWFUL,
    }
    """All rates where nothing else is said."""

    @classmethod
    def parts_of(cls, found: ReactionStructure) -> tuple[str, ...]:
        """All parts that there is something to prove of."""
        there = {
            "totals": True,
            "semiflows": "semiflows" in found.complete and set(found.semiflows) != set(found.totals),
            "elimination": bool(found.reduced),
            "deficiency": True,
            "siphons": "siphons" in found.complete,
            "bounded": bool(found.weights),
            "no_equilibrium": bool(found.rising) and found.lawful,
        }
        return tuple(part for part, holds in there.items() if holds)

    def contents(self, found: ReactionStructure, part: str) -> dict[str, Any]:
        return {
            "format": self.format,
            "kind": self.kind,
            "part": part,
            "statement": _PARTS[part][0](found),
            "domain": self.domains.get(part, ANY_RATES),
            self.kind: found.to_dict(),
        }

    def recompute(self, found: ReactionStructure, part: str) -> str:
        if part not in self.parts_of(found):
            raise CertificateError(f"there is no {part} to show")
        return _PARTS[part][1](found)


def _totals(found: ReactionStructure) -> str:
    if not found.totals:
        return "no linear combination of amounts is conserved whatever the rates are"
    only = "so is no other linear combination" if len(found.totals) == 1 else "all others are combinations of these"
    return f"{'; '.join(found.totals_text())}: conserved whatever the rates are, and {only}"


def _totals_again(found: ReactionStructure) -> str:
    matrix = found.stoichiometry.matrix
    for y, text in zip(found.totals, found.totals_text(), strict=True):
        if not annihilates(y, matrix):
            raise CertificateError(f"{text} is not conserved")
    left = len(matrix) - found.stoichiometry.rank
    if not rank_of(found.totals) == len(found.totals) == left:
        raise CertificateError(f"{left} totals are independent, {rank_of(found.totals)} of {len(found.totals)} listed")
    return f"{len(matrix)} species less rank {found.stoichiometry.rank}"


def _semiflows(found: ReactionStructure) -> str:
    count = len(found.semiflows)
    listed = "; ".join(sum_text(y, found.species) for y in found.semiflows[:12]) + ("; ..." if count > 12 else "")
    if not count:
        return "no conserved total is without negative numbers"
    return f"{count} minimal conserved total{'s' * (count > 1)} without negative numbers, no more: {listed}"


def _semiflows_again(found: ReactionStructure) -> str:
    """By elimination with the species in the opposite order."""
    if {y[::-1] for y in _all_semiflows(found.stoichiometry.matrix[::-1])} != set(found.semiflows):
        raise CertificateError("elimination finds others")
    return f"{len(found.semiflows)} found again"


def _all_semiflows(matrix: Sequence[Counts]) -> tuple[Counts, ...]:
    """Raises RanOut where they are too many, of which nothing follows."""
    found = minimal_semiflows(matrix)
    if found is None:
        raise RanOut("that there are no other totals without negative numbers was not shown: too many steps on the way")
    return found


def _elimination(found: ReactionStructure) -> str:
    pairs = zip(found.eliminated, found.eliminated_expressions(), strict=True)
    put = ", ".join(f"{found.variables[i]} = {value}" for i, value in pairs)
    sums = ", ".join(f"{name} = {text}" for name, text in zip(found.total_names, found.totals_text(), strict=True))
    left = "; ".join(f"{found.variables[i]}' = {rhs}" for i, rhs in zip(found.kept, found.reduced, strict=True))
    return f"with {sums}: {put}; " + (left or "nothing else moves")


def _elimination_again(found: ReactionStructure) -> str:
    names = (*found.variables, *found.parameters, *found.total_names)
    totals: Any = [sum((n * s for n, s in zip(y, found.symbols, strict=True)), sympy.Integer(0)) for y in found.totals]
    put: Any = dict(zip((parse(name, names) for name in found.total_names), totals, strict=True))
    pairs = _short_forms(found, names)
    for whole, short in pairs:
        if sympy.cancel(sympy.together(whole - short.subs(put))) != 0:
            raise CertificateError(f"{short} is not {whole}")
        if short.free_symbols & {found.symbols[i] for i in found.eliminated}:
            raise CertificateError(f"{short} still holds what was eliminated")
    return f"{len(pairs)} identities"


def _short_forms(found: ReactionStructure, names: Sequence[str]) -> list[tuple[Any, Any]]:
    """Each variable that was eliminated, and each rate that is kept, with what is said to be put in its place."""
    values = found.eliminated_expressions()
    if len(found.total_names) != len(found.totals) or len(values) != len(found.totals):
        raise CertificateError("there is not one amount for each total")
    equations = found.sympy()
    pairs = [(found.symbols[i], value) for i, value in zip(found.eliminated, values, strict=True)]
    return pairs + [(equations[i], parse(rhs, names)) for i, rhs in zip(found.kept, found.reduced, strict=True)]


def _deficiency(found: ReactionStructure) -> str:
    shape = found.stoichiometry
    classes = len(shape.linkage_classes)
    counted = f"{len(shape.complexes)} complexes, {classes} linkage class{'es' * (classes > 1)}, rank {shape.rank}"
    return f"{counted}: deficiency {shape.deficiency}, {'' if shape.weakly_reversible else 'not '}weakly reversible"


def _deficiency_again(found: ReactionStructure) -> str:
    """The rank over fractions of sympy's, and the circles by walking: each arrow must have a way back."""
    shape = found.stoichiometry
    if sympy.Matrix(shape.matrix).rank() != shape.rank:
        raise CertificateError("the rank is another")
    reached = {i: _reached(i, shape.arrows) for i in range(len(shape.complexes))}
    if all(a in reached[b] for a, b in shape.arrows) != shape.weakly_reversible:
        raise CertificateError("there is an arrow without a way back")
    both = (*shape.arrows, *((b, a) for a, b in shape.arrows))
    if len({frozenset(_reached(i, both)) for i in reached}) != len(shape.linkage_classes):
        raise CertificateError("the linkage classes are others")
    return f"{len(shape.complexes)} - {len(shape.linkage_classes)} - {shape.rank}"


def _reached(start: int, arrows: tuple[tuple[int, int], ...]) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        further = {b for a, b in arrows if a == here} - found
        found |= further
        waiting += further
    return found


def _siphons(found: ReactionStructure) -> str:
    count = len(found.siphons)
    if not count:
        return "no siphon: no set of species, once used up, stays used up"
    listed = "; ".join(
        f"{text} holds {sum_text(y, found.species)}" if y else f"{text} holds no total (critical)"
        for text, y in list(zip(found.siphons_text(), found.held, strict=True))[:12]
    )
    listed += f"; ...; critical {len(found.critical)}" if count > 12 else ""
    return f"{count} minimal siphon{'s' * (count > 1)}, no more: {listed}"


def _siphons_again(found: ReactionStructure) -> str:
    shape = found.stoichiometry
    for siphon, y, text in zip(found.siphons, found.held, found.siphons_text(), strict=True):
        if not is_minimal(shape, siphon):
            raise CertificateError(f"{text} is no minimal siphon")
        if y and not _inside(y, siphon, found):
            raise CertificateError(f"{text} does not hold the total")
        if not y and _all_semiflows([shape.matrix[i] for i in siphon]):
            raise CertificateError(f"{text} is not critical: there is a total inside it")
    try:
        other = missing_siphon(shape, found.siphons)
    except TooMany as error:
        raise RanOut(f"that there are no others was not shown: {error}") from None
    if other is not None:
        raise CertificateError(f"there is another siphon, of species {other}")
    return f"{len(found.siphons)} siphons, and none beside them"


def _inside(y: Counts, siphon: tuple[int, ...], found: ReactionStructure) -> bool:
    inside = all(n >= 0 and (not n or i in siphon) for i, n in enumerate(y))
    return inside and any(y) and annihilates(y, found.stoichiometry.matrix)


def _bounded(found: ReactionStructure) -> str:
    which = "every solution" if found.lawful else "every solution without negative amounts"
    return f"{which} stays bounded: {sum_text(found.weights, found.species)} is constant"


def _bounded_again(found: ReactionStructure) -> str:
    columns = tuple(zip(*found.stoichiometry.matrix, strict=True))
    if len(found.weights) != len(found.species) or not is_positive_solution(found.weights, columns):
        raise CertificateError("it is not constant, or not positive")
    return "y N = 0 with y > 0"


def _no_equilibrium(found: ReactionStructure) -> str:
    falls = max(found.rising) <= 0
    text = sum_text(tuple(-y if falls else y for y in found.rising), found.species)
    return f"no equilibrium and no cycle with all amounts positive: {text} only {'falls' if falls else 'rises'} there"


def _no_equilibrium_again(found: ReactionStructure) -> str:
    if len(found.rising) != len(found.species) or not is_rising(found.rising, found.stoichiometry.matrix):
        raise CertificateError("it may fall")
    return "y N >= 0, and not 0"


_PARTS: dict[str, tuple[Callable[[ReactionStructure], str], Callable[[ReactionStructure], str]]] = {
    "totals": (_totals, _totals_again),
    "semiflows": (_semiflows, _semiflows_again),
    "elimination": (_elimination, _elimination_again),
    "deficiency": (_deficiency, _deficiency_again),
    "siphons": (_siphons, _siphons_again),
    "bounded": (_bounded, _bounded_again),
    "no_equilibrium": (_no_equilibrium, _no_equilibrium_again),
}
