"""Whether a second-order equation becomes x'' = 0 by a change of (t, x): Lie's conditions, exactly.

x'' + c_3 x'^3 + c_2 x'^2 + c_1 x' + c_0 = 0 with c_i(t, x) does if and only if (subscripts are partial derivatives)

    3 c_3,tt - 2 c_2,tx + c_1,xx = (3 c_1 c_3 - c_2^2)_t - 3 (c_0 c_3)_x - 3 c_3 c_0,x + c_2 c_1,x
    3 c_0,xx - 2 c_1,tx + c_2,tt = 3 (c_0 c_3)_t + (c_1^2 - 3 c_0 c_2)_x + 3 c_0 c_3,t - c_1 c_2,t

(Lie, Archiv for Mathematik 8, 371, 1883; Ibragimov, Elementary Lie Group Analysis, theorem 12.3.1), and only then has
it eight point symmetries. An equation that is no cubic polynomial in x' is none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from .polynomial_system import polynomial_system


def is_linearisable(acceleration: Any, time: Any, place: Any, speed: Any, parameters: Sequence[Any] = ()) -> bool:
    """Whether x'' = `acceleration`, an expression in time, place and speed, becomes x'' = 0.

    True is a proof. Raises NoRule for functions without a rule.

    >>> t, x, v = sympy.symbols("t x v", real=True)
    >>> is_linearisable(-3 * x * v - x**3, t, x, v), is_linearisable(x**2, t, x, v)
    (True, False)
    """
    conditions = lie_conditions(acceleration, time, place, speed)
    if conditions is None:
        return False
    one = sympy.Integer(1)
    system, rewritten = polynomial_system([time, place], [one, one], parameters, (), conditions)
    return all(system.vanishes(system.polynomial(sympy.expand(e))) for e in rewritten)


def lie_conditions(acceleration: Any, t: Any, x: Any, v: Any) -> tuple[Any, Any] | None:
    """Both sides' differences; None where the acceleration is no cubic polynomial in the speed."""
    expanded: Any = sympy.expand(acceleration)
    if not expanded.is_polynomial(v) or (expanded.has(v) and sympy.degree(expanded, v) > 3):
        return None
    c0, c1, c2, c3 = (-1 * expanded.coeff(v, k) for k in range(4))
    d = sympy.diff
    first = 3 * d(c3, t, 2) - 2 * d(c2, t, x) + d(c1, x, 2)
    first -= d(3 * c1 * c3 - c2**2, t) - 3 * d(c0 * c3, x) - 3 * c3 * d(c0, x) + c2 * d(c1, x)
    second = 3 * d(c0, x, 2) - 2 * d(c1, t, x) + d(c2, t, 2)
    second -= 3 * d(c0 * c3, t) + d(c1**2 - 3 * c0 * c2, x) + 3 * c0 * d(c3, t) - c1 * d(c2, t)
    return sympy.together(first), sympy.together(second)
