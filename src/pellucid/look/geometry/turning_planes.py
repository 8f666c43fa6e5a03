"""The line and the circles that numbers lie on inside a model, found without being told a period, and as formulas.

A helix (Kantamneni and Tegmark, arXiv 2502.00873, section 4) is fitted there with periods that are given. Here the
periods are looked for, and the coordinates go to a distiller of formulas, which is told nothing of circles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.features.helix import helix_basis
from ...artifacts.features.number_curve import NumberCurve
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled
from ...subjects.tables.samples import Samples
from .helix_probe import number_means
from .periods import best_period, candidate_periods, period_error, written_periods

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TurningPlanes(Method[Labelled, NumberCurve]):
    """Numbers -> the line and the circles that their activations lie on, each coordinate as a formula.

        h(n) = c + a n + sum_T [u_T cos(2 pi n / T) + v_T sin(2 pi n / T)] + rest

    The periods T are taken one after another, that which explains most of what is left first, while it explains more
    than in all but a share `significance` of random orders of the numbers. The pseudo-inverse of (a, u, v) reads a
    coordinate for each; `distiller` turns it into a formula. A part `held_out` of the numbers is seen by none of this,
    and judges it. Of whole numbers a period T and one of T / (T - 1) are the same; the longer one is told. Whatever
    depends on the last digit alone has the periods 10, 5, 10/3, 5/2 and 2. Raises ValueError for y that are no numbers,
    and for fewer than 16.

    >>> n = np.arange(40.0); x = np.stack([np.cos(n * np.pi / 5), np.sin(n * np.pi / 5)], 1)
    >>> found = TurningPlanes().explain(Labelled(x, n, names=("number",))).artifact
    >>> found.names, round(found.periods[0], 1)
    (('cosine of circle 1', 'sine of circle 1'), 10.0)
    """

    distiller: Method[Samples, Any] | None = None
    """What makes formulas of tables, such as those of `distill`; None: coordinates only."""
    circles: int = 2
    """At most so many circles are looked for."""
    components: int = 10
    """Principal components of the numbers' means in which everything is looked for, at most a third of the numbers."""
    held_out: float = 0.3
    shuffles: int = 200
    """Random orders of the numbers, as a control."""
    significance: float = 0.01

    def _find(self, subject: Labelled, context: Context) -> Found[NumberCurve]:
        if subject.y.ndim != 1 or len(subject.names) != 1:
            raise ValueError(f"names={list(subject.names)}: a curve is fitted to one number for each row")
        numbers, means = number_means(subject)
        if len(numbers) < 16:
            raise ValueError(f"{len(numbers)} numbers are too few to hold some out; give 16 different ones or more")
        generator = np.random.default_rng(context.stream("planes"))
        held = np.zeros(len(numbers), bool)
        held[generator.choice(len(numbers), round(self.held_out * len(numbers)), replace=False)] = True
        with one_thread():
            centre, axes = _components(means[~held], min(self.components, int((~held).sum()) // 3))
            points = (means - centre) @ axes
            line, periods, claims = self._look(numbers[~held], points[~held], generator)
            scale = float(np.abs(numbers).max()) or 1.0
            readout = _readout(numbers[~held], points[~held], periods, scale)
            names = ("size", *(f"{part} of circle {i + 1}" for i in range(len(periods)) for part in ("cosine", "sine")))
            kept = list(range(len(names))) if line else list(range(1, len(names)))
            coordinates = points @ readout[:, kept]
            chance = self._chance(numbers, points, held, generator)
        chosen = tuple(names[i] for i in kept)
        formulas: list[str] = []
        context.reporter.start("formulas of the coordinates", len(chosen))
        for name, values in zip(chosen, coordinates.T, strict=True):
            formula, told = self._distilled(name, numbers, values, held, chance, context)
            formulas += [] if formula is None else [formula]
            claims += told
            context.reporter.advance(1, name)
        context.reporter.finish()
        for i, period in enumerate(periods):
            pair = coordinates[:, [chosen.index(f"{part} of circle {i + 1}") for part in ("cosine", "sine")]]
            error = period_error(numbers[~held], pair[~held], period)
            claims.append(Measured(f"period of circle {i + 1}", period, "numbers", None, error, key=f"period {i + 1}"))
        curve = NumberCurve(
            centre, axes @ readout[:, kept], numbers, coordinates, held, chosen, tuple(formulas), periods,
            title=subject.title,
        )  # fmt: skip
        return Found(curve, tuple(claims))

    def _look(
        self, numbers: Array, points: Array, generator: np.random.Generator
    ) -> tuple[bool, tuple[float, ...], list[Claim]]:
        """Whether there is a line, the periods of the circles, and how each stands beside random orders."""
        claims: list[Claim] = []
        spread = float(((points - points.mean(0)) ** 2).sum())
        orders = [generator.permutation(len(numbers)) for _ in range(self.shuffles)]

        def judge(what: str, key: str, own: float, drawn: list[float]) -> bool:
            as_good = (1 + sum(one >= own for one in drawn)) / (1 + len(drawn))
            claims.append(
                Measured(
                    f"share of the numbers' spread on {what}; baseline: the mean of {len(drawn)} random orders, "
                    f"of which {sum(one >= own for one in drawn)} have as much",
                    own / spread, "", float(np.mean(drawn)) / spread, key=key,
                )
            )  # fmt: skip
            return as_good <= self.significance

        slope = np.column_stack([np.ones(len(numbers)), numbers])
        line = judge("a line", "line", _taken(slope, points), [_taken(slope, points[order]) for order in orders])
        tried, periods = candidate_periods(numbers), ()
        for i in range(self.circles):
            basis = np.column_stack([slope, helix_basis(numbers, periods, 1.0)[:, 1:]])
            rest = points - basis @ np.linalg.lstsq(basis, points, rcond=None)[0]
            if float((rest**2).sum()) < 1e-9 * spread:  # what is left is rounding
                break
            period, own = best_period(numbers, rest, basis, tried)
            drawn = [best_period(numbers, rest[order], basis, tried)[1] for order in orders]
            if not judge(f"circle {i + 1}, of period {period:.4g}", f"circle {i + 1}", own, drawn):
                break
            periods = (*periods, period)
        return line, periods, claims

    def _chance(self, numbers: Array, points: Array, held: NDArray[np.bool_], generator: np.random.Generator) -> float:
        """R^2 on held-out numbers that a coordinate has in all but 5 % of random orders, each with its best period."""
        found, tried = [], candidate_periods(numbers[~held])
        for _ in range(min(self.shuffles, 50)):
            mixed = points[generator.permutation(len(points))]
            slope = np.column_stack([np.ones(int((~held).sum())), numbers[~held]])
            rest = mixed[~held] - slope @ np.linalg.lstsq(slope, mixed[~held], rcond=None)[0]
            period, _ = best_period(numbers[~held], rest, slope, tried)
            values = mixed @ _readout(numbers[~held], mixed[~held], (period,), 1.0)[:, 1]
            basis = np.column_stack([np.ones(len(numbers)), helix_basis(numbers, (period,), 1.0)])
            told = basis @ np.linalg.lstsq(basis[~held], values[~held], rcond=None)[0]
            found.append(_r2(values[held], told[held], float(values[~held].mean())))
        return max(0.0, float(np.quantile(found, 0.95)))

    def _distilled(
        self, name: str, numbers: Array, values: Array, held: NDArray[np.bool_], chance: float, context: Context
    ) -> tuple[str | None, list[Claim]]:
        """The formula of one coordinate from the numbers that are not held out, judged on those that are."""
        if self.distiller is None:
            return None, []
        table = Samples(numbers[~held][:, None], values[~held], ("n",), "coordinate")
        try:
            formula = _bounded(self.distiller.explain(table, context.seed), table)
        except ValueError as error:
            return "", [Undecided(f"formula of the {name}", str(error), "give more numbers", key=f"formula {name}")]
        told = np.broadcast_to(np.asarray(formula(numbers[:, None]), dtype=np.float64), numbers.shape)
        base = float(values[~held].mean())
        value = _r2(values[held], told[held], base)
        places = np.flatnonzero(held)
        without = [_r2(values[rest], told[rest], base) for rest in (np.setdiff1d(places, [i]) for i in places)]
        error = float(np.sqrt((len(places) - 1) * np.var(without)))
        statement = f"R^2 of the formula of the {name} on {len(places)} held-out numbers; baseline: random orders, 95 %"
        claims: list[Claim] = [Measured(statement, value, "", chance, error, key=f"r2 {name}")]
        for period in written_periods(formula.sympy(), numbers):
            statement = f"period of the wave in the formula of the {name}"
            claims.append(Measured(statement, period, "numbers", key=f"written period {name}"))
        return str(formula.expression), claims


def _bounded(finding: Any, table: Samples) -> Any:
    """The formula, or the next best of its front where it leaves the range of the values between two numbers.

    The mean activation of a number is bounded, so a pole between two numbers is an accident of those that were seen. As
    far as three times the largest value is no accident.
    """
    grid = np.linspace(table.X.min(), table.X.max(), 4001)[:, None]
    largest = 3 * float(np.abs(table.y).max())
    front = finding.parts.get("front")
    others = (
        [] if front is None else [front.formulas[i] for i in np.argsort([-w for w in front.weights], kind="stable")]
    )
    with np.errstate(all="ignore"):
        for formula in (finding.artifact, *others):
            if np.all(np.abs(formula(grid)) <= largest):
                return formula
    return finding.artifact


def _components(means: Array, count: int) -> tuple[Array, Array]:
    """The centre (width,) and the first principal components (width, count)."""
    centre = means.mean(0)
    return centre, np.linalg.svd(means - centre, full_matrices=False)[2][:count].T


def _readout(numbers: Array, points: Array, periods: tuple[float, ...], scale: float) -> Array:
    """(components, 1 + 2 periods): what reads the coordinate along the line and along each circle's two axes."""
    basis = np.column_stack([np.ones(len(numbers)), helix_basis(numbers, periods, scale)])
    return np.asarray(np.linalg.pinv(np.linalg.lstsq(basis, points, rcond=None)[0][1:], rcond=1e-6), dtype=np.float64)


def _taken(basis: Array, points: Array) -> float:
    """The sum of squares about the mean that the basis, a constant in it, explains."""
    fitted = basis @ np.linalg.lstsq(basis, points, rcond=None)[0]
    return float(((fitted - fitted.mean(0)) ** 2).sum())


def _r2(values: Array, told: Array, mean: float) -> float:
    """1 for what is right; 0 for the mean of the numbers that were seen."""
    return float(1 - ((values - told) ** 2).sum() / max(((values - mean) ** 2).sum(), 1e-300))
