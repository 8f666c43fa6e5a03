"""A relation between columns becomes an expression for the target: weights to exact numbers, solved, factored.

g(v) Q = P               v = g^-1(P / Q), the sign of roots read off the data
g(v)^2 A + g(v) B + C = 0     both roots are tried
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ....algebra.expressions.factoring import factored
from ....artifacts.formulas.formula_source import apart
from ..expression.snapping import free_bits, proposals, snap
from .null_spaces import Relation
from .relations import Table, Transform, View
from .settings import PRECISION

Floats = NDArray[np.float64]


def solve_relation(
    view: View, transform: Transform, table: Table, relation: Relation
) -> Iterator[tuple[sympy.Expr, float]]:
    """Expressions over real symbols that obey the relation, with their error (root mean square over all rows).

    First with exact numbers, then with the weights as measured; only those that are exact.
    """
    measured: list[sympy.Expr] = [sympy.Float(float(w), 17) for w in relation.weights / np.abs(relation.weights).max()]
    for weights in (exact_weights(relation), measured):
        sums = _sums(table, relation, weights)
        for v in _solutions(sums, transform, view):
            for expression in _signed(view, v):
                error = residual(expression, view)
                if error < PRECISION.exact * float(np.sqrt(np.mean(view.y**2))):
                    yield expression, error
                    return


def exact_weights(relation: Relation, most_normalisers: int = 5) -> list[sympy.Expr]:
    """The weights over one of them, the one that makes them simplest, snapped where they can be.

    >>> relation = Relation(np.arange(3), np.array([0.5, 1.0, -1.5]), np.full(3, 1e-14))
    >>> exact_weights(relation)
    [1, 2, -3]
    """
    best: tuple[float, list[sympy.Expr]] | None = None
    for reference in range(len(relation.weights))[: -most_normalisers - 1 : -1]:
        ratios = relation.weights / relation.weights[reference]
        relative = relation.uncertainties / np.abs(relation.weights)
        errors = np.abs(ratios) * (relative + relative[reference] + PRECISION.weight_error)
        bits, numbers = 0.0, []
        for ratio, error in zip(ratios.tolist(), errors.tolist(), strict=True):
            number = snap(ratio, error)
            known = proposals(ratio, error, 1)
            bits += free_bits(ratio, error) if number is None else known[0].bits
            numbers.append(sympy.Float(ratio, 17) if number is None else number)
        if best is None or bits < best[0]:
            best = bits, numbers
    assert best is not None
    return best[1]


def _sums(table: Table, relation: Relation, weights: list[sympy.Expr]) -> list[sympy.Expr]:
    """The factor of g(v)^k for k = 0, 1, ..."""
    degrees = table.degrees[relation.support]
    terms = [w * table.expression(int(j)) for w, j in zip(weights, relation.support, strict=True)]
    return [
        sympy.Add(*(term for term, degree in zip(terms, degrees, strict=True) if degree == k))
        for k in range(int(degrees.max()) + 1)
    ]


def _solutions(sums: list[sympy.Expr], transform: Transform, view: View) -> Iterator[sympy.Expr]:
    unit = view.product(view.lattice.offset)
    if len(sums) == 2:
        g = simplify_sum(-sums[0] / sums[1])
        if transform.name == "power":
            power = sympy.nsimplify(1 / transform.power)
            yield take_root(simplify_sum(unit ** (1 / power) * g), power)
        elif transform.name == "log":
            yield unit * _exponential(g)
        else:
            inverse = transform.inverse(g)
            yield inverse
            yield sympy.pi - inverse
            yield -inverse
    elif len(sums) == 3 and transform.name == "power" and transform.power == 1:
        a, b, c = sums[2], sums[1] * unit, sums[0] * unit**2
        middle = simplify_sum(-b / (2 * a))
        inside = simplify_sum(middle**2 - c / a)
        root = take_root(inside, sympy.Rational(1, 2))
        for sign in (1, -1):
            yield middle + sign * root


def simplify_sum(expression: sympy.Expr) -> sympy.Expr:
    """Over one denominator and factored, functions as they are; sin^2 or cos^2, whichever factors better.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> simplify_sum(1 - sympy.sin(x) ** 2)
    cos(x)**2
    """
    functions = sorted(expression.atoms(sympy.Function), key=str)
    names: dict[Any, Any] = {function: sympy.Dummy(f"t{i}", real=True) for i, function in enumerate(functions)}
    plain: Any = expression.xreplace(names)
    options = [_factored(plain)]
    for function, name in names.items():
        if function.func is sympy.sin and plain.has(name**2):
            other = names.setdefault(sympy.cos(function.args[0]), sympy.Dummy("c", real=True))
            options.append(_factored(sympy.expand(plain).subs(name**2, 1 - other**2)))
            break
    back: dict[Any, Any] = {name: function for function, name in names.items()}
    best: Any = min(options, key=sympy.count_ops)
    return best.xreplace(back)


def _factored(expression: Any, most_operations: int = 700) -> Any:
    """Factored, with the square root of a symbol as the unknown where there are any; as it is where it is too long."""
    rooted = {p.base for p in expression.atoms(sympy.Pow) if not p.exp.is_Integer and p.base.is_Symbol}
    named: dict[Any, Any] = {s: sympy.Dummy(s.name, positive=True) for s in sorted(rooted, key=str)}
    back: dict[Any, Any] = {dummy: sympy.sqrt(s) for s, dummy in named.items()}
    squared = expression.subs({s: dummy**2 for s, dummy in named.items()}) if named else expression
    if sympy.count_ops(squared) > most_operations or squared.has(sympy.Float):
        return expression
    return factored(squared).subs(back)


def take_root(expression: sympy.Expr, power: sympy.Expr) -> sympy.Expr:
    """expression^power where even powers of factors come out of roots, their sign left to the data.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> take_root(x**2 * y, sympy.Rational(1, 2))
    x*sqrt(y)
    """
    scale, expression = common_scale(expression)
    if power.is_Integer:
        return scale**power * expression**power
    inside, outside = sympy.Integer(1), scale**power
    for factor in sympy.Mul.make_args(expression):
        base, exponent = factor.as_base_exp()
        if exponent.is_Integer and (exponent * power).is_Integer:
            outside *= base ** (exponent * power)
        else:
            inside *= factor
    above, below = (sympy.expand(part) for part in sympy.fraction(inside))
    if below.could_extract_minus_sign():
        above, below = -above, -below
    return outside * (above / below) ** power


def common_scale(expression: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """A floating number above 0 that every coefficient of a sum is a fraction of, and the sum of those fractions.

    sympy multiplies numbers into sums, so that one measured constant comes to stand before each term; 1 and the
    expression itself where there is none.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> common_scale(0.3 * x**2 - 0.6 * x * y + 0.3 * y**2)
    (0.300000000000000, x**2 - 2*x*y + y**2)
    """
    one = sympy.Integer(1)
    pairs = [term.as_coeff_Mul() for term in expression.args] if isinstance(expression, sympy.Add) else []
    if not pairs or not all(number.is_Float for number, _ in pairs):
        return one, expression
    scale = min((abs(number) for number, _ in pairs), key=float)
    ratios = [_plain_ratio(float(number / scale)) for number, _ in pairs]
    if None in ratios:
        return one, expression
    return scale, sympy.Add(*(ratio * term for ratio, (_, term) in zip(ratios, pairs, strict=True)))


def _plain_ratio(value: float) -> Any:
    """The fraction with a denominator of at most 12 that a number is up to rounding; None where it is none."""
    fraction = Fraction(value).limit_denominator(12)
    if abs(value - fraction) > 1e-13 * abs(fraction):
        return None
    return sympy.Rational(fraction.numerator, fraction.denominator)


def _exponential(g: sympy.Expr) -> sympy.Expr:
    """exp(g) with the logarithms in g turned into powers, whose exponents may hold features.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> _exponential(2 * sympy.log(x) + y * sympy.log(x + 1))
    x**2*(x + 1)**y
    """
    terms = sympy.Add.make_args(sympy.expand(g))
    factors = [_factor_of(term) for term in terms]
    inner = sympy.Add(*(term for term, factor in zip(terms, factors, strict=True) if factor is None))
    squares = simplify_sum(inner) if inner.free_symbols else inner
    return sympy.Mul(*(factor for factor in factors if factor is not None)) * sympy.exp(squares)


def _factor_of(term: sympy.Expr) -> sympy.Expr | None:
    """exp(term) where that is a power, or a measured number; None where it stays an exponential."""
    if not term.free_symbols:
        if not term.has(sympy.Float):
            return None
        value = sympy.Float(sympy.exp(term), 17)
        number = snap(float(value), 1e-13 * float(value))
        return value if number is None else number
    logarithms = [factor for factor in sympy.Mul.make_args(term) if isinstance(factor, sympy.log)]
    exponent = term / logarithms[0] if logarithms else term
    if len(logarithms) != 1 or exponent.has(sympy.Float, sympy.Function):
        return None
    return logarithms[0].args[0] ** exponent


def _signed(view: View, expression: sympy.Expr) -> Iterator[sympy.Expr]:
    real: dict[Any, Any] = dict(zip(view.symbols, (sympy.Symbol(n, real=True) for n in view.names), strict=True))
    plain: Any = expression.xreplace(real)
    yield plain
    yield -plain


def residual(expression: sympy.Expr, view: View) -> float:
    """Root mean square of expression - y over all rows of the view; infinite where it has no finite value."""
    try:
        symbols, renamed = apart(expression, view.names)
        with np.errstate(all="ignore"):
            value = sympy.lambdify(symbols, renamed, "numpy", cse=True)(*view.X.T)
            error = float(np.sqrt(np.mean(np.abs(value - view.y) ** 2)))
    except Exception:  # printers and compiled code raise all kinds over an infinite, complex or enormous constant
        return np.inf
    return error if np.isfinite(error) else np.inf
