"""Formulas with free constants for tables as they are: natural units, few rows, noise, outliers, waves.

Complete enumeration over small forms with constants inside (as in exhaustive symbolic regression, arXiv 2211.11461),
their constants fitted in batches, sums of pairs, growth; then for the best of them constants with standard errors,
exact numbers where those shorten the whole, and the choice by the length of formula and data together, over forms and
noise models alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import sympy
from jaxtyping import Float
from numpy.typing import NDArray

from ....artifacts.formulas.formula import Formula
from ....core.claim import Claim
from ....core.context import Context
from ....core.method import Found, Method
from ....core.reporter import SILENT, Reporter
from ....run.cpu_limit import check_budget, cpu_limit, is_over, seconds_left
from ....run.threads import one_thread
from ....subjects.tables.samples import Samples
from ..evidence.claims import formula_claims
from ..expression.errors import formula_or_none
from ..expression.selection import joint_front
from ..inference.claims import estimate_claims
from ..inference.estimate import Rows
from ..inference.noise import GAUSS, GROSS_RELATIVE, RELATIVE, STUDENT, STUDENT_DEGREES, Noise
from ..inference.posterior import next_point_claims, posterior_of
from ..inference.weigh import (
    Weighed,
    distinct,
    estimated,
    likely_noises,
    may_have_outliers,
    outlying_noises,
    rows_of,
    weigh_all,
)
from ..wishes import NO_WISHES, Wishes
from .batch import derivatives
from .catalogue import LARGEST
from .columns import choose_columns
from .form import count_constants
from .natural import Scaling, expression_of, scaling_of
from .nodes import MOST_CONSTANTS
from .quotient_forms import quotient_forms
from .search import Effort, Fitted, FormSearch

Array = NDArray[np.float64]
Report = Callable[[str, int], None]
"""Takes what is searched, and how many forms more have been fitted."""


@dataclass(frozen=True)
class Target:
    """One way to look at y: through a function that is undone afterwards, with weights and a noise model."""

    noise: Noise
    logarithm: bool = False
    nu: float = 0.0
    largest: int = 6

    def values(self, y: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        """What is fitted in place of y (rows,)."""
        return np.log(np.abs(y)) if self.logarithm else y

    def weights(self, y: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        """Of the rows, of mean 1: relative noise on y itself is 1/y^2 to first order."""
        if not self.noise.is_share or self.logarithm:
            return np.ones(len(y))
        return np.mean(y * y) / (y * y) / np.mean(np.mean(y * y) / (y * y))

    def noises(self, y: Float[np.ndarray, " rows"]) -> list[Noise]:
        """The noise models that what is found so is weighed under."""
        if not self.nu:
            return likely_noises(y)
        return [noise for noise in outlying_noises(y) if noise.is_share == self.noise.is_share]

    def undone(self, expression: sympy.Expr, y: Float[np.ndarray, " rows"]) -> sympy.Expr:
        """The expression for y where `expression` is that of `values`."""
        if not self.logarithm:
            return expression
        sign = 1 if y[0] > 0 else -1
        return sign * sympy.exp(expression)


def targets(y: Float[np.ndarray, " rows"], largest: int) -> list[Target]:
    """Which ways of looking at y are searched, the shortest search first; outliers only after a look
    (`outlying_targets`)."""
    found = [Target(GAUSS, largest=largest)]
    if RELATIVE.applies(y):
        logarithm = Target(RELATIVE, logarithm=True, largest=min(largest, 4))
        found = [logarithm, *found, Target(RELATIVE, largest=min(largest, 5))]
    return found


def outlying_targets(y: Float[np.ndarray, " rows"]) -> list[Target]:
    """The same where outliers are suspected: fitted under Student's tails, which lead to the law from far off too."""
    found = [Target(STUDENT, nu=STUDENT_DEGREES, largest=5)]
    if GROSS_RELATIVE.applies(y):
        found.insert(0, Target(GROSS_RELATIVE, logarithm=True, nu=STUDENT_DEGREES, largest=4))
    return found


@dataclass(frozen=True)
class ParametricSearch:
    """The search on one table: from rows to weighed estimates, the shortest description first."""

    rows: Rows
    effort: Effort
    kept: int
    seed: int
    without: frozenset[str] = frozenset()
    wishes: Wishes = NO_WISHES
    noises: tuple[str, ...] = ()
    looked: float = 0.55
    """The share of limited time that forms are looked for in; what is found is estimated and weighed in the rest, and
    of what is not nothing is known."""

    def run(self, report: Report = lambda note, forms: None) -> list[Weighed]:
        """Every estimate that was weighed, the shortest description first; the mean is always among them."""
        columns = choose_columns(self.rows.X, self.rows.y, max(LARGEST))
        weighed = [self._mean()]
        waiting = [target for target in targets(self.rows.y, self.effort.largest) if self._is_asked_for(target)]
        outlying = [target for target in outlying_targets(self.rows.y) if self._is_asked_for(target)]
        seen, read = [*weighed], 1  # constants free; of those read so far, the ones near the shortest are weighed
        while waiting and not is_over():
            target, *waiting = waiting
            with cpu_limit(seconds_left() / (1 + len(waiting))):  # equal shares: which suits y is not known before
                if not (target.logarithm or target.nu):
                    seen += self._quotients(target, columns)
                seen += self._searched(target, columns, report)
                if outlying and may_have_outliers(seen, self.rows):
                    waiting, outlying = [*outlying, *waiting], []
                    continue  # what goes through outliers by narrow poles is long to weigh, and soon found too long
                weighed += self._weighed(seen[read:], weighed)
                read = len(seen)
        weighed += self._weighed(seen[read:], weighed)
        return distinct(sorted(weighed, key=lambda entry: entry.nats))

    def _weighed(self, free: Sequence[Weighed], others: Sequence[Weighed]) -> list[Weighed]:
        return weigh_all(free, self.rows, min(entry.nats for entry in others))

    def _is_asked_for(self, target: Target) -> bool:
        if self.noises and not any(noise.name in self.noises for noise in target.noises(self.rows.y)):
            return False
        return not (target.logarithm and "exp" in self.without)

    def _mean(self) -> Weighed:
        return estimated(sympy.Float(float(self.rows.y.mean()) or 1e-300, 17), self.rows, [GAUSS])[0]

    def _searched(self, target: Target, columns: Sequence[int], report: Report) -> list[Weighed]:
        y = target.values(self.rows.y)
        X = self.rows.X[:, list(columns)]
        scaling = scaling_of(X, y)
        floor = target.noise.smallest(self.rows.y, self.rows.rounding) if target.logarithm else self.rows.rounding
        search = FormSearch(
            scaling.apply(X),
            y / scaling.size,
            target.weights(self.rows.y) * self.rows.weights,
            floor / scaling.size,
            self.seed,
            replace(self.effort, largest=target.largest),
            target.nu,
            self.without,
            is_over,
            lambda forms: report(f"{target.noise.name} noise", forms),
        )
        names = [self.rows.names[j] for j in columns]
        with cpu_limit(self.looked * seconds_left()):
            found = search.run()
        fitted = self._wished(found, target, scaling, names)
        free: list[list[Weighed]] = []
        for one in [*_simple(fitted, len(columns)), *_different(fitted, search.X, self.kept)]:
            if is_over() and free:
                break
            free.append(self._estimated(one, target, scaling, names))
        return [entry for entries in free for entry in entries]

    def _quotients(self, target: Target, columns: Sequence[int]) -> list[Weighed]:
        """Sums over sums, which the enumeration reaches only where they are short. The best is weighed in all ways of
        writing it, of the others the first."""
        noises, weights = self._noises(target), target.weights(self.rows.y) * self.rows.weights
        free = [
            [entry for way in ways[: None if k == 0 else 1] for entry in estimated(way, self.rows, noises)]
            for k, ways in enumerate(quotient_forms(self.rows, columns, weights, is_over))
            if self._is_as_wished(ways[0])
        ]
        return [entry for entries in free for entry in entries]

    def _is_as_wished(self, expression: sympy.Expr) -> bool:
        if not self.wishes.any:
            return True
        formula = formula_or_none(expression, self.rows.names, "y_")
        return formula is not None and not self.wishes.fault(formula, self.rows.X)

    def _wished(
        self, fitted: list[Fitted], target: Target, scaling: Scaling, names: list[str], looked_at: int = 600
    ) -> list[Fitted]:
        """Those of the best `looked_at` that are as wished, a level deeper at most: a factor may turn out to be 1."""
        if not self.wishes.any:
            return fitted
        wishes = replace(self.wishes, depth=None if self.wishes.depth is None else self.wishes.depth + 1)
        kept: list[Fitted] = []
        for one in fitted[:looked_at]:
            with suppress(OverflowError, ZeroDivisionError):
                plain = expression_of(one.form, one.theta, one.linear, scaling, names)
                formula = formula_or_none(target.undone(plain, self.rows.y), self.rows.names, "y_")
                kept += [] if formula is None or wishes.fault(formula, self.rows.X) else [one]
        return kept

    def _estimated(self, fitted: Fitted, target: Target, scaling: Scaling, names: list[str]) -> list[Weighed]:
        try:
            plain = expression_of(fitted.form, fitted.theta, fitted.linear, scaling, names)
        except (OverflowError, ZeroDivisionError):
            return []
        return estimated(target.undone(plain, self.rows.y), self.rows, self._noises(target))

    def _noises(self, target: Target) -> list[Noise]:
        return [noise for noise in target.noises(self.rows.y) if not self.noises or noise.name in self.noises]


def _simple(fitted: Sequence[Fitted], columns: int) -> list[Fitted]:
    """Of forms whose best come first, each that is the best of those with so few constants. The very best may be as
    long as it is because of a few rows; one of these does without them."""
    kept: list[Fitted] = []
    fewest = MOST_CONSTANTS + 1
    for one in fitted:
        count = count_constants(one.form, columns)
        if count < fewest:
            kept.append(one)
            fewest = count
    return kept[1:]


def _different(
    fitted: list[Fitted], X: Float[np.ndarray, "columns rows"], most: int, most_twins: int = 3
) -> list[Fitted]:
    """The best forms of `most` different values; of those that agree on all rows a few, no two of the same nodes: one
    may do without a constant where another cannot (a logistic curve needs no offset, the tanh that equals it
    does)."""
    seen: dict[tuple[float, ...], set[str]] = {}
    kept: list[Fitted] = []
    for one in fitted:
        found = derivatives(one.form, one.theta, X)
        if found is None:
            continue
        values = one.linear[0] + one.linear[1] * found[0]
        key = tuple(np.round(values[:: max(1, len(values) // 20)] / (np.abs(values).max() or 1.0), 6))
        nodes = repr(one.form).replace("flip", "shift").replace("upper", "lower")
        twins = seen.get(key, set())
        if nodes in twins or len(twins) == most_twins or (not twins and len(seen) == most):
            continue
        seen[key] = {*twins, nodes}
        kept.append(one)
    return kept


@dataclass(frozen=True)
class Parametric(Method[Samples, Formula]):
    """A formula by enumeration of forms with free constants, with the standard error of every constant.

    `largest` is the size of the largest forms, `rounds` those of growth; `kept` of each search are weighed exactly.
    `without` names nodes that are left out ("wave", "tanh", ...); only formulas as in `wishes` are weighed. A share
    `held_out` of the rows is kept for the claims where there are at least `few_rows`. `budget_seconds` of CPU time end
    the search with what it has by then.

    >>> t = np.linspace(0, 8, 60)
    >>> noise = np.random.default_rng(0).normal(0, 0.02, 60)
    >>> finding = Parametric().explain(Samples(t, 1.9 * np.exp(-0.42 * t) * np.cos(6.1 * t) + noise, ("t",)))
    >>> [claim.evidence for claim in finding.claims if claim.key == "constant"][1:3]
    ['-0.423 +- 0.004', '6.098 +- 0.004']
    """

    largest: int = 6
    rounds: int = 24
    kept: int = 16
    without: tuple[str, ...] = ()
    wishes: Wishes = NO_WISHES
    noises: tuple[str, ...] = ()
    """Only these noise models, by their names ("Gauss", "relative", "Student", ...); without, all that y may have."""
    held_out: float = 0.2
    few_rows: int = 40
    fewest_rows: int = 3
    """Two rows are on a line whatever the law."""
    budget_seconds: float | None = None
    searched: float = 0.85
    """The share of limited time that the search has: what it found is read and claimed in the rest."""

    def _find(self, subject: Samples, context: Context) -> Found[Formula]:
        """The formula with the shortest description. Raises ValueError for fewer than three rows."""
        check_budget(self.budget_seconds)
        if subject.rows < self.fewest_rows:
            raise ValueError(f"subject has {subject.rows} rows; give at least {self.fewest_rows} to find a formula")
        fitted, held = subject, None
        if self.held_out and subject.rows >= self.few_rows:
            fitted, held = subject.split(self.held_out, np.random.default_rng(context.stream("rows")))
        with cpu_limit(self.budget_seconds), cpu_limit(self.searched * seconds_left()):
            proposed = self.propose(fitted, context.seed, context.reporter)
        found, formulas = self._as_wished(proposed, subject)
        best = found[0]
        kept = "held-out rows" if held else "the rows it was fitted to"
        claims: list[Claim] = [
            *formula_claims(formulas[0], fitted, held or fitted, kept=kept, refits=0, seed=context.seed)
        ]
        claims += estimate_claims(best.estimate, rows_of(fitted), subject.target)
        claims += self.wishes.claims(formulas[0], subject.X)
        front = joint_front(formulas[0], formulas[1:], fitted)
        posterior = posterior_of(found, subject.names, subject.target, subject.box, subject.X)
        claims += next_point_claims(posterior)
        return Found(
            formulas[0],
            tuple(claims),
            {"front": front, "posterior": posterior},
            route=f"{best.estimate.noise.name} noise",
        )

    def _as_wished(self, proposed: list[Weighed], subject: Samples) -> tuple[list[Weighed], list[Formula]]:
        """Those that are as wished, and their formulas; of those not read before time is over, none. Raises ValueError
        where none is."""
        read: list[tuple[Weighed, Formula]] = []
        for each in proposed:
            if read and is_over():
                break
            formula = formula_or_none(each.expression, subject.names, subject.target, subject.box)
            if formula is not None and not self.wishes.fault(formula, subject.X):
                read.append((each, formula))
        if not read:
            raise ValueError("no formula is as wished; wish less: not even the mean is so")
        return [each for each, _ in read], [formula for _, formula in read]

    def propose(self, samples: Samples, seed: int = 0, reporter: Reporter = SILENT) -> list[Weighed]:
        """Weighed estimates of all rows, the shortest description first; the mean of y is always among them."""
        effort = Effort(largest=self.largest, rounds=self.rounds)
        reporter.start("forms with constants", 30_000)  # about how many are screened for one table
        search = ParametricSearch(
            rows_of(samples), effort, self.kept, seed, frozenset(self.without), self.wishes, self.noises
        )
        with one_thread(), cpu_limit(self.budget_seconds):
            found = search.run(lambda note, forms: reporter.advance(forms, note))
        reporter.finish()
        return found
