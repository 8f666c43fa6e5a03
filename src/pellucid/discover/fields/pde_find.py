"""Partial differential equations from fields on a grid (PDE-FIND, arXiv 1609.06401; weak SINDy, arXiv 2007.02848).

    fields_t = sum_j c_j term_j,  terms: products of fields and their derivatives, few c_j not 0

1. `grid_derivatives`: the level of the noise, and the lengths over which fields vary.
2. `weak_form`: rows <phi, term>, and their covariance under that noise.
3. `term_choice`, `fitted_equation`: the terms with the shortest description; coefficients, with errors in variables.
4. `exact_coefficients`: equal ones are tied, simple fractions taken, the others become parameters with uncertainties.

What is found is held to a part of the grid that was kept aside (`held_out`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.linalg import block_diag

from ...algebra.expressions.text import to_text
from ...artifacts.laws.invariants import numbered
from ...artifacts.laws.recovered_evolution import RecoveredEvolution
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.equations.field_grid import FieldGrid
from ..trajectories.weak_form import price
from .differential_polynomials import Monomial, jet_name, library
from .exact_coefficients import Snapped, snap
from .fitted_equation import FittedEquation, Problem, fit_equation
from .held_out import cut, field_claims, measured_field

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PDEFind(Method[FieldGrid, RecoveredEvolution]):
    """Sparse field equations that samples on a grid obey, as far as their noise can tell.

    Terms are 1, derivatives up to `order` (`order_of_several` for several fields or in a plane), and products of up to
    `degree` factors whose degree and order together reach at most `reach` (`reach_of_several`): u u_xxx counts 5. A
    term that makes up less than the share `smallest` of the largest one is left out, as the error of whatever solved
    or measured the field may look like it. A share `held_out` of the grid, its end in time or in x, is not fitted.

    >>> t, x = np.linspace(0, 2, 60), np.linspace(0, 9, 80)
    >>> u = sum(np.exp(-k * k * t[:, None]) * np.cos(k * x + k) for k in (0.5, 1.0, 1.6))
    >>> PDEFind().explain(FieldGrid(t, x, [u])).artifact.rhs
    ('u_xx',)
    """

    order: int = 5
    degree: int = 4
    reach: int = 6
    order_of_several: int = 4
    reach_of_several: int = 4
    smallest: float = 1e-3
    held_out: float = 0.2

    def _find(self, subject: FieldGrid, context: Context) -> Found[RecoveredEvolution]:
        """The equations; raises ValueError for a grid that is too small to fit and to test on."""
        terms, reporter = self.terms(subject), context.reporter
        reporter.start("equations", len(subject.fields) + 1)
        parts = cut(subject, self.held_out)
        found = []
        for which, name in enumerate(subject.fields):
            found.append(fit_equation(Problem(parts.seen, which, terms), self.smallest))
            reporter.advance(1, f"{name}: {len(found[-1].places)} terms")
        rows = parts.seen.rows
        artifact = _artifact(subject, parts.noise, terms, found, price(rows, len(terms)))
        claims = field_claims(subject, parts, terms, found)
        reporter.finish()
        measured = measured_field(subject, parts, terms, found)
        return Found(artifact, claims, {"measured": measured}, settings={"notes": list(subject.notes)})

    def terms(self, subject: FieldGrid) -> tuple[Monomial, ...]:
        """Every candidate for the right-hand sides."""
        fields, axes = len(subject.fields), len(subject.axes) - 1
        if fields == axes == 1:
            return tuple(library(1, 1, self.order, self.degree, self.reach))
        degree = min(self.degree, self.reach_of_several - 1)
        return tuple(library(fields, axes, self.order_of_several, degree, self.reach_of_several))


def _artifact(
    subject: FieldGrid, noise: Array, terms: Sequence[Monomial], found: Sequence[FittedEquation], cost: float
) -> RecoveredEvolution:
    """The equations with exact coefficients where the data allow them."""
    values = np.concatenate([each.values for each in found])
    covariance: Any = block_diag(np.zeros((0, 0)), *(each.covariance for each in found))
    snapped = snap(values, covariance, cost)
    names = numbered("k", len(snapped.parameters), subject.fields)
    coefficients = iter(_coefficients(snapped, names))
    rhs = [
        to_text(sympy.Add(*(next(coefficients) * as_expression(terms[place], subject.fields) for place in each.places)))
        for each in found
    ]
    return RecoveredEvolution(
        subject.fields,
        tuple(rhs),
        names,
        tuple(map(float, np.abs(snapped.parameters))),
        tuple(map(float, snapped.uncertainties)),
        tuple(map(float, noise)),
        max(each.misfit for each in found),
        tuple(_rivals(subject.fields, terms, found)),
        len(subject.axes) > 2,
    )


def _coefficients(snapped: Snapped, names: Sequence[str]) -> list[sympy.Expr]:
    """Every coefficient: an exact number, or a parameter, which is positive, with its sign."""
    found: list[sympy.Expr] = []
    for i, fixed in enumerate(snapped.fixed):
        if fixed is not None:
            found.append(fixed)
            continue
        place = int(np.flatnonzero(snapped.pattern[i])[0])
        sign = int(snapped.pattern[i, place] * (1 if snapped.parameters[place] >= 0 else -1))
        found.append(sign * sympy.Symbol(names[place], real=True))
    return found


def as_expression(monomial: Monomial, fields: Sequence[str]) -> sympy.Expr:
    """A product of jets over real symbols.

    >>> as_expression(((0, (0,)), (0, (2,))), ("u",))
    u*u_xx
    """
    return sympy.Mul(*(sympy.Symbol(jet_name(jet, fields), real=True) for jet in monomial))


def _rivals(fields: Sequence[str], terms: Sequence[Monomial], found: Sequence[FittedEquation]) -> list[str]:
    """Other equations that follow the samples as well: their terms."""
    return [
        f"{field}_t of {' and '.join(to_text(as_expression(terms[place], fields)) for place in rival) or '0'}"
        for field, each in zip(fields, found, strict=True)
        for rival in each.rivals
    ]
