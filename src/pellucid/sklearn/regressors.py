"""The scikit-learn face: two regressors that pass scikit-learn's checks, one for a formula, one for a spline network.

    from pellucid.sklearn import FormulaRegressor, KANRegressor

Both take what any regressor takes, in pipelines, searches and cross-validation. Fits are as reproducible as their
`random_state`, and leave numpy's global state alone.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal, Self, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,  # pyright: ignore[reportPrivateUsage]
    check_is_fitted,
    validate_data,
)

from ..artifacts import Formula, Front, Posterior, SplineNetwork
from ..artifacts.formulas.readable import readable
from ..core import Finding, Measured, Method, Provenance
from ..distill import Algebraic
from ..distill.formulas.expression.description import formula_bits
from ..distill.formulas.parametric.parametric import Parametric
from ..distill.formulas.race import Race
from ..nets.splines.columns import Columns
from ..nets.splines.least_squares import Fitted, fit_with_extension
from ..nets.splines.outliers import RobustFit
from ..run.cpu_limit import check_budget
from ..run.threads import one_thread
from ..subjects.tables.identifiers import identifiers
from ..subjects.tables.samples import Samples
from ..subjects.tables.units import Units

__all__ = ["FormulaRegressor", "KANRegressor"]


class FormulaRegressor(RegressorMixin, BaseEstimator):
    """A formula for y, and how sure one can be of it.

    `effort` "full" tries algebra and regressions over a bank of terms, then forms with constants, a spline network and
    genetic search, until one is exact; "quick" only polynomials, rational functions, a small part of the bank, and
    small forms with constants inside, in a few seconds.
    `methods`, where given, are tried instead.
    `budget_seconds` is the CPU time that the search may take (None: it counts its steps); `units` are those of the
    columns. A share of the rows is kept from the methods, so that the claims are about rows that nothing was fitted to;
    of fewer than 40 rows all are seen. `sample_weight` is 1 / s^2 of each row, for a standard error s of its y, up to a
    common factor; rows of weight 0 are left out. It says how exact a row is, not how often it was seen.

    After `fit`: `formula_` (`artifacts.Formula`: text, LaTeX, sympy, numpy and torch functions), its text
    `expression_`, `finding_` with the claims, `front_` (`artifacts.Front`: shorter and longer formulas),
    `n_features_in_` and, for tables with named columns, `feature_names_in_`. `predict_interval` says how sure a
    prediction is. Where the formula has no real value,
    `predict` warns and gives the mean of y. Ctrl-C ends a fit; what was found by then is kept, and the regressor can
    be used.

    >>> X = np.random.default_rng(0).uniform(1, 2, (100, 2))
    >>> FormulaRegressor().fit(X, X[:, 0] / X[:, 1] ** 2).formula_.expression
    'x0/x1**2'
    """

    formula_: Formula
    finding_: Finding[Formula]
    front_: Front
    expression_: str

    def __init__(
        self,
        *,
        effort: Literal["quick", "full"] = "full",
        budget_seconds: float | None = None,
        methods: Sequence[Method[Samples, Formula]] | None = None,
        units: Units | None = None,
        random_state: Any = 0,
    ) -> None:
        self.effort = effort
        self.budget_seconds = budget_seconds
        self.methods = methods
        self.units = units
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Finds the formula of y (rows,) over X (rows, features), of which each counts by its `sample_weight` (rows,).

        Raises ValueError for what cannot be explained.
        """
        if self.effort not in ("quick", "full"):
            raise ValueError(f"effort={self.effort!r} is unknown; give one of 'quick', 'full'")
        check_budget(self.budget_seconds)
        _refuse_targets(y)
        X, y = _table(self, X, y)
        X, y, weights = _weighed(X, y, sample_weight)
        names = tuple(identifiers(map(str, getattr(self, "feature_names_in_", [f"x{i}" for i in range(X.shape[1])]))))
        target = "y" if "y" not in names else identifiers([*names, "target"])[-1]
        self.finding_ = _without_search(X, y, names, target) or self._race().explain(
            Samples(X, y, names, target, self.units, weights=weights), _seed(self.random_state)
        )
        self.formula_ = self.finding_.artifact
        self.expression_ = self.formula_.expression
        self.front_ = cast(Front, self.finding_.parts["front"])
        self.names_, self.mean_ = names, float(np.average(y, weights=weights))
        if any(claim.key == "interrupted" for claim in self.finding_.claims):
            raise KeyboardInterrupt  # a loop over many tables is to end as well
        return self

    def _race(self) -> Race:
        methods = self.methods
        if methods is None:
            quick = [Algebraic(thorough=False, share=0.15, refits=0), Parametric(largest=4, rounds=2, held_out=0.0)]
            methods = quick if self.effort == "quick" else []
        return Race(tuple(methods), self.budget_seconds)

    def predict(self, X: ArrayLike, index: int | None = None) -> NDArray[np.float64]:
        """What the formula says of each row of X (rows, features), or with `index` the one of that number on the front.

        Numbers are from 1, as `front_` shows them, pages and the command do; `front_.number` is that of `formula_`.

        >>> X = np.random.default_rng(0).uniform(1, 2, (100, 1))
        >>> model = FormulaRegressor(effort="quick").fit(X, X[:, 0] ** 2)
        >>> model.predict([[3.0]], index=model.front_.number).tolist()
        [9.0]
        """
        check_is_fitted(self)
        formula = self.formula_ if index is None else self.front_.formula(index)
        values = formula(self._columns(X, formula.names))
        bad = ~np.isfinite(values)
        if bad.any():
            message = f"the formula has no real value on {int(bad.sum())} of {len(bad)} rows; they get the mean of y"
            warnings.warn(message, RuntimeWarning, stacklevel=2)
            values[bad] = self.mean_
        return values

    def predict_interval(
        self, X: ArrayLike, level: float = 0.95, *, noise: bool = True
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Between what and what y lies at each row of X (rows, features), with probability `level`: (low, high).

        Over all formulas that the rows leave open, by their weights, and their constants' errors; with `noise` for a
        new measurement, else for the law itself. NaN where no formula has a real value.
        """
        check_is_fitted(self)
        if not 0 < level < 1:
            raise ValueError(f"level={level!r} is no probability between 0 and 1; give one, such as 0.95")
        posterior = self.finding_.parts.get("posterior")
        if not isinstance(posterior, Posterior):  # nothing was searched: y is constant, or one of the columns
            values = self.predict(X)
            return values, values.copy()
        found = posterior.predict(self._columns(X, posterior.names), level, noise=noise)
        return found.low, found.high

    def _columns(self, X: ArrayLike, names: Sequence[str]) -> NDArray[np.float64]:
        """The columns of X (rows, features) that a formula is of."""
        return _rows(self, X)[:, [self.names_.index(name) for name in names]]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "formula_")

    def __str__(self) -> str:
        return readable(self.formula_) if hasattr(self, "formula_") else super().__repr__()


class KANRegressor(RegressorMixin, BaseEstimator):
    """A network of splines, fitted by Levenberg-Marquardt with grid extension (KAN, arXiv 2404.19756, section 2.4).

    `hidden` are the widths of the hidden layers: numbers of sums, or pairs (sums, products). `grid_sizes` are tried one
    after the other while held-out rows say that a finer grid helps; `restarts` starts are made on the first.

    Columns with a tail (a lognormal one) are taken by their logarithm or asinh, and single cells far beyond all others
    are bounded (`columns_`, which are the columns themselves where nothing is odd about them). Rows with such a cell,
    and with `robust` the few whose y contradicts all others, are left out; `outliers_` are their numbers.

    After `fit`: `network_` (`nets.KAN`, a torch module in float64, of `columns_(X)`), `rmse_` on the rows that were
    fitted, `n_features_in_`; `spline_network()` is the artifact that drawings and folders take.

    >>> x = np.linspace(-1, 1, 200)[:, None]
    >>> KANRegressor(hidden=()).fit(x, np.sin(3 * x[:, 0])).score(x, np.sin(3 * x[:, 0])) > 0.999999
    True
    """

    def __init__(
        self,
        *,
        hidden: Sequence[int | tuple[int, int]] = (3,),
        grid_sizes: Sequence[int] = (3, 5, 10, 20),
        restarts: int = 4,
        steps: int = 40,
        smooth: float = 1e-5,
        robust: bool = True,
        random_state: Any = 0,
    ) -> None:
        self.hidden = hidden
        self.grid_sizes = grid_sizes
        self.restarts = restarts
        self.steps = steps
        self.smooth = smooth
        self.robust = robust
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fits the splines to y (rows,) over X (rows, features)."""
        X, y = _table(self, X, y)
        self.columns_ = Columns.of(X)
        usable = ~self.columns_.is_beyond(X)
        X = self.columns_(X)
        fit = RobustFit(partial(self._least_squares, seed=_seed(self.random_state)), rounds=3 if self.robust else 0)
        with one_thread():
            fitted, kept = fit(X, y, usable)
        self.network_, self.rmse_ = fitted.network, fitted.rmse
        self.outliers_ = np.flatnonzero(~kept)
        return self

    def _least_squares(self, X: NDArray[np.float64], y: NDArray[np.float64], seed: int) -> Fitted:
        size = float(np.abs(y).max()) or 1.0  # squares of 1e200 are no numbers
        mean, spread = float(np.mean(y / size)), float(np.std(y / size)) or 1.0
        fitted = fit_with_extension(
            [X.shape[1], *self.hidden, 1],
            X,
            (y / size - mean) / spread,
            grid_sizes=tuple(self.grid_sizes),
            restarts=self.restarts,
            steps=self.steps,
            smooth=self.smooth,
            seed=seed,
        )
        return fitted.in_units(mean * size, spread * size)

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """The network's value for each row of X (rows, features)."""
        check_is_fitted(self)
        rows = self.columns_(_rows(self, X))
        with torch.no_grad():
            return self.network_(torch.from_numpy(np.ascontiguousarray(rows)))[:, 0].numpy()

    def spline_network(self) -> SplineNetwork:
        """The fitted network as an artifact: y as a function of `columns_(X)`."""
        check_is_fitted(self)
        weights = {name: value.detach().numpy() for name, value in self.network_.state_dict().items()}
        return SplineNetwork(weights, self.network_.spec())


def _without_search(
    X: NDArray[np.float64], y: NDArray[np.float64], names: tuple[str, ...], target: str
) -> Finding[Formula] | None:
    """The formula where there is nothing to search for: y is constant, or one of the columns; else None."""
    same = [name for name, column in zip(names, X.T, strict=True) if (column == y).all()]
    text = repr(float(y[0])) if (y == y[0]).all() else same[0] if same else ""
    if not text:
        return None
    formula = Formula(text, names, target, tuple((float(x.min()), float(x.max())) for x in X.T))
    claim = Measured(f"{target} = {text} on the rows it was read from ({len(y):,} rows): largest error", 0.0, "")
    digest = hashlib.sha256(X.tobytes() + y.tobytes()).hexdigest()
    front = Front((formula,), (0.0,), (formula_bits(formula.sympy()),), 0)
    return Finding(formula, (claim,), Provenance("sklearn.FormulaRegressor", {}, 0, digest), {"front": front})


def _table(estimator: BaseEstimator, X: Any, y: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """X (rows, features) and y (rows,) as numbers; the estimator remembers the features."""
    checked: Any = validate_data(estimator, X, y, y_numeric=True, dtype=np.float64, ensure_min_samples=2)
    return checked[0], np.asarray(checked[1], dtype=np.float64)


def _refuse_targets(y: Any) -> None:
    """Raises ValueError for a y of several columns, with the remedy."""
    shape = np.shape(y)
    if len(shape) == 2 and shape[1] > 1:
        raise ValueError(
            f"y has {shape[1]} columns, a formula is of one; wrap the regressor: "
            "sklearn.multioutput.MultiOutputRegressor(FormulaRegressor())"
        )


def _weighed(
    X: NDArray[np.float64], y: NDArray[np.float64], sample_weight: Any
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]:
    """The rows that have a weight, and those weights; None where all are the same. Raises ValueError."""
    if sample_weight is None:
        return X, y, None
    weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
    kept = weights > 0
    if not kept.any():  # scikit-learn 1.6 lets them pass
        raise ValueError("sample_weight is 0 for every row; give at least one non-zero weight")
    X, y, weights = X[kept], y[kept], weights[kept]
    return X, y, None if np.ptp(weights) == 0 else weights


def _rows(estimator: BaseEstimator, X: Any) -> NDArray[np.float64]:
    """X (rows, features) as numbers, with the features that the estimator was fitted to."""
    checked: Any = validate_data(estimator, X, dtype=np.float64, reset=False)
    return checked


def _seed(random_state: Any) -> int:
    """An integer as it is; a generator's next number; None a fresh one."""
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
