"""Inequalities between parameters, and which conditions they rule out.

"a > 0" puts a positive symbol for a, "a < 0" a negative one; "a > b" (or "a > 2") puts b + s for a with a new positive
s. A polynomial all of whose coefficients then have one sign, with even powers of what has no known sign (no parameter
is 0), is 0 nowhere: sufficient, and not necessary, so that a case too many may be listed, and none too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sympy

from ..arithmetic.polynomials import Polynomial, to_expression
from ..expressions.text import parse, symbols_of


@dataclass(frozen=True)
class Assumptions:
    """What is known of the signs of `parameters`, from inequalities as text."""

    parameters: tuple[str, ...]
    inequalities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for what is no inequality, and where one is false by the others."""
        for text in self.inequalities:
            self._sides(text)
        for k, text in enumerate(self.inequalities):
            others = self.inequalities[:k]  # those before it: of two that contradict each other one is the later
            if others and Assumptions(self.parameters, others)._is_false(text):
                raise ValueError(f"assumption {text!r} contradicts {', '.join(others)}; leave one of them out")

    def never_zero(self, expression: Any) -> bool:
        """Whether the expression (a quotient of polynomials) is 0 for no values with these signs.

        >>> a, b = sympy.symbols("a b", real=True)
        >>> known = Assumptions(("a", "b"), ("a > 0", "b > 0"))
        >>> known.never_zero(a**2 + a*b), known.never_zero(a - b)
        (True, False)
        >>> Assumptions(("a", "b"), ("b > 0", "a > b")).never_zero(a - b)
        True
        """
        above, _ = sympy.fraction(sympy.together(expression.subs(self._table, simultaneous=False)))
        symbols = sorted(above.free_symbols, key=str)
        if not symbols:
            return above != 0
        unsure = [not symbol.is_positive for symbol in symbols]
        signs = set()
        for powers, coefficient in sympy.Poly(sympy.expand(above), *symbols).terms():
            if any(odd % 2 for odd, doubtful in zip(powers, unsure, strict=True) if doubtful):
                return False
            signs.add(bool(coefficient > 0))
        return len(signs) == 1

    def excludes(self, polynomial: Polynomial) -> bool:
        """The same for a polynomial of FLINT's in the parameters."""
        return bool(self.inequalities) and self.never_zero(to_expression(polynomial))

    def contradicts(self, values: Iterable[tuple[str, str]]) -> bool:
        """Whether no parameters with these signs have the values (text over the other parameters)."""
        if not self.inequalities:
            return False
        symbols = symbols_of(self.parameters)
        solved = {symbols[name]: parse(text, self.parameters) for name, text in values}
        if any(self.never_zero(symbol - value) for symbol, value in solved.items()):
            return True
        return any(self._is_false(text, solved) for text in self.inequalities)

    def _is_false(self, text: str, solved: Mapping[Any, Any] = MappingProxyType({})) -> bool:
        """Whether an inequality holds for no values with these signs, what is `solved` for put in."""
        greater, less = self._sides(text)
        difference = sympy.cancel((greater - less).xreplace(dict(solved)))
        if difference.free_symbols & set(solved):
            return False
        return bool(difference == 0) or self._negative(difference)

    def _negative(self, expression: Any) -> bool:
        """Whether all coefficients, above and below the line, say that it is below 0."""
        if not expression.free_symbols:
            return bool(expression < 0)
        parts = sympy.fraction(sympy.together(expression.subs(self._table, simultaneous=False)))
        signs = []
        for part in map(sympy.expand, parts):
            terms: Sequence[Any] = sympy.Add.make_args(part)
            if all(term.is_positive for term in terms):
                signs.append(1)
            elif all(term.is_negative for term in terms):
                signs.append(-1)
            else:
                return False
        return signs[0] * signs[1] < 0

    @property
    def _table(self) -> list[tuple[Any, Any]]:
        """Each parameter of which something is known, in positive symbols, to be put in one after the other.

        What is greater comes first, and as often as there is any: with a > b and c > a, a stands again in what c is.
        """
        signs: dict[Any, Any] = {}
        above: dict[Any, Any] = {}
        for k, (greater, less) in enumerate(map(self._sides, self.inequalities)):
            if greater.is_Symbol and less == 0:
                signs[greater] = sympy.Symbol(f"p_{greater}", positive=True)
            elif less.is_Symbol and greater == 0:
                signs[less] = -sympy.Symbol(f"p_{less}", positive=True)
            elif greater.is_Symbol and not less.has(greater):
                above.setdefault(greater, less + sympy.Symbol(f"s_{k}", positive=True))
        signed = ((symbol, sign) for symbol, sign in signs.items() if symbol not in above)
        return [*(list(above.items()) * len(above)), *signed]

    def _sides(self, text: str) -> tuple[Any, Any]:
        """(greater, less). Raises ValueError."""
        match = re.fullmatch(r"([^<>=!]+)([<>])([^<>=!]+)", text.strip())
        if match is None:
            raise ValueError(f"assumption {text!r} is no strict inequality; write 'a > 0', 'a > b' or 'a < 2'")
        left, right = parse(match[1], self.parameters), parse(match[3], self.parameters)
        return (left, right) if match[2] == ">" else (right, left)
