"""One reaction: what is used up, what is made, and how fast."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from ...algebra.expressions.text import CONSTANTS, FUNCTIONS

Side = tuple[tuple[str, int], ...]
"""Species with their counts; empty for what comes from, or goes, nowhere."""


@dataclass(frozen=True)
class Reaction:
    """What turns into what. `rate` is the whole rate, over variables and parameters.

    >>> Reaction((("H2", 2), ("O2", 1)), (("H2O", 2),), "k*H2**2*O2").describe()
    '2 H2 + O2 -> 2 H2O'
    """

    reactants: Side
    products: Side
    rate: str

    def __post_init__(self) -> None:
        for name in ("reactants", "products"):
            counts: dict[str, int] = {}
            for species, count in getattr(self, name):
                counts[species] = counts.get(species, 0) + int(count)
            object.__setattr__(self, name, tuple(counts.items()))

    def describe(self) -> str:
        """Both sides, without the rate."""
        return f"{side_text(self.reactants)} -> {side_text(self.products)}"


def side_text(side: Side) -> str:
    """One side of a reaction.

    >>> side_text((("A", 2), ("B", 1))), side_text(())
    ('2 A + B', '0')
    """
    return " + ".join(f"{n} {name}" if n != 1 else name for name, n in side) or "0"


def in_numbers(rate: Any) -> Any:
    """The rate with pi and e as decimals: as letters, which a rate may use for anything, they would be read anew."""
    return rate.xreplace({number: sympy.Float(number, 17) for number in CONSTANTS.values()})


def parameters_in(rates: Sequence[str], variables: Sequence[str]) -> tuple[str, ...]:
    """Names in rates that are no species or function; E and pi are names like others here: an enzyme, a recruitment.

    >>> parameters_in(["k*A/(K + A)", "exp(-q)*E"], ["A", "E"]), parameters_in(["k*E*A", "pi"], ["A"])
    (('k', 'K', 'q'), ('k', 'E', 'pi'))
    """
    names = [name for rate in rates for name in re.findall(r"(?<![\w.])[^\W\d]\w*", rate)]
    return tuple(n for n in dict.fromkeys(names) if n not in variables and n not in FUNCTIONS)
