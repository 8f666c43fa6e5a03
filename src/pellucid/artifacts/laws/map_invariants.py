"""Invariants of maps: functions of the state that keep their value from one step to the next."""

from __future__ import annotations

from dataclasses import dataclass

from .invariants import Invariants


@dataclass(frozen=True)
class MapInvariants(Invariants):
    """H(F(x)) = H(x) for x[n+1] = F(x[n]); `rhs` are the next values, everything else is as for flows.

    >>> MapInvariants(("x", "y"), ("y", "-x"), (), ("x**2 + y**2",), 2, ("x", "y"), vectors=1).describe()
    '1 independent invariant: x**2 + y**2'
    """

    kind = "map_invariants"

    @property
    def timeless(self) -> str:
        return "" if "n" in self.variables else ", without explicit n"

    def left(self, variable: str) -> str:
        return f"{variable}[n+1]"
