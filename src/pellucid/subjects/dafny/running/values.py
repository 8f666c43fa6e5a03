"""Values of Dafny as Python has them, and what may go wrong when they are computed.

int, nat: int; real: Fraction; bool: bool; char: str of length 1; seq: tuple; set: frozenset; multiset: Counter;
map: dict; array: DafnyArray
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any


class NotRun(Exception):
    """Something that is not understood here: nothing is known of the value."""


class Undefined(Exception):
    """A value that Dafny does not give, either: an index out of range, a division by zero, a broken precondition."""


class OutOfSteps(Exception):
    """The allowance of steps is spent."""


class DafnyArray:
    """The elements now, and those when the method was entered, which `old` reads."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items
        self.entry = tuple(items)

    def copied(self) -> DafnyArray:
        """The same elements in an array of their own."""
        other = DafnyArray(list(self.items))
        other.entry = self.entry
        return other

    def __repr__(self) -> str:
        return f"array{self.items}"


class Steps:
    """An allowance of steps, handed down through calls."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, steps: int = 1) -> None:
        """Takes `steps` off. Raises OutOfSteps."""
        self.left -= steps
        if self.left < 0:
            raise OutOfSteps


def divided(left: Any, right: Any) -> Any:
    """Dafny's quotient: exact for reals; for integers that whose remainder is not negative.

    >>> divided(-7, 2), divided(-7, -2), divided(7, -2)
    (-4, 4, -3)
    """
    if right == 0:
        raise Undefined("division by zero")
    if isinstance(left, Fraction) or isinstance(right, Fraction):
        return Fraction(left) / right
    return (left - left % abs(right)) // right


def remainder(left: Any, right: Any) -> Any:
    """Dafny's remainder, from 0 to |right| - 1.

    >>> remainder(-7, 3), remainder(-7, -3)
    (2, 2)
    """
    if right == 0:
        raise Undefined("division by zero")
    return left % abs(right)


def length(value: Any) -> int:
    """|value|; of a multiset with repetitions."""
    return sum(value.values()) if isinstance(value, Counter) else len(value)


def at(value: Any, index: Any) -> Any:
    """value[index] of an array, sequence, multiset or map. Raises Undefined where there is nothing."""
    if isinstance(value, Counter):
        return value[index]
    if isinstance(value, dict):
        if index not in value:
            raise Undefined("no such key")
        return value[index]
    if not 0 <= index < len(value):
        raise Undefined("index out of range")
    return value[index]


def part(value: tuple, low: int | None, high: int | None) -> tuple:
    """value[low..high]. Raises Undefined where the bounds do not lie in order within the value.

    >>> part((1, 2, 3), 1, None)
    (2, 3)
    """
    low, high = 0 if low is None else low, len(value) if high is None else high
    if not 0 <= low <= high <= len(value):
        raise Undefined("slice out of range")
    return value[low:high]


def joined(left: Any, right: Any) -> Any:
    """left + right: numbers, sequences; sets and multisets are united, the right map wins.

    >>> joined((1, 2), (3,)), joined({"a": 1}, {"a": 2})
    ((1, 2, 3), {'a': 2})
    """
    if isinstance(left, frozenset):
        return left | right
    if isinstance(left, dict) and not isinstance(left, Counter):
        return {**left, **right}
    return left + right


def met(left: Any, right: Any) -> Any:
    """left * right: of numbers the product, of sets what both hold."""
    return left & right if isinstance(left, frozenset | Counter) else left * right


def without(left: Any, right: Any) -> Any:
    """left - right of numbers, sets and multisets."""
    return left - right


def at_most(left: Any, right: Any) -> bool:
    """left <= right: a prefix for sequences, inclusion for sets and multisets, the order for numbers and characters."""
    if isinstance(left, tuple):
        return right[: len(left)] == left
    return left <= right


def below(left: Any, right: Any) -> bool:
    """left < right in the same sense."""
    return at_most(left, right) and left != right


def is_in(left: Any, right: Any) -> bool:
    """Whether a collection holds an element."""
    return right[left] > 0 if isinstance(right, Counter) else left in right


def apart(left: Any, right: Any) -> bool:
    """Whether two sets have nothing in common."""
    return not (left & right)
