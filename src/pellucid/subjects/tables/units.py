"""Units: what dimension every column of a table has, as exponents over base units.

Only dimensions matter here: "km" is the metre's dimension, and its factor 1000 is no part of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

Exponents: TypeAlias = tuple[Fraction, ...]

SI = ("m", "s", "kg", "K", "A", "mol", "cd")


@dataclass(frozen=True)
class Units:
    """The dimension of every feature and of the target: exponents over `base`.

    >>> units = units_of({"d": "m", "t": "s"}, "m/s", ("d", "t"))
    >>> units.base, units.target
    (('m', 's'), (Fraction(1, 1), Fraction(-1, 1)))
    """

    base: tuple[str, ...]
    features: tuple[Exponents, ...]
    target: Exponents

    def __post_init__(self) -> None:
        for exponents in (*self.features, self.target):
            if len(exponents) != len(self.base):
                raise ValueError(f"units {exponents} have {len(exponents)} exponents; give one for each of {self.base}")
        if not reachable(self.features, self.target):
            raise ValueError(
                f"units cannot match: no product of powers of the features has the target's unit "
                f"{self.text(self.target)}; correct the units, or add the missing constant as a column"
            )

    def text(self, exponents: Exponents) -> str:
        """`exponents` in words, as in "m/s^2"."""
        return unit_text(self.base, exponents)

    def select(self, columns: Sequence[int]) -> Units:
        """The units of some of the features; raises ValueError where the target cannot be reached from them.

        >>> units_of({"d": "m", "t": "s", "n": "1"}, "m/s", ("d", "t", "n")).select([0, 1]).features
        ((Fraction(1, 1), Fraction(0, 1)), (Fraction(0, 1), Fraction(1, 1)))
        """
        return Units(self.base, tuple(self.features[i] for i in columns), self.target)


def units_of(features: Mapping[str, str], target: str, names: Iterable[str]) -> Units:
    """Units from text; features without an entry are dimensionless. Raises ValueError for unknown names and units.

    >>> units_of({"d": "m", "t": "s"}, "m/s", ("d", "t")).base
    ('m', 's')
    """
    names = tuple(names)
    unknown = sorted(set(features) - set(names))
    if unknown:
        raise ValueError(f"units name {unknown}, which are no features; the features are {list(names)}")
    parsed = [parse_unit(features.get(name, "1")) for name in names]
    goal = parse_unit(target)
    base = tuple(unit for unit in _ordered({u for exponents in (*parsed, goal) for u in exponents}))

    def row(exponents: Mapping[str, Fraction]) -> Exponents:
        return tuple(exponents.get(unit, Fraction(0)) for unit in base)

    return Units(base, tuple(map(row, parsed)), row(goal))


def read_units(path: Path | str, names: Iterable[str], target: str) -> Units:
    """Units from a TOML file with a table `[units]`: column = "unit". Raises ValueError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "units.toml"
    ...     _ = file.write_text("[units]\\nd = 'm'\\nt = 's'\\nv = 'm/s'\\n")
    ...     print(read_units(file, ["d", "t"], "v").base)
    ('m', 's')
    """
    table = _units_table(Path(path))
    if target not in table:
        raise ValueError(f"units {str(path)!r} does not give the target's unit; add {target} = '...' ('1' for none)")
    names = tuple(names)
    columns = {name: unit for name, unit in table.items() if name != target and name in names}
    return units_of(columns, table[target], names)


def _units_table(path: Path) -> dict[str, str]:
    """The table [units] of a TOML file. Raises ValueError where there is none, or where it holds more than texts."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("units")
    except FileNotFoundError:
        raise ValueError(f"units {str(path)!r} is no file; give a TOML file with a table [units]") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"units {str(path)!r} is not TOML ({error}); write lines such as mass = 'kg'") from None
    if not isinstance(table, dict) or not all(isinstance(unit, str) for unit in table.values()):
        raise ValueError(f"units {str(path)!r} has no table [units] of texts; write lines such as mass = 'kg' below it")
    return table


def parse_unit(text: str) -> dict[str, Fraction]:
    """The exponents in "kg*m^2/s^2", "m s^-1", "1": base units of the SI, usual derived ones, or names of your own.

    >>> parse_unit("J/K")
    {'kg': Fraction(1, 1), 'm': Fraction(2, 1), 's': Fraction(-2, 1), 'K': Fraction(-1, 1)}
    """
    token = re.compile(r"\s*(\*\*|[*/^()·]|[+-]?\d+(?:\.\d+)?|[A-Za-zµΩ°%]+)")
    tokens, end = [], 0
    while end < len(text.rstrip()):
        match = token.match(text, end)
        if match is None:
            raise ValueError(f"unit {text!r} is not understood at {text[end:]!r}; write, e.g., kg*m^2/s^2")
        tokens.append(match[1])
        end = match.end()
    parsed, rest = _product(tokens, text)
    if rest:
        raise ValueError(f"unit {text!r} is not understood at {rest[0]!r}; write, e.g., kg*m^2/s^2")
    return {unit: power for unit, power in parsed.items() if power}


def unit_text(base: Sequence[str], exponents: Sequence[Fraction]) -> str:
    """The unit as a person would write it: "kg*m/s^2", or "1".

    >>> unit_text(("m", "s"), (Fraction(1), Fraction(-2)))
    'm/s^2'
    """

    def power(unit: str, exponent: Fraction) -> str:
        if exponent == 1:
            return unit
        return f"{unit}^{exponent}" if exponent.denominator == 1 else f"{unit}^({exponent})"

    pairs = list(zip(base, exponents, strict=True))
    above = "*".join(power(unit, e) for unit, e in pairs if e > 0) or "1"
    below = [power(unit, -e) for unit, e in pairs if e < 0]
    if not below:
        return above
    return f"{above}/{below[0]}" if len(below) == 1 else f"{above}/({'*'.join(below)})"


def reachable(features: Sequence[Exponents], target: Exponents) -> bool:
    """Whether some product of (rational) powers of the features has the target's unit: exact rank comparison.

    >>> metre, second = (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))
    >>> reachable([metre], second), reachable([metre, second], (Fraction(1), Fraction(-2)))
    (False, True)
    """
    return _rank([*features, target]) == _rank(list(features))


def _rank(rows: list[Exponents]) -> int:
    matrix, rank = [list(row) for row in rows], 0
    for column in range(len(matrix[0]) if matrix else 0):
        pivot = next((i for i in range(rank, len(matrix)) if matrix[i][column]), None)
        if pivot is None:
            continue
        matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
        for i in range(rank + 1, len(matrix)):
            factor = matrix[i][column] / matrix[rank][column]
            matrix[i] = [a - factor * b for a, b in zip(matrix[i], matrix[rank], strict=True)]
        rank += 1
    return rank


def _product(tokens: list[str], text: str) -> tuple[dict[str, Fraction], list[str]]:
    """product := factor (('*' | '/' | nothing) factor)*"""
    total: dict[str, Fraction] = {}
    sign = 1
    while tokens and tokens[0] != ")":
        if tokens[0] in "*·/":
            sign, tokens = (-1 if tokens[0] == "/" else 1), tokens[1:]
        factor, tokens = _factor(tokens, text)
        for unit, exponent in factor.items():
            total[unit] = total.get(unit, Fraction(0)) + sign * exponent
        sign = 1
    return total, tokens


def _factor(tokens: list[str], text: str) -> tuple[dict[str, Fraction], list[str]]:
    """factor := ('(' product ')' | unit | number) ['^' exponent]"""
    if not tokens or tokens[0] in ("*", "/", "^", "**", ")"):
        raise ValueError(f"unit {text!r} ends too early; write, e.g., kg*m^2/s^2")
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        inner, rest = _product(rest, text)
        if not rest:
            raise ValueError(f"unit {text!r} has an open bracket; close it")
        rest = rest[1:]
    elif head[0] in "+-0123456789":
        inner = {}
    else:
        inner = _named_unit(head)
    if rest and rest[0] in ("^", "**"):
        exponent, rest = _exponent(rest[1:], text)
        inner = {unit: power * exponent for unit, power in inner.items()}
    return inner, rest


def _named_unit(name: str) -> dict[str, Fraction]:
    """A derived unit in base units; any other name is a base unit of its own."""
    derived = {
        "g": "kg", "km": "m", "cm": "m", "mm": "m", "nm": "m", "AU": "m", "au": "m", "ly": "m", "pc": "m",
        "ms": "s", "us": "s", "ns": "s", "min": "s", "h": "s", "hour": "s", "day": "s", "d": "s", "yr": "s",
        "year": "s", "N": "kg*m/s^2", "J": "kg*m^2/s^2", "eV": "kg*m^2/s^2", "W": "kg*m^2/s^3", "Pa": "kg/(m*s^2)",
        "bar": "kg/(m*s^2)", "Hz": "1/s", "C": "A*s", "V": "kg*m^2/(s^3*A)", "F": "s^4*A^2/(kg*m^2)",
        "ohm": "kg*m^2/(s^3*A^2)", "T": "kg/(s^2*A)", "Wb": "kg*m^2/(s^2*A)", "H": "kg*m^2/(s^2*A^2)",
        "S": "s^3*A^2/(kg*m^2)", "l": "m^3", "L": "m^3", "rad": "1", "deg": "1",
    }  # fmt: skip
    return parse_unit(derived[name]) if name in derived else {name: Fraction(1)}


def _exponent(tokens: list[str], text: str) -> tuple[Fraction, list[str]]:
    if tokens[:1] == ["("] and ")" in tokens:
        end = tokens.index(")")
        inside, rest = "".join(tokens[1:end]), tokens[end + 1 :]
    else:
        inside, rest = "".join(tokens[:1]), tokens[1:]
    try:
        return Fraction(inside), rest
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"unit {text!r} has the exponent {inside!r}; give a number such as 2 or (1/2)") from None


def _ordered(units: set[str]) -> list[str]:
    """Base units of the SI in their usual order, then names of one's own."""
    return [unit for unit in SI if unit in units] + sorted(units - set(SI))
