"""Formulas for people to read on one line: P² = a³ where there is room for such signs, P^2 = a^3 in plain text."""

from __future__ import annotations

import math
import re
from typing import Any

import sympy

from ...algebra.expressions.text import to_text
from .formula import Formula

__all__ = ["equation", "readable", "short_expression", "written"]

DIGITS = 6
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "kappa": "κ", "lambda": "λ", "lambd": "λ", "lambda_": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Omega": "Ω", "pi": "π",
}  # fmt: skip


def readable(formula: Formula, *, plain: bool = False) -> str:
    """The formula on one line; `plain` keeps to letters that any terminal has.

    >>> kepler = Formula("a**(3/2)", ("a",), "P")
    >>> readable(kepler), readable(kepler, plain=True)
    ('P² = a³', 'P^2 = a^3')
    >>> readable(Formula("m*v**2/2 + 0.123456789*sqrt(m)", ("m", "v"), "E"))
    'E = 0.123457·√m + m·v²/2'
    """
    left, right = equation(formula)
    return f"{written(left, plain=plain)} = {written(right, plain=plain)}"


def equation(formula: Formula) -> tuple[sympy.Expr, sympy.Expr]:
    """Both sides: a lone product of broken powers is raised until its powers are whole; constants are rounded."""
    left = sympy.Symbol(formula.target, real=True)
    right = short_expression(formula.sympy())
    power = _root(right)
    if power == 1:
        return left, right
    # powers are raised factor by factor: sympy keeps sqrt(a**3)**2 apart for an `a` of unknown sign
    factors = [
        sympy.Pow(*_times(factor, power)) if factor.free_symbols else factor**power
        for factor in sympy.Mul.make_args(right)
    ]
    return left**power, sympy.Mul(*factors)


def short_expression(expression: sympy.Expr, digits: int = DIGITS) -> Any:
    """The same with floating constants of at most `digits` digits, and decimals for 23/10 and its like: to be read, not
    to be computed with.

    >>> short_expression(sympy.Rational(23, 10) * sympy.Symbol("x"))
    2.3*x
    """
    numbers = {value: sympy.Float(value, digits) for value in expression.atoms(sympy.Float)}
    decimals = {value: sympy.Float(value, 15) for value in expression.atoms(sympy.Rational) if _is_decimal(value)}
    return expression.xreplace({**numbers, **decimals})


def _is_decimal(value: sympy.Rational) -> bool:
    """Whether a person would write the fraction as a decimal: 12/5, 23/10, 37/100, but not 1/2, 3/4, 1/5."""
    finite = all(prime in (2, 5) for prime in sympy.primefactors(int(value.q)))
    return finite and int(value.q) % 5 == 0 and abs(int(value.p)) > 1


def _times(factor: sympy.Expr, power: int) -> tuple[sympy.Expr, sympy.Expr]:
    base, exponent = factor.as_base_exp()
    return base, exponent * power


def _root(expression: sympy.Expr) -> int:
    """The common denominator of the powers of a lone positive product, where one of them is like 3/2; else 1.

    Only a small one: P^2 = a^3 reads better than P = a^(3/2), y^100 = x^37 does not.
    """
    denominators, worth = [1], False
    for factor in sympy.Mul.make_args(expression):
        if not factor.free_symbols:
            if factor.is_positive is not True:
                return 1
            continue
        base, exponent = factor.as_base_exp()
        if not base.is_Symbol or not isinstance(exponent, sympy.Rational):
            return 1
        denominators.append(int(exponent.q))
        worth |= int(exponent.q) > 1 and abs(int(exponent.p)) > 1
    common = math.lcm(*denominators)
    return common if worth and common <= 4 else 1  # the fifth power of y says less than a root


def written(expression: sympy.Expr, *, plain: bool = False) -> str:
    """An expression on one line; `plain` keeps to letters that any terminal has.

    >>> x, k = sympy.symbols("x k")
    >>> written(k*x**2), written(k*x**2, plain=True)
    ('k·x²', 'k*x^2')
    """
    text = re.sub(r"\d+\.\d+(e[+-]?\d+)?", _rounded, to_text(expression))
    text = text.replace("Abs(", "abs(")
    if plain:
        return text.replace("**", "^")
    raised = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
    text = re.sub(r"\*\*\((-?\d+)\)|\*\*(-?\d+)(?![\d.])", lambda m: (m[1] or m[2]).translate(raised), text)
    text = re.sub(r"\bsqrt\((\w+)\)", r"√\1", text).replace("sqrt(", "√(")
    text = re.sub(r"lambda_(?!\w)|[A-Za-z]+", lambda m: GREEK.get(m[0], m[0]), text)
    return text.replace("**", "^").replace("*", "·")


def _rounded(match: re.Match[str]) -> str:
    return f"{float(match[0]):.{DIGITS}g}"
