"""Formulas by exhaustive regression over a bank of physical terms: for noisy tables, where null spaces fail.

Every product of a monomial with one or two factors, every sum of two terms (with or without a factor in common), and
sums grown from those are regressed on y under a few output transforms, 10^7 to 10^8 regressions in a few seconds; the
best are fitted to y itself, their coefficients snapped, and ranked by description length. Units, where given, type
every term. The grammar is in `bank`; the regressions are in `pairs`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....core.reporter import SILENT, Reporter
from ....run.cpu_limit import is_over
from ....subjects.tables.samples import Samples
from ..expression.candidate import Candidate
from ..expression.transforms import TRANSFORMS, Transform
from .pairs import Best, score_extended, score_products, score_shared, score_sums, unit_columns
from .ranking import Budget, Hit, Ranking
from .settings import REGRESSION
from .terms import Library, Term

Array = NDArray[np.float64]


def candidates(
    samples: Samples, seed: int = 0, reporter: Reporter = SILENT, budget: Budget | None = None
) -> list[Candidate]:
    """Formulas for the table, the least description length first; empty where y is constant."""
    if is_over():
        return []
    budget = budget or Budget.for_rows(samples.rows)
    generator = np.random.default_rng(seed)
    if np.ptp(samples.y) == 0:
        return []
    if samples.rows > budget.most_rows:
        samples = samples.select(np.sort(generator.permutation(samples.rows)[: budget.most_rows]))
    narrowed = _narrowed(samples, budget.features)
    return [] if narrowed is None else _screened(narrowed, generator, reporter, budget)


def _screened(samples: Samples, generator: np.random.Generator, reporter: Reporter, budget: Budget) -> list[Candidate]:
    """Stage after stage on the table with few columns, until nothing more would pay for itself."""
    library = Library(samples, budget.factors, budget.arguments, budget.monomials)
    if is_over():
        return []
    rows = np.sort(generator.permutation(samples.rows)[: budget.rows])
    ranking = Ranking(library, budget)
    screens = [
        Screen(library, transform, rows, budget) for transform in TRANSFORMS.values() if _applies(transform, library)
    ]
    stages = [(0, screens), (1, screens), (2, screens[:1]), (2, screens[1:]), (3, screens[:1])]
    reporter.start("regressions over the bank", len(stages))
    for stage, chosen in stages:
        hits = [hit for screen in chosen if not is_over() for hit in screen.stage(stage)]
        ranking.add(list(dict.fromkeys(hits)))
        reporter.advance()
        if is_over() or ranking.is_complete():
            break
    reporter.finish()
    return ranking.candidates()


def rank_features(samples: Samples, most: int, bins: int = 10) -> list[int]:
    """The `most` columns whose value alone says most about y, in their order.

    How much is the variance of the means of y in `bins` parts of the rows, sorted by the column.

    >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 5))
    >>> rank_features(Samples(X, X[:, 3] - 2 * X[:, 1]), 2)
    [1, 3]
    """
    if samples.features <= most:
        return list(range(samples.features))
    explained = []
    for column in samples.X.T:
        parts = np.array_split(samples.y[np.argsort(column, kind="stable")], bins)
        explained.append(float(np.var([part.mean() for part in parts if len(part)])))
    return np.sort(np.argsort(explained)[::-1][:most]).tolist()


def _narrowed(samples: Samples, most: int) -> Samples | None:
    """The table with the columns that say most; None where the units then cannot match."""
    if samples.features <= most:
        return samples
    try:
        return samples.select_features(rank_features(samples, most))
    except ValueError:
        return None


def _applies(transform: Transform, library: Library) -> bool:
    return transform.fits(library.samples.y) and (transform.power is not None or not library.target.any())


class Screen:
    """The regressions under one output transform, on some of the rows."""

    def __init__(self, library: Library, transform: Transform, rows: NDArray[np.int64], budget: Budget) -> None:
        self.library, self.transform, self.rows, self.budget = library, transform, rows, budget
        y = library.samples.y[rows]
        floor = 0.05 * math.sqrt(float(y @ y) / len(y))
        weight = transform.weight(y, floor)
        self.weight = weight / weight.max()
        self.target = transform.forward(y) * self.weight
        power = transform.power or 0.0
        self.unit = power * library.target

    @cached_property
    def factors(self) -> NDArray[np.float32]:
        """The bank on these rows, (rows, factors), of norm 1."""
        return unit_columns(self.library.bank.values[self.rows])

    def stage(self, number: int) -> list[Hit]:
        """From what costs little to what costs most: monomials, one factor or a plain sum, sums, two factors."""
        if number == 0:
            return self.monomials()
        if number == 1:
            sums = self._sums(self._members(0, 800), 150) + self._sums(self._polynomial(), 60)
            return self.products() + (self.products(offset=True) if self._may_be_shifted() else []) + sums
        if number == 2:
            return (self.shared() if self.transform.name == "identity" else []) + self._sums(
                self._members(6000, 600), 150
            )
        if self.transform.name != "identity":
            return []
        return self.triple_products() + (self.triple_products(offset=True) if self._may_be_shifted() else [])

    def _may_be_shifted(self) -> bool:
        """Whether an offset can stand beside a product: under no other transform, and with no unit of its own."""
        return self.transform.name == "identity" and bool(self._offset())

    def _unit(self, without: tuple[float, ...]) -> tuple[float, ...]:
        return tuple((np.round(self.unit - np.array(without), 6) + 0.0).tolist())

    def _columns(self, values: Array) -> NDArray[np.float32]:
        return unit_columns(values[self.rows] * self.weight[:, None])

    def _nothing(self) -> tuple[float, ...]:
        return (0.0,) * len(self.unit)

    def monomials(self) -> list[Hit]:
        """Monomials alone."""
        found, wanted = Best(60), self._unit(self._nothing())
        group = self.library.monomials_of(wanted)
        if not len(group.bits):
            return []
        one = unit_columns(np.ones((len(self.rows), 1)))
        score_products(self.target, self._columns(group.values), one, (group.bits, np.zeros(1)), found)
        return [Hit(self.transform, (Term(wanted, int(i)),)) for _, i, _ in found.result()[1]]

    def products(self, offset: bool = False) -> list[Hit]:
        """Monomials times one factor, with an offset beside it or without."""
        library, found = self.library, Best(self.budget.kept)
        units: list[tuple[float, ...]] = []
        for unit, indices in library.groups:
            if is_over():
                break
            wanted = self._unit(unit)
            units.append(wanted)
            monomials = library.monomials_of(wanted)
            if not len(monomials.bits):
                continue
            most = 200 if any(unit) else 1000
            left = self._columns(monomials.values[:, :most])
            bits = (monomials.bits[:most], library.bank.bits[indices])
            price = REGRESSION.term_bits if offset else None
            score_products(self.target, left, self.factors[:, indices], bits, found, len(units) - 1, price)
        beside = self._offset() if offset else ()
        hits = []
        for tag, i, j in found.result()[1]:
            factor = int(library.groups[tag][1][j])
            hits.append(Hit(self.transform, (Term(units[tag], int(i), (factor,)), *beside)))
        return hits

    def triple_products(
        self, offset: bool = False, left_most: int = 6_000, first: int = 800, monomials: int = 40
    ) -> list[Hit]:
        """Monomials times two factors, a simple dimensionless one and any other, with an offset or without."""
        library, found = self.library, Best(self.budget.kept)
        simple = next((i[:first] for unit, i in library.groups if not any(unit)), np.zeros(0, np.int64))
        units: list[tuple[tuple[float, ...], NDArray[np.int64], NDArray[np.int64]]] = []
        for unit, indices in library.groups:
            if is_over():
                break
            wanted = self._unit(unit)
            group = library.monomials_of(wanted)
            if not len(group.bits) or not len(simple):
                continue
            cost = group.bits[:monomials, None] + library.bank.bits[simple][None]
            order = np.argsort(cost, axis=None, kind="stable")[:left_most]
            i, j = np.unravel_index(order, cost.shape)
            paired: Any = self._columns(group.values[:, :monomials])[:, i] * self.factors[:, simple[j]]
            left = unit_columns(paired)
            right = indices[: 4000 if not any(unit) else 100]
            units.append((wanted, i, j))
            bits = (cost[i, j], library.bank.bits[right])
            price = REGRESSION.term_bits if offset else None
            score_products(self.target, left, self.factors[:, right], bits, found, len(units) - 1, price)
        beside = self._offset() if offset else ()
        groups = {self._unit(unit): indices for unit, indices in library.groups}
        hits = []
        for tag, left, right in found.result()[1]:
            wanted, i, j = units[tag]
            factors = (int(simple[j[left]]), int(groups[wanted][right]))
            hits.append(Hit(self.transform, (Term(wanted, int(i[left]), factors), *beside)))
        return hits

    def _offset(self) -> tuple[Term, ...]:
        """The term 1; none where the target has a unit."""
        wanted = self._unit(self._nothing())
        group = self.library.monomials_of(wanted)
        ones = np.flatnonzero(~group.exponents.any(1)) if len(group.bits) else []
        return tuple(Term(wanted, int(i)) for i in ones[:1])

    def shared(self, factors: int = 4000, monomials: int = 110) -> list[Hit]:
        """A factor times the sum of two monomials."""
        library, found = self.library, Best(self.budget.kept)
        units = []
        for unit, indices in library.groups:
            if is_over():
                break
            wanted = self._unit(unit)
            units.append(wanted)
            group = library.monomials_of(wanted)
            if len(group.bits) < 2:
                continue
            indices = indices[: factors if not any(unit) else 300]
            terms = self._columns(group.values[:, :monomials])
            bits = (library.bank.bits[indices], group.bits[:monomials])
            score_shared(self.target, self.factors[:, indices], terms, bits, found, len(units) - 1)
        hits = []
        for tag, f, i, j in found.result()[1]:
            factor = int(library.groups[tag][1][f])
            terms = tuple(Term(units[tag], int(k), (factor,)) for k in (i, j))
            hits.append(Hit(self.transform, terms, (factor,)))
        return hits

    def _sums(self, members: list[Term], beam: int) -> list[Hit]:
        """Sums of two terms, and those that grow from the best of them one by one."""
        most = min(self.budget.grown_terms, len(self.rows) // 3)  # as many terms as rows would fit anything
        if min(len(members), most) < 2:
            return []
        values = np.stack([self.library.values(term)[self.rows] for term in members], axis=1)
        columns = unit_columns(values * self.weight[:, None])
        bits = np.array([self.library.bits(term) for term in members])
        best = Best(self.budget.kept)
        score_sums(self.target, columns, bits, best)
        chains = self._chains(best, columns, bits, most, beam)
        return [Hit(self.transform, tuple(members[i] for i in chain)) for chain in chains]

    def _chains(
        self, best: Best, columns: NDArray[np.float32], bits: Array, most: int, beam: int
    ) -> Iterator[NDArray[np.int64]]:
        """The pairs in `best`, then triples on top of the first `beam` of them, and so on up to `most` terms."""
        size = 2
        while True:
            scores, found = best.result()
            if not len(scores):
                return
            found = np.array(list(dict.fromkeys(tuple(int(i) for i in row) for row in found)))
            yield from found
            if size >= most:
                return
            best, size = Best(self.budget.kept), size + 1
            score_extended(self.target, columns, bits, found[:beam], best)

    def _polynomial(self, most: int = 300) -> list[Term]:
        """Monomials without negative or broken powers."""
        wanted = self._unit(self._nothing())
        exponents = self.library.monomials_of(wanted).exponents
        whole = np.flatnonzero(((exponents >= 0) & (exponents == np.round(exponents))).all(1))
        return [Term(wanted, int(i)) for i in whole[:most]]

    def _members(self, terms: int, plain: int) -> list[Term]:
        """The cheapest terms with the unit of g(y): monomials, and monomials times one factor.

        Half of the latter are cheap as a whole, half have a cheap factor.
        """
        library = self.library
        rows: dict[float, list[tuple[float, Term]]] = {1.0: [], 0.1: []}
        wanted = self._unit(self._nothing())
        alone = library.monomials_of(wanted).bits[:plain]
        members = [Term(wanted, i) for i in range(len(alone))]
        for unit, indices in library.groups if terms else ():
            wanted = self._unit(unit)
            group = library.monomials_of(wanted)
            indices = indices[~library.bank.linear[indices]][:1500]
            cost = group.bits[:250, None] + library.bank.bits[indices]
            for weight in (1.0, 0.1):
                key = cost - (1 - weight) * group.bits[:250, None]
                order = np.argsort(key, axis=None, kind="stable")[: terms // 2]
                for i, j in zip(*np.unravel_index(order, key.shape), strict=True) if key.size else ():
                    rows[weight].append((float(key[i, j]), Term(wanted, int(i), (int(indices[j]),))))
        half = max(0, terms - len(members)) // 2
        for weight in rows:
            members += [term for _, term in sorted(rows[weight], key=lambda row: row[0])[:half]]
        return list(dict.fromkeys(members))
