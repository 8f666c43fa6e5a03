"""Names of columns as names that can stand in a formula."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, count


def identifiers(names: Iterable[str]) -> list[str]:
    """Names that can stand in a formula, all different, in the order of `names`.

    >>> identifiers(["mass (kg)", "lambda", "2nd", "mass/kg"])
    ['mass_kg', 'lambda_', 'x_2nd', 'mass_kg_2']
    """
    found: list[str] = []
    for name in names:
        text = re.sub(r"\W+", "_", name)
        text = "".join(letter if f"x{letter}".isidentifier() else "_" for letter in text).strip("_") or "x"
        text = text if text.isidentifier() else f"x_{text}"
        text = f"{text}_" if keyword.iskeyword(text) else text
        found.append(next(t for t in chain([text], (f"{text}_{i}" for i in count(2))) if t not in found))
    return found


def column_names(headers: Iterable[str]) -> list[str]:
    """Names of columns for formulas: their headers as identifiers, without the unit in brackets where that is enough.

    The unit of "T [K]" or "T (K)" goes where all names stay different; "x(0)", which may be a value of x, is kept.

    >>> column_names(["T [K]", "rate (1/s)", "x(0)", "d (m)", "d (cm)"])
    ['T', 'rate', 'x_0', 'd_m', 'd_cm']
    """
    whole = list(headers)
    bare = [without_unit(header) for header in whole]
    taken = Counter([*bare, *(header for header, name in zip(whole, bare, strict=True) if header != name)])
    return identifiers(name if taken[name] == 1 else header for name, header in zip(bare, whole, strict=True))


def without_unit(header: str) -> str:
    """The header without what stands in brackets at its end.

    >>> without_unit("k [1/s]"), without_unit("k (1/s)"), without_unit("f(x)")
    ('k', 'k', 'f(x)')
    """
    found = re.fullmatch(r"(.*\w)(\s*\[[^\[\]]*\]|\s+\([^()]*\))\s*", header, re.DOTALL)
    return found.group(1).strip() if found else header


def renamed(names: Sequence[str], called: Sequence[str]) -> list[str]:
    """A note on every column that has another name now.

    >>> renamed(["t", "mass (kg)"], ["t", "mass_kg"])
    ["column 'mass (kg)' is called 'mass_kg'"]
    """
    return [f"column {old!r} is called {new!r}" for old, new in zip(names, called, strict=True) if old != new]
