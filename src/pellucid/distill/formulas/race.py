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
from ...artifacts.formulas.posterior import Posterior
from ...artifacts.formulas.predictions import Predictions
from ...artifacts.formulas.spline_network import SplineNetwork
from ...core.artifact import Artifact
from ...core.claim import Claim
from ...core.context import Context
from ...core.finding import Finding
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method, method_name
from ...nets.splines.kan import kan_from
from ...run.cached import cached, load_kept
from ...run.cpu_limit import (
    check_budget,
    cpu_limit,
    cut_off,
    ends_on_interrupt,
    is_over,
    seconds_left,
    was_interrupted,
)
from ...run.threads import one_thread
from ...subjects.tables.samples import Samples
from .algebra.algebraic import Algebraic, NoLaw, is_noisy
from .entrants import Entrant, best_of, entrants_of, front_of, outliers_of, without_values
from .evidence.residual import is_within_noise
from .evolution.search import Search
from .final import Finalist, finalists_of, how_chosen, told_of
from .inference.posterior import next_point_claims, posterior_of
from .judge import Judge, outliers_told
from .jumps.jumps import Jumps, NoJumps
from .parametric.parametric import Parametric
from .rows import Rows, screened
from .spline.exact_edges import edges_of
from .spline.kan_formula import KANFormula
from .spline.symbols import as_arrays
from .untried import failure, in_time, interrupted, not_tried, out_of_budget
from .wishes import NO_WISHES, Box, Wishes


@dataclass(frozen=True)
class Race(Method[Samples, Formula]):
    """The formula with the shortest description of a table, of those that several methods find.

    `methods` run in their order until one is exact, or the best so far is as good as the data; by default algebra,
    jumps where the rows show any, forms with free constants, a spline network and genetic search (`competitors`). With
    `budget_seconds` of CPU time every method ends with what it has once half of what is left is used up, and the last,
    the search, uses the rest; without, all count their steps, so that the same seed gives the same formula on any
    machine.

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
    most_shared: float = 0.8
    """That of the last of the default methods that end by themselves: a table is mostly solved by algebra or by forms
    with constants, so these two have nine tenths of a short budget, and the network and the search, which use whatever
    there is, the rest. Of a long one they have more, since the two end sooner."""
    weighed: float = 0.15
    """The share of what is left of it that the last method leaves, for its formulas to be weighed in."""
    few_columns: int = 3
    """Over so many columns all small forms with constants are fitted; over more they are too many, and the regressions
    of the algebra, over a bank of terms, see more."""
    told: float = 0.1
    """The share of the budget in which claims are made about the winner."""
    grace: float = 0.3
    """CPU seconds after which a method that does not end with its time is cut short, and what it has is lost."""
    lent: float = 0.3
    """The share of what the others have that it may use besides, before it is cut: what it has found by then has cost
    much, and they have time without it."""
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
        return Algebraic(refits=0, held_out=0.0), Jumps(), forms, KANFormula(most_read=2, refits=0), search

    def settings(self) -> dict[str, Any]:
        """The hyperparameters, with those of every method."""
        methods = [{"name": method_name(each), **each.settings()} for each in self.competitors()]
        return {**super().settings(), "methods": methods}

    def _find(self, subject: Samples, context: Context) -> Found[Formula]:
        check_budget(self.budget_seconds)
        self.wishes.refuse_unknown(subject.names)
        with ends_on_interrupt(), cpu_limit(self.budget_seconds):
            distinct = subject.without_copies()
            table = screened(subject, distinct.rows)
            rows = self._judge().split(distinct if table is subject else table.without_copies(), context)
            with cpu_limit((1 - self.told) * seconds_left()):
                entrants, undecided = self._compete(rows.fitted, rows.box, context)
            if not entrants:
                reasons = "; ".join(dict.fromkeys(claim.evidence for claim in undecided))
                raise ValueError(f"no formula was found: {reasons}")
            with context.timed("claims"), one_thread():
                return self._told(entrants, undecided, rows, table, context)

    def _told(
        self, entrants: list[Entrant], undecided: list[Claim], rows: Rows, table: Samples, context: Context
    ) -> Found[Formula]:
        """The best entrant that claims can be made about, with them."""
        rows = self._as_methods_split(rows, entrants, context)
        exact = self._judge().is_exact(best_of(entrants).formula, rows.fitted)
        finalists = finalists_of(entrants, rows, exact)
        for winner in sorted(finalists, key=lambda finalist: finalist.last.nats):
            try:
                far = outliers_of(winner.before, table)
                told = [*measured_by("distill.formula", outliers_told(far, table)), *undecided]
                return self._conclude(winner, finalists, rows.without_outliers(winner.before), told, context)
            except Exception as error:  # a formula that no claim can be made about gives way to the next
                undecided.append(failure(f"claims about {winner.last.formula.describe()}", error))
        raise ValueError(f"no claim could be made about a formula: {undecided[-1].evidence}")

    # ------------------------------------------------------------------------------------------------- the methods

    def _compete(self, table: Samples, box: Box, context: Context) -> tuple[list[Entrant], list[Claim]]:
        """Every method in its turn, until one is as good as the data; and what the others could not do."""
        entrants, undecided, silent = [], [], 0
        competitors = self._in_order(table)
        places = _checkpoints(context, competitors, table)
        for number, (method, place) in enumerate(zip(competitors, places, strict=True)):
            waiting = competitors[number:]
            if entrants and is_over():
                if was_interrupted():
                    undecided.append(interrupted(waiting))
                    break
                undecided.append(out_of_budget(method, self.budget_seconds))
                continue
            try:
                found = self._heard(method, place, len(waiting), table, context)
                if found is None:
                    undecided.append(out_of_budget(method, self.budget_seconds))
                    continue
                entrants += entrants_of(found, table, self.wishes, box)
                undecided += without_values(found, table)
                waiting = competitors[number + 1 :] if not was_interrupted() else waiting
                if not is_over() and self._is_enough(entrants, number + 1 - silent, table, context.seed):
                    undecided += not_tried(waiting, self._judge().is_exact(best_of(entrants).formula, table))
                    break
            except (NoJumps, NoLaw):
                silent += 1
            except KeyboardInterrupt:
                if not entrants:
                    raise
                undecided.append(interrupted(waiting))
                break
            except Exception as error:
                undecided.append(failure(f"a shorter formula by {type(method).__name__}", error))
        return entrants, undecided

    def _in_order(self, table: Samples) -> tuple[Method[Samples, Formula], ...]:
        """The competitors; of those by default, where time is short, over a few columns the forms with constants before
        the regressions of the algebra: these are complete, and most laws of so few columns hold measured constants.
        Before them, unless the table looks noisy, come the laws that algebra sees at once where rows are exact."""
        methods = self.competitors()
        if self.methods or not np.isfinite(seconds_left()) or table.features > self.few_columns:
            return methods
        algebra, jumps, forms, *others = methods
        if is_noisy(table):
            return (jumps, forms, algebra, *others)
        plain = Algebraic(refits=0, held_out=0.0, regress=False, thorough=False)
        return (plain, jumps, forms, Algebraic(refits=0, held_out=0.0, plain=False), *others)

    def _heard(
        self, method: Method[Samples, Formula], place: Path | None, waiting: int, table: Samples, context: Context
    ) -> Finding[Formula] | None:
        """What a method finds in its share of the time; None where it had to be cut short before it had anything.

        Where no time is left and nothing is found, the methods that are left are not cut: told that their time is
        over, some return at once what is plain to see.
        """

        def run() -> Finding[Formula]:
            return cached(method, table, context.seed, folder=place, reporter=context.reporter)

        left, limit = seconds_left(), self._limit(waiting)
        grace = self.grace + self.lent * (left - limit) if np.isfinite(left) else self.grace
        with context.timed(type(method).__name__), cpu_limit(limit):
            if is_over():
                return run()
            with cut_off(grace):
                return run()
        return None

    def _limit(self, waiting: int) -> float:
        """CPU seconds of the next of `waiting` methods: a share of what is left, so that the others are heard too, and
        what they find is weighed."""
        shares = {1: 1 - self.weighed} if self.methods else {1: 1 - self.weighed, 3: self.most_shared}
        return max(shares.get(waiting, self.shared) * seconds_left(), 1e-3)

    def _is_enough(self, entrants: Sequence[Entrant], heard: int, table: Samples, seed: int) -> bool:
        """Whether no other method need be asked, `heard` methods having been."""
        best = best_of(entrants)
        if self._judge().is_exact(best.formula, table):
            return True
        if heard < min(self.heard, len(self.competitors())):
            return False
        table = table.select(np.flatnonzero(~outliers_of(best, table)))  # far rows would drown what is to be seen
        with one_thread():
            return is_within_noise(best.formula, table, seed)

    # -------------------------------------------------------------------------------------------------- the finding

    def _judge(self) -> Judge:
        return Judge(self.held_out, self.few_rows, self.fitted_rows, self.claimed_rows, self.exact)

    def _as_methods_split(self, rows: Rows, entrants: Sequence[Entrant], context: Context) -> Rows:
        """Of few rows: those that the methods kept from fitting, where all kept the same."""
        settings = [entrant.finding.provenance.settings for entrant in entrants]
        if rows.held is not None or any(each.get("held_out") != self.held_out for each in settings):
            return rows
        return rows.split(self.held_out, np.random.default_rng(context.seed))

    def _conclude(
        self,
        finalist: Finalist,
        finalists: Sequence[Finalist],
        rows: Rows,
        undecided: Sequence[Claim],
        context: Context,
    ) -> Found[Formula]:
        """The winner with claims about it, the front of all formulas, rows to be drawn, and the network."""
        winner, entrants = finalist.last, [each.last for each in finalists]
        formula, chosen = replace(winner.formula, box=rows.box), how_chosen(finalist, finalists)
        findings = list({id(entrant.finding): entrant.finding for entrant in entrants}.values())
        weighed = [entrant.weighed for entrant in entrants]
        posterior = posterior_of(weighed, formula.names, formula.target, rows.box, rows.fitted.X)
        parts: dict[str, Artifact] = {
            **winner.finding.parts,
            "front": front_of(winner, entrants, rows.every() if chosen else rows.fitted),
            "predictions": self._predictions(formula, rows, context),
            "posterior": posterior,
        }
        network = _network(formula, findings, rows.fitted.X[: self.fitted_rows])
        if network is not None:
            parts["network"] = network
        exact = self._judge().is_exact(formula, rows.fitted)
        claims = self._judge().claims(finalist.before, told_of(rows, chosen), context, winner if chosen else None)
        claims += [*([] if exact else _unseen(findings)), *undecided]
        claims = [claim for claim in claims if claim.key != "measure_next"]
        if not exact:
            found = in_time(f"where to measure {formula.target} next", lambda: next_point_claims(posterior))
            claims += measured_by("distill.next_point", found)
        if is_over() or was_interrupted():  # what there was time for is not what there will be time for
            claims = [replace(claim, measurement="") for claim in claims]
        claims += self.wishes.claims(formula, rows.fitted.X)
        facts = {"chosen": winner.finding.provenance.method, "rows": rows.count, "notes": list(rows.fitted.notes)}
        facts |= {"noise": winner.weighed.estimate.noise.name, "split_by_methods": not (rows.independent or chosen)}
        facts |= {"fitted_to_all": chosen}
        return Found(
            formula,
            tuple(claims),
            parts,
            winner.finding.proofs,
            f"{winner.finding.provenance.method}: {winner.route}",
            {name: value for name, value in facts.items() if value},
        )

    def _predictions(self, formula: Formula, rows: Rows, context: Context) -> Predictions:
        """Rows to be drawn: all of them, or of very many a few of each kind."""
        generator = np.random.default_rng(context.stream("drawn"))
        parts = [rows.fitted] if rows.held is None else [rows.fitted, rows.held]
        parts = [part.select(np.sort(generator.permutation(part.rows)[: self.drawn_rows // 2])) for part in parts]
        X, y = (np.concatenate([getattr(part, field) for part in parts]) for field in ("X", "y"))
        held_out = np.repeat([False, True][: len(parts)], [part.rows for part in parts])
        return Predictions(X, y, formula(X), held_out, formula.names, formula.target)


@measurement("distill.next_point")
def _next_point_again(evidence: Evidence) -> list[Claim]:
    return next_point_claims(evidence.the(Posterior))


def _unseen(findings: Sequence[Finding[Formula]]) -> list[Claim]:
    """Which columns were left out, each said once."""
    unseen = {claim.statement: claim for each in findings for claim in each.claims if claim.key == "unseen"}
    return list(unseen.values())


def _network(formula: Formula, findings: Sequence[Finding[Formula]], X: np.ndarray) -> SplineNetwork | None:
    """The spline network that was grown, where one was, with the formula's function for every edge over X's rows."""
    grown = [part for finding in findings for part in finding.parts.values() if isinstance(part, SplineNetwork)]
    if not grown:
        return None
    edges = edges_of(as_arrays(kan_from(grown[-1].shape, grown[-1].weights)), formula, X)
    return replace(grown[-1], edges=edges)


def _checkpoints(
    context: Context, competitors: Sequence[Method[Samples, Formula]], table: Samples
) -> list[Path | None]:
    """A folder for each competitor: two of one class may run with different settings.

    Raises ValueError for what another job left there: it is not raced against.
    """
    places = [context.stage_folder(f"{i}-{type(method).__name__}") for i, method in enumerate(competitors, 1)]
    for method, place in zip(competitors, places, strict=True):
        load_kept(place, method, table, context.seed)
    return places
