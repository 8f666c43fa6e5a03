"""Algebra before search: exact laws as null vectors of columns, with nothing drawn at random (cf. arXiv 1905.11481).

    y = x^offset v(pi-groups),   sum_k g(v)^k sum_j w_kj m_j t_j = 0   ->   snapped, solved for y, verified

1. `dimensions`: scaling symmetries from units and from the data give a lattice of pi-groups (`pi_groups`).
2. `cascade`: polynomials and rational functions in y, y^2, 1/y, log y, exp y, sin y, ...; quadratic equations for y;
   one, two, three transcendental features (`transcendental`), as null vectors (`null_spaces`, `relations`).
3. `sums`: where that finds nothing, short sums of terms of a dictionary, of which there are more than rows.
4. `solving`: exact numbers, one expression; kept if it gives y to rounding on every row.
Where nothing holds exactly the table is noisy or beyond these shapes: regressions over a bank of terms take over
(`exhaustive`), and what they find is told with its error. AI Feynman (section II) does the first steps with a neural
network as surrogate and ends in brute force; here a surrogate only proposes symmetries, the rest is linear algebra.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import sympy

from ....artifacts.formulas.formula import Formula, make_formula
from ....core.claim import Claim
from ....core.context import Context
from ....core.method import Found, Method
from ....core.reporter import SILENT, Reporter
from ....run.cpu_limit import cut_off, is_over, seconds_left
from ....run.threads import one_thread
from ....subjects.tables.samples import Samples
from ..evidence.claims import formula_claims, unseen_claims
from ..evidence.residual import is_within_noise
from ..expression.candidate import Candidate
from ..expression.description import formula_bits
from ..expression.errors import error_of, size_of
from ..expression.selection import as_front, choose
from ..expression.tidy import shortest
from ..inference.factors import factors
from ..regression.exhaustive import candidates as regressed_candidates
from ..regression.exhaustive import rank_features
from ..regression.plain import plain_candidates
from ..regression.ranking import Budget
from ..regression.sparse_quotients import sparse_quotients
from .cascade import exact_candidates
from .dimensions import looks_lawless, looks_noisy, relevant
from .pi_groups import Lattice, free_lattice, unit_lattice
from .settings import PRECISION
from .sums import exact_sums


@dataclass(frozen=True)
class _Regressed:
    """What the regressions found, and whether the best of it leaves nothing but noise."""

    found: list[Candidate] = field(default_factory=list)
    settled: bool = False

    @property
    def ends(self) -> bool:
        """Whether nothing is looked for after it."""
        return self.settled or is_over()


class NoLaw(ValueError):
    """No formula of the shapes looked at fits the table; the message says what was tried."""


@dataclass(frozen=True)
class Algebraic(Method[Samples, Formula]):
    """Find an exact formula by linear algebra; where there is none, the best by regressions over a bank of terms.

    `plain` looks for laws without transcendental features, `thorough` for those with them, unless the data look noisy
    or lawless; `regress` allows the regressions, over that `share` of the bank of terms. At most `most_features`
    columns are looked at, the most relevant ones. A `held_out` share of the rows is kept for the claims (0: they are
    about the rows that were fitted); `refits` bootstrap refits say how stable the constants are.

    >>> X = np.random.default_rng(0).uniform(1, 3, (200, 2))
    >>> finding = Algebraic().explain(Samples(X, X[:, 0] * np.exp(-X[:, 1] ** 2 / 2)))
    >>> finding.artifact.expression
    'x0*exp(-x1**2/2)'
    """

    plain: bool = True
    thorough: bool = True
    regress: bool = True
    share: float = 1.0
    held_out: float = 0.2
    most_features: int = 20
    most_summed: int = 5
    """Columns that plain sums and products are looked for among: of more there are too many."""
    refits: int = 20
    fewest_rows: int = 8
    """Fewer rows than this bear no formula: a law of two numbers fits what a fifth held out leaves of them."""

    def _find(self, subject: Samples, context: Context) -> Found[Formula]:
        """The formula with the shortest description. Raises NoLaw where none is found, ValueError for too few rows."""
        if subject.rows < self.fewest_rows:
            raise ValueError(f"subject has {subject.rows} rows; give at least {self.fewest_rows} to find a formula")
        if not 0 < self.share <= 1:
            raise ValueError(f"share={self.share}; give a share of the bank of terms above 0, at most 1")
        seed = context.seed
        subject = subject.by_weight(np.random.default_rng(context.stream("weights")))
        train, held = subject, None
        if self.held_out:
            train, held = subject.split(self.held_out, np.random.default_rng(seed))
        kept = "the rows it was fitted to" if held is None else "held-out rows"
        with one_thread():
            found = self.propose(train, seed, reporter=context.reporter)
            if not found:
                raise NoLaw(
                    f"no polynomial, rational or transcendental relation of {subject.features} features "
                    f"holds on {train.rows:,} rows; search (distill.Search), or allow regress=True"
                )
            best = choose(found, train, held)
            formula = make_formula(best.expression, subject.names, subject.target, subject.box)
            claims = formula_claims(formula, train, held or train, kept=kept, refits=self.refits, seed=seed)
            claims = [*claims, *self._unseen(train, best)]
        return Found(formula, tuple(claims), parts={"front": as_front(found, best, subject)}, route=best.route)

    def propose(self, samples: Samples, seed: int = 0, *, reporter: Reporter = SILENT) -> list[Candidate]:
        """Candidates for the whole table: exact ones where there are any, else those of the regressions, else none.

        Transcendental features are looked for last, and only where a regression has not settled the table already: that
        takes longest, and tells noise from a law only when it has found one. Where time is limited and the table looks
        noisy, the regressions come first: noise hides exact laws, and looking for them may take all the time.
        """
        first = self._hurried(samples, seed, reporter)
        if first is not None and first.ends:
            return first.found
        plain = self._plain_laws(samples, reporter) if self.plain else []
        if plain:
            return plain
        regressed = _Regressed()
        if self.regress:
            regressed = first or self._regressed(samples, seed, reporter)
        if self.thorough and not regressed.ends:
            with cut_off():
                return candidates(samples, reporter, most_features=self.most_features) or regressed.found
        return regressed.found

    def _hurried(self, samples: Samples, seed: int, reporter: Reporter) -> _Regressed | None:
        """The regressions of a table that looks noisy, where time is limited; else None, and they come later."""
        if not self.regress or not math.isfinite(seconds_left()) or not is_noisy(samples):
            return None
        return self._regressed(samples, seed, reporter)

    def _plain_laws(self, samples: Samples, reporter: Reporter) -> list[Candidate]:
        """Exact ones that are quickly found: without transcendental features, as short sums, without mere factors."""
        found: list[Candidate] = []
        with cut_off():
            found = candidates(samples, reporter, thorough=False, most_features=self.most_features)
        if not found and not is_over():
            with cut_off():
                found = self._sums(samples) or without_factors(samples, reporter, self.thorough, self.most_features)
        return found

    def _regressed(self, samples: Samples, seed: int, reporter: Reporter) -> _Regressed:
        """Candidates of the regressions, and whether the first leaves nothing but noise."""
        budget = self._budget(samples)
        plain = plain_candidates(samples)  # first, since they take next to no time: what is left may be too little
        plain += sparse_quotients(samples, rank_features(samples, 3))
        found: list[Candidate] = []
        with cut_off():
            found = regressed_candidates(samples, seed, reporter, budget)
        found = [*found, *plain]
        if not found:
            return _Regressed()
        return _Regressed(found, is_within_noise(make_formula(found[0].expression, samples.names), samples, seed))

    def _sums(self, samples: Samples) -> list[Candidate]:
        """Exact sums of plain terms; where units are known these say more."""
        if samples.units is not None:
            return []
        columns = relevant(samples.X, samples.y, self.most_summed)
        found = exact_sums(samples.X[:, columns], samples.y, [samples.names[i] for i in columns])
        return _exact(found, samples)

    def _budget(self, samples: Samples) -> Budget:
        return Budget.for_rows(samples.rows, self.share)

    def _unseen(self, samples: Samples, best: Candidate) -> list[Claim]:
        """Which columns nothing looked at, named; nothing to tell where what was found is exact all the same."""
        if best.error <= PRECISION.exact * size_of(samples):
            return []
        seen = {samples.names[i] for i in relevant(samples.X, samples.y, self.most_features)}
        looks = [("algebra", self.most_features, seen)]
        if self.regress:
            most = self._budget(samples).features
            looks.append(("regressions", most, {samples.names[i] for i in rank_features(samples, most)}))
        return unseen_claims(samples, looks)


def is_noisy(samples: Samples, rows: int = 200) -> bool:
    """Whether few rows, which take a twentieth of a second, look noisy, and still do without factors and idle columns:
    those of many powers of ten look like noise.

    >>> X = np.random.default_rng(0).uniform(1, 3, (200, 2))
    >>> is_noisy(Samples(X, X[:, 0] / X[:, 1]))
    False
    """
    with one_thread():
        if not looks_noisy(samples.X, samples.y, rows):
            return False
        split = factors(samples.X, samples.y)
        if split is None or not split.rest:
            return split is None
        return looks_noisy(samples.X[:, list(split.rest)], split.divided(samples.X, samples.y), rows)


def candidates(
    samples: Samples, reporter: Reporter = SILENT, *, thorough: bool = True, most_features: int = 20
) -> list[Candidate]:
    """Exact laws of the table, simplest first; empty where the data are noisy or no relation holds."""
    columns = relevant(samples.X, samples.y, most_features)
    X, y = samples.X[:, columns], samples.y
    names = tuple(samples.names[i] for i in columns)
    lawless = looks_lawless(X, y)
    thorough = thorough and not lawless and not looks_noisy(X, y)
    found: list[Candidate] = []
    for lattice in lattices(samples, columns):
        found = exact_candidates(X, y, names, lattice, thorough=thorough, symmetric=not lawless, reporter=reporter)
        if found:
            break
    return _exact(found, samples)


def without_factors(
    samples: Samples, reporter: Reporter = SILENT, thorough: bool = True, most_features: int = 20
) -> list[Candidate]:
    """Exact laws of the table without its idle columns and mere factors (`inference.factors`), for the whole table."""
    split = factors(samples.X, samples.y)
    if split is None:
        return []
    found: list[sympy.Expr] = []
    if split.rest:
        with suppress(ValueError):  # what is left is no table: a column is the target itself
            inner = candidates(split.reduced(samples), reporter, thorough=thorough, most_features=most_features)
            found = [split.restored(candidate.expression, samples.names) for candidate in inner]
    else:
        found = [split.restored(sympy.Float(float(np.median(split.divided(samples.X, samples.y))), 17), samples.names)]
    errors = [error_of(make_formula(one, samples.names), samples) for one in found]
    route = "algebra: without factors and idle columns"
    whole = [Candidate(one, route, error, formula_bits(one)) for one, error in zip(found, errors, strict=True)]
    return _exact(whole, samples)


def _exact(found: Iterable[Candidate], samples: Samples) -> list[Candidate]:
    """Those that hold on all rows, in their shortest form."""
    limit = PRECISION.exact * size_of(samples)
    return [shorten(candidate) for candidate in found if candidate.error <= limit]


def lattices(samples: Samples, columns: list[int]) -> list[Lattice]:
    """The pi-groups that the units allow, where they are given; then every product, in case the units mislead."""
    free = free_lattice(len(columns))
    if samples.units is None:
        return [free]
    try:
        return [unit_lattice([samples.units.features[i] for i in columns], samples.units.target), free]
    except ValueError:
        return [free]


def shorten(candidate: Candidate) -> Candidate:
    """The candidate in its shortest form.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> str(shorten(Candidate(x**2 + 2 * x + x, "algebra", 0.0, 9.0)).expression)
    'x*(x + 3)'
    """
    expression = shortest(candidate.expression)
    return Candidate(expression, candidate.route, candidate.error, formula_bits(expression))
