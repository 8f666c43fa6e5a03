"""The exponents of a power law as the data alone give them, to be compared with those of the formula."""

from __future__ import annotations

import numpy as np
import sympy

from ....artifacts.formulas.formula import Formula
from ....core.claim import Claim, Measured
from ....subjects.tables.samples import Samples


def exponent_claims(formula: Formula, samples: Samples) -> list[Claim]:
    """Each exponent of a product of powers, were it free, with its standard error; key "exponent".

        log y = a + sum_j k_j log x_j,     s(k_j)^2 = rss / (rows - columns - 1) [(A^T A)^-1]_jj

    by ordinary least squares. None where the formula is no such product, where logarithms do not exist, or where no
    row is left over to tell an error from.

    >>> x = np.array([1.0, 2.0, 3.0, 4.0])
    >>> samples = Samples(x, x**2 * [1.01, 0.99, 1.01, 0.99], ("x",))
    >>> [claim.evidence for claim in exponent_claims(Formula("x**2", ("x",)), samples)]
    ['1.99 +- 0.01']
    """
    powers = _powers(formula.sympy())
    columns = [samples.names.index(name) for name in powers]
    freedom = samples.rows - len(columns) - 1
    if not powers or freedom < 1 or (samples.y <= 0).any() or (samples.X[:, columns] <= 0).any():
        return []
    A = np.column_stack([np.ones(samples.rows), np.log(samples.X[:, columns])])
    found, *_ = np.linalg.lstsq(A, np.log(samples.y), rcond=None)
    variance = np.sum((A @ found - np.log(samples.y)) ** 2) / freedom
    errors = np.sqrt(variance * np.diag(np.linalg.pinv(A.T @ A)))
    measured = zip(powers.items(), found[1:].tolist(), errors[1:].tolist(), strict=True)
    return [
        Measured(
            f"exponent of {name} in {formula.target}, were it free (found: {exponent})",
            value,
            "",
            None,
            error,
            key="exponent",
        )
        for (name, exponent), value, error in measured
    ]


def _powers(expression: sympy.Expr) -> dict[str, sympy.Expr]:
    """The exponent of each column, where the expression is a number times powers of columns; else empty."""
    factors = [factor.as_base_exp() for factor in sympy.Mul.make_args(expression) if factor.free_symbols]
    plain = all(base.is_Symbol and exponent.is_number for base, exponent in factors)
    return {str(base): exponent for base, exponent in factors} if plain else {}
