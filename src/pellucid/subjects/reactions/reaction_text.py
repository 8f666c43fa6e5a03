"""Reactions as they are typed: 2H2 + O2 -> 2H2O; E + S <-> C : kf, kr; 0 ->{k} A; k1, A --> B; A -> B -> C.

Names of species begin with a letter and may hold hyphens within and stars and a charge at the end: Ca2+ + E* <-> X-P. A
sign that directly follows a name is its charge where nothing but another + or the end of the side comes after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ...algebra.expressions.notation import at_commas
from .reaction import Reaction, Side, parameters_in
from .species_names import NAME, identifiers_of

_BOTH, _FORTH, _BACK = r"<-+>|<=+>|[⇌⇄⇋↔⇔⟷]", r"-+>|=+>|[→⇒⟶⟹]", r"<-+|<=+|[←⇐⟵]"
_ARROW = re.compile(rf"(?P<both>{_BOTH})|(?P<forth>{_FORTH})|(?P<back>{_BACK})")
FORM = "A + B -> C, or A <-> B : kf, kr"


def is_of_reactions(text: str) -> bool:
    """Whether there is an arrow in the text, outside of its remarks.

    >>> is_of_reactions("2A <-> B"), is_of_reactions("x' = v # not ->"), is_of_reactions("x' = a<b")
    (True, False, False)
    """
    return any(_ARROW.search(line) for line in _statements(text))


class _Written(NamedTuple):
    """A reaction with the text of its rate, "" where none is given."""

    reactants: Side
    products: Side
    rate: str


@dataclass(frozen=True)
class ReactionText:
    """The network that `text` writes. Raises ValueError."""

    text: str

    @cached_property
    def species(self) -> tuple[str, ...]:
        """In the order in which they are met."""
        sides = [side for one in self._written for side in (one.reactants, one.products)]
        return tuple(dict.fromkeys(name for side in sides for name, _ in side))

    @cached_property
    def reactions(self) -> tuple[Reaction, ...]:
        """With the rate of each: mass action with constants k1, k2, ... where nothing is given."""
        variables = dict(zip(self.species, identifiers_of(self.species), strict=True))
        found = []
        for one, rate in zip(self._written, map(self._with_numbers, self._rates), strict=True):
            whole = set(re.findall(r"[^\W\d]\w*", rate)) & set(variables.values())
            factors = [f"{variables[name]}**{n}" for name, n in one.reactants]
            found.append(Reaction(one.reactants, one.products, rate if whole else "*".join([f"({rate})", *factors])))
        return tuple(found)

    @cached_property
    def amounts(self) -> dict[str, float]:
        """Initial amounts, where numbers are given to species."""
        return {name: float(number) for name, number in self._numbers.items() if name in self.species}

    @cached_property
    def _written(self) -> list[_Written]:
        lines = [line for line in _statements(self.text) if _ARROW.search(line)]
        if not lines:
            raise ValueError(f"no reaction in {self.text.strip()[:60]!r}; write {FORM}")
        return [one for line in lines for part in _parted(line) for one in _reactions(part)]

    @cached_property
    def _numbers(self) -> dict[str, str]:
        """What lines without an arrow say, A = 2, A(0) = 2 or k = 1e-3."""
        number = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
        given = rf"\s*(?P<name>{NAME.replace('$', '=')})\s*(?:\(\s*0\s*\))?\s*=\s*(?P<number>{number})\s*"
        found: dict[str, str] = {}
        for line in _statements(self.text):
            if _ARROW.search(line):
                continue
            match = re.fullmatch(given, line)
            if match is None:
                trouble = f"{line.strip()!r} is neither a reaction nor a number"
                raise ValueError(f"{trouble}; write {FORM}, or k = 2; equations x' = ... stand without arrows")
            found[match["name"]] = match["number"]
        constants = parameters_in(self._rates, ())
        unknown = [name for name in found if name not in (*self.species, *constants)]
        if unknown:
            raise ValueError(f"{unknown[0]} = {found[unknown[0]]}: {unknown[0]} is no species, and in no rate; mend it")
        return found

    @cached_property
    def _rates(self) -> list[str]:
        """What is given of each rate, or the name of its constant."""
        given = [one.rate for one in self._written]
        taken = {*identifiers_of(self.species), *parameters_in(given, ())}
        letter = "k"
        while any(f"{letter}{i + 1}" in taken for i, rate in enumerate(given) if not rate):
            letter += "k"
        return [rate or f"{letter}{i + 1}" for i, rate in enumerate(given)]

    def _with_numbers(self, rate: str) -> str:
        """The rate with the constants that have a number."""
        for name, number in self._numbers.items():
            if name not in self.species:
                rate = re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w)", f"({number})", rate)
        return rate


def _statements(text: str) -> list[str]:
    """The lines, without remarks and LaTeX's words for signs, parted at semicolons."""
    latex = {
        r"\rightleftharpoons": "⇌", r"\leftrightarrow": "↔", r"\rightarrow": "→", r"\leftarrow": "←", r"\to": "→",
        r"\varnothing": "∅", r"\emptyset": "∅", "$": "",
    }  # fmt: skip
    for word, sign in latex.items():
        text = text.replace(word, sign)
    lines = [re.split(r"#|//", line)[0] for line in text.replace("−", "-").splitlines()]
    return [part for line in lines for part in line.split(";") if part.strip()]


def _parted(line: str) -> list[str]:
    """The reactions of a line: several where commas stand between them."""
    pieces = list(at_commas(line))
    arrows = [bool(_ARROW.search(piece)) for piece in pieces]
    if sum(arrows) < 2:
        return [line]
    if all(arrows):
        return pieces
    raise ValueError(f"{line.strip()!r} has commas between reactions and between rates; part reactions by semicolons")


def _reactions(line: str) -> list[_Written]:
    """Every step of A -> B <-> C, each way by itself. Raises ValueError."""
    core, beside = _rates_beside(line)
    sides, ways, within = _at_arrows(core)
    directions = sum(2 if way == "both" else 1 for way in ways)
    rates = _flat([beside, *within], line)
    if rates and len(rates) != directions:
        each = "one for each direction: A <-> B : kf, kr" if "both" in ways else "one for each arrow"
        raise ValueError(f"{line.strip()!r} has {directions} directions and {len(rates)} rates; give {each}")
    queue = iter(rates or [""] * directions)
    found = []
    for left, right, way in zip(sides, sides[1:], ways, strict=False):
        if way != "back":
            found.append(_Written(left, right, next(queue)))
        if way != "forth":
            found.append(_Written(right, left, next(queue)))
    return found


def _rates_beside(line: str) -> tuple[str, list[str]]:
    """The reaction alone, and what stands before a comma, after one, or after a colon."""
    pieces = list(at_commas(line))
    place = next(i for i, piece in enumerate(pieces) if _ARROW.search(piece))
    core, after = _ended(pieces[place])
    before = [rate for piece in pieces[:place] for rate in at_commas(re.sub(r"^\s*\((.*)\)\s*$", r"\1", piece))]
    rest = pieces[place + 1 :]
    return core, [rate.strip() for rate in (*before, *after, *rest)]


def _ended(piece: str) -> tuple[str, list[str]]:
    """A reaction without its label in front, and the rate after its colon."""
    first = _ARROW.search(piece)
    start = piece.find(":", 0, first.start() if first else 0) + 1
    last = max(match.end() for match in _ARROW.finditer(piece))
    colon = piece.find(":", last)
    return (piece[start:], []) if colon < 0 else (piece[start:colon], [piece[colon + 1 :]])


def _at_arrows(core: str) -> tuple[list[Side], list[str], list[list[str]]]:
    """The sides, which way the arrows between them point, and the rates at each arrow."""
    in_brackets = re.compile(r"\s*(?:\{([^{}]*)\}|\[([^\[\]]*)\])")
    sides, ways, rates, place = [], [], [], 0
    for match in _ARROW.finditer(core):
        if match.start() < place:
            continue  # within braces
        sides.append(_side(core[place : match.start()], core))
        ways.append(str(match.lastgroup))
        place, told = match.end(), []
        while (braces := in_brackets.match(core, place)) is not None:
            told += [rate.strip() for rate in at_commas(braces[1] or braces[2] or "") if rate.strip()]
            place = braces.end()
        rates.append(told)
    sides.append(_side(core[place:], core))
    return sides, ways, rates


def _flat(groups: Sequence[list[str]], line: str) -> list[str]:
    beside, *within = groups
    told = [rate for group in within for rate in group]
    if beside and told:
        raise ValueError(f"{line.strip()!r} has rates at its arrow and beside it; keep one of these")
    rates = beside or told
    if not all(rates):
        raise ValueError(f"{line.strip()!r} has an empty rate; write one, or leave the sign before it out")
    return rates


def _side(text: str, line: str) -> Side:
    """Species with their counts. Raises ValueError."""
    if text.strip() in ("", "0", "∅", "Ø", "ø", "null", "{}"):
        return ()
    term = re.compile(rf"\s*(?:(?P<count>\d+)\s*\*?\s*)?(?P<name>{NAME})\s*(?P<plus>\+|$)")
    found, place = [], 0
    while True:
        match = term.match(text, place)
        if match is None:
            raise ValueError(f"{text[place:].strip() or '+'!r} in {line.strip()!r} is not understood{_remedy(text)}")
        count = int(match["count"] or 1)
        if not count:
            raise ValueError(f"{match['name']!r} stands 0 times in {line.strip()!r}; leave it out")
        found.append((match["name"], count))
        place = match.end()
        if not match["plus"]:
            return tuple(found)


def _remedy(text: str) -> str:
    if re.search(r"\d\s*[./]\s*\d", text):
        return "; counts are whole numbers: multiply the reaction"
    if "=" in text or "'" in text:
        return f"; equations x' = ... stand without arrows, and reactions are {FORM}"
    return f"; write species with counts, such as 2 H2 + O2: {FORM}"
