"""What is claimed about a formula, and how well it is known: error, noise, stability, units, range.

Every figure comes from rows the formula was not fitted to, except where the statement says otherwise. Outside the box
of the data nothing is known but what further rows show, and the claims say so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.spatial import cKDTree  # pyright: ignore[reportAttributeAccessIssue]

from ....artifacts.formulas.formula import Formula, make_formula
from ....core.claim import Claim, Measured, Refuted, Tested, Undecided
from ....subjects.tables.samples import Samples
from ..expression.description import FLOOR
from ..expression.free_constants import free_constants
from ..expression.polish import polish
from ..expression.tape import CannotCompile
from ..expression.unit_check import dimension_claim

Array = NDArray[np.float64]
RESAMPLES = 200
REFITS = 20
FEWEST_REFITS = 5
MANY_NUMBERS = 6
"""Formulas with more numbers than this are refitted less often: every refit of those takes seconds."""
SIGMAS = 5.0
"""A held-out row further off than this many times the training error counts as a failure."""
POINTS = 4096
FREE = 0.01
"""Free constants that agree to this are the same; snapped ones are the same or not."""
MOST_CENTRES = 400
UNSEEN = "how {} depends on columns that"
"""How claims about columns that were left out begin."""


def formula_claims(
    formula: Formula,
    train: Samples,
    held: Samples,
    *,
    surrogate_error: float | None = None,
    outside: Samples | None = None,
    kept: str = "held-out rows",
    refits: int = REFITS,
    seed: int = 0,
) -> tuple[Claim, ...]:
    """The claims about `formula`, fitted to `train`, measured on `held`, and on rows `outside` the box where given.

    `surrogate_error` is the held-out root mean square error of a flexible model, where one was fitted: it leaves noise
    and its own misfit. `kept` says what the rows of `held` are.
    """
    generator = np.random.default_rng(seed)
    claims: list[Claim] = [
        error_claim(formula, train, held, generator, f"on {kept}"),
        noise_claim(train, held, surrogate_error),
        agreement_claim(formula, train, held, kept=kept),
    ]
    if refits:
        claims.append(stability_claim(formula, train, refits, generator))
    if train.units is not None:
        claims.append(dimension_claim(formula.sympy(), train.units, train.names, train.target))
    claims += range_claims(formula, train, generator)
    if outside is not None:
        claims.append(error_claim(formula, train, outside, generator, "outside the box of the training rows"))
    return tuple(claims)


def error_claim(
    formula: Formula, train: Samples, held: Samples, generator: np.random.Generator, where: str = "on held-out rows"
) -> Claim:
    """rms(formula - y) / rms(y) with its bootstrap standard error; the baseline predicts the training mean."""
    statement = f"relative error of {formula.target} {where} ({held.rows:,} rows)"
    scale = _rms(held.y) or 1.0
    residual = formula(held.X) - held.y
    bad = np.flatnonzero(~np.isfinite(residual))
    if len(bad):
        return Refuted(f"{formula.target} has a real value {where}", _point(held.names, held.X[bad[0]]))
    draws = generator.integers(0, held.rows, (RESAMPLES, held.rows))
    spread = float(np.std(np.sqrt(np.mean(residual[draws] ** 2, axis=1)))) / scale if held.rows > 1 else None
    baseline = _rms(held.y - train.y.mean()) / scale
    return Measured(statement, _rms(residual) / scale, "of rms", baseline, spread)


def noise_claim(train: Samples, held: Samples, surrogate_error: float | None = None) -> Claim:
    """An upper estimate of the noise in y, relative to rms(y): what no formula of these columns is expected to beat."""
    scale = _rms(train.y) or 1.0
    local = local_noise(train.X, train.y)
    how, level = "linear fits to nearest neighbours", local
    if surrogate_error is not None and surrogate_error < level:
        how, level = "a flexible model's held-out error", surrogate_error
    return Measured(f"noise in {train.target} at most, from {how}", level / scale, "of rms")


def local_noise(X: Array, y: Array) -> float:
    """Noise standard deviation of y (rows,) from linear fits to the nearest neighbours in X (rows, features).

    sigma^2 = mean r_i^2 / (1 + h_i), r_i what the plane through the neighbours of row i misses it by, h_i its leverage.
    Curvature adds to it, so it is an upper estimate. O(rows log rows), at most MOST_CENTRES planes.
    """
    rows, features = X.shape
    count = 2 * (features + 1)
    if rows <= count + 1:
        return float(np.std(y))
    spread = X.std(axis=0)
    Z = X / np.where(spread > 0, spread, 1.0)
    centres = np.linspace(0, rows - 1, min(rows, MOST_CENTRES)).astype(int)
    _, neighbours = cKDTree(Z).query(Z[centres], count + 1)
    squares = []
    for centre, row in zip(centres.tolist(), np.atleast_2d(neighbours), strict=True):
        others = row[row != centre][:count]
        A = np.column_stack([np.ones(count), Z[others] - Z[centre]])
        weights = np.linalg.pinv(A)[0]
        squares.append((y[centre] - weights @ y[others]) ** 2 / (1 + weights @ weights))
    return float(np.sqrt(np.mean(squares)))


def agreement_claim(
    formula: Formula, train: Samples, held: Samples, sigmas: float = SIGMAS, *, kept: str = "held-out rows"
) -> Claim:
    """Rows of `held` within `sigmas` times the training error, or rounding error where that is larger."""
    error = max(_rms(formula(train.X) - train.y), FLOOR * (_rms(train.y) or 1.0))
    inside = np.abs(formula(held.X) - held.y) <= sigmas * error
    return Tested(
        f"{formula.target} on {kept} is within {sigmas:g} times the training error ({error:.3g}) of the formula",
        held.rows,
        int(np.sum(~inside)),
    )


def stability_claim(formula: Formula, train: Samples, refits: int, generator: np.random.Generator) -> Claim:
    """How often the same formula comes back, in percent, when its constants are refitted and snapped on resampled rows.

    The structure is given; the numbers are not, and every one of them starts at its value.
    """
    loose = free_constants(formula.sympy())
    numbers = len(loose.atoms(sympy.Float))
    refits = max(min(refits, FEWEST_REFITS), refits * MANY_NUMBERS // max(MANY_NUMBERS, numbers))
    statement = f"bootstrap refits ({refits}) that give the same constants, the structure given"
    if loose.has(sympy.Float) and formula.sympy().has(sympy.Float):
        statement += f", free ones to {100 * FREE:g} %"
    if not loose.has(sympy.Float):
        return Measured(f"{statement}: there are none to fit", 100.0, "%")
    expected = formula(train.X)
    same = 0
    for _ in range(refits):
        rows = generator.integers(0, train.rows, train.rows)
        try:
            again = polish(loose, train.X[rows], train.y[rows], train.names)
        except CannotCompile as error:
            return Undecided(statement, str(error))
        if again is not None:
            values = make_formula(again.expression, train.names)(train.X)
            same += bool(_rms(values - expected) <= _tolerance(again.expression) * _rms(expected))
    share = same / refits
    return Measured(statement, 100 * share, "%", None, 100 * float(np.sqrt(share * (1 - share) / refits)) or None)


def range_claims(formula: Formula, train: Samples, generator: np.random.Generator) -> list[Claim]:
    """Whether the formula is real inside the box of the data, and what is known of it outside: nothing but that."""
    low, high = np.array(train.box).T
    inside = low + (high - low) * generator.random((POINTS, train.features))
    statement = f"{formula.target} has a real value everywhere inside the box of the data"
    bad = np.flatnonzero(~np.isfinite(formula(inside)))
    claims: list[Claim] = [
        Refuted(statement, _point(train.names, inside[bad[0]])) if len(bad) else Tested(statement, POINTS, 0)
    ]
    wide = (low + high) / 2 + (high - low) * (2 * generator.random((POINTS, train.features)) - 1)
    missing = np.flatnonzero(~np.isfinite(formula(wide)))
    reason = "only fitted inside: no row of the data lies beyond"
    if len(missing):
        share = 100 * len(missing) / POINTS
        reason = (
            f"only fitted inside; it has no real value at {share:.2g} % of a box twice as wide, "
            f"for example at {_point(train.names, wide[missing[0]])}"
        )
    claims.append(Undecided(f"{formula.target} outside the box of the data", reason, "measure rows beyond the box"))
    return claims


def unseen_claims(samples: Samples, looks: Sequence[tuple[str, int, set[str]]]) -> list[Claim]:
    """One claim for each look at the table, with its name, limit and columns, that left columns out: which ones.

    >>> table = Samples(np.random.default_rng(0).uniform(size=(9, 3)), np.arange(9.0), ("a", "b", "c"))
    >>> print(unseen_claims(table, [("regressions", 2, {"a", "c"})])[0].statement)
    how y depends on columns that the regressions left out: b
    """
    claims: list[Claim] = []
    for name, most, seen in looks:
        left = [column for column in samples.names if column not in seen]
        if left:
            claims.append(
                Undecided(
                    f"{UNSEEN.format(samples.target)} the {name} left out: {', '.join(left)}",
                    f"the {name} look at {most} of {samples.features} columns at most, those that say most of it",
                    "name fewer features",
                )
            )
    return claims


def _tolerance(expression: sympy.Expr) -> float:
    return FREE if expression.has(sympy.Float) else 1e-9


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _point(names: tuple[str, ...], row: Array) -> str:
    return ", ".join(f"{name} = {value:.6g}" for name, value in zip(names, row.tolist(), strict=True))
