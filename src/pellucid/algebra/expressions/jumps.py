"""Functions that jump: step(u) is 1 from u = 0 on and 0 before, floor(u), ceiling(u), sign(u), and u mod p in [0, p).

The numbers within them are thresholds: y stays the same while one moves between two rows, so that they are never fitted
by slopes. Decimals are read as the fractions that they write: sympy would round them within a modulus.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

JUMPS = (sympy.Heaviside, sympy.floor, sympy.ceiling, sympy.sign, sympy.Mod)


def step(u: sympy.Expr) -> sympy.Expr:
    """1 where u >= 0, else 0.

    >>> x = sympy.Symbol("x", real=True)
    >>> step(x - 2).subs(x, 2), step(x - 2).subs(x, 1)
    (1, 0)
    """
    return sympy.Heaviside(exact(u), sympy.Integer(1))  # pyright: ignore[reportArgumentType]


def modulo(u: sympy.Expr, p: sympy.Expr) -> sympy.Expr:
    """u - p floor(u/p).

    >>> modulo(sympy.Symbol("t", real=True), sympy.Float("2.5"))
    Mod(t, 5/2)
    """
    return sympy.Mod(exact(u), exact(p))


def modulo_written_out(u: Any, p: Any) -> sympy.Expr:
    """Mod(u, p) as what it stands for.

    >>> u, p = sympy.symbols("u p", real=True)
    >>> modulo_written_out(u, p)
    -p*floor(u/p) + u
    """
    return sympy.Add(u, -p * sympy.floor(u / p))


def exact(e: Any) -> Any:
    """The expression with the fraction that each of its decimals writes."""
    return e.xreplace({number: sympy.Rational(repr(float(number))) for number in e.atoms(sympy.Float)})


def has_jumps(e: Any) -> bool:
    """Whether some function in it jumps.

    >>> has_jumps(step(sympy.Symbol("x"))), has_jumps(sympy.Symbol("x"))
    (True, False)
    """
    return bool(e.has(*JUMPS))


class _Latex(LatexPrinter):
    """sympy's own, but a step is called so, and a modulus is what every typesetter knows."""

    def _print_Heaviside(self, expr: Any, exp: Any = None) -> str:
        raised = "" if exp is None else f"^{{{exp}}}"
        return rf"\operatorname{{step}}{raised}{{\left({self._print(expr.args[0])} \right)}}"

    def _print_Mod(self, expr: Any, exp: Any = None) -> str:
        left, right = self.parenthesize(expr.args[0], PRECEDENCE["Mul"]), self._print(expr.args[1])
        inside = rf"{left} \;\operatorname{{mod}}\; {right}"
        return inside if exp is None else rf"\left({inside}\right)^{{{exp}}}"


def latex_of(e: Any) -> str:
    r"""The expression typeset.

    >>> latex_of(step(sympy.Symbol("x") - 2))
    '\\operatorname{step}{\\left(x - 2 \\right)}'
    """
    return _Latex().doprint(e)
