"""ReactionNetwork: species, reactions with their rates, and the equations that these make."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import sympy

from ...algebra.expressions.text import parse, symbols_of, to_text
from ...algebra.networks.kinetics import mass_action_constant
from ...algebra.networks.stoichiometry import Stoichiometry
from ...core.subject import Subject
from ..equations.dynamics import Dynamics, read, refuse_names
from .reaction import Reaction, in_numbers, parameters_in
from .species_names import identifiers_of


@dataclass(frozen=True)
class ReactionNetwork(Subject):
    """Species and reactions; d(amount)/dt = N v, v the rates: mass action where nothing else is given.

    Names of species are as they are written (Ca2+, E*); `variables` are what they are called in rates (Ca2_plus,
    E_star). All else in rates is a parameter, positive as amounts are. Raises ValueError for what is no network.

    >>> network = ReactionNetwork.from_text("E + S <-> C; C -> E + P")
    >>> network.species, network.parameters
    (('E', 'S', 'C', 'P'), ('k1', 'k2', 'k3'))
    >>> network.dynamics().describe()
    "E' = C*k2 + C*k3 - E*S*k1; S' = C*k2 - E*S*k1; C' = -C*k2 - C*k3 + E*S*k1; P' = C*k3"
    """

    made_by: ClassVar[str] = 'ReactionNetwork.from_text("E + S <-> C; C -> E + P")'

    species: tuple[str, ...]
    reactions: tuple[Reaction, ...]
    title: str = ""
    amounts: Mapping[str, float] = field(default_factory=dict)
    """Initial ones, where they are known; the laws do not depend on them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "species", tuple(self.species))
        object.__setattr__(self, "reactions", tuple(self.reactions))
        self._refuse_reactions()
        names = (*self.variables, *self.parameters)
        refuse_names(names)
        rates = [read(f"rate of {one.describe()}: ", one.rate, names) for one in self.reactions]
        written = zip(self.reactions, rates, strict=True)
        ordered = tuple(Reaction(one.reactants, one.products, to_text(in_numbers(rate))) for one, (_, rate) in written)
        object.__setattr__(self, "reactions", ordered)

    def _refuse_reactions(self) -> None:
        """Raises ValueError for no reactions, for species that are not listed once, and for one that does nothing."""
        if not self.reactions:
            raise ValueError("no reaction given; write one such as A + B -> C")
        held = [name for one in self.reactions for name, _ in (*one.reactants, *one.products)]
        unknown = sorted(set(held) - set(self.species))
        if unknown or len(set(self.species)) < len(self.species):
            raise ValueError(f"species {unknown or 'listed twice'}: list every species of the reactions once")
        for one in self.reactions:
            if dict(one.reactants) == dict(one.products):
                raise ValueError(f"reaction {one.describe()!r} changes nothing; leave it out")

    @classmethod
    def from_text(cls, text: str, title: str = "") -> ReactionNetwork:
        """Reactions as they are typed, separated by semicolons or lines; "#" begins a remark. Raises ValueError.

        Arrows: -> for one way, <-> for both (=>, <=>, ⇌, →, ⇄ as well). A rate constant stands in braces at the arrow
        or after a colon: A ->{k} B, A <-> B : kf, kr; what holds a species is the whole rate: S -> P : v*S/(K + S).
        0 or ∅ is nothing. Lines such as k = 2 or A = 10 give numbers to constants and initial amounts.

        >>> ReactionNetwork.from_text("2H2 + O2 -> 2H2O").reactions[0].rate
        'H2**2*O2*k1'
        """
        from .reaction_text import ReactionText

        written = ReactionText(text)
        return cls(written.species, written.reactions, title, written.amounts)

    @classmethod
    def from_sbml(cls, path: Path | str) -> ReactionNetwork:
        """The network of an SBML file, its variables amounts of substance. Needs pellucid[sbml]; raises ValueError."""
        from .sbml import read_sbml

        return cls(*read_sbml(path))

    @property
    def variables(self) -> tuple[str, ...]:
        """What the amounts of the species are called in rates."""
        return identifiers_of(self.species)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """All other names in the rates, in their order."""
        return parameters_in([one.rate for one in self.reactions], self.variables)

    @cached_property
    def stoichiometry(self) -> Stoichiometry:
        """The counts of both sides of every reaction."""
        sides = [[tuple(dict(side).get(name, 0) for name in self.species) for side in (one.reactants, one.products)]
                 for one in self.reactions]  # fmt: skip
        return Stoichiometry(tuple(left for left, _ in sides), tuple(right for _, right in sides))

    def rates(self) -> tuple[sympy.Expr, ...]:
        """The rate of every reaction over real symbols."""
        return tuple(parse(one.rate, (*self.variables, *self.parameters)) for one in self.reactions)

    def dynamics(self) -> Dynamics:
        """The equations of motion."""
        rates: Any = self.rates()
        rhs = [sum((n * rate for n, rate in zip(row, rates, strict=True)), sympy.Integer(0))
               for row in self.stoichiometry.matrix]  # fmt: skip
        return Dynamics(self.variables, tuple(map(to_text, rhs)), self.parameters, title=self.title)

    def to_text(self) -> str:
        """The reactions a line each, which `from_text` reads back to the same network.

        >>> print(ReactionNetwork.from_text("A <=> B; A -> 0 : q*A/(1 + A)").to_text())
        A ->{k1} B
        B ->{k2} A
        A -> 0 : A*q/(A + 1)
        """
        lines = []
        for one, rate, constant in zip(self.reactions, self.rates(), self.constants(), strict=True):
            if constant is not None and to_text(constant * self._monomial(one)) == one.rate:
                lines.append(one.describe().replace("->", f"->{{{to_text(constant)}}}"))
            else:
                lines.append(f"{one.describe()} : {to_text(rate)}")
        return "\n".join([*lines, *(f"{name} = {amount!r}" for name, amount in self.amounts.items())])

    def constants(self) -> tuple[sympy.Expr | None, ...]:
        """The positive rate constant of every reaction of mass action; None for another rate."""
        symbols = symbols_of(self.variables)
        held = frozenset(symbols.values())
        places = dict(zip(self.species, symbols.values(), strict=True))
        return tuple(
            mass_action_constant(rate, {places[name]: n for name, n in one.reactants}, held)
            for one, rate in zip(self.reactions, self.rates(), strict=True)
        )

    def _monomial(self, one: Reaction) -> Any:
        symbols = dict(zip(self.species, symbols_of(self.variables).values(), strict=True))
        return sympy.prod([symbols[name] ** n for name, n in one.reactants])

    def describe(self) -> str:
        """The reactions on one line."""
        return "; ".join(one.describe() for one in self.reactions)

    def fingerprint(self) -> str:
        """SHA-256 of species, reactions and rates."""
        told = ("reactions", self.species, [(one.reactants, one.products, one.rate) for one in self.reactions])
        return hashlib.sha256(repr(told).encode()).hexdigest()
