"""Rewriting: shorter forms that nets of one-variable functions hide, tanh(log(x) / 2) = (x - 1) / (x + 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import sympy

from .candidate import Candidate
from .description import formula_bits
from .polish import evaluate_candidate
from .primitives import Array
from .settings import EFFORTS
from .tidy import shortest

Step = Callable[[sympy.Expr], sympy.Expr]


def shorter(candidate: Candidate, X: Array, y: Array, names: Sequence[str]) -> Candidate:
    """The candidate in its shortest form; forms that do not say the same on the rows of X are refused.

    >>> import numpy as np
    >>> x = sympy.Symbol("x", real=True)
    >>> X = np.linspace(1, 2, 9)[:, None]
    >>> long = evaluate_candidate(sympy.log(sympy.exp(x) ** 2), X, 2 * X[:, 0], ["x"])
    >>> shorter(long, X, 2 * X[:, 0], ["x"]).expression
    2*x
    """
    best = candidate
    for form in forms(candidate.expression):
        if formula_bits(form) >= formula_bits(best.expression):
            continue
        rewritten = evaluate_candidate(form, X, y, names, candidate.route)
        if rewritten is not None and rewritten.error <= 1.001 * candidate.error + 1e-13 * float(abs(y).max()):
            best = rewritten
    return best


def forms(expression: sympy.Expr) -> Iterator[sympy.Expr]:
    """Equal expressions in other words: inverse functions that meet each other are undone.

    >>> u, v = sympy.symbols("u v", real=True)
    >>> list(forms(sympy.tanh(sympy.atanh(u) + sympy.atanh(v))))[0]
    (u + v)/(u*v + 1)
    """
    if sympy.count_ops(expression) > EFFORTS.rewritten_operations or expression.has(sympy.Float):
        return
    positive = {symbol: sympy.Symbol(str(symbol), positive=True) for symbol in expression.free_symbols}
    back = {new: old for old, new in positive.items()}
    steps: tuple[tuple[tuple[type, ...], tuple[type, ...], Step], ...] = (
        ((sympy.tanh, sympy.tan, sympy.sin), (sympy.atanh, sympy.atan, sympy.asin), sympy.expand_trig),
        ((sympy.tanh, sympy.cosh), (sympy.log, sympy.atanh), lambda e: e.rewrite(sympy.exp)),
        ((sympy.exp, sympy.Pow), (sympy.log,), lambda e: sympy.powsimp(sympy.expand_log(e, force=True))),
        ((sympy.log,), (sympy.exp,), lambda e: sympy.expand_log(e, force=True)),
    )
    seen = {expression}
    for outer, inner, step in steps:  # where a function of the first kind holds one of the second
        form = _rewritten(step, expression, positive, back) if _nested(expression, outer, inner) else None
        if form is not None and form not in seen and not form.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I):
            seen.add(form)
            yield form


def _nested(expression: sympy.Expr, outer: tuple[type, ...], inner: tuple[type, ...]) -> bool:
    return any(part.has(*inner) for found in expression.atoms(*outer) for part in found.args)


def _rewritten(step: Step, expression: sympy.Expr, positive: dict, back: dict) -> sympy.Expr | None:
    try:
        return shortest(sympy.cancel(sympy.together(_in(step, expression, positive, back))))
    except (sympy.PolynomialError, NotImplementedError, ZeroDivisionError, TypeError, ValueError):
        return None


def _in(step: Step, expression: sympy.Expr, there: dict, back: dict) -> sympy.Expr:
    return step(expression.xreplace(there)).xreplace(back)  # pyright: ignore[reportReturnType, reportArgumentType]


def with_powers(expression: sympy.Expr) -> sympy.Expr:
    """The same with powers where the exponential of a logarithm times a factor stands: nobody writes the latter.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> with_powers(2 * sympy.exp(y * sympy.log(x) + x / 2))
    2*x**y*exp(x/2)
    """
    if not (expression.has(sympy.exp) and expression.has(sympy.log)):
        return expression
    return expression.replace(sympy.exp, _powers)  # pyright: ignore[reportReturnType]


def _powers(exponent: sympy.Expr) -> sympy.Expr:
    powers, rest = [], []
    for term in sympy.Add.make_args(exponent):
        logarithms = [factor for factor in sympy.Mul.make_args(term) if isinstance(factor, sympy.log)]
        if len(logarithms) == 1:
            powers.append(logarithms[0].args[0] ** (term / logarithms[0]))
        else:
            rest.append(term)
    return sympy.Mul(*powers, sympy.exp(sympy.Add(*rest)))
