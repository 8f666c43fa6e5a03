"""How far reaction networks are searched. What is left out costs completeness, which the claims then do not state."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkSearch:
    """What a network costs beyond its whole numbers, whose limits stand where these are computed."""

    most_species: int = 24
    """Of networks whose further laws are looked for: names for laws, and functions beyond polynomials, take minutes in
    more variables."""
    most_monomials: int = 700
    """Of the polynomials among which laws of mass action are looked for: about two CPU seconds; the degree is lowered
    until they are so few."""


NETWORKS = NetworkSearch()
