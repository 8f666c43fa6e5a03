"""Families of scaling laws: which parameters of the one form are free, and how the others follow from them.

A family registers itself; adding one names no other file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from ...artifacts.learning.scaling_form import PARAMETERS, Parameters
from ...core.registry import Registry

A, B, E, ALPHA, BETA, GAMMA = range(len(PARAMETERS))
Free = Float[np.ndarray, "fits free"]
Tie = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Family:
    """A scaling law with some parameters `free`; the others are `fixed`, and beta may be tied to alpha."""

    name: str
    form: str
    source: str
    free: tuple[int, ...]
    fixed: Mapping[int, float] = field(default_factory=dict)
    tie: Tie | None = None
    """alpha -> (beta, d beta / d alpha)."""
    variables: int = 2

    @property
    def has_floor(self) -> bool:
        return E in self.free

    def full(self, free: Free) -> Parameters:
        """All six parameters from the free ones."""
        full = np.zeros((len(free), len(PARAMETERS)))
        full[:, GAMMA] = 1.0
        for place, value in self.fixed.items():
            full[:, place] = value
        full[:, list(self.free)] = free
        if self.tie is not None:
            full[:, BETA] = self.tie(full[:, ALPHA])[0]
        return full

    def chain(self, free: Free) -> Float[np.ndarray, "fits 6 free"]:
        """How the six parameters change with the free ones."""
        chain = np.zeros((len(free), len(PARAMETERS), len(self.free)))
        chain[:, list(self.free), range(len(self.free))] = 1.0
        if self.tie is not None:
            place = self.free.index(ALPHA)
            chain[:, BETA, place] = self.tie(free[:, place])[1]
        return chain


FAMILIES: Registry[Family] = Registry("family", home="pellucid.learn.scaling")
"""Every family by its name."""


def families_of(variables: int) -> list[Family]:
    """The families of laws in so many sizes.

    >>> [family.name for family in families_of(1)]
    ['power', 'power without floor']
    """
    return [family for family in FAMILIES.values() if family.variables == variables]


def _register(family: Family) -> None:
    FAMILIES.register(family.name, family)


_register(Family("free", "E + A N^-alpha + B D^-beta", "arXiv 2203.15556, eq. 2", (A, B, E, ALPHA, BETA)))
_register(
    Family("equal", "E + A N^-alpha + B D^-alpha", "arXiv 2203.15556, eq. 2 with beta = alpha",
           (A, B, E, ALPHA), tie=lambda alpha: (alpha, np.ones_like(alpha)))
)  # fmt: skip
_register(
    Family("resource", "E + A N^-1/3 + B D^-beta", "arXiv 2402.05164: loss ~ 1/neurons, N ~ neurons^3",
           (A, B, E, BETA), {ALPHA: 1 / 3})
)  # fmt: skip
_register(
    Family("quanta", "E + A N^-alpha + B D^-(alpha/(1+alpha))", "arXiv 2303.13506, section 2",
           (A, B, E, ALPHA), tie=lambda alpha: (alpha / (1 + alpha), 1 / (1 + alpha) ** 2))
)  # fmt: skip
_register(
    Family("kaplan", "(A N^-alpha + B/D)^gamma", "arXiv 2001.08361, eq. 1.5", (A, B, ALPHA, GAMMA),
           {E: -np.inf, BETA: 1.0})
)  # fmt: skip
_register(
    Family("kaplan with floor", "E + (A N^-alpha + B/D)^gamma", "arXiv 2001.08361, eq. 1.5, and a floor",
           (A, B, E, ALPHA, GAMMA), {BETA: 1.0})
)  # fmt: skip
_register(
    Family("free without floor", "A N^-alpha + B D^-beta", "arXiv 2203.15556, eq. 2 with E = 0",
           (A, B, ALPHA, BETA), {E: -np.inf})
)  # fmt: skip
_register(Family("power", "E + A N^-alpha", "arXiv 2001.08361, and a floor", (A, E, ALPHA), {B: -np.inf}, variables=1))
_register(
    Family("power without floor", "A N^-alpha", "arXiv 2001.08361, eq. 1.1", (A, ALPHA), {B: -np.inf, E: -np.inf},
           variables=1)
)  # fmt: skip
