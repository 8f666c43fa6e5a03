"""Which rows a race puts aside, and what is claimed of its winner from them: at first, and when it is checked.

Nothing of the search is needed for it but the formula, the noise model it was weighed with, and the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import sympy

from ...artifacts.formulas.formula import Formula, make_formula
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...run.threads import one_thread
from ...subjects.tables.samples import Samples
from .entrants import Judged, outliers_of
from .evidence.claims import explained_claim, formula_claims
from .evidence.exponents import exponent_claims
from .evidence.no_formula import no_formula_claim
from .evidence.residual import residual_claim
from .evidence.thresholds import threshold_claims
from .expression.errors import error_of, size_of
from .final import again_on_all, told_of
from .inference.claims import estimate_claims, outliers_claim
from .inference.estimate import Estimate
from .inference.noise import NOISES, rounding_of
from .inference.weigh import Weighed, estimated, rounded_text, rows_of, weigh_formulas
from .rows import Rows, screened
from .untried import in_time


@dataclass(frozen=True)
class Judge:
    """What is claimed of a race's winner; the fields are those of `Race`."""

    held_out: float
    few_rows: int
    fitted_rows: int
    claimed_rows: int
    exact: float

    def split(self, table: Samples, context: Context) -> Rows:
        """The rows that methods may see, and those that only claims are made from; none where there are few."""
        if table.rows < self.few_rows:
            return Rows(table, None, "the rows it was fitted to", table.box)
        fraction = max(self.held_out, 1 - self.fitted_rows / table.rows)
        fitted, held = table.split(fraction, np.random.default_rng(context.stream("rows")))
        return Rows(fitted, held, "held-out rows", table.box)

    def measured_again(
        self, formula: Formula, subject: Samples, settings: Mapping[str, Any], context: Context
    ) -> list[Claim]:
        """The claims about `formula` from the rows alone, in the way that `settings` of the finding tell."""
        distinct = subject.without_copies()
        table = screened(subject, distinct.rows)
        rows = self.split(distinct if table is subject else table.without_copies(), context)
        chosen, last = str(settings.get("fitted_to_all", "")), None
        with one_thread():
            if chosen:
                winner, last = _fitted_again(formula, rows, str(settings["noise"]))
                rows = told_of(rows, chosen)
            else:
                winner = _weighed_again(formula, rows.fitted, str(settings["noise"]))
            few = bool(settings.get("split_by_methods"))
            rows = rows.split(self.held_out, np.random.default_rng(context.seed)) if few else rows
            told = outliers_told(outliers_of(winner, table), table)
            return [*told, *self.claims(winner, rows.without_outliers(winner), context, last)]

    def claims(self, winner: Judged, rows: Rows, context: Context, last: Judged | None = None) -> list[Claim]:
        """What is known of the formula, and of what it misses; of its constants as they are in the `last` one, which
        was fitted to all rows."""
        return list(measured_by("distill.formula", self._claims(winner, rows, context, last)))

    def _claims(self, winner: Judged, rows: Rows, context: Context, last: Judged | None) -> list[Claim]:
        formula, claims = winner.formula, self._claims_on_held_rows(winner, rows, context)
        claims += threshold_claims(formula if last is None else last.formula, rows.fitted)
        if self.is_exact(formula, rows.fitted):
            return claims
        target = formula.target
        known, seen = (winner, rows.fitted) if last is None else (last, rows.every())
        claims += in_time(
            f"errors of the constants in {target}",
            lambda: estimate_claims(_as_written(known, seen), rows_of(seen), target),
        )
        if not formula.sympy().free_symbols:
            claims.append(no_formula_claim(rows.fitted))
        claims += exponent_claims(formula, rows.fitted)
        if rows.fitted.rows >= self.few_rows:
            claims += in_time(
                f"share of what is missed in {target} that a smooth function explains",
                lambda: [residual_claim(formula, rows.fitted, context.seed)],
            )
        return claims

    def _claims_on_held_rows(self, winner: Judged, rows: Rows, context: Context) -> list[Claim]:
        formula, held = winner.formula, rows.held or rows.fitted
        some = held
        claims: list[Claim] = []
        if held.rows > self.claimed_rows:
            generator = np.random.default_rng(context.stream("claimed"))
            some = held.select(np.sort(generator.permutation(held.rows)[: self.claimed_rows]))
            baseline = float(np.sqrt(np.mean((held.y - rows.fitted.y.mean()) ** 2))) / size_of(held)
            statement = f"relative error of {formula.target} on all other rows ({held.rows:,} rows)"
            error = error_of(formula, held) / size_of(held)
            claims.append(Measured(statement, error, "of rms", baseline, key="error_all"))
        refits = 0 if winner.weighed.estimate.free else 20  # of free constants the standard errors say more
        told = {"kept": rows.kept, "independent": rows.independent}
        claims += formula_claims(formula, rows.fitted, some, refits=refits, seed=context.seed, **told)
        claims.insert(1, explained_claim(formula, rows.fitted, some, rows.kept))
        return claims

    def is_exact(self, formula: Formula, table: Samples) -> bool:
        """Up to the share `exact` of the target's size, or up to the rounding of its written numbers."""
        return error_of(formula, table) <= max(self.exact * size_of(table), rounding_of(table.y))


@measurement("distill.formula", on_data=True)
def _measured_again(evidence: Evidence) -> list[Claim]:
    settings = evidence.finding.provenance.settings
    judge = Judge(**{each.name: settings[each.name] for each in fields(Judge)})
    return judge.measured_again(evidence.the(Formula), evidence.subject, settings, evidence.context)


def _weighed_again(formula: Formula, table: Samples, noise: str) -> Judged:
    """The formula as it entered the race, its constants estimated from the table. Raises ValueError for other ones."""
    for each in _readings(formula, table, noise):
        if _is_the_same(each.expression, formula):
            return Judged(formula, each)
    raise ValueError(f"from these rows, {formula.describe()} gets other constants")


def _fitted_again(formula: Formula, rows: Rows, noise: str) -> tuple[Judged, Judged]:
    """The formula as it was before its constants were fitted to all rows, and as it is. Raises ValueError as above."""
    for each in _readings(formula, rows.fitted, noise):
        before = make_formula(each.expression, formula.names, formula.target)
        last = again_on_all(Judged(before, each), rows)
        if last is not None and _is_the_same(last.expression, formula):
            return Judged(before, each), Judged(formula, last)
    raise ValueError(f"from these rows, {formula.describe()} gets other constants")


def _readings(formula: Formula, table: Samples, noise: str) -> Iterator[Weighed]:
    """The formula on the table, its numbers exact where the rows say so, and then as it stands."""
    models = [each for each in NOISES if each.name == noise]
    yield from weigh_formulas([formula.sympy()], rows_of(table), models)
    yield from estimated(formula.sympy(), rows_of(table), models)


def _as_written(judged: Judged, table: Samples) -> Estimate:
    """The estimate of a formula as its text is read, so that who reads it again has the same constants: a factor of 1
    that was found is none in the text."""
    found = estimated(judged.formula.sympy(), rows_of(table), [judged.weighed.estimate.noise])
    return found[0].estimate if found else judged.weighed.estimate


def _is_the_same(expression: sympy.Expr, formula: Formula) -> bool:
    return rounded_text(expression, 6) == rounded_text(formula.sympy(), 6)


def outliers_told(far: np.ndarray, table: Samples) -> list[Claim]:
    """Which rows lie too far off; nothing where none do."""
    return [outliers_claim(far, table.target)] if far.any() else []
