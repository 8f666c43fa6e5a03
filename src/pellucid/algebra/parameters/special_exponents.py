"""At which values of a parameter in exponents a matrix over powers has a smaller rank, and so more is conserved.

u_t = u^n u_x + u_xxx: that is so only where products of powers in the equations coincide, which they do at finitely
many rational n, and where a factor of the elimination in general is 0. Each such n is put in and the rank counted
again; so are the conditions on the other parameters there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from ..arithmetic.parametric_rank import Row, TooLarge
from ..arithmetic.polynomials import to_expression
from ..expressions.text import parse, to_text
from .assumptions import Assumptions
from .power_rows import PowerRows
from .special_parameters import Walk, rank_at_random, special_parameters
from .special_values import SpecialValues, Values, values_of


@dataclass(frozen=True)
class ExponentSearch:
    """The search over `rows`, whose rank in general is that of `columns` less what is conserved.

    `at` gives the number of columns, and the rows, at a value of the exponent; what is constant by itself counts in
    neither.
    """

    rows: PowerRows
    columns: int
    at: Callable[[Fraction], tuple[int, list[Row]]]
    depth: int
    most: int
    seed: int
    known: Assumptions
    told: Callable[[int, int], None]

    def run(self) -> SpecialValues:
        """Every case of at most `depth` conditions, and the exponents that were tried. Raises TooLarge."""
        alone = len(self.rows.parameters) == 1
        walk = self._walk(self.rows.general(), 1 if alone else self.depth)
        general = self.columns - walk.rank
        found = [(values_of(branch.conditions), self.columns - branch.rank) for branch in walk.branches]
        numbers = {number for values, _ in found if (number := self._number(values)) is not None}
        numbers |= self.rows.coincidences()
        tried = sorted((n for n in numbers if self._may_be(n)), key=lambda n: (n.denominator, abs(n), n < 0))
        cases = [case for case in found if self._number(case[0]) is None and not self.known.contradicts(case[0])]
        left, deeper = _texts(walk), walk.deeper and not alone
        for number in tried:
            more, further = self._there(number, general)
            cases += more
            left += [entry for entry in further.left if entry not in left] if further else []
            deeper = deeper or bool(further and further.deeper)
        if alone:
            left = [entry for entry in left if not self._is_tried(entry[0], tried)]
        return SpecialValues(general, tuple(cases), tuple(left), deeper, tuple(map(str, tried)))

    def _walk(self, rows: list[Row], depth: int) -> Walk:
        return special_parameters(rows, [], depth, self.most, self.seed, self.known.excludes, self.told)

    def _number(self, values: Values) -> Fraction | None:
        """The exponent, where the conditions make it a number other than 0."""
        text = dict(values).get(self.rows.parameter)
        value: Any = None if text is None else parse(text, self.rows.parameters)
        return Fraction(int(value.p), int(value.q)) if value is not None and value.is_Rational and value != 0 else None

    def _may_be(self, number: Fraction) -> bool:
        return not self.known.contradicts(((self.rows.parameter, str(number)),))

    def _is_tried(self, text: str, tried: list[Fraction]) -> bool:
        """Whether it is 0 at one of the exponents that were tried, and only there."""
        name = self.rows.parameter
        polynomial = sympy.Poly(parse(text, (name,)), sympy.Symbol(name, real=True))
        zeros = [Fraction(int(z.p), int(z.q)) for z in polynomial.ground_roots()]
        return len(zeros) == polynomial.degree() and set(zeros) <= set(tried)

    def _there(self, number: Fraction, general: int) -> tuple[list[tuple[Values, int]], SpecialValues | None]:
        """The cases with this exponent: by itself, and with conditions on the other parameters."""
        name, text = self.rows.parameter, str(number)
        others = len(self.rows.parameters) > 1 and self.depth > 1
        rank_here = rank_at_random(self.rows.at(number), self.seed)
        if not others and rank_here >= self.columns - general:
            return [], None
        columns, rows = self.at(number)
        alone = columns - rank_at_random(rows, self.seed)
        cases: list[tuple[Values, int]] = [(((name, text),), alone)] if alone > general else []
        if not others:
            return cases, None
        try:
            walk = self._walk(rows, self.depth - 1)
        except TooLarge:
            return cases, SpecialValues(alone, (), ((f"{name} - ({text})",),), False)
        for branch in walk.branches:
            values, count = ((name, text), *values_of(branch.conditions)), columns - branch.rank
            if count > max(general, alone) and not self.known.contradicts(values):
                cases.append((values, count))
        entries = tuple((f"{name} - ({text})", *entry) for entry in _texts(walk))
        return cases, SpecialValues(alone, (), entries, walk.deeper)


def _texts(walk: Walk) -> list[tuple[str, ...]]:
    return [tuple(to_text(to_expression(p)) for p in entry) for entry in walk.left]
