"""Two findings side by side: which claims they share, which differ in their evidence, which only one of them makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .claim import Claim
from .finding import Finding


@dataclass(frozen=True)
class Pair:
    """A claim of the first finding beside that of the second; None where one of them does not make it."""

    first: Claim | None
    second: Claim | None

    @property
    def is_same(self) -> bool:
        """Whether both make it, as strongly and with the same evidence."""
        if self.first is None or self.second is None:
            return False
        return (self.first.strength, self.first.evidence) == (self.second.strength, self.second.evidence)

    @property
    def statement(self) -> str:
        """What is claimed, in the words of the first that claims it."""
        return (self.first or self.second).statement  # pyright: ignore[reportOptionalMemberAccess]


def compare(first: Finding[Any], second: Finding[Any]) -> list[Pair]:
    """The claims of two findings in pairs, those of the first in their order, then what only the second claims.

    A claim is that of the other finding which says the same, word for word, or else the only one left with its key.

    >>> from .claim import Tested
    >>> Pair(Tested("p = q", 10, 0), Tested("p = q", 10, 1)).is_same
    False
    """
    left = list(second.claims)
    pairs: list[Pair] = []
    for claim in first.claims:
        other = next((each for each in left if each.statement == claim.statement), None)
        pairs.append(Pair(claim, other))
        left = [each for each in left if each is not other]
    for k, pair in enumerate(pairs):
        if pair.second is None and pair.first is not None and pair.first.key:
            rivals = [each.first for each in pairs if each.second is None and each.first is not None]
            same = [each for each in left if each.key == pair.first.key]
            if len(same) == 1 and _count(rivals, pair.first.key) == 1:
                pairs[k] = Pair(pair.first, same[0])
                left.remove(same[0])
    return [*pairs, *(Pair(None, claim) for claim in left)]


def _count(claims: Iterable[Claim], key: str) -> int:
    return sum(claim.key == key for claim in claims)
