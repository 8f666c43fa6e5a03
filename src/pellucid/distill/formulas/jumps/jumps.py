"""Jumps: formulas with steps, whole parts and moduli, where the rows show that the target jumps.

    jumps of y along a column -> thresholds, or combs of a period -> columns step(x - t), floor((x - a)/p), x mod p
    -> forms with free constants over those columns too -> the columns written out, the fewest bits
    y in whole steps          -> a form of its middle -> floor

No slope leads to a threshold, so that nothing that is fitted finds one; where it is, the rows say. Formulas are chosen
by their length with the data (minimum description length, arXiv math/0406077); a threshold is the shortest number that
the rows allow, which costs as many digits as they know of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, takewhile
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ....algebra.expressions.jumps import JUMPS, has_jumps, modulo, step
from ....algebra.expressions.text import symbols_of
from ....artifacts.formulas.formula import Formula
from ....core.context import Context
from ....core.method import Found, Method
from ....run.cpu_limit import check_budget, cpu_limit, is_over
from ....run.threads import one_thread
from ....subjects.tables.samples import Samples
from ..evidence.claims import formula_claims
from ..expression.errors import error_of, formula_or_none, size_of
from ..expression.selection import joint_front
from ..inference.claims import estimate_claims
from ..inference.noise import GAUSS
from ..inference.weigh import Weighed, likely_noises, rows_of, weigh_formulas
from ..parametric.columns import choose_columns
from ..parametric.parametric import Parametric
from .periods import Comb, combs_of, rational, threshold
from .places import Gap, gaps_along, residues_along
from .rounding import rounded, steps_of

Array = NDArray[np.float64]


class NoJumps(ValueError):
    """The target does not jump along any column, nor does it come in whole steps."""


@dataclass(frozen=True)
class View:
    """A table with columns that jump in place of some of its own, or beside them, and what those stand for."""

    samples: Samples
    meaning: dict[sympy.Symbol, sympy.Expr] = field(default_factory=dict)

    def plus(self, expression: sympy.Expr, values: Array, instead_of: int | None = None) -> View:
        """With one column more, which may take the place of one."""
        samples = self.samples
        name = next(f"jump{i}" for i in range(1, 99) if f"jump{i}" not in (*samples.names, samples.target))
        names, X, units = [*samples.names, name], np.column_stack([samples.X, values]), None
        if instead_of is not None:
            names.pop(instead_of)
            X = np.delete(X, instead_of, axis=1)
        meaning = {**self.meaning, symbols_of([name])[name]: expression}
        return View(replace(samples, X=X, names=tuple(names), units=units, notes=()), meaning)

    def written_out(self, expression: sympy.Expr) -> list[sympy.Expr]:
        """An expression over these columns as one over the table's own; and with moduli, p floor(u/p) = u - u mod p."""
        e: Any = expression
        for _ in range(2):  # a column that jumps may stand for a jump of another
            e = e.xreplace(self.meaning)
        return list(dict.fromkeys([e, sympy.expand(e.replace(sympy.floor, _with_modulus))])) if self.meaning else [e]


def _jump(forms: Sequence[sympy.Expr]) -> bool:
    """Whether one of the forms jumps; where the shortest formula of a view does not, no jump is needed there."""
    return any(has_jumps(form) for form in forms)


def _with_modulus(u: sympy.Expr) -> sympy.Expr:
    """floor(u) for u = (x - a)/p."""
    slope = u.diff(*u.free_symbols) if len(u.free_symbols) == 1 else sympy.Integer(0)
    if not slope.is_Rational or not slope.is_positive:
        return sympy.floor(u)
    return u - modulo(sympy.expand(u / slope), 1 / slope) * slope


@dataclass(frozen=True)
class Jumps(Method[Samples, Formula]):
    """A formula that jumps: steps, whole parts, sawtooth and square waves, rounded counts.

    `forms` looks for the formula once the thresholds are columns. Raises NoJumps, a ValueError, where no jump is seen.

    >>> x = np.linspace(0, 8, 60)
    >>> Jumps().explain(Samples(x, 5.0 + 2 * (x >= 3), ("x",))).artifact.expression
    '2*step(x - 3) + 5'
    """

    forms: Parametric = field(default_factory=lambda: Parametric(held_out=0.0, largest=5, rounds=8))
    budget_seconds: float | None = None
    most_steps: int = 3
    """Of a column, the most distinct: each makes the table a column wider."""
    most_views: int = 6
    most_columns: int = 6
    """That are looked along, those that tell most of y."""
    most_others: int = 3
    """Columns beside the one that is looked along, those that y follows most."""
    formulas: int = 10
    """Of each view, that are weighed over the table's own columns."""
    exact: float = 1e-9

    def _find(self, subject: Samples, context: Context) -> Found[Formula]:
        check_budget(self.budget_seconds)
        with one_thread(), cpu_limit(self.budget_seconds):
            weighed = self._searched(subject, context)
        read = [
            (each, formula)
            for each in weighed
            if (formula := formula_or_none(each.expression, subject.names, subject.target, subject.box)) is not None
        ]
        if not read:
            raise NoJumps(f"{subject.target} jumps, but no formula with a jump was found")
        best, formula = read[0]
        kept = "the rows it was fitted to"
        claims = [*formula_claims(formula, subject, subject, kept=kept, refits=0, seed=context.seed)]
        claims += estimate_claims(best.estimate, rows_of(subject), subject.target)
        front = joint_front(formula, [other for _, other in read[1:]], subject)
        return Found(formula, tuple(claims), {"front": front}, route="jumps of the target")

    def _searched(self, samples: Samples, context: Context) -> list[Weighed]:
        """What was found over all views, the shortest description first."""
        rows, noises = rows_of(samples), likely_noises(samples.y)
        weighed: list[Weighed] = []
        seen = False
        for formulas in self._proposed(samples, context):
            seen = True
            weighed += weigh_formulas([one for one in formulas if has_jumps(one)], rows, noises)
            best = min(weighed, key=lambda entry: entry.nats, default=None)
            if is_over() or (best is not None and self._is_settled(best, samples)):
                break
        if not seen:
            raise NoJumps(f"{samples.target} does not jump along any column")
        return sorted(weighed, key=lambda entry: entry.nats)

    def _is_settled(self, best: Weighed, samples: Samples) -> bool:
        """Whether it is exact with a single jump: several may be shorter as a comb."""
        if len(best.expression.atoms(*JUMPS)) > 1:
            return False
        formula = formula_or_none(best.expression, samples.names, samples.target)
        return formula is not None and error_of(formula, samples) <= self.exact * size_of(samples)

    def _proposed(self, samples: Samples, context: Context) -> Iterator[list[sympy.Expr]]:
        """The formulas of each view in turn, over the table's own columns."""
        whole = steps_of(samples.y)
        if whole is not None:
            middle = replace(samples, y=whole.counts + 0.5, units=None)
            found = replace(self.forms, noises=(GAUSS.name,)).propose(middle, context.seed, context.reporter)
            yield list(rounded((one.expression for one in found[: self.formulas]), samples, whole))
        for view in islice(self.views(samples), self.most_views):
            found = self.forms.propose(view.samples, context.seed, context.reporter)
            written = [view.written_out(one.expression) for one in found[: self.formulas]]
            yield list(chain.from_iterable(takewhile(_jump, written)))

    def views(self, samples: Samples) -> Iterator[View]:
        """The table with columns for its jumps: steps of all columns, then combs of each."""
        looked = choose_columns(samples.X, samples.y, self.most_columns)
        seen = {j: gaps for j in looked if not is_over() and (gaps := self._gaps(samples, j))}
        combs = self._combs(samples, looked, seen)
        few = {j: sorted(gaps, key=lambda gap: -gap.strength)[: self.most_steps] for j, gaps in seen.items()}
        sure, doubtful = [], []
        for j, found in combs.items():
            for comb in found:
                (doubtful if comb.seen == 2 else sure).append(self._comb_views(View(samples), j, comb))
        stepped = [self._stepped(View(samples), few)] if few else []
        return chain(self._all_residues(samples, combs), *sure, stepped, *doubtful)

    def _combs(
        self, samples: Samples, looked: Sequence[int], seen: dict[int, list[Gap]], most_moduli: int = 2
    ) -> dict[int, list[Comb]]:
        """Of each column what its gaps are teeth of, and whole numbers whose residues tell the target apart."""
        combs = {j: combs_of(gaps, float(np.ptp(samples.X[:, j]))) for j, gaps in seen.items()}
        for j in looked:
            moduli = residues_along(samples.X[:, j], samples.y, samples.X[:, self._others(samples, j)])
            combs.setdefault(j, []).extend(Comb(rational(0), rational(p), 0) for p in moduli[:most_moduli])
        return combs

    def _all_residues(self, samples: Samples, combs: dict[int, list[Comb]]) -> Iterator[View]:
        """The classes of several moduli beside their columns."""
        view, moduli = View(samples), [(j, comb) for j, found in combs.items() for comb in found if not comb.seen]
        for j, comb in moduli:
            symbol = symbols_of(samples.names)[samples.names[j]]
            view = view.plus(modulo(symbol, comb.period), np.mod(samples.X[:, j], float(comb.period)))
        if len(moduli) > 1:
            yield view

    def _gaps(self, samples: Samples, j: int) -> list[Gap]:
        return gaps_along(samples.X[:, j], samples.y, samples.X[:, self._others(samples, j)])

    def _others(self, samples: Samples, j: int) -> list[int]:
        others = [k for k in range(samples.features) if k != j]
        if len(others) > self.most_others:
            ranks = np.argsort(np.argsort(samples.X, axis=0), axis=0)
            told: Array = np.abs(
                np.atleast_2d(np.corrcoef(np.column_stack([ranks, np.argsort(np.argsort(samples.y))]).T))
            )[-1]
            others = sorted(others, key=lambda k: -told[k])[: self.most_others]
        return others

    def _stepped(self, view: View, gaps: dict[int, list[Gap]]) -> View:
        symbols = symbols_of(view.samples.names)
        names, X = view.samples.names, view.samples.X
        for j, found in gaps.items():
            for gap in found:
                t = threshold(gap)
                view = view.plus(step(symbols[names[j]] - t), (X[:, j] >= float(t)).astype(np.float64))
        return view

    def _comb_views(self, view: View, j: int, comb: Comb) -> Iterator[View]:
        """Which tooth a row is on, beside the column; how far along it, in place of the column, with its own jumps."""
        samples = view.samples
        symbol = symbols_of(samples.names)[samples.names[j]]
        along: Any = (samples.X[:, j] - float(comb.start)) / float(comb.period)
        fold: Any = np.mod(samples.X[:, j] - float(comb.start), float(comb.period))
        folded = view.plus(modulo(symbol - comb.start, comb.period), fold, instead_of=j)
        inside = self._gaps(folded.samples, folded.samples.features - 1)
        if inside:
            few = sorted(inside, key=lambda gap: -gap.strength)[: self.most_steps]
            yield self._stepped(folded, {folded.samples.features - 1: few})
        yield folded
        yield view.plus(sympy.floor((symbol - comb.start) / comb.period), np.floor(along).astype(np.float64))
