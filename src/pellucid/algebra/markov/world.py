"""Finite worlds: Markov chains, decision processes, and either with intervals for probabilities, in exact rationals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

ONE, ZERO = Fraction(1), Fraction(0)


class Choice(NamedTuple):
    """One action in one state: the probability of targets[k] lies in low[k]..high[k]; `cost` is paid each time."""

    action: str
    targets: tuple[int, ...]
    low: tuple[Fraction, ...]
    high: tuple[Fraction, ...]
    cost: Fraction = ZERO

    @property
    def is_exact(self) -> bool:
        """Whether every probability is one number."""
        return self.low == self.high


@dataclass(frozen=True)
class World:
    """States by name, what can be done in each, and where that leads. A state without choices is never left.

    >>> third = Fraction(1, 3)
    >>> coin = Choice("", (1, 2), (third, 1 - third), (third, 1 - third))
    >>> World(("a", "b", "c"), 0, ((coin,), (), ())).describe()
    'Markov chain, 3 states, 2 transitions'
    """

    states: tuple[str, ...]
    start: int
    choices: tuple[tuple[Choice, ...], ...]
    labels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    observations: tuple[tuple[int, ...], ...] = ()
    """What a policy sees of each state, as whole numbers; none where nothing was said."""

    @cached_property
    def is_chain(self) -> bool:
        """Whether there is never a choice."""
        return all(len(choices) <= 1 for choices in self.choices)

    @cached_property
    def is_exact(self) -> bool:
        """Whether every probability is one number, not an interval."""
        return all(choice.is_exact for choices in self.choices for choice in choices)

    @cached_property
    def number(self) -> dict[str, int]:
        """The place of each state."""
        return {name: i for i, name in enumerate(self.states)}

    @property
    def transitions(self) -> int:
        """How many there are."""
        return sum(len(choice.targets) for choices in self.choices for choice in choices)

    def resolve(self, names: Iterable[str]) -> frozenset[int]:
        """The states that labels and states of these names stand for. Raises ValueError for a name of neither."""
        found: set[int] = set()
        for name in names:
            if name in self.labels:
                found |= set(self.labels[name])
            elif name in self.number:
                found.add(self.number[name])
            else:
                labels = ", ".join(sorted(self.labels)) or "none"
                raise ValueError(f"{name!r} is no label and no state of this world; labels: {labels}")
        return frozenset(found)

    def describe(self) -> str:
        """What kind of world it is, and how large."""
        kind = "Markov chain" if self.is_chain else "Markov decision process"
        kind = kind if self.is_exact else f"interval {kind}"
        actions = "" if self.is_chain else f"{sum(map(len, self.choices)):,} choices, "
        return f"{kind}, {len(self.states):,} states, {actions}{self.transitions:,} transitions"

    def to_dict(self) -> dict[str, Any]:
        """As people write it, and `reading.world_from` reads it."""
        transitions: dict[str, Any] = {}
        for name, choices in zip(self.states, self.choices, strict=True):
            rows = {choice.action: self._row(choice) for choice in choices}
            transitions[name] = rows[""] if set(rows) == {""} else rows
        told: dict[str, Any] = {"start": self.states[self.start], "transitions": transitions}
        if self.labels:
            told["labels"] = {label: [self.states[i] for i in held] for label, held in self.labels.items()}
        costs = {name: {c.action: str(c.cost) for c in choices if c.cost}
                 for name, choices in zip(self.states, self.choices, strict=True)}  # fmt: skip
        if any(costs.values()):
            told["costs"] = {name: cost for name, cost in costs.items() if cost}
        if self.observations:
            told["observations"] = {n: list(seen) for n, seen in zip(self.states, self.observations, strict=True)}
        return told

    def _row(self, choice: Choice) -> dict[str, Any]:
        return {
            self.states[t]: str(low) if low == high else [str(low), str(high)]
            for t, low, high in zip(choice.targets, choice.low, choice.high, strict=True)
        }


def checked_choice(
    where: str, action: str, entries: Sequence[tuple[int, Fraction, Fraction]], cost: Fraction, normalise: bool
) -> Choice:
    """A choice whose intervals hold a distribution. Raises ValueError where they do not; `where` names the state.

    With `normalise`, probabilities that add to another sum than 1 are divided by it.
    """
    named = f"state {where!r}" + (f", action {action!r}" if action else "")
    for _, low, high in entries:
        if not 0 <= low <= high <= 1:
            raise ValueError(f"{named}: the probability {_shown(low, high)} is none; give low <= high within 0 and 1")
    if cost < 0:
        raise ValueError(f"{named}: the cost {cost} is negative; give costs of 0 or more")
    kept = [entry for entry in _distribution(named, entries, normalise) if entry[2] > 0]
    targets, low, high = (tuple(column) for column in zip(*kept, strict=True))
    return Choice(action, targets, low, high, cost)


def _distribution(
    named: str, entries: Sequence[tuple[int, Fraction, Fraction]], normalise: bool
) -> Sequence[tuple[int, Fraction, Fraction]]:
    """The entries, which some distribution fits. Raises ValueError where none does; `named` is the choice."""
    total = sum((low for _, low, _ in entries), ZERO)
    if any(low != high for _, low, high in entries):
        if total > 1 or sum((high for _, _, high in entries), ZERO) < 1:
            told = "no distribution fits these intervals; let the lows add to <= 1, the highs to >= 1"
            raise ValueError(f"{named}: {told}")
        return entries
    if total == 1:
        return entries
    if not normalise or total == 0:
        told = str(total) if len(str(total)) < 20 else f"{float(total):.17g}"
        remedy = "mend them" if total == 0 else "mend them, or give --normalise to divide by their sum"
        raise ValueError(f"{named}: the probabilities add to {told}, not to 1; {remedy}")
    return [(t, low / total, high / total) for t, low, high in entries]


def _shown(low: Fraction, high: Fraction) -> str:
    return str(low) if low == high else f"[{low}, {high}]"
