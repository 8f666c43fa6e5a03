"""Siphons of a reaction network: sets of species that, once used up, stay used up.

A set is a siphon where every reaction that makes one of its species needs one of its species. The species that are 0
at a limit of a positive solution form one; where every siphon holds the support of a total without negative numbers,
none can run dry (Angeli, De Leenheer and Sontag, Math. Biosci. 210, 598, 2007).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from .stoichiometry import Stoichiometry

Species = tuple[int, ...]
"""Places of species, ascending."""


@dataclass(frozen=True)
class SiphonEffort:
    """Where the search for all siphons ends, of which there may be exponentially many."""

    most_steps: int = 200_000
    """Sets looked at: some ten seconds."""


class TooMany(Exception):
    """There were more sets to look at than the effort allows."""


def minimal_siphons(network: Stoichiometry, effort: SiphonEffort = SiphonEffort()) -> tuple[Species, ...] | None:
    """Every minimal siphon, ascending; None where there was no end within the effort.

    Each is grown from its first species: what makes a species needs one of the reactants, which are tried in turn,
    those tried before being left out.

    >>> enzyme = Stoichiometry(((1, 1, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0)), ((0, 0, 1, 0), (1, 1, 0, 0), (1, 0, 0, 1)))
    >>> minimal_siphons(enzyme)
    ((0, 2), (1, 2))
    """
    rules = _rules(network)
    found: list[int] = []
    steps = 0
    for first in range(network.size):
        waiting = [(1 << first, (1 << first) - 1)]
        while waiting:
            steps += 1
            if steps > effort.most_steps:
                return None
            inside, outside = waiting.pop()
            if any(inside & one == one for one in found):
                continue
            needed = _unmet(rules, inside, outside)
            if needed is None:
                found = [*_without(found, inside), inside]
                continue
            for bit in _bits(needed):
                waiting.append((inside | bit, outside))
                outside |= bit
    return tuple(sorted(_places(one) for one in found))


def _without(sets: Sequence[int], inside: int) -> list[int]:
    """Those that do not hold all of it."""
    return [one for one in sets if one & inside != inside]


def is_siphon(network: Stoichiometry, species: Collection[int]) -> bool:
    """Whether the set is not empty, and what makes one of it needs one of it."""
    mask = _mask(species)
    return bool(mask) and all(not made & mask or needed & mask for needed, made in _rules(network))


def is_minimal(network: Stoichiometry, species: Collection[int]) -> bool:
    """Whether it is a siphon, and no siphon is left where one of its species is taken away."""
    mask, rules = _mask(species), _rules(network)
    return is_siphon(network, species) and not any(_largest(rules, mask & ~bit) for bit in _bits(mask))


def missing_siphon(
    network: Stoichiometry, known: Sequence[Species], effort: SiphonEffort = SiphonEffort()
) -> Species | None:
    """A siphon that holds none of the `known` ones; None where there is none. Raises TooMany.

    One species of each known siphon is taken away, in every way, and the largest siphon in what is left must be empty
    at last: nothing is shared with the search for siphons but their definition.
    """
    rules, masks = _rules(network), [_mask(one) for one in known]
    waiting, seen = [(1 << network.size) - 1], set()
    while waiting:
        allowed = _largest(rules, waiting.pop())
        if not allowed or allowed in seen:
            continue
        seen.add(allowed)
        if len(seen) > effort.most_steps:
            raise TooMany(f"more than {effort.most_steps} sets")
        inside = next((mask for mask in masks if allowed & mask == mask), None)
        if inside is None:
            return _places(allowed)
        waiting += [allowed & ~bit for bit in _bits(inside)]
    return None


def _rules(network: Stoichiometry) -> list[tuple[int, int]]:
    """What each reaction needs, and what it makes, as bits."""
    sides = zip(network.reactants, network.products, strict=True)
    pairs = [(_mask(i for i, n in enumerate(a) if n), _mask(i for i, n in enumerate(b) if n)) for a, b in sides]
    return list(dict.fromkeys(pairs))


def _unmet(rules: Sequence[tuple[int, int]], inside: int, outside: int) -> int | None:
    """What one of the reactants must still be in the set, for the rule with the fewest; 0: it cannot. None: all met."""
    open_ones = [needed & ~outside for needed, made in rules if made & inside and not needed & inside]
    return min(open_ones, key=int.bit_count) if open_ones else None


def _largest(rules: Sequence[tuple[int, int]], allowed: int) -> int:
    """The union of all siphons in the set: what a reaction makes out of nothing in it is taken away."""
    while True:
        lost = 0
        for needed, made in rules:
            if not needed & allowed:
                lost |= made & allowed
        if not lost:
            return allowed
        allowed &= ~lost


def _mask(places: Collection[int] | Iterator[int]) -> int:
    return sum(1 << i for i in places)


def _places(mask: int) -> Species:
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        yield mask & -mask
        mask &= mask - 1
