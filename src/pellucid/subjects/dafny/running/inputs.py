"""Small inputs for a method: numbers near 0, short sequences with repetitions, in order now and then."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random
from typing import Any

from ..syntax import Routine
from .values import DafnyArray, NotRun


def any_inputs(routine: Routine, random: Random) -> dict[str, Any]:
    """Values for the parameters of a routine. Raises NotRun for types that are not known here."""
    style = _Style(random.random() < 0.4, random.randint(0, 6), random.random() < 0.5)
    return {name: any_value(kind, random, style) for name, kind in routine.inputs}


class _Style:
    """What the sequences of one draw have in common: whether they are in order, how long they are, small numbers."""

    def __init__(self, ordered: bool, length: int, positive: bool) -> None:
        self.ordered, self.length, self.positive = ordered, length, positive


def any_value(kind: str, random: Random, style: _Style | None = None) -> Any:
    """A value of a type, as it is written."""
    style = style or _Style(False, 3, False)
    plain = "".join(kind.split()).replace("(==)", "")
    if plain in ("", "int", "nat", "real", "bv32") or (len(plain) < 3 and plain.isupper()):  # T: of any type
        least = 0 if style.positive or plain in ("nat", "bv32") else -4
        value = random.choice((random.randint(least, 4), random.randint(least, 12)))
        return Fraction(value, random.choice((1, 2))) if plain == "real" else value
    if plain == "bool":
        return random.random() < 0.5
    if plain == "char":
        return random.choice("aabc dzAB0 1")
    if plain == "string":
        return _items("char", random, style)
    return _collection(plain, random, style)


def _collection(plain: str, random: Random, style: _Style) -> Any:
    if plain.startswith("(") and "<" not in plain:
        return tuple(any_value(each, random, style) for each in plain[1:-1].split(","))
    name, _, inner = plain.partition("<")
    inner = inner[:-1] or "int"
    name = name.rstrip("?")
    if name == "array":
        return DafnyArray(list(_items(inner, random, style)))
    if name == "seq":
        return _items(inner, random, style)
    if name == "set":
        return frozenset(_items(inner, random, style))
    if name == "multiset":
        return Counter(_items(inner, random, style))
    if name == "map" and "," in inner:
        key, value = inner.split(",", 1)
        return {any_value(key, random, style): any_value(value, random, style) for _ in range(style.length)}
    raise NotRun(f"values of type {plain}")


def _items(kind: str, random: Random, style: _Style) -> tuple[Any, ...]:
    length = style.length if random.random() < 0.7 else random.randint(0, 6)
    found = [any_value(kind, random, style) for _ in range(length)]
    if style.ordered and (kind in ("int", "nat", "char", "real") or kind.isupper()):
        found.sort(reverse=random.random() < 0.2)
    return tuple(found)
