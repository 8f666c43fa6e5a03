"""What is known of equations before they are found: some of their terms, and signs of coefficients."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from ...algebra.expressions.text import parse


@dataclass(frozen=True)
class Known:
    """Terms of the rate of one state that are known, with their coefficients; and whether there are no others."""

    state: int
    terms: tuple[tuple[sympy.Expr, float], ...]
    whole: bool


@dataclass(frozen=True)
class Sign:
    """The coefficient of a term in the rate of one state is nowhere below 0 (`sign` 1), or nowhere above (-1)."""

    state: int
    term: sympy.Expr
    sign: int


def known_terms(equations: Sequence[str], names: tuple[str, ...], states: int) -> tuple[Known, ...]:
    """What equations such as "v' = -x + ..." say. Raises ValueError for what is no equation of a variable.

    >>> known_terms(["v' = -2*x + ..."], ("x", "v"), 2)[0]
    Known(state=1, terms=((x, -2.0),), whole=False)
    """
    found = []
    for text in equations:
        match = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*'\s*=\s*(.*?)(\+?\s*\.\.\.)?\s*", text)
        if match is None or match[1] not in names[:states]:
            raise ValueError(
                f'known {text!r} is no equation of a variable; write "v\' = -x", or "v\' = -x + ..." where terms are '
                f"missing, for one of {', '.join(names[:states])}"
            )
        pairs = [term.as_coeff_Mul() for term in sympy.Add.make_args(sympy.expand(parse(match[2] or "0", names)))]
        terms = tuple((sympy.sympify(term), float(number)) for number, term in pairs if number != 0)
        found.append(Known(names.index(match[1]), terms, match[3] is None))
    return tuple(found)


def signs_of_terms(texts: Sequence[str], names: tuple[str, ...], states: int) -> tuple[Sign, ...]:
    """What texts such as "v': v <= 0" say. Raises ValueError for what is no sign of a term of a variable's rate.

    >>> signs_of_terms(["v': -2*v >= 0"], ("x", "v"), 2)
    (Sign(state=1, term=v, sign=-1),)
    """
    found = []
    for text in texts:
        match = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*'\s*:(.+?)([<>])=?\s*0\s*", text)
        if match is None or match[1] not in names[:states]:
            raise ValueError(
                f"sign {text!r} is none of a term; write \"v': v <= 0\" where the coefficient of v in v' is at most 0, "
                f"for one of {', '.join(names[:states])}"
            )
        number, term = sympy.expand(parse(match[2], names)).as_coeff_Mul()
        if number == 0 or term.is_Add:
            raise ValueError(
                f"sign {text!r} is of {match[2].strip()!r}, which is no single term; give one for each term"
            )
        side = 1 if match[3] == ">" else -1
        found.append(Sign(names.index(match[1]), sympy.sympify(term), side if number > 0 else -side))
    return tuple(found)
