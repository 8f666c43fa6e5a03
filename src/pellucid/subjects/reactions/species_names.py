"""Names of species as chemists write them, Ca2+, OH-, E*, EnvZ-P, and what they are called in equations."""

from __future__ import annotations

import keyword
from collections.abc import Iterable

from ...algebra.expressions.notation import known_name

NAME = r"[^\W\d]\w*(?:-\w+)*\**(?:\^?\d*[+-](?=\s*(?:\+|$)))?"
"""A letter first; hyphens within; at the end stars and a charge, which nothing but another + or the end may follow."""


def identifiers_of(names: Iterable[str]) -> tuple[str, ...]:
    """A name for each species that can stand in an equation, all different.

    >>> identifiers_of(["Ca2+", "OH-", "E*", "EnvZ-P", "lambda", "α₁"])
    ('Ca2_plus', 'OH_minus', 'E_star', 'EnvZ_P', 'lamda', 'alpha1')
    """
    found: list[str] = []
    for name in names:
        plain = _plain(name)
        while plain in found:
            plain += "_"
        found.append(plain)
    return tuple(found)


def _plain(name: str) -> str:
    name = f"{name[:-1]}_minus" if name.endswith("-") else name
    for sign, word in (("+", "_plus"), ("*", "_star"), ("^", "")):
        name = name.replace(sign, word)
    name = known_name(name.replace("-", "_"))
    return f"{name}_" if keyword.iskeyword(name) else name
