"""Theorems on reaction networks, applied where every condition is checked exactly.

The certificate holds the conditions; that the theorems are true is taken for granted, and each names its source. An
equilibrium is positive where all amounts are; the totals' values are those that positive amounts have.

Why siphons with totals inside cannot run dry: let a solution with all amounts positive come near a state again and
again in which exactly the species of a set are 0. If a reaction made one of them from others alone, its amount would
rise there, and would have been negative before; so the set is a siphon. A total inside it would be 0 there, and it is
constant and was positive.

Why there is an equilibrium then: the amounts with given totals are a compact convex set that no solution leaves, so
that it holds one (Brouwer, 1911), and what is 0 at an equilibrium is a siphon, too. Why there is at most one where a
determinant has coefficients of one sign: `algebra.networks.injectivity`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ...algebra.networks.injectivity import is_injective
from ...artifacts.reactions.reaction_structure import ReactionStructure
from ..proof import CertificateError, Proof
from .exact_certificate import ExactCertificate, LawCertificate
from .law_proofs import prove_laws
from .reaction_structure import LAWFUL, StructureCertificate, prove_reaction_structure


class Theorem(NamedTuple):
    """What follows, from which conditions (words for a reader, and whether they hold), and who showed it."""

    statement: Callable[[ReactionStructure], str]
    conditions: str
    holds: Callable[[ReactionStructure], bool]
    source: str
    needs: tuple[str, ...] = ()
    """Parts of the structure's certificate that its conditions rest on; each is shown again."""
    domain: str = "mass action, all positive rate constants"
    weaker: tuple[str, ...] = ()
    """Theorems that say less, and need not be said as well; nor need what is weaker than these."""


def prove_reaction_theorems(found: ReactionStructure) -> list[Proof]:
    """Every theorem that applies, the strongest of those that say the same.

    >>> ring = ReactionStructure(("A", "B"), ("A", "B"), ((1, 0), (0, 1)), ((0, 1), (1, 0)), ("A*k", "B*q"), ("k", "q"))
    >>> prove_reaction_theorems(ring)[0].claim.statement.split(",")[0]
    'exactly one positive equilibrium'
    """
    certificate = TheoremCertificate()
    return [certificate.prove(found, f"proofs/{name}.json", theorem=name) for name in applying(found)]


@prove_laws.register(ReactionStructure)
def _proofs(found: ReactionStructure, _: int = 0, __: str = "") -> list[Proof]:
    """Nothing in them is drawn at random, and a finding has one network."""
    return [*prove_reaction_structure(found), *prove_reaction_theorems(found)]


def applying(found: ReactionStructure) -> tuple[str, ...]:
    """The names of the theorems whose conditions hold, without what another of them implies."""
    names = [name for name, theorem in THEOREMS.items() if theorem.holds(found)]
    implied = {weaker for name in names for weaker in _weaker_than(name)}
    return tuple(name for name in names if name not in implied)


def _weaker_than(name: str) -> Iterator[str]:
    """All theorems that say less than this one, some of them more than once."""
    for weaker in THEOREMS[name].weaker:
        yield weaker
        yield from _weaker_than(weaker)


class TheoremCertificate(ExactCertificate[ReactionStructure]):
    """Its conditions, shown again; nothing in it is free but which theorem it is."""

    kind = "reaction_theorem"
    about = ReactionStructure
    by = "cited"
    assumptions = (
        *LawCertificate.assumptions,
        "the cited theorems on reaction networks hold: the conditions are checked, the proofs are the sources'",
    )
    free = ("theorem",)

    def contents(self, found: ReactionStructure, theorem: str) -> dict[str, Any]:
        one = THEOREMS[theorem]
        return {
            "format": self.format,
            "kind": self.kind,
            "theorem": theorem,
            "statement": one.statement(found),
            "domain": f"{one.domain} ({one.source})",
            "conditions": one.conditions,
            "source": one.source,
            StructureCertificate.kind: found.to_dict(),
        }

    def recompute(self, found: ReactionStructure, theorem: str) -> str:
        one = THEOREMS[theorem]
        if not one.holds(found):
            raise CertificateError(f"it is not so that {one.conditions}")
        for part in (*one.needs, *_further_needs(found, theorem)):
            StructureCertificate().recompute(found, part=part)
        return f"{one.conditions} ({one.source})"


def _further_needs(found: ReactionStructure, theorem: str) -> tuple[str, ...]:
    """Parts that one way of meeting the conditions rests on, where the other one is not open."""
    if theorem == "globally_stable" and len(found.stoichiometry.linkage_classes) > 1:
        return ("siphons",)
    return ("bounded", "siphons") if theorem == "unique" and not found.stoichiometry.weakly_reversible else ()


def _deficiency_zero(found: ReactionStructure) -> bool:
    shape = found.stoichiometry
    return found.mass_action and shape.deficiency == 0 and shape.weakly_reversible


def _deficiency_one(found: ReactionStructure) -> bool:
    """Each class has deficiency at most one, these add up to that of the network, and each has one terminal class."""
    shape = found.stoichiometry
    each = shape.class_deficiencies
    single = len(shape.terminal_classes) == len(shape.linkage_classes)
    return found.mass_action and max(each) <= 1 and sum(each) == shape.deficiency and single


def _injective(found: ReactionStructure) -> bool:
    """The determinant of totals and slopes, of mass action; vacuous, and left out, where there is no equilibrium."""
    return found.mass_action and not found.rising and is_injective(found.stoichiometry) is True


def _exists(found: ReactionStructure) -> bool:
    return found.lawful and bool(found.weights) and _no_critical(found)


def _reversible(found: ReactionStructure) -> bool:
    return found.mass_action and found.stoichiometry.weakly_reversible


def _no_critical(found: ReactionStructure) -> bool:
    return "siphons" in found.complete and not found.critical


def _robust(found: ReactionStructure) -> bool:
    shape = found.stoichiometry
    return found.mass_action and shape.deficiency == 1 and bool(shape.robust) and not found.rising


def _robust_text(found: ReactionStructure) -> str:
    names = ", ".join(found.species[i] for i in found.stoichiometry.robust)
    return f"{names}: the same amount at every positive equilibrium, whatever the totals are (if there is one)"


def _one(found: ReactionStructure) -> str:
    return f"exactly one positive equilibrium{_each(found)}"


def _each(found: ReactionStructure) -> str:
    return " for each value of the totals" if found.totals else ""


THEOREMS: dict[str, Theorem] = {
    "globally_stable": Theorem(
        lambda found: f"{_one(found)}, stable, and all solutions with positive amounts tend to it",
        "the network is weakly reversible, its deficiency is 0, and it has one linkage class or no critical siphon",
        lambda found: (
            _deficiency_zero(found) and (len(found.stoichiometry.linkage_classes) == 1 or _no_critical(found))
        ),
        "Feinberg 1987, theorem 6.1.1; Anderson 2011; Angeli, De Leenheer and Sontag 2007",
        ("deficiency",),
        weaker=("deficiency_zero",),
    ),
    "deficiency_zero": Theorem(
        lambda found: f"{_one(found)}, stable and approached from near by; no cycle with positive amounts",
        "the network is weakly reversible and its deficiency is 0",
        _deficiency_zero,
        "Feinberg 1987, theorem 6.1.1; Horn and Jackson 1972",
        ("deficiency",),
        weaker=("deficiency_one_reversible",),
    ),
    "deficiency_one_reversible": Theorem(
        _one,
        "it is weakly reversible, and the deficiencies of its linkage classes are at most 1 and add up to its own",
        lambda found: _deficiency_one(found) and found.stoichiometry.weakly_reversible,
        "Feinberg 1995, theorem 4.2",
        ("deficiency",),
        weaker=("unique",),
    ),
    "deficiency_one": Theorem(
        lambda found: f"where there is a positive equilibrium at all, there is exactly one{_each(found)}",
        "the deficiencies of the linkage classes are at most 1 and add up to its own, and each has one terminal class",
        lambda found: _deficiency_one(found) and not found.rising,
        "Feinberg 1995, theorem 4.2",
        ("deficiency",),
        weaker=("injective",),
    ),
    "weakly_reversible": Theorem(
        lambda found: f"at least one positive equilibrium{_each(found)}",
        "the network is weakly reversible",
        _reversible,
        "Boros 2019",
        ("deficiency",),
        weaker=("existence",),
    ),
    "unique": Theorem(
        _one,
        "the determinant of totals and slopes has coefficients of one sign, and it is weakly reversible, or all "
        "amounts are bounded by totals and every siphon holds one",
        lambda found: (_reversible(found) or _exists(found)) and _injective(found),
        "Wiuf and Feliu 2013; Boros 2019 or Brouwer 1911",
        weaker=("deficiency_one", "weakly_reversible"),
    ),
    "existence": Theorem(
        lambda found: f"at least one positive equilibrium{_each(found)}",
        "all amounts are bounded by totals, and every siphon holds one",
        _exists,
        "Brouwer 1911; Angeli, De Leenheer and Sontag 2007",
        ("bounded", "siphons"),
        domain=LAWFUL,
    ),
    "injective": Theorem(
        lambda found: f"at most one positive equilibrium{_each(found)}",
        "the determinant of totals and slopes has coefficients of one sign",
        _injective,
        "Wiuf and Feliu 2013",
    ),
    "robust": Theorem(
        _robust_text,
        "the deficiency is 1, and two complexes in no terminal class differ in this species alone",
        _robust,
        "Shinar and Feinberg 2010",
        ("deficiency",),
    ),
    "persistent": Theorem(
        lambda found: "persistent: from positive amounts on, each stays above some positive number",
        "every number in a conserved total is positive, and every siphon holds a conserved total",
        _exists,
        "Angeli, De Leenheer and Sontag 2007, theorem 1",
        ("bounded", "siphons"),
        domain=LAWFUL,
    ),
    "persistent_where_bounded": Theorem(
        lambda found: "persistent where bounded: from positive amounts on, each then stays above some positive number",
        "every siphon holds a conserved total",
        lambda found: found.lawful and not found.weights and _no_critical(found),
        "Angeli, De Leenheer and Sontag 2007, proposition 1 and theorem 1",
        ("siphons",),
        domain=LAWFUL,
    ),
}
"""By the name of the certificate; what follows first."""
