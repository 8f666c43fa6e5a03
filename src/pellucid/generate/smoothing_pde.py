"""SmoothingPDE: which field equations can carry a generative model, from their dispersion relation.

GenPhys (Liu, Luo, Xu, Jaakkola and Tegmark, arXiv:2304.02637): a linear equation can be run backwards from noise to
data if what it makes of a point stays a density, and if all that is to be seen of the data fades before the mean does.
For u = exp(r t) cos(k x) that is

    Re r(k) < Re r(0)  for all k > 0

Heat: r = -k^2 (diffusion); Poisson: r = -k (PFGM); screened Poisson: r = -sqrt(k^2 + m^2). Decided for one field, real
rational coefficients, up to two derivatives by t, and even ones by space that make a polynomial in the Laplacian.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from ..artifacts.laws.smoothing import Smoothing
from ..core.claim import Measured
from ..core.context import Context
from ..core.measurement import Evidence, measured_by, measurement
from ..core.method import Found, Method
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.field_equations import FieldEquations
from ..subjects.equations.field_text import INDEPENDENT, symbols_by_field


@dataclass(frozen=True)
class SmoothingPDE(Method[FieldEquations, Smoothing]):
    """The dispersion relation of a linear field equation, and by how much ripples die faster than the mean.

        sum_mn a_mn (d/dt)^m (Laplacian)^n u = 0   ->   sum_mn a_mn r^m (-q)^n = 0,   q = k^2

    `wave_numbers` (lowest, highest) are looked at by floating point; what is proved is proved of all
    (`prove.laws.smoothing_certificate`). Raises ValueError for an equation of another kind.

    >>> found = SmoothingPDE().explain(FieldEquations.parse("u_tt + u_xx = 4u"))
    >>> found.artifact.zeroth, round(found.measured("excess"), 4)
    (('-4', '-1'), 0.0025)
    """

    wave_numbers: tuple[float, float] = (0.1, 10.0)

    def _as_subject(self, given: Any) -> Any:
        return FieldEquations.of(given) if isinstance(given, Evolution) else given

    def _find(self, subject: FieldEquations, context: Context) -> Found[Smoothing]:
        low, high = self.wave_numbers
        if not 0 < low < high:
            raise ValueError(f"wave_numbers={self.wave_numbers}; give a lowest above 0 and a higher one")
        found = dispersion(subject)
        return Found(found, measured_by("generate.excess", (_excess(found, self.wave_numbers),)))


def _excess(found: Smoothing, wave_numbers: Iterable[float], count: int = 400) -> Measured:
    low, high = wave_numbers
    k = np.geomspace(low, high, count)
    least = float((found.rates(np.zeros(1)) - found.rates(k)).min())
    statement = f"by how much the slowest of {count} ripples, k from {low:g} to {high:g}, dies faster than the mean"
    return Measured(f"{statement} (baseline: as fast)", least, "per unit of t", 0.0, key="excess")


@measurement("generate.excess")
def _excess_again(evidence: Evidence) -> tuple[Measured, ...]:
    return (_excess(evidence.the(Smoothing), evidence.finding.provenance.settings["wave_numbers"]),)


def dispersion(subject: FieldEquations) -> Smoothing:
    """The polynomial in r and q, by the highest power of r divided. Raises ValueError for what has none.

    >>> dispersion(FieldEquations.parse("2u_t = u_xx + u_yy")).zeroth
    ('0', '1/2')
    """
    if len(subject.fields) != 1 or len(subject.equations) != 1 or subject.parameters:
        raise ValueError(
            "one equation of one field without parameters has a dispersion relation here; put numbers for parameters"
        )
    r, q = sympy.symbols("r q")
    k = sympy.symbols("k0:3")
    symbol = _symbol(subject, r, k)
    along = sympy.Poly(symbol.subs({k[1]: 0, k[2]: 0}).subs(k[0], sympy.sqrt(q)), r, q)
    whole = along.as_expr().subs(q, sum(k[i] ** 2 for i in range(len(subject.independent) - 1)))
    if sympy.expand(whole - symbol) != 0:
        raise ValueError("derivatives by space are no polynomial in the Laplacian; write u_xx + u_yy + ... as one")
    order = int(along.degree(r))  # type: ignore[arg-type]
    if order not in (1, 2):
        raise ValueError(f"the equation has {order} derivatives by t; give one with 1 or 2")
    parts = [sympy.Poly(along.as_expr().coeff(r, m), q) for m in range(order + 1)]
    if parts[-1].degree() > 0:
        raise ValueError("the highest derivative by t is differentiated by space, too; give an equation without that")
    top = parts[-1].nth(0)
    listed = [tuple(str(one / top) for one in reversed(part.all_coeffs())) for part in parts[:-1]]
    return Smoothing(subject.describe(), order, listed[1] if order == 2 else (), listed[0])


def _symbol(subject: FieldEquations, r: sympy.Symbol, k: tuple[sympy.Symbol, ...]) -> sympy.Expr:
    """The equation's polynomial in r and k. Raises ValueError where it is not linear, or of other coefficients."""
    expression = subject.expressions()[0]
    jets = symbols_by_field(expression, subject.fields)
    rest, found = expression, sympy.Integer(0)
    for name, powers in jets.items():
        symbol = sympy.Symbol(name, real=True)
        factor = sympy.nsimplify(expression.diff(symbol), rational=True)
        if not factor.is_Rational:
            raise ValueError(f"the coefficient of {symbol} is {factor}, no number; give a linear equation of constants")
        by = dict(zip(INDEPENDENT, powers, strict=True))
        space = [by[sign] for sign in INDEPENDENT[:-1]]
        if any(n % 2 for n in space):
            raise ValueError(f"{symbol} is an odd derivative by space, which moves ripples; leave it out")
        rest = sympy.expand(rest - factor * symbol)
        waves = sympy.prod([(-(one**2)) ** (n // 2) for one, n in zip(k, space, strict=True)])
        found += factor * r ** by[INDEPENDENT[-1]] * waves
    if rest != 0:
        raise ValueError(f"{sympy.nsimplify(rest)} is beside the field; give an equation that is 0 for u = 0")
    return sympy.expand(found)
