"""Reaction networks that several tests are about."""

from __future__ import annotations

from pellucid.artifacts import ReactionStructure
from pellucid.discover.reactions.structure import structure_of
from pellucid.subjects import ReactionNetwork


def structure(text: str) -> ReactionStructure:
    return structure_of(ReactionNetwork.from_text(text))


ENZYME = structure("E + S <-> C; C -> E + P")
RING = structure("A -> B; B -> C; C -> A")
PING_PONG = structure("E + A <-> F + P; F + B <-> E + Q")
LOTKA_VOLTERRA = structure("X -> 2X; X + Y -> 2Y; Y -> 0")
STANDARD = structure("A <-> 2B; A + C <-> D; D -> B + E; B + E -> A + C")
