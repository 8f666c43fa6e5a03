"""The ways to write a quotient of polynomials with exact numbers: with factors, and as a polynomial with a rest.

(x^3 + 3 x^2 + 3 x + 1)/(x^2 + 1) = (x + 1)^3/(x^2 + 1),      (5 x^2 - x y + 10)/(x^2/2 + 1) = 10 - x y/(x^2/2 + 1)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy


def quotient_forms(expression: Any, most_terms: int = 24) -> Iterator[Any]:
    """The same expression written otherwise, where it is a polynomial or quotient with rational numbers.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> [str(form) for form in quotient_forms((5 * x**2 - x * y + 10) / (x**2 / 2 + 1))]
    ['-x*y/(x**2/2 + 1) + 10']
    """
    symbols = sorted(expression.free_symbols, key=str)
    if not symbols or expression.has(sympy.Float) or not expression.is_rational_function(*symbols):
        return
    above, below = (sympy.Poly(part, *symbols) for part in expression.as_numer_denom())
    if not (above.domain.is_QQ or above.domain.is_ZZ) or len(above.terms()) + len(below.terms()) > most_terms:
        return
    over, under = _as_written(expression, above.as_expr(), below.as_expr())
    forms = [_factored(over) / _factored(under)]
    if not below.is_ground:
        whole, rest = sympy.reduced(over, [under], *symbols)
        forms += [whole[0] + rest / under] if whole[0] != 0 and rest != over else []
    yield from (form for form in dict.fromkeys(forms) if form != expression)


def _factored(polynomial: Any) -> Any:
    """With its factors where it has some that are no numbers, as it is otherwise."""
    factors = sympy.factor_list(polynomial)[1]
    return sympy.factor(polynomial) if sum(power for _, power in factors) > 1 else polynomial


def _as_written(expression: Any, above: Any, below: Any) -> tuple[Any, Any]:
    """Above and below the bar, with the number before the denominator that it has in the expression."""
    ratio: Any = sympy.cancel(sympy.denom(expression) / below)
    return (sympy.expand(ratio * above), sympy.expand(ratio * below)) if ratio.is_number else (above, below)
