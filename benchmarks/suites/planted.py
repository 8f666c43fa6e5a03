"""Behaviours planted in one of two models: at which tokens, how strong, in which model. Written before any was run.

    second = first + strength · (median length of the activations) · u     at tokens of the kind, u drawn at random

"second only": as above; "first only": the first model is moved instead; "moved": both are, in two directions; "none":
nothing is planted, and the models differ by noise, by a scale, or not at all. By a hash of its name a case belongs to
the half that may be looked at or to the half that is run once (`halves.half`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """`where`: a pattern that a token matches whole, or what stands before it ("after ...")."""

    name: str
    truth: str
    where: str
    strength: float = 1.0

    @property
    def after(self) -> bool:
        """Whether the pattern is of the token before."""
        return self.where.startswith("after ")

    @property
    def pattern(self) -> str:
        return self.where.removeprefix("after ")


PLANTED = (
    Planted("the", "second only", " the"),
    Planted("after the", "second only", "after  the"),
    Planted("digits", "second only", r"\s*\d+"),
    Planted("newline", "second only", r"\n+"),
    Planted("capital", "second only", r"\s?[A-Z][a-z]+"),
    Planted("negation", "second only", r" not| no| never"),
    Planted("quote", "second only", r"\s?[\"']"),
    Planted("bracket", "second only", r"\s?\("),
    Planted("errors", "second only", r".*[Ee]rror|.*[Ee]xception"),
    Planted("full stop", "second only", r"\."),
    Planted("after full stop", "second only", r"after \."),
    Planted("weak and", "second only", " and", 0.3),
    Planted("weak comma", "second only", ",", 0.3),
    Planted("faint of", "second only", " of", 0.1),
    Planted("rare module", "second only", r" ?[Mm]odules?"),
    Planted("lost is", "first only", " is"),
    Planted("lost for", "first only", " for"),
    Planted("lost after in", "first only", "after  in"),
    Planted("lost weak to", "first only", " to", 0.3),
    Planted("moved a", "moved", " a"),
    Planted("moved with", "moved", " with"),
    Planted("moved after be", "moved", "after  be"),
    Planted("same", "none", "", 0.0),
    Planted("noise", "none", "noise", 0.1),
    Planted("more noise", "none", "noise", 0.3),
    Planted("scaled", "none", "scaled", 1.3),
    Planted("rounded", "none", "rounded", 0.0),
)
