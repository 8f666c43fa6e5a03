"""A hint: a line that helps a verifier and changes nothing that runs; and the families that propose them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...core.registry import Registry
from .loop_view import LoopView


@dataclass(frozen=True)
class Hint:
    """A clause or an assertion, the character of the program behind which it is written, and who proposed it."""

    place: int
    text: str
    family: str


Family = Callable[[LoopView], Iterator[str]]
"""Proposes expressions that may be invariants of a loop; what is false is weeded out by the verifier."""

FAMILIES: Registry[Family] = Registry("family of hints", "pellucid.prove.hints.families")


def family(name: str) -> Callable[[Family], Family]:
    """Registers a family of invariants under its name."""
    return lambda proposer: FAMILIES.register(name, proposer)
