"""ReactionStructure: what a reaction network's arrows say of its amounts, whatever the numbers in its rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import sympy
from flint import fmpq, fmpq_mat

from ...algebra.expressions.text import parse, symbols_of
from ...algebra.networks.kinetics import mass_action_constant, needs_all_reactants
from ...algebra.networks.stoichiometry import Counts, Stoichiometry
from ...core.artifact import Artifact
from ..formulas.formula_source import numpy_function


@dataclass(frozen=True)
class ReactionStructure(Artifact):
    """A network with its conserved totals, the equations without what these determine, and its siphons.

    `reactants`, `products` are counts (reactions, species), `rates` text over `variables` and `parameters`. `totals`
    are independent y with y N = 0 and span all of them; `semiflows` those without negative numbers that are minimal.
    The species `eliminated` follow from the others and the `total_names`; `reduced` are the rates of change of the
    others. For each siphon `held` is a total of no negative numbers inside it, () where there is none. `steady` is
    v > 0 with N v = 0, `rising` y with y N >= 0 and not 0: one of them is there. `weights` is y > 0 with y N = 0, where
    there is one. `complete` names the lists that are known to hold everything: "semiflows", "siphons".

    >>> decay = ReactionStructure(("A", "B"), ("A", "B"), ((1, 0),), ((0, 1),), ("A*k1",), ("k1",), ((1, 1),))
    >>> decay.stoichiometry.deficiency, decay.mass_action, decay.totals_text()
    (0, True, ('A + B',))
    """

    species: tuple[str, ...]
    variables: tuple[str, ...]
    reactants: tuple[Counts, ...]
    products: tuple[Counts, ...]
    rates: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    totals: tuple[Counts, ...] = ()
    semiflows: tuple[Counts, ...] = ()
    total_names: tuple[str, ...] = ()
    eliminated: tuple[int, ...] = ()
    reduced: tuple[str, ...] = ()
    siphons: tuple[tuple[int, ...], ...] = ()
    held: tuple[Counts, ...] = ()
    steady: Counts = ()
    rising: Counts = ()
    weights: Counts = ()
    complete: tuple[str, ...] = ()
    title: str = ""

    kind = "reaction_structure"

    def __post_init__(self) -> None:
        for one in fields(self):
            if one.name != "title":
                object.__setattr__(self, one.name, _tupled(getattr(self, one.name)))
        counts = {len(self.species), len(self.variables), self.stoichiometry.size}
        if len(counts) > 1 or len(self.rates) != len(self.reactants):
            raise ValueError(
                "species, variables and counts, or reactions and rates, differ in number; give one for each"
            )

    @cached_property
    def stoichiometry(self) -> Stoichiometry:
        """The network as whole numbers."""
        return Stoichiometry(self.reactants, self.products)

    @cached_property
    def mass_action(self) -> bool:
        """Whether every rate is a positive constant times its reactants."""
        held = frozenset(self.symbols)
        return all(mass_action_constant(rate, counts, held) is not None for rate, counts in self._rates)

    @cached_property
    def lawful(self) -> bool:
        """Whether every rate is positive exactly where all its reactants are there, as that of mass action."""
        held = frozenset(self.symbols)
        return self.mass_action or all(
            needs_all_reactants(rate, frozenset(counts), held) for rate, counts in self._rates
        )

    @property
    def critical(self) -> tuple[tuple[int, ...], ...]:
        """Siphons without a total inside: they may run dry."""
        return tuple(one for one, y in zip(self.siphons, self.held, strict=True) if not y)

    @property
    def kept(self) -> tuple[int, ...]:
        """Species that are not eliminated."""
        return tuple(i for i in range(len(self.species)) if i not in self.eliminated)

    @property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        """Of the amounts."""
        return tuple(symbols_of(self.variables).values())

    def rate_expressions(self) -> tuple[sympy.Expr, ...]:
        """The rates over real symbols."""
        return tuple(parse(text, (*self.variables, *self.parameters)) for text in self.rates)

    def sympy(self) -> tuple[sympy.Expr, ...]:
        """d(amount)/dt of every species.

        >>> ReactionStructure(("A",), ("A",), ((2,),), ((0,),), ("k*A**2",), ("k",)).sympy()
        (-2*A**2*k,)
        """
        rates: Any = self.rate_expressions()
        return tuple(sympy.expand(sum(n * rate for n, rate in zip(row, rates, strict=True)))
                     for row in self.stoichiometry.matrix)  # fmt: skip

    def numpy(self) -> Callable[..., Any]:
        """d(amount)/dt as a function of one array for each species and then each parameter."""
        several: Any = sympy.Tuple(*self.sympy())
        return numpy_function(several, (*self.variables, *self.parameters))

    def totals_text(self) -> tuple[str, ...]:
        """Each total as a sum of species."""
        return tuple(sum_text(y, self.species) for y in self.totals)

    def siphons_text(self) -> tuple[str, ...]:
        """Each siphon as a set of species."""
        return tuple(f"{{{', '.join(self.species[i] for i in one)}}}" for one in self.siphons)

    def eliminated_expressions(self) -> tuple[sympy.Expr, ...]:
        """What each eliminated amount is, of the totals and the others. Raises ValueError where it does not follow."""
        if not self.eliminated:
            return ()
        totals = list(symbols_of(self.total_names).values())
        rest: Any = [t - sympy.Add(*(y[i] * self.symbols[i] for i in self.kept))
                     for t, y in zip(totals, self.totals, strict=True)]  # fmt: skip
        rows = _inverse([[y[i] for i in self.eliminated] for y in self.totals])
        if rows is None:
            names = [self.species[i] for i in self.eliminated]
            raise ValueError(f"{names} do not follow from the totals; eliminate others")
        return tuple(sympy.expand(sympy.Add(*(a * b for a, b in zip(row, rest, strict=True)))) for row in rows)

    def to_python(self) -> str:
        """A module with the rates, the equations and the totals; it needs no package but math."""
        amounts = ", ".join(self.variables)
        constants = "".join(f", {name}" for name in self.parameters)
        lines = [f'"""{self.title or "A reaction network"}: rates, equations and conserved totals."""', ""]
        lines += ["from math import *  # noqa: F403", "", f"species = {list(self.species)!r}", "", ""]
        lines += [f"def derivatives({amounts}{constants}):", '    """d(amount)/dt of each species."""', "    return ["]
        lines += [f"        {expression}," for expression in map(str, self.sympy())]
        lines += ["    ]", "", "", f"def totals({amounts}):", '    """What every solution keeps."""', "    return ["]
        lines += [f"        {_linear(y, self.symbols)}," for y in self.totals]
        return "\n".join([*lines, "    ]", ""])

    def equations_latex(self) -> tuple[tuple[str, str], ...]:
        """Name and expression of every total, typeset."""
        pairs = zip(self.total_names or self.variables, self.totals, strict=False)
        return tuple((sympy.latex(sympy.Symbol(name)), sympy.latex(_linear(y, self.symbols))) for name, y in pairs)

    def files(self) -> Mapping[str, bytes]:
        return {"reactions.py": self.to_python().encode()}

    def describe(self) -> str:
        shape = self.stoichiometry
        totals = f"{len(self.totals)} conserved total{'s' * (len(self.totals) != 1)}"
        return f"{len(self.species)} species, {len(self.rates)} reactions, deficiency {shape.deficiency}, {totals}"

    def to_dict(self) -> dict[str, Any]:
        return {one.name: _listed(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(**data)

    @cached_property
    def _rates(self) -> list[tuple[Any, dict[sympy.Symbol, int]]]:
        """Each rate with the counts of its reactants."""
        counts = [{s: n for s, n in zip(self.symbols, row, strict=True) if n} for row in self.reactants]
        return list(zip(self.rate_expressions(), counts, strict=True))


def sum_text(counts: Counts, names: tuple[str, ...]) -> str:
    """A sum of species with whole numbers before them.

    >>> sum_text((1, 2, 0, -1), ("A", "B", "C", "D"))
    'A + 2 B - D'
    """
    text = ""
    for count, name in sorted(zip(counts, names, strict=True), key=lambda pair: pair[0] < 0):
        if count:
            sign = ("- " if count < 0 else "") if not text else (" - " if count < 0 else " + ")
            text += f"{sign}{abs(count)} {name}" if abs(count) != 1 else f"{sign}{name}"
    return text or "0"


def _inverse(matrix: list[list[int]]) -> list[list[Any]] | None:
    """Exactly; None where there is none."""
    try:
        found = fmpq_mat([[fmpq(value) for value in row] for row in matrix]).inv().table()
    except (ValueError, ZeroDivisionError):
        return None
    return [[sympy.Rational(int(value.p), int(value.q)) for value in row] for row in found]


def _linear(counts: Counts, symbols: tuple[sympy.Symbol, ...]) -> Any:
    return sympy.Add(*(n * s for n, s in zip(counts, symbols, strict=True)))


def _tupled(value: Any) -> Any:
    return tuple(map(_tupled, value)) if isinstance(value, list | tuple) else value


def _listed(value: Any) -> Any:
    return list(map(_listed, value)) if isinstance(value, tuple) else value
