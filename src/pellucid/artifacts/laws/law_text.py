"""Laws for people to read: equations, conserved quantities and what their counts mean, a line for each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, TypeAlias

import sympy

from ...algebra.expressions.text import parse
from ..formulas.readable import written
from .conservation_laws import ConservationLaws
from .densities import Densities
from .invariants import Invariants
from .special_cases import Law, SpecialCase, SpecialCases, count_of
from .symmetries import Symmetries
from .symmetry_text import generator_expressions, generator_text

Laws: TypeAlias = "Invariants | Densities | ConservationLaws"


def equation_lines(found: Laws, *, plain: bool = False, most: int = 12) -> list[str]:
    """The equations that the laws are of, as they were given; of very many, the first."""
    if isinstance(found, Invariants):
        lines = [f"{found.left(v)} = {_shown(rhs, plain)}" for v, rhs in zip(found.variables, found.rhs, strict=True)]
        lines += [f"0 = {_shown(text, plain)}" for text in found.constraints]
    elif isinstance(found, ConservationLaws):
        lines = [f"{_shown(text, plain)} = 0" for text in found.equations]
    else:
        lines = [f"{f}_t = {_shown(rhs, plain)}" for f, rhs in zip(found.fields, found.rhs, strict=True)]
    rest = len(lines) - most
    return lines if rest <= 0 else [*lines[:most], f"... and {rest} more"]


def law_lines(found: Laws, *, plain: bool = False) -> list[str]:
    """Each law on a line of its own; under a density its flux.

    >>> law_lines(Densities(("u",), ("u*u_x",), (), ("u",), ("-u**2/2",), 0, 1, 1), plain=True)
    ['rho1 = u', '  J1 = -u^2/2']
    """
    if isinstance(found, Invariants):
        names = itertools.chain(found.meanings, itertools.repeat(""))
        rows = zip(found.names(), found.sympy(), names, strict=False)
        lines = [f"{n} = {_short(e, plain)}{name and f'   {name}'}" for n, e, name in rows]
        return lines + [f"constant along solutions: {text}" for text in _texts(found, found.timed, plain)]
    if isinstance(found, ConservationLaws):
        return _current_lines(found, plain)
    lines = []
    for (name, flux_name), (density, flux) in zip(found.names(), found.sympy(), strict=True):
        lines.append(f"{name if plain else name.replace('rho', 'ρ')} = {_short(density, plain)}")
        lines.append(f"  {flux_name} = {_short(flux, plain)}" if flux is not None else f"  {flux_name}: no closed form")
    return lines


def count_lines(found: Laws, *, plain: bool = False) -> list[str]:
    """How many there are, and in which sense.

    >>> spring = Invariants(("x", "v"), ("v", "-k*x"), ("k",), ("k*x**2 + v**2",), 4, ("x", "v"), vectors=2)
    >>> print(*count_lines(spring, plain=True))
    1 functionally independent invariant, 2 linearly independent conserved polynomials of degree <= 4 in x, v, without \
explicit time
    """
    most = "<=" if plain else "≤"
    if isinstance(found, ConservationLaws):
        lines = [f"{_count(found.dimension, 'conservation law')}: {found.scope().replace('<=', most)}"]
        if found.dimension > len(found.multipliers):
            lines.append(f"{found.dimension - len(found.multipliers)} of them not in closed form")
        return lines
    if isinstance(found, Densities):
        laws = _count(found.dimension, "conserved density", "conserved densities")
        scope = f"derivatives up to order {found.order}, without explicit t and x, modulo x-derivatives"
        lines = [f"{laws} of degree {most} {found.degree}, {scope}"]
        if found.dimension > len(found.densities):
            lines.append(f"{found.dimension - len(found.densities)} of them not in closed form")
        return lines
    names = (*found.variables, *found.parameters)
    basis = ", ".join(written(parse(text, names), plain=plain) for text in found.basis)
    independent = _count(len(found.expressions), "functionally independent invariant")
    linear = _count(found.vectors, "linearly independent conserved polynomial")
    inside = f"{linear} of degree {most} {found.degree} in {basis}"
    inside += found.timeless
    lines = [f"{independent}, {inside}"]
    lines += _constraint_lines(found)
    if found.trivial:
        why = "the basis, or the constraints, mean" if found.constraints else "the basis means"
        lines.append(f"not counted: {_count(found.trivial, 'polynomial')} constant by what {why}")
    return lines + _beyond_lines(found, plain)


def _beyond_lines(found: Invariants, plain: bool) -> list[str]:
    """What there is beyond the polynomials, and which functions were looked at."""
    lines = []
    if found.darboux:
        count = _count(len(found.darboux), "Darboux polynomial")
        curves = _texts(found, [f for f, _ in found.darboux[:6]], plain)
        lines.append(f"{count} f with f' = K f: {', '.join(curves)}{', ...' if len(found.darboux) > 6 else ''}")
    if found.multipliers:
        kind = f"Jacobi multiplier{'s' if len(found.multipliers) > 1 else ''} M with div(M x') = 0"
        lines.append(f"{kind}: {', '.join(_texts(found, found.multipliers, plain))}")
    lines += [f"also searched: {_shown(text, plain)}" for text in found.searched]
    full = len(found.expressions) == len(found.variables) - 1 - len(found.constraints)
    if not full and (found.searched or not found.expressions):
        lines.append("not searched: higher degrees, and functions that are none of these")
    return lines


def _texts(found: Invariants, texts: Sequence[str], plain: bool) -> list[str]:
    names = (*found.variables, *found.parameters, found.time)
    return [_short(parse(text, names), plain) for text in texts]


def _current_lines(found: ConservationLaws, plain: bool) -> list[str]:
    """Each density with its fluxes under it, and the multiplier that gives them."""
    lines = []
    for names, law, multiplier in zip(found.names(), found.sympy(), found.multipliers, strict=True):
        shown = ", ".join(_shown(text, plain) for text in multiplier)
        if not law:
            lines.append(f"{names[0]}: no closed form, for the multiplier {shown}")
            continue
        lines.append(f"{names[0]} = {_short(law[0], plain)}")
        lines += [f"  {name} = {_short(flux, plain)}" for name, flux in zip(names[1:], law[1:], strict=True)]
        lines.append(f"  multiplier {shown}")
    return lines


def _constraint_lines(found: Invariants) -> list[str]:
    """Along which set the invariants are counted, where constraints say so."""
    count = len(found.constraints)
    if not count:
        return []
    what, hold, are = ("the constraint", "holds", "is") if count == 1 else ("the constraints", "hold", "are")
    ambient = len(found.expressions) + count
    return [f"counted along the set on which {what} {hold}; {ambient} where {what} {are} counted as well"]


def case_lines(found: SpecialCases, *, plain: bool = False) -> list[str]:
    """Where more is conserved than in general: a line for each condition on the parameters; or that there is none.

    >>> from pellucid.artifacts import SpecialCase
    >>> law = Invariants(("x",), ("(a - b)*x",), ("a", "b"), (), 1, ("x",), vectors=0)
    >>> one = Invariants(("x",), ("0",), ("a",), ("x",), 1, ("x",), vectors=1)
    >>> print(*case_lines(SpecialCases(law, (SpecialCase((("b", "a"),), one),), 2), plain=True), sep="\\n")
    where b = a: 1 independent, 1 conserved polynomial (0 in general): x
    no other case for all values of a, b but 0
    """
    if found.problem:
        return [found.describe()]
    lines = [_case_line(case, found.law, plain) for case in found.cases]
    nothing = "no more symmetries" if isinstance(found.law, Symmetries) else "nothing more is conserved"
    kind = "no other case" if lines else nothing
    domain = found.domain().replace("**", "^").replace("*", "*" if plain else "·")
    return [*lines, f"{kind} for {domain}", *_tried_lines(found)]


def _tried_lines(found: SpecialCases, most: int = 24) -> list[str]:
    """The exponents that were put in, because powers coincide there or a pivot is 0."""
    if not found.tried:
        return []
    rest = f" and {len(found.tried) - most} more" if len(found.tried) > most else ""
    return [
        f"exponents put in one by one, where powers coincide or a pivot is 0: {', '.join(found.tried[:most])}{rest}"
    ]


def _case_line(case: SpecialCase, law: Law, plain: bool) -> str:
    """The condition, how many are conserved there, and those that are not conserved in general."""
    names = (*_moving(law), *law.parameters)
    at = [(parse(name, names), parse(value, names)) for name, value in case.values]
    known = {sympy.expand(e.subs(at)) for e in map(sympy.expand, _laws_of(law))}
    there = _laws_of(case.law)
    new = [k for k, e in enumerate(there) if not _multiple(sympy.expand(e), known)]
    laws = "; ".join(_law_text(case.law, there, k, plain) for k in new or range(len(there)))
    values = " and ".join(f"{name} = {written(value, plain=plain)}" for name, value in at)
    values += f" ({case.name})" if case.name else ""
    counted = _counted_there(case.law, bool(there))
    return f"where {values}: {counted} ({count_of(law)} in general): {laws or 'too long to be written'}"


def _law_text(law: Law, expressions: Sequence[sympy.Expr], place: int, plain: bool) -> str:
    """One of the laws, or of the symmetries, as it is printed."""
    if isinstance(law, Symmetries):
        return generator_text(law.fields()[place], plain=plain)
    return _short(expressions[place], plain)


def _moving(law: Law) -> tuple[str, ...]:
    """The names of what moves: variables, or fields."""
    if isinstance(law, Symmetries):
        return tuple(dict.fromkeys([*law.coordinates, *law.variables]))
    return law.variables if isinstance(law, Invariants) else law.fields


def _counted_there(law: Law, listed: bool) -> str:
    """How many are conserved; of polynomials, how many of them are independent where these are `listed`."""
    if isinstance(law, Densities):
        return _count(law.dimension, "conserved density", "conserved densities")
    if isinstance(law, Symmetries):
        return _count(law.dimension, "point symmetry", "point symmetries")
    counted = _count(law.vectors, "conserved polynomial")
    return f"{len(law.expressions)} independent, {counted}" if listed or not law.vectors else counted


def _laws_of(law: Law) -> list[sympy.Expr]:
    if isinstance(law, Symmetries):
        return generator_expressions(law)
    return list(law.sympy()) if isinstance(law, Invariants) else [density for density, _ in law.sympy()]


def _multiple(expression: sympy.Expr, known: set[sympy.Expr]) -> bool:
    return any(other != 0 and sympy.cancel(expression / other).is_number for other in known)


def dependent_lines(found: Laws, *, plain: bool = False) -> list[str]:
    """Conserved polynomials that are functions of the independent ones, where they were few enough to be listed."""
    if not isinstance(found, Invariants):
        return []
    names = (*found.variables, *found.parameters)
    return [_short(parse(text, names), plain) for text in found.others]


def _shown(text: str, plain: bool) -> str:
    """The text of an equation in readable signs, its terms in the order that they were written in."""
    return text.replace("**", "^") if plain else text.replace("**", "^").replace("*", "·")


def _short(expression: sympy.Expr, plain: bool, most: int = 24) -> str:
    """At most so many terms, what fits on a line or two; what is longer is in the files."""
    terms = sympy.Add.make_args(expression)
    if len(terms) <= most:
        return written(expression, plain=plain)
    ordered: Any = expression.as_ordered_terms()
    return f"{written(sympy.Add(*ordered[:most]), plain=plain)} + ... ({len(terms)} terms)"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"
