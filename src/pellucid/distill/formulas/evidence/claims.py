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
from ....run.cpu_limit import is_over
from ....subjects.tables.samples import Samples
from ..expression.errors import error_of
from ..expression.free_constants import free_constants
from ..expression.polish import polish
from ..expression.settings import BITS
from ..expression.tape import CannotCompile
from ..expression.unit_check import dimension_claim
from .poles import pole_inside

Array = NDArray[np.float64]


def formula_claims(
    formula: Formula,
    train: Samples,
    held: Samples,
    *,
    surrogate_error: float | None = None,
    outside: Samples | None = None,
    kept: str = "held-out rows",
    independent: bool = True,
    refits: int = 20,
    seed: int = 0,
) -> tuple[Claim, ...]:
    """The claims about `formula`, fitted to `train`, measured on `held`, and on rows `outside` the box where given.

    `surrogate_error` is the held-out root mean square error of a flexible model, where one was fitted: it leaves noise
    and its own misfit. `kept` says what the rows of `held` are; `independent`, whether nothing was fitted to them or
    chosen by them, without which nothing is called Tested on them. Keys: "error", "noise", "agreement", "stability",
    "units", "real_inside", "outside", "error_outside".
    """
    generator = np.random.default_rng(seed)
    claims: list[Claim] = [
        error_claim(formula, train, held, generator, f"on {kept}"),
        noise_claim(train, held, surrogate_error),
        agreement_claim(formula, train, held, kept=kept, independent=independent and held is not train),
    ]
    if refits and free_constants(formula.sympy()).has(sympy.Float):
        claims.append(stability_claim(formula, train, refits, generator))
    if train.units is not None:
        claims.append(dimension_claim(formula.sympy(), train.units, train.names, train.target))
    claims += range_claims(formula, train, generator)
    if outside is not None:
        where = "outside the box of the training rows"
        claims.append(error_claim(formula, train, outside, generator, where, key="error_outside"))
    return tuple(claims)


def error_claim(
    formula: Formula,
    train: Samples,
    held: Samples,
    generator: np.random.Generator,
    where: str = "on held-out rows",
    *,
    resamples: int = 200,
    key: str = "error",
) -> Claim:
    """rms(formula - y) / rms(y) with its bootstrap standard error; the baseline predicts the training mean.

    `resamples` drawn with replacement give a standard error that is itself known to 1 / sqrt(2 resamples), 5 %.
    """
    statement = f"relative error of {formula.target} {where} ({held.rows:,} rows)"
    scale = _rms(held.y) or 1.0
    residual = formula(held.X) - held.y
    bad = np.flatnonzero(~np.isfinite(residual))
    if len(bad):
        return Refuted(f"{formula.target} has a real value {where}", _point(held.names, held.X[bad[0]]), key=key)
    draws = generator.integers(0, held.rows, (resamples, held.rows))
    spread = float(np.std(np.sqrt(np.mean(residual[draws] ** 2, axis=1)))) / scale if held.rows > 1 else None
    baseline = _rms(held.y - train.y.mean()) / scale
    return Measured(statement, _rms(residual) / scale, "of rms", baseline, spread, key=key)


def noise_claim(train: Samples, held: Samples, surrogate_error: float | None = None) -> Claim:
    """An upper estimate of the noise in y, relative to rms(y): what no formula of these columns is expected to beat."""
    scale = _rms(train.y) or 1.0
    local = local_noise(train.X, train.y)
    how, level = "linear fits to nearest neighbours", local
    if surrogate_error is not None and surrogate_error < level:
        how, level = "a flexible model's held-out error", surrogate_error
    return Measured(f"noise in {train.target} at most, from {how}", level / scale, "of rms", key="noise")


def local_noise(X: Array, y: Array, *, most_centres: int = 400) -> float:
    """Noise standard deviation of y (rows,) from linear fits to the nearest neighbours in X (rows, features).

    sigma^2 = mean r_i^2 / (1 + h_i), r_i what the plane through the neighbours of row i misses it by, h_i its leverage.
    Curvature adds to it, so it is an upper estimate. O(rows log rows), at most `most_centres` planes, whose
    mean square is known to 7 %.
    """
    rows, features = X.shape
    count = 2 * (features + 1)
    if rows <= count + 1:
        return float(np.std(y))
    spread = X.std(axis=0)
    Z = X / np.where(spread > 0, spread, 1.0)
    centres = np.linspace(0, rows - 1, min(rows, most_centres)).astype(int)
    _, neighbours = cKDTree(Z).query(Z[centres], count + 1)
    squares = []
    for centre, row in zip(centres.tolist(), np.atleast_2d(neighbours), strict=True):
        others = row[row != centre][:count]
        A = np.column_stack([np.ones(count), Z[others] - Z[centre]])
        weights = np.linalg.pinv(A)[0]
        squares.append((y[centre] - weights @ y[others]) ** 2 / (1 + weights @ weights))
    return float(np.sqrt(np.mean(squares)))


def explained_claim(
    formula: Formula, train: Samples, held: Samples, kept: str = "held-out rows", *, little: float = 10.0
) -> Claim:
    """1 - mean (y - f)^2 / mean (y - m)^2 on `held` in percent, m the mean of `train`; none below 0; key "explained".

    The statement says so where it is less than `little` percent: then the mean would do as well for most purposes.
    """
    missed = float(np.mean((held.y - train.y.mean()) ** 2))
    share = 100 * max(0.0, 1 - error_of(formula, held) ** 2 / missed) if missed > 0 else 0.0
    statement = f"share of the variance of {formula.target} that the formula explains on {kept}"
    remark = ": little, its mean says almost as much" if share < little else ""
    return Measured(statement + remark, share, "%", 0.0, key="explained")


def agreement_claim(
    formula: Formula,
    train: Samples,
    held: Samples,
    sigmas: float = 5.0,
    *,
    kept: str = "held-out rows",
    independent: bool = True,
) -> Claim:
    """Rows of `held` within `sigmas` times the training error, or rounding error where that is larger.

    Five of them leave one normal row in two million out, so that a failure is no accident of a large table. Of rows
    that are not `independent` of the formula no rate of failures can be claimed: how far off the farthest is, is.
    """
    error = max(_rms(formula(train.X) - train.y), BITS.floor * (_rms(train.y) or 1.0))
    off = np.abs(formula(held.X) - held.y)
    if not independent:
        statement = f"farthest {formula.target} from the formula on {kept}, in training errors ({error:.3g})"
        off = np.where(np.isnan(off), np.inf, off)  # no value is no small miss
        return Measured(statement, float(off.max() / (error or 1.0)), "", key="agreement")
    inside = off <= sigmas * error
    return Tested(
        f"{formula.target} on {kept} is within {sigmas:g} times the training error ({error:.3g}) of the formula",
        held.rows,
        int(np.sum(~inside)),
        key="agreement",
    )


def stability_claim(
    formula: Formula,
    train: Samples,
    refits: int,
    generator: np.random.Generator,
    *,
    many_numbers: int = 6,
    fewest: int = 5,
    agree: float = 0.01,
) -> Claim:
    """How often the same formula comes back, in percent, when its constants are refitted and snapped on resampled rows.

    The structure is given; the numbers are not, and every one of them starts at its value. Formulas with more than
    `many_numbers` are refitted less often, as each refit of those takes seconds, but `fewest` times. Free constants are
    the same where the formula's values `agree` to that share; snapped ones are the same or not.
    """
    loose = free_constants(formula.sympy())
    numbers = len(loose.atoms(sympy.Float))
    refits = max(min(refits, fewest), refits * many_numbers // max(many_numbers, numbers))
    tail = ") that give the same constants, the structure given"
    if loose.has(sympy.Float) and formula.sympy().has(sympy.Float):
        tail += f", free ones to {100 * agree:g} %"
    statement = f"bootstrap refits ({refits}{tail}"
    expected = formula(train.X)
    same = done = 0
    while done < refits and not is_over():
        rows = generator.integers(0, train.rows, train.rows)
        try:
            again = polish(loose, train.X[rows], train.y[rows], train.names)
        except CannotCompile as error:
            return Undecided(statement, str(error), key="stability")
        done += 1
        same += again is not None and _is_alike(again.expression, train, expected, agree)
    if not done:
        return Undecided(statement, "no time was left", "give a larger budget", key="stability")
    share = same / done
    spread = 100 * float(np.sqrt(share * (1 - share) / done)) or None
    return Measured(f"bootstrap refits ({done}{tail}", 100 * share, "%", None, spread, key="stability")


def _is_alike(expression: sympy.Expr, train: Samples, expected: Array, agree: float) -> bool:
    """Whether a refitted expression has the values that are expected: to `agree` where numbers in it are free."""
    values = make_formula(expression, train.names)(train.X)
    tolerance = agree if expression.has(sympy.Float) else 1e-9
    return bool(_rms(values - expected) <= tolerance * _rms(expected))


def range_claims(
    formula: Formula, train: Samples, generator: np.random.Generator, *, points: int = 4096
) -> list[Claim]:
    """Whether the formula is real inside the box of the data, and what is known of it outside: nothing but that.

    `points` without a failure bound the share of the box where it is not real by 7e-4, with 95 % confidence. Poles are
    looked for between them (`pole_inside`).
    """
    low, high = np.array(train.box).T
    inside = low + (high - low) * generator.random((points, train.features))
    statement = f"{formula.target} has a real value everywhere inside the box of the data"
    bad = np.flatnonzero(~np.isfinite(formula(inside)))
    pole = None if len(bad) else pole_inside(formula, inside)
    if pole is not None:
        real: Claim = Refuted(statement, f"a pole at {_point(train.names, pole)}", key="real_inside")
    elif len(bad):
        real = Refuted(statement, _point(train.names, inside[bad[0]]), key="real_inside")
    else:
        real = Tested(statement, points, 0, key="real_inside")
    claims: list[Claim] = [real]
    wide = (low + high) / 2 + (high - low) * (2 * generator.random((points, train.features)) - 1)
    missing = np.flatnonzero(~np.isfinite(formula(wide)))
    reason = "only fitted inside: no row of the data lies beyond"
    if len(missing):
        share = 100 * len(missing) / points
        reason = (
            f"only fitted inside; it has no real value at {share:.2g} % of a box twice as wide, "
            f"for example at {_point(train.names, wide[missing[0]])}"
        )
    outside = f"{formula.target} outside the box of the data"
    claims.append(Undecided(outside, reason, "measure rows beyond the box", key="outside"))
    return claims


def unseen_claims(samples: Samples, looks: Sequence[tuple[str, int, set[str]]]) -> list[Claim]:
    """One claim for each look at the table, with its name, limit and columns, that left columns out: which ones.

    Key "unseen".

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
                    f"how {samples.target} depends on columns that the {name} left out: {', '.join(left)}",
                    f"the {name} look at {most} of {samples.features} columns at most, those that say most of it",
                    "name fewer features",
                    key="unseen",
                )
            )
    return claims


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _point(names: tuple[str, ...], row: Array) -> str:
    return ", ".join(f"{name} = {value:.6g}" for name, value in zip(names, row.tolist(), strict=True))
