"""True and false statements: of places, their negations, conjunctions and disjunctions; of the order of numbers.

The templates follow Marks and Tegmark, The Geometry of Truth (arXiv 2310.06824, section 2); the sentences are our own.
The countries of the false sentences are those of the true ones in another order, so that no word of a sentence says
whether it is true: a classifier of the words alone is at chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from ..subjects.models.labelled.labelled_texts import SEPARATOR, LabelledTexts
from .numbers import spelled
from .places import City, cities, draw
from .text_sets import TEXT_SETS, TextSet

__all__ = ["STATEMENTS", "statements"]


def statements(kind: str, count: int = 300, seed: int = 0, suffix: str = "", position: int = -1) -> LabelledTexts:
    """About `count` statements of a kind of `STATEMENTS`, half of them true, grouped by what they are about.

    `suffix` is added to each ("" or " This statement is"), and `position` is the token to be read. The same seed
    gives the same places to every kind. Raises ValueError for an unknown kind.

    "cities_unbalanced" is how such sets are often made, false countries being drawn from all alike: there the words
    alone tell much, as large countries are named more often in true sentences.
    """
    if kind not in STATEMENTS:
        raise ValueError(f"kind={kind!r} is unknown; give one of {', '.join(STATEMENTS)}")
    texts, labels, groups = STATEMENTS[kind](count, np.random.default_rng(seed))
    suffixed = tuple(f"{text}{suffix}" for text in texts)
    y, title = np.array(labels, dtype=float), kind.replace("_", " ")
    return LabelledTexts(suffixed, y, ("false", "true"), tuple(groups), position, title)


Rows = tuple[list[str], list[bool], list[str]]


def _places(
    count: int, generator: np.random.Generator, balanced: bool = True, least_population: int = 700_000
) -> list[tuple[City, str, str]]:
    """Cities, each with its country and another city's, or any country's where that is not balanced.

    Cities are of `least_population`, so that a small model may know them."""
    chosen: list[City] = draw(cities(least_population), max(2, count), generator)
    if not balanced:
        known = sorted({city.country for city in chosen})
        return [(c, c.country, str(generator.choice([k for k in known if k != c.country]))) for c in chosen]
    others = _countries_of_others([city.country for city in chosen], generator)
    if others is None:
        raise ValueError(f"count={count} gives cities of too few countries; give more")
    return [(city, city.country, other) for city, other in zip(chosen, others, strict=True)]


def _countries_of_others(countries: list[str], generator: np.random.Generator) -> list[str] | None:
    """The countries in an order in which none stands at its own place: swapped until that is so, None where it fails.

    The largest countries would take too long to draw apart at once.
    """
    order = np.arange(len(countries))
    for _ in range(1000):
        wrong = [i for i in range(len(countries)) if countries[order[i]] == countries[i]]
        if not wrong:
            return [countries[i] for i in order]
        for i in wrong:
            j = int(generator.integers(len(countries)))
            order[[i, j]] = order[[j, i]]
    return None


def _the(country: str) -> str:
    with_article = ("Netherlands", "United", "Philippines", "Bahamas", "Gambia", "Maldives", "Dominican Republic")
    return f"the {country}" if country.startswith(with_article) else country


def _in(city: City, country: str, negated: bool = False) -> str:
    return f"he city of {city.name} is {'not ' if negated else ''}in {_the(country)}"


def _of_cities(negated: bool, balanced: bool = True) -> Callable[[int, np.random.Generator], Rows]:
    def build(count: int, generator: np.random.Generator) -> Rows:
        rows: Rows = ([], [], [])
        for city, country, other in _places(count // 2, generator, balanced):
            for named in (country, other):
                _add(rows, f"T{_in(city, named, negated)}.", (named == country) != negated, city.name)
        return rows

    return build


def _joined(word: str, both: bool) -> Callable[[int, np.random.Generator], Rows]:
    """Sentences of two cities, the first of which is in no other; half of them true, whatever joins them."""

    def build(count: int, generator: np.random.Generator) -> Rows:
        rows: Rows = ([], [], [])
        places = _places(count, generator)
        for (first, own, other), (second, own_too, other_too) in zip(places[::2], places[1::2], strict=False):
            mixed = bool(generator.integers(2))
            odd = [(True, False), (False, True)][mixed]
            for parts in ((True, True), odd) if both else ((False, False), odd):
                one = _in(first, own if parts[0] else other)
                two = _in(second, own_too if parts[1] else other_too)
                text = f"It is the case {word.split()[0]} that t{one} {word.split()[1]} that t{two}."
                _add(rows, text, all(parts) if both else any(parts), f"{first.name}{SEPARATOR}{second.name}")
        return rows

    return build


def _of_order(larger: bool) -> Callable[[int, np.random.Generator], Rows]:
    def build(count: int, generator: np.random.Generator) -> Rows:
        rows: Rows = ([], [], [])
        word = "larger" if larger else "smaller"
        seen: set[tuple[int, int]] = set()
        for _ in range(count // 2):
            a, b = sorted(generator.choice(np.arange(21, 100), 2, replace=False).tolist(), reverse=larger)
            if (a, b) in seen:
                continue
            seen.add((a, b))
            for first, second, true in ((a, b, True), (b, a, False)):
                text = f"{spelled(first).capitalize()} is {word} than {spelled(second)}."
                _add(rows, text, true, f"{min(a, b)} and {max(a, b)}")
        return rows

    return build


def _add(rows: Rows, text: str, label: bool, group: str) -> None:
    for column, value in zip(rows, (text, label, group), strict=True):
        column.append(value)  # type: ignore[arg-type]


STATEMENTS: Mapping[str, Callable[[int, np.random.Generator], Rows]] = {
    "cities": _of_cities(negated=False),
    "negated_cities": _of_cities(negated=True),
    "cities_unbalanced": _of_cities(negated=False, balanced=False),
    "conjunctions": _joined("both and", both=True),
    "disjunctions": _joined("either or", both=False),
    "larger_than": _of_order(larger=True),
    "smaller_than": _of_order(larger=False),
}


for _name in STATEMENTS:
    TEXT_SETS.register(_name, TextSet("true and false statements", partial(statements, _name)))
