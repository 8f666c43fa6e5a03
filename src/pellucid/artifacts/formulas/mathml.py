"""Formulas as MathML, which browsers typeset in the page's own ink and size, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

import sympy

from .formula import Formula
from .readable import GREEK, equation

__all__ = ["mathml", "mathml_equation"]

_SPACE = "<mspace width='.12em'></mspace>"
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
"""How tightly an expression binds; brackets go around what binds less tightly than its place asks."""


def mathml(formula: Formula) -> str:
    """The equation as a block of presentation MathML.

    >>> print(mathml(Formula("a**2", ("a",), "y")))
    <math display="block"><mi>y</mi><mo>=</mo><msup><mi>a</mi><mn>2</mn></msup></math>
    """
    return mathml_equation(*equation(formula))


def mathml_equation(left: sympy.Expr, right: sympy.Expr) -> str:
    """left = right as a block of presentation MathML.

    >>> y, x = sympy.symbols("y x", real=True)
    >>> mathml_equation(y, sympy.sqrt(x))
    '<math display="block"><mi>y</mi><mo>=</mo><msqrt><mi>x</mi></msqrt></math>'
    """
    return f'<math display="block">{_markup(left)}<mo>=</mo>{_markup(right)}</math>'


def _markup(e: Any, place: int = _SUM) -> str:
    """The markup of `e`, in brackets where it binds less tightly than `place` asks."""
    write, binds = _writer(e)
    text = write(e)
    return _row("<mo>(</mo>", text, "<mo>)</mo>") if binds < place else text


def _writer(e: Any) -> tuple[Callable[[Any], str], int]:
    if e.is_Symbol:
        return lambda s: _symbol(s.name), _ATOM
    if e.is_Add or _is_negative(e):
        return _sum, _SUM
    if e in (sympy.pi, sympy.E):
        return lambda s: {sympy.pi: "<mi>π</mi>", sympy.E: "<mi>e</mi>"}[s], _ATOM
    if e.is_Number:
        return _number, _ATOM if e.is_Integer else _PRODUCT
    if e.is_Mul or _divides(e):
        return _product, _PRODUCT
    if isinstance(e, sympy.Pow | sympy.exp):
        return _power, _POWER
    return _function, _ATOM


def _is_negative(e: Any) -> bool:
    """Whether a minus sign stands in front."""
    return (e.is_Mul or e.is_Number) and e.could_extract_minus_sign()


def _divides(e: Any) -> bool:
    """Whether it is a power below a fraction bar."""
    return e.is_Pow and e.exp.could_extract_minus_sign()


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _symbol(name: str) -> str:
    head, *below = name.strip("_").split("_")
    match = re.fullmatch(r"([A-Za-z]+)(\d+)", head)
    if match:
        head, below = match[1], [match[2], *below]
    letter = GREEK.get(head, head)
    main = f"<mi>{escape(letter)}</mi>"
    subscript = ",".join(GREEK.get(part, part) for part in below)
    return f"<msub>{main}<mi>{escape(subscript)}</mi></msub>" if subscript else main


def _number(e: Any) -> str:
    if e.is_Rational and not e.is_Integer:
        return f"<mfrac><mn>{e.p}</mn><mn>{e.q}</mn></mfrac>"
    mantissa, _, exponent = (str(e.p) if e.is_Integer else f"{float(e):.6g}").partition("e")
    if not exponent:
        return f"<mn>{mantissa}</mn>"
    power = f"<msup><mn>10</mn>{_markup(sympy.Integer(int(exponent)))}</msup>"
    return _row(f"<mn>{mantissa}</mn><mo>·</mo>", power)


def _sum(e: Any) -> str:
    text = ""
    for term in e.as_ordered_terms() if e.is_Add else [e]:
        minus = term.could_extract_minus_sign()
        sign = "<mo>−</mo>" if minus else "<mo>+</mo>" if text else ""
        text += sign + _markup(-term if minus else term, _PRODUCT)
    return _row(text)


def _product(e: Any) -> str:
    root = _root_of_number(e)
    numerator, denominator = sympy.fraction(e if root is None else e / root[0], exact=True)
    above, below = _factors(numerator), _factors(denominator)
    if root is not None:
        side = below if root[2] else above
        side[:1] = [f"<msqrt>{_markup(root[1])}</msqrt>", *(_SPACE + part for part in side[:1])]
    if not below:
        return _row(*above) if len(above) > 1 else above[0]
    return f"<mfrac>{_row(*above) if above else '<mn>1</mn>'}{_row(*below)}</mfrac>"


def _root_of_number(e: Any) -> tuple[Any, Any, bool] | None:
    """The root among the numbers of a product: (itself, what is under it, whether it divides); one root, not several.

    sympy writes 1/sqrt(2 pi) as sqrt(2)/(2 sqrt(pi)).
    """
    number = sympy.Mul(*(factor for factor in sympy.Mul.make_args(e) if not factor.free_symbols))
    square = number**2
    if number.is_Rational or not number.has(sympy.Pow) or square.has(sympy.Float, sympy.Function):
        return None
    above, below = sympy.fraction(square)
    if _hides_root(above) or _hides_root(below):
        return None
    return (number, below, True) if above == 1 else (number, above, False) if below == 1 else None


def _factors(e: Any) -> list[str]:
    """A product's factors, side by side; none for 1."""
    factors = list(e.as_ordered_factors()) if e.is_Mul else [] if e == 1 else [e]
    if len(factors) == 1:
        return [_markup(factors[0])]
    parts = [_markup(factor, _PRODUCT) for factor in factors]
    for i in range(1, len(parts)):
        digits = re.match(r"(<m(row|sup|frac)>)*<mn>", parts[i])
        parts[i] = ("<mo>·</mo>" if digits else _SPACE) + parts[i]
    return parts


def _hides_root(e: Any) -> bool:
    """Whether roots stand within sums or products."""
    return e.has(sympy.Pow) and not e.is_Pow


def _power(e: Any) -> str:
    base: Any
    exponent: Any
    base, exponent = (sympy.E, e.args[0]) if isinstance(e, sympy.exp) else e.args
    if isinstance(exponent, sympy.Rational) and not exponent.is_Integer:
        return _fractional_power(base, int(exponent.p), int(exponent.q))
    if isinstance(base, sympy.Function) and not isinstance(base, sympy.Abs | sympy.exp) and exponent.is_Integer:
        return _function(base, raised=f"<mn>{exponent}</mn>")
    if base.is_Symbol and exponent.is_Integer and (below := re.fullmatch("<msub>(.*)</msub>", _markup(base))):
        return f"<msubsup>{below[1]}<mn>{exponent}</mn></msubsup>"
    return f"<msup>{_markup(base, _ATOM)}{_markup(exponent)}</msup>"


def _fractional_power(base: Any, p: int, q: int) -> str:
    """`base` to the power p/q: a root, or with the fraction raised."""
    if (p, q) == (1, 2):
        return f"<msqrt>{_markup(base)}</msqrt>"
    if p == 1:
        return f"<mroot>{_row(_markup(base))}<mn>{q}</mn></mroot>"
    return f"<msup>{_markup(base, _ATOM)}{_row(f'<mn>{p}</mn><mo>/</mo><mn>{q}</mn>')}</msup>"


def _function(e: Any, raised: str = "") -> str:
    inner = "<mo>,</mo>".join(_markup(argument) for argument in e.args)
    if isinstance(e, sympy.Abs):
        return _row("<mo>|</mo>", inner, "<mo>|</mo>")
    if isinstance(e, sympy.floor | sympy.ceiling):
        left, right = "⌊⌋" if isinstance(e, sympy.floor) else "⌈⌉"
        return _row(f"<mo>{left}</mo>", inner, f"<mo>{right}</mo>")
    if isinstance(e, sympy.Mod):
        return _row("<mo>(</mo>", _markup(e.args[0]), "<mo>mod</mo>", _markup(e.args[1], _PRODUCT), "<mo>)</mo>")
    if isinstance(e, sympy.Heaviside):
        inner = _markup(e.args[0])
    usual = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "log": "ln", "Min": "min", "Max": "max"}
    usual["Heaviside"] = "step"
    name = f"<mi>{escape(usual.get(type(e).__name__, type(e).__name__))}</mi>"
    return _row(f"<msup>{name}{raised}</msup>" if raised else name, "<mo>(</mo>", inner, "<mo>)</mo>")
