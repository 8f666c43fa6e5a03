"""Integrable families: equations u_t = F that conserve much, with their densities and what certifies them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from ...core.artifact import Artifact
from .densities import Densities


@dataclass(frozen=True)
class IntegrableFamily:
    """One family: an equation, its parameters free, and all its densities within a degree and an order."""

    law: Densities
    """The equation, its densities and their fluxes."""
    name: str
    """What the literature calls it, empty where it is in no list that was looked at."""
    reference: str
    found_by: str
    hits: int
    """How many starts or supports led to it."""
    relatives: tuple[str, ...]
    """A basis of all equations of the search that conserve the densities of one member, without large fractions."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "relatives", tuple(self.relatives))

    @property
    def equation(self) -> str:
        """u_t = ... in text."""
        return f"u_t = {self.law.rhs[0]}"

    @property
    def certificate(self) -> tuple[str, ...]:
        """The identities that prove it: (density)_t + (flux)_x = 0 on solutions, one for each density."""
        return tuple(
            f"({density})_t + ({flux})_x = 0" if flux else f"({density})_t is an x-derivative"
            for density, flux in zip(self.law.densities, self.law.fluxes, strict=True)
        )

    def describe(self) -> str:
        """The equation, its name and its densities on one line."""
        name = f" ({self.name})" if self.name else ""
        return f"{self.equation}{name}: {self.law.describe()}"


@dataclass(frozen=True)
class IntegrableFamilies(Artifact):
    """Families of equations over given monomials, those with the most densities first.

    >>> IntegrableFamilies(("u*u_x", "u_xxx"), ()).describe()
    'no family over 2 monomials'
    """

    monomials: tuple[str, ...]
    families: tuple[IntegrableFamily, ...]

    kind = "integrable_families"

    def __post_init__(self) -> None:
        for name in ("monomials", "families"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def describe(self) -> str:
        count = len(self.families)
        if not count:
            return f"no family over {len(self.monomials)} monomials"
        named = sum(bool(family.name) for family in self.families)
        noun = "family" if count == 1 else "families"
        first = self.families[0]
        return f"{count} {noun}, {named} of them named; most densities: {first.equation} ({first.law.dimension})"

    def to_dict(self) -> dict[str, Any]:
        return {
            "monomials": list(self.monomials),
            "families": [
                {
                    **{name: value for name, value in asdict(family).items() if name != "law"},
                    "relatives": list(family.relatives),
                    "law": family.law.to_dict(),
                    "certificate": list(family.certificate),
                }
                for family in self.families
            ],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        families = []
        for row in data["families"]:
            rest = {name: value for name, value in row.items() if name not in ("law", "certificate")}
            families.append(IntegrableFamily(law=Densities.from_dict(row["law"], files), **rest))
        return cls(tuple(data["monomials"]), tuple(families))
