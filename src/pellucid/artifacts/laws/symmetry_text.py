"""Symmetries and families of equations for people to read: generators, commutators, densities, a line for each."""

from __future__ import annotations

import re

import sympy

from ...algebra.expressions.text import parse
from ..formulas.readable import written
from .integrable_families import IntegrableFamilies
from .symmetries import Symmetries


def equation_lines_of(found: Symmetries, *, plain: bool = False) -> list[str]:
    """The equations that the symmetries are of, as they were given."""
    mark = "_t" if found.equation == "evolution" else "'"
    if found.equation == "field":
        lines = [f"{zero} = 0" for zero in found.rhs]
    else:
        lines = [f"{v}{mark} = {rhs}" for v, rhs in zip(found.variables, found.rhs, strict=True)]
    return [line.replace("**", "^") if plain else line.replace("**", "^").replace("*", "·") for line in lines]


def generator_lines(found: Symmetries, *, plain: bool = False) -> list[str]:
    """Each generator on a line, with what it is where it has a name.

    >>> generator_lines(Symmetries("evolution", ("u",), ("u_x",), (), ("t", "x", "u"), (("1", "0", "0"),), 1, 1,
    ...                            names=("translation in t",)), plain=True)
    ['X1 = d_t   translation in t']
    """
    names = found.names or ("",) * len(found.generators)
    fields = found.fields()
    width = max(map(len, fields), default=0)
    rows = []
    for i, (field, name) in enumerate(zip(fields, names, strict=True)):
        rows.append(
            f"X{i + 1} = {generator_text(field, plain=plain)}{' ' * (width - len(field) + 3) if name else ''}{name}"
        )
    return rows


def generator_text(field: str, *, plain: bool = False) -> str:
    """A generator as it is printed.

    >>> generator_text("2*t d_x - u d_u")
    '2·t ∂x - u ∂u'
    """
    text = field.replace("**", "^")
    return text if plain else text.replace("*", "·").replace("d_", "∂")


def algebra_lines(found: Symmetries, *, plain: bool = False, most_commutators: int = 60) -> list[str]:
    """How many there are, their algebra, and the first of the commutators that are not 0."""
    most = "<=" if plain else "≤"
    count = f"{found.dimension} point symmetr{'y' if found.dimension == 1 else 'ies'}"
    lines = [f"{count} with components polynomial of degree {most} {found.degree} in {', '.join(found.coordinates)}"]
    if found.dimension > len(found.generators):
        lines.append(f"{found.dimension - len(found.generators)} of them not in closed form")
    if found.linearisable:
        lines.append("linearisable: a change of time and place makes it x'' = 0, so that it has 8 point symmetries")
    if found.algebra:
        lines.append(f"algebra: {found.algebra}")
    brackets = _brackets(found, plain)
    if brackets:
        rest = len(brackets) - most_commutators
        lines.append(", ".join(brackets[:most_commutators]) + (f" and {rest} more" if rest > 0 else ""))
    return lines


def _brackets(found: Symmetries, plain: bool) -> list[str]:
    """The commutators that are known and not 0."""
    table = found.table()
    places = [(i, j) for i in range(len(table)) for j in range(i + 1, len(table)) if table[i][j] not in ("0", "?")]
    return [
        f"[X{i + 1}, X{j + 1}] = {table[i][j].replace('**', '^') if plain else table[i][j].replace('*', '')}"
        for i, j in places
    ]


def generator_expressions(found: Symmetries) -> list[sympy.Expr]:
    """Each generator as an expression in symbols that stand for derivatives, to be typeset."""
    partial = [sympy.Symbol(f"∂_{name}", real=True) for name in found.coordinates]
    return [sympy.Add(*(c * d for c, d in zip(g, partial, strict=True))) for g in found.sympy()]


def family_lines(found: IntegrableFamilies, *, plain: bool = False) -> list[str]:
    """Each family: its equation, what the literature calls it, and below its densities."""
    lines = []
    for family in found.families:
        law = family.law
        inside = family.name.startswith("contains ")  # a list of names, too long to stand beside the equation
        told = [family.equation + (f"   {family.name}" if family.name and not inside else "")]
        told += [f"  {family.name}"] if inside else []
        lines += [line.replace("**", "^") if plain else raised(line) for line in told]
        names = (*law.fields, *sorted({str(s) for pair in law.sympy() for s in pair[0].free_symbols} - {*law.fields}))
        densities = [written(parse(density, names), plain=plain) for density in law.densities]
        lines.append(f"  conserved: {'; '.join(densities)}")
    return lines


def raised(text: str) -> str:
    """Powers and products as they are printed.

    >>> raised("u_t = a*u**2*u_x")
    'u_t = a·u²·u_x'
    """
    return re.sub(r"\*\*(\d+)", _raised, text).replace("*", "·")


def _raised(power: re.Match[str]) -> str:
    return power[1].translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
