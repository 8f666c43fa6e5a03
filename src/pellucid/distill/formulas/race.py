"""Race: several methods compete for the formula of one table, and the shortest description of formula and data wins.

    table -> screened columns -> rows put aside -> each method in turn, until one is as good as the data
          -> entrants (what they found, and its simpler forms) -> the fewest bits -> claims on the rows put aside

An engine is any `Method[Samples, Formula]`; where a part of its finding is a `Front`, those formulas are looked at too.
What decides is the length of formula and data together (`inference`), and nothing else, a code of two parts as in
Gruenwald's tutorial on minimum description length (arXiv math/0406077): the constants of every formula are estimated
anew from the same rows, under the same noise models. Whatever a method raises, or a candidate when it is computed, the
others go on, and a claim says what happened. Cost: that of the methods, and seconds beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...artifacts.formulas.formula import Formula
from ...artifacts.formulas.predictions import Predictions
from ...artifacts.formulas.spline_network import SplineNetwork
from ...core.artifact import Artifact
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.finding import Finding
from ...core.method import Found, Method, method_name
from ...nets.splines.kan import kan_from
from ...run.cached import cached, load_kept
from ...run.cpu_limit import check_budget, cpu_limit, is_over, seconds_left
from ...run.threads import one_thread
from ...subjects.tables.samples import Samples
from ...subjects.tables.screening import screen
from .algebra.algebraic import Algebraic
from .entrants import Entrant, best_of, entrants_of, front_of, outliers_of, without_values
from .evidence.claims import explained_claim, formula_claims
from .evidence.exponents import exponent_claims
from .evidence.no_formula import no_formula_claim
from .evidence.residual import is_within_noise, residual_claim
from .evolution.search import Search
from .expression.errors import error_of, size_of
from .inference.claims import estimate_claims, outliers_claim
from .inference.noise import rounding_of
from .inference.posterior import next_point_claims, posterior_of
from .inference.weigh import rows_of
from .parametric.parametric import Parametric
from .spline.exact_edges import edges_of
from .spline.kan_formula import KANFormula
from .spline.symbols import as_arrays
from .wishes import NO_WISHES, Box, Wishes


@dataclass(frozen=True)
class Race(Method[Samples, Formula]):
    """The formula with the shortest description of a table, of those that several methods find.

    `methods` run in their order until one is exact, or the best so far is as good as the data; by default algebra,
    forms with free constants, a spline network and genetic search (`competitors`). With `budget_seconds` of CPU time
    every method ends with what it has once half of what is left is used up, and the last, the search, uses the rest;
    without, all count their steps, so that the same seed gives the same formula on any machine.

    A method that fails, by whatever exception, leaves an Undecided claim (key "not_found"). Ctrl-C ends the race: what
    is found by then is returned, with a claim (key "interrupted") that says what was not tried; before anything is
    found it is raised. Raises ValueError for too few rows, a constant target, and where no method found a formula.

    >>> X = np.random.default_rng(0).uniform(1, 3, (60, 2))
    >>> finding = Race(methods=(Algebraic(refits=0),)).explain(Samples(X, X[:, 0] / X[:, 1] ** 2))
    >>> finding.artifact.expression, finding.measured("error") < 1e-12
    ('x0/x1**2', True)
    """

    methods: tuple[Method[Samples, Formula], ...] = ()
    budget_seconds: float | None = None
    held_out: float = 0.2
    """The share of the rows that no method sees, and that the claims are made from."""
    few_rows: int = 40
    """Of fewer rows the methods see all: a fifth of them would be too few for a claim, and be missed in the fit."""
    fitted_rows: int = 5_000
    """Of more rows than this, that many are fitted, and all others make the claims."""
    claimed_rows: int = 20_000
    """Of more rows that were put aside, that many make the claims; one claim is about all of them."""
    drawn_rows: int = 2_000
    """At most so many rows are kept for drawings: more are not seen on a page."""
    heard: int = 2
    """So many methods are heard before one that is as good as the data ends the race: that it is as good is seen by a
    test without much power on few rows, heavy tails and fast waves. An exact one ends it at once."""
    shared: float = 0.5
    """The share of what is left of a budget that a method may use where others wait."""
    wishes: Wishes = NO_WISHES
    """What the user wishes of a formula; only those compete that are so."""
    exact: float = 1e-9
    """A formula that misses by less than this share of the target's size needs no other beside it: rounding is a
    thousand times smaller, what an approximation leaves a thousand times larger."""

    def competitors(self) -> tuple[Method[Samples, Formula], ...]:
        """The methods in their order; without `methods`, those that are tried by default.

        Two networks are read and three searches started where nothing else ends them, so that a smooth table without
        a law takes no more than a minute. They make no bootstrap: the race does, for the one formula that wins.
        Algebra and forms with constants see all rows that the race does not put aside: of few rows none is to spare.
        """
        if self.methods:
            return tuple(self.methods)
        if self.budget_seconds is None:
            search = Search(rounds=3, refits=0)
        else:
            search = Search(budget_seconds=self.budget_seconds, refits=0)
        forms = Parametric(held_out=0.0, budget_seconds=self.budget_seconds, wishes=self.wishes)
        return Algebraic(refits=0, held_out=0.0), forms, KANFormula(most_read=2, refits=0), search

    def settings(self) -> dict[str, Any]:
        """The hyperparameters, with those of every method."""
        methods = [{"name": method_name(each), **each.settings()} for each in self.competitors()]
        return {**super().settings(), "methods": methods}

    def _find(self, subject: Samples, context: Context) -> Found[Formula]:
        check_budget(self.budget_seconds)
        self.wishes.refuse_unknown(subject.names)
        distinct = subject.without_copies()
        table = _screened(subject, distinct.rows)
        rows = self._split_rows(distinct if table is subject else table.without_copies(), context)
        with cpu_limit(self.budget_seconds):
            entrants, undecided = self._compete(rows.fitted, rows.box, context)
        if not entrants:
            raise ValueError(f"no formula was found: {'; '.join(dict.fromkeys(claim.evidence for claim in undecided))}")
        with context.timed("claims"), one_thread():
            rows = self._as_methods_split(rows, entrants, context)
            for winner in sorted(entrants, key=lambda entrant: entrant.nats):
                try:
                    far = outliers_of(winner, table)
                    told = [outliers_claim(far, table.target)] if far.any() else []
                    return self._conclude(winner, entrants, rows.without_outliers(winner), told + undecided, context)
                except Exception as error:  # a formula that no claim can be made about gives way to the next
                    undecided.append(_failure(f"claims about {winner.formula.describe()}", error))
        raise ValueError(f"no claim could be made about a formula: {undecided[-1].evidence}")

    # ------------------------------------------------------------------------------------------------- the methods

    def _compete(self, table: Samples, box: Box, context: Context) -> tuple[list[Entrant], list[Claim]]:
        """Every method in its turn, until one is as good as the data; and what the others could not do."""
        entrants, undecided = [], []
        competitors = self.competitors()
        places = [_checkpoint(context, number, method) for number, method in enumerate(competitors)]
        for method, place in zip(competitors, places, strict=True):
            load_kept(place, method, table, context.seed)  # what another job left there is refused, not raced against
        for number, (method, place) in enumerate(zip(competitors, places, strict=True)):
            if entrants and self.budget_seconds is not None and is_over():
                undecided.append(_out_of_budget(method, self.budget_seconds))
                continue
            waiting = competitors[number:]
            try:
                with context.timed(type(method).__name__), cpu_limit(self._limit(len(waiting))):
                    found = cached(method, table, context.seed, folder=place, reporter=context.reporter)
                entrants += entrants_of(found, table, self.wishes, box)
                undecided += without_values(found, table)
                waiting = competitors[number + 1 :]
                if self._is_enough(entrants, number + 1, table, context.seed):
                    undecided += _not_tried(waiting, self._is_exact(best_of(entrants).formula, table))
                    break
            except KeyboardInterrupt:
                if not entrants:
                    raise
                undecided.append(_interrupted(waiting))
                break
            except Exception as error:
                undecided.append(_failure(f"a shorter formula by {type(method).__name__}", error))
        return entrants, undecided

    def _limit(self, waiting: int) -> float | None:
        """CPU seconds of the next of `waiting` methods: a share of what is left, so that the others are heard too."""
        if self.budget_seconds is None or waiting == 1:
            return None
        return max(self.shared * seconds_left(), 1e-3)

    def _is_enough(self, entrants: Sequence[Entrant], heard: int, table: Samples, seed: int) -> bool:
        """Whether no other method need be asked, `heard` methods having been."""
        best = best_of(entrants)
        if self._is_exact(best.formula, table):
            return True
        if heard < min(self.heard, len(self.competitors())):
            return False
        table = table.select(np.flatnonzero(~outliers_of(best, table)))  # far rows would drown what is to be seen
        with one_thread():
            return is_within_noise(best.formula, table, seed)

    def _is_exact(self, formula: Formula, table: Samples) -> bool:
        """Up to the share `exact` of the target's size, or up to the rounding of its written numbers."""
        return error_of(formula, table) <= max(self.exact * size_of(table), rounding_of(table.y))

    # ---------------------------------------------------------------------------------------------------- the rows

    def _split_rows(self, table: Samples, context: Context) -> Rows:
        """The rows that methods may see, and those that only claims are made from; none where there are few."""
        if table.rows < self.few_rows:
            return Rows(table, None, "the rows it was fitted to", table.box)
        fraction = max(self.held_out, 1 - self.fitted_rows / table.rows)
        fitted, held = table.split(fraction, np.random.default_rng(context.stream("rows")))
        return Rows(fitted, held, "held-out rows", table.box)

    def _as_methods_split(self, rows: Rows, entrants: Sequence[Entrant], context: Context) -> Rows:
        """Of few rows: those that the methods kept from fitting, where all kept the same."""
        settings = [entrant.finding.provenance.settings for entrant in entrants]
        if rows.held is not None or any(each.get("held_out") != self.held_out for each in settings):
            return rows
        fitted, held = rows.fitted.split(self.held_out, np.random.default_rng(context.seed))
        kept = "rows kept from fitting but not from choosing"
        return replace(rows, fitted=fitted, held=held, kept=kept, independent=False)

    # -------------------------------------------------------------------------------------------------- the finding

    def _conclude(
        self,
        winner: Entrant,
        entrants: Sequence[Entrant],
        rows: Rows,
        undecided: Sequence[Claim],
        context: Context,
    ) -> Found[Formula]:
        """The winner with claims about it, the front of all formulas, rows to be drawn, and the network."""
        formula = replace(winner.formula, box=rows.box)
        findings = list({id(entrant.finding): entrant.finding for entrant in entrants}.values())
        weighed = [entrant.weighed for entrant in entrants]
        posterior = posterior_of(weighed, formula.names, formula.target, rows.box, rows.fitted.X)
        parts: dict[str, Artifact] = {
            **winner.finding.parts,
            "front": front_of(winner, entrants, rows.fitted),
            "predictions": self._predictions(formula, rows, context),
            "posterior": posterior,
        }
        network = _network(formula, findings, rows.fitted.X[: self.fitted_rows])
        if network is not None:
            parts["network"] = network
        claims = [*self._claims(winner, formula, findings, rows, context), *undecided]
        claims = [claim for claim in claims if claim.key != "measure_next"]
        if not self._is_exact(formula, rows.fitted):
            claims += next_point_claims(posterior)
        claims += self.wishes.claims(formula, rows.fitted.X)
        facts = {"chosen": winner.finding.provenance.method, "rows": rows.count, "notes": list(rows.fitted.notes)}
        return Found(
            formula,
            tuple(claims),
            parts,
            winner.finding.proofs,
            f"{winner.finding.provenance.method}: {winner.route}",
            {name: value for name, value in facts.items() if value},
        )

    def _claims(
        self, winner: Entrant, formula: Formula, findings: Sequence[Finding[Formula]], rows: Rows, context: Context
    ) -> list[Claim]:
        """What is known of the formula, and of what it misses."""
        claims = self._claims_on_held_rows(winner, rows, context)
        if self._is_exact(formula, rows.fitted):
            return claims
        claims += estimate_claims(winner.weighed.estimate, rows_of(rows.fitted), formula.target)
        if not formula.sympy().free_symbols:
            claims.append(no_formula_claim(rows.fitted))
        claims += exponent_claims(formula, rows.fitted)
        if rows.fitted.rows >= self.few_rows:
            claims.append(residual_claim(formula, rows.fitted, context.seed))
        unseen = {claim.statement: claim for each in findings for claim in each.claims if claim.key == "unseen"}
        return claims + [claim for claim in unseen.values() if claim not in claims]

    def _claims_on_held_rows(self, winner: Entrant, rows: Rows, context: Context) -> list[Claim]:
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

    def _predictions(self, formula: Formula, rows: Rows, context: Context) -> Predictions:
        """Rows to be drawn: all of them, or of very many a few of each kind."""
        generator = np.random.default_rng(context.stream("drawn"))
        parts = [rows.fitted] if rows.held is None else [rows.fitted, rows.held]
        parts = [part.select(np.sort(generator.permutation(part.rows)[: self.drawn_rows // 2])) for part in parts]
        X, y = (np.concatenate([getattr(part, field) for part in parts]) for field in ("X", "y"))
        held_out = np.repeat([False, True][: len(parts)], [part.rows for part in parts])
        return Predictions(X, y, formula(X), held_out, formula.names, formula.target)


@dataclass(frozen=True)
class Rows:
    """The rows that were `fitted`, those `held` back if any, what these were `kept` from, and the box of all.

    `independent`: whether the rows that were held back had no part in the choice of the formula either.
    """

    fitted: Samples
    held: Samples | None
    kept: str
    box: tuple[tuple[float, float], ...]
    independent: bool = True

    @property
    def count(self) -> int:
        return self.fitted.rows + (0 if self.held is None else self.held.rows)

    def without_outliers(self, winner: Entrant) -> Rows:
        """Without the rows that lie too far off for the scatter of the others."""
        parts = [None if part is None else _near(part, winner) for part in (self.fitted, self.held)]
        return replace(self, fitted=parts[0] or self.fitted, held=parts[1])


def _near(part: Samples, winner: Entrant) -> Samples | None:
    near = np.flatnonzero(~outliers_of(winner, part))
    return part.select(near) if len(near) else None


def _network(formula: Formula, findings: Sequence[Finding[Formula]], X: np.ndarray) -> SplineNetwork | None:
    """The spline network that was grown, where one was, with the formula's function for every edge over X's rows."""
    grown = [part for finding in findings for part in finding.parts.values() if isinstance(part, SplineNetwork)]
    if not grown:
        return None
    edges = edges_of(as_arrays(kan_from(grown[-1].shape, grown[-1].weights)), formula, X)
    return replace(grown[-1], edges=edges)


# ------------------------------------------------------------------------------------------------- what goes wrong


def _failure(statement: str, error: Exception) -> Undecided:
    """What a method, or a formula, ended with: too few rows, a package that is missing, or a fault of any kind."""
    if isinstance(error, ValueError) and str(error):
        return Undecided(statement, str(error), key="not_found")
    if isinstance(error, MemoryError):
        return Undecided(statement, "out of memory", "give fewer rows or columns", key="not_found")
    return Undecided(statement, f"{type(error).__name__}: {error}".removesuffix(": "), key="not_found")


def _out_of_budget(method: Method[Samples, Formula], seconds: float) -> Undecided:
    statement = f"a shorter formula by {type(method).__name__}"
    return Undecided(statement, f"the budget of {seconds:g} s was used up", "give a larger one", key="not_found")


def _not_tried(methods: Sequence[Method[Samples, Formula]], exact: bool) -> list[Claim]:
    """What was left out because the best so far is as good as the data; nothing where it is exact."""
    if exact or not methods:
        return []
    names = ", ".join(type(method).__name__ for method in methods)
    reason = "not tried: what the best formula misses looks like noise"
    return [Undecided(f"a shorter formula by {names}", reason, "name the methods to try them", key="not_tried")]


def _interrupted(methods: Sequence[Method[Samples, Formula]]) -> Undecided:
    names = ", ".join(type(method).__name__ for method in methods)
    return Undecided(f"a shorter formula by {names}", "interrupted", "let it run to its end", key="interrupted")


def _checkpoint(context: Context, number: int, method: Method[Samples, Formula]) -> Path | None:
    """A folder for each competitor: two of one class may run with different settings."""
    return None if context.checkpoint is None else context.checkpoint / f"{number + 1}-{type(method).__name__}"


# ------------------------------------------------------------------------------------------------------- the table


def _screened(samples: Samples, distinct: int, fewest: int = 3) -> Samples:
    """Without the columns that can say nothing; tables from files are like that already.

    Fewer rows than columns are no fault: a formula of one or two of them may still be the shortest description. Raises
    ValueError where fewer rows than `fewest` are `distinct`, of which any formula with one constant is as good as the
    next, and for a constant target.
    """
    if distinct < fewest:
        raise ValueError(f"{distinct} rows are too few for any formula; give at least {fewest}")
    if np.ptp(samples.y) == 0:
        raise ValueError(f"the target {samples.target!r} is constant ({samples.y[0]:g}); give a column that varies")
    kept, notes = screen(list(samples.X.T), samples.y, samples.names)
    if len(kept) == samples.features:
        return samples
    units = None if samples.units is None else samples.units.select(kept)
    names = tuple(samples.names[j] for j in kept)
    return replace(samples, X=samples.X[:, kept], names=names, units=units, notes=(*samples.notes, *notes))
