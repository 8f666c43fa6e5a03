"""Search: genetic programming where algebra ends, on the smallest tables that the data's symmetries allow.

The engine is Operon (arXiv 2006.10782 for the symmetries, GECCO 2020 for the engine). It is run for several rounds that
differ in the table (the whole one, or one that `recursion.chain` made smaller), the lens on the target, the functions
trees may hold, and the seed. What evolution leaves is refitted in double precision, snapped and pruned, and the
formula with the shortest description of formula and data together is kept:

    bits(formula) + rows/2 log2(mse / scale^2)

Budgets are counts (rounds, generations, trees), so that the same seed gives the same formula on any machine;
`budget_seconds` may only leave rounds out. Hot path: operon.evolve, 2 to 4 CPU seconds a round for 1,000 rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import sympy
from numpy.typing import NDArray

from ....artifacts.formulas.formula import Formula, make_formula, parse
from ....core.context import Context
from ....core.method import Found, Method
from ....core.reporter import SILENT, Reporter
from ....run.checkpoint import Checkpoint
from ....run.cpu_limit import check_budget, cpu_limit, is_over
from ....run.threads import one_thread
from ....subjects.tables.samples import Samples
from ..evidence.claims import formula_claims
from ..expression.candidate import Candidate
from ..expression.description import description_bits
from ..expression.fitting import fit
from ..expression.parametrised import parametrise
from ..expression.polish import polish
from ..expression.selection import as_front, choose
from ..expression.tape import CannotCompile
from .lenses import LENSES
from .operon import Evolution, evolve, require_operon
from .recursion import Reduction, chain, direct
from .settings import SEARCH
from .surrogate import fit_surrogate

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Round:
    """One run of the engine: on which table, through which lens, with which functions and which seed."""

    reduction: Reduction
    lens: str
    functions: tuple[str, ...]
    seed: int

    @property
    def name(self) -> str:
        words = [self.reduction.name] if self.reduction.name else []
        return ", ".join([*words, f"Operon on {'y' if self.lens == 'plain' else self.lens + ' y'}"])


@dataclass(frozen=True)
class Search(Method[Samples, Formula]):
    """Search for a formula by genetic programming (Operon) on tables made small by symmetries.

    `rounds` runs of the engine with `evolution`'s sizes (each round puts its own `functions` in); `reduce` looks for
    symmetries first; `patience` rounds without a shorter description end it, as does a formula that is exact. A
    `held_out` share of the rows is kept for the claims, with `refits` bootstrap refits.
    Needs pyoperon: `pip install pellucid[search]`.

    >>> X = np.random.default_rng(0).uniform(1, 3, (100, 2))
    >>> finding = Search(rounds=1).explain(Samples(X, X[:, 0] / X[:, 1] ** 2))  # doctest: +SKIP
    >>> finding.artifact.expression                                             # doctest: +SKIP
    'x0/x1**2'
    """

    rounds: int = 10
    patience: int = 5
    evolution: Evolution = field(default_factory=Evolution)
    functions: tuple[tuple[str, ...], ...] = (
        ("square", "sqrt", "exp", "sin", "cos", "tanh"),
        ("square", "sqrt"),
        ("square", "exp", "log", "tanh"),
        ("square", "sqrt", "sin", "cos", "tan"),
        ("exp", "log", "sin", "cos", "asin", "acos"),
    )
    """The functions that the engine may use beside arithmetic: sets that the rounds take in turn."""
    lenses: tuple[str, ...] = ("plain", "square", "log", "inverse")
    reduce: bool = True
    held_out: float = 0.2
    budget_seconds: float | None = None
    refits: int = 20

    def _find(self, subject: Samples, context: Context) -> Found[Formula]:
        """The formula with the shortest description. Raises ValueError without pyoperon, and for fewer than 8 rows."""
        require_operon()
        check_budget(self.budget_seconds)
        if subject.rows < 8:
            raise ValueError(f"subject has {subject.rows} rows; give at least 8 to search for a formula")
        subject = subject.by_weight(np.random.default_rng(context.stream("weights")))
        train, held = subject.split(self.held_out, np.random.default_rng(context.seed))
        with context.timed("search"), cpu_limit(self.budget_seconds):
            found = self.propose(train, context.seed, reporter=context.reporter, checkpoint=context.checkpoint)
        if not found:
            raise ValueError("no formula was found that has a real value on every row; give more rounds or more rows")
        best = choose(found, train, held)
        formula = make_formula(best.expression, subject.names, subject.target, subject.box)
        claims = formula_claims(formula, train, held, refits=self.refits, seed=context.seed)
        return Found(formula, claims, {"front": as_front(found, best, subject)}, route=best.route)

    def propose(
        self, samples: Samples, seed: int = 0, *, reporter: Reporter = SILENT, checkpoint: Path | None = None
    ) -> list[Candidate]:
        """Candidates for the whole table, the shortest description first; raises ValueError without pyoperon.

        What every round finds is kept in the folder `checkpoint`, and rounds that are kept there are not run again.
        """
        require_operon()
        size = _size(samples)
        reporter.start("searching", self.rounds)
        with one_thread():
            surrogate = fit_surrogate(samples, seed)
            noise = SEARCH.at_noise * surrogate.error * float(np.std(samples.y))
            at_once = polished_best(direct(samples, surrogate, seed), samples, "symmetry")
            found = {one.expression: one for one in at_once}
            if not any(_finished(one, SEARCH.exact * size) for one in at_once):
                schedule = self._schedule(samples, surrogate.lens, seed)
                store = None if checkpoint is None else Checkpoint(checkpoint, self._owner(samples, seed))
                self._follow(schedule, samples, found, noise if noise > SEARCH.noisy * size else 0.0, reporter, store)
        reporter.finish()
        return _best_first(found.values(), samples)

    def _follow(
        self,
        schedule: list[Round],
        samples: Samples,
        found: dict[sympy.Expr, Candidate],
        noise: float,
        reporter: Reporter,
        store: Checkpoint | None = None,
    ) -> None:
        """Runs the rounds one after the other, and puts what they find into `found`, until there is no more to hope."""
        exact, best, idle = SEARCH.exact * _size(samples), np.inf, 0
        for number, each in enumerate(schedule):
            if is_over() and (number or found):
                break
            for candidate in self._resumed(number, each, samples, store):
                found.setdefault(candidate.expression, candidate)
            now = _fewest_bits(found.values(), samples)
            idle = 0 if now < best - 1 else idle + 1
            best = min(best, now)
            reporter.advance(1, f"{len(found)} formulas")
            patience = SEARCH.confirming_rounds if _any_finished(found.values(), noise) else self.patience
            if idle >= patience or _any_finished(found.values(), exact):
                break

    def _resumed(self, number: int, each: Round, samples: Samples, store: Checkpoint | None) -> list[Candidate]:
        """What a round finds, or found before an interrupt; read from its text, so that both are equal."""
        known = None if store is None else store.load(f"round-{number}")
        if known is None:
            found = self._run(each, samples)
            texts = [make_formula(one.expression, samples.names, samples.target).expression for one in found]
            rows = [(text, one.route, one.error, one.bits) for text, one in zip(texts, found, strict=True)]
            if store is not None:
                store.save(f"round-{number}", data=rows)
        else:
            rows = known[1]
        return [Candidate(parse(text, samples.names), route, error, bits) for text, route, error, bits in rows]

    def _owner(self, samples: Samples, seed: int) -> str:
        """Whose rounds these are; the time that they may take changes none of them."""
        return repr((samples.fingerprint(), seed, {**self.settings(), "budget_seconds": None}))

    def _schedule(self, samples: Samples, smoothest: str, seed: int) -> list[Round]:
        """The rounds: the smallest table first and most often, then the others; lenses and functions in turn.

        First comes the target itself, then the lens through which it is smoothest.
        """
        whole = Reduction("", samples, lambda expression: expression, 0.0)
        reduced = chain(samples, seed) if self.reduce and samples.features > 1 else []
        tables = [reduced[-1], whole, *reduced[-2:-1]] if reduced else [whole]
        turns = [tables[0], tables[0], *tables[1:]] if len(tables) > 1 else tables
        seeds = np.random.default_rng(Context(seed).stream("rounds")).integers(1, 2**31, self.rounds)
        rounds: list[Round] = []
        uses: dict[int, int] = {}
        for number in range(self.rounds):
            reduction = turns[number % len(turns)]
            use = uses[id(reduction)] = uses.get(id(reduction), -1) + 1
            lenses = [lens for lens in self.lenses if _visible(lens, reduction.table.y)]
            lenses.sort(key=lambda lens: lens not in ("plain", smoothest))
            functions = self.functions[use // 2 % len(self.functions)]
            rounds.append(Round(reduction, lenses[use % len(lenses)], functions, int(seeds[number])))
        return rounds

    def _run(self, each: Round, samples: Samples) -> list[Candidate]:
        """What one round finds: fitted to all rows, the shortest of it snapped, the shortest of that pruned."""
        table, lens = each.reduction.table, LENSES[each.lens]
        symbols = [sympy.Symbol(name, real=True) for name in table.names]
        sign = -1 if (table.y < 0).all() else 1
        rows = np.random.default_rng(each.seed).permutation(table.rows)[: SEARCH.engine_rows]
        evolution = replace(self.evolution, functions=each.functions)
        structures = evolve(table.X[rows], lens.look(sign * table.y[rows]), symbols, evolution, each.seed)
        wholes = [each.reduction.restore(sign * lens.back(one)) for one in structures[-SEARCH.fitted :]]
        found = polished_best(wholes, samples, each.name)
        inexact = [one for one in found[: SEARCH.pruned] if one.error > SEARCH.exact * _size(samples)]
        return found + [shorter for one in inexact if (shorter := prune(one, samples)) is not one]


def polished_best(
    structures: Iterable[sympy.Expr], samples: Samples, route: str = "", most: int = SEARCH.polished
) -> list[Candidate]:
    """Structures with all constants fitted to the table, the `most` best of them polished; the best first."""
    fitted = [one for structure in structures if (one := _fitted(structure, samples)) is not None]
    fitted.sort(key=lambda one: _bits(one, samples))
    polished = [_polished(one.expression, samples, route) for one in fitted[:most]]
    return _best_first((one for one in polished if one is not None), samples)


def _best_first(found: Iterable[Candidate], samples: Samples) -> list[Candidate]:
    return sorted(found, key=lambda one: (_bits(one, samples), str(one.expression)))


def _bits(candidate: Candidate, samples: Samples) -> float:
    return description_bits(candidate.expression, candidate.error, samples.rows, _size(samples))


def _fewest_bits(found: Iterable[Candidate], samples: Samples) -> float:
    return min((_bits(one, samples) for one in found), default=np.inf)


def _size(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.y**2)))


def prune(candidate: Candidate, samples: Samples) -> Candidate:
    """The candidate with terms left out of its sums, one after the other, as long as the description gets shorter."""
    best, tried = candidate, 0
    improved = True
    while improved and tried < SEARCH.prunings:
        improved = False
        for expression in shortened(best.expression):
            if tried >= SEARCH.prunings:
                break
            tried += 1
            shorter = _polished(expression, samples, best.route)
            if shorter is not None and _bits(shorter, samples) < _bits(best, samples):
                best, improved = shorter, True
                break
    return best


def shortened(expression: sympy.Expr) -> list[sympy.Expr]:
    """The expression with one term of one sum left out, for each term of each sum that holds a floating number.

    >>> x = sympy.Symbol("x", real=True)
    >>> shortened(2.5 * x + x**2)
    [2.5*x, x**2]
    """
    found: dict[sympy.Expr, None] = {}
    for total in sympy.preorder_traversal(expression):
        if isinstance(total, sympy.Add) and total.has(sympy.Float):
            for term in sorted(total.args, key=sympy.count_ops):
                smaller: sympy.Expr = expression.xreplace({total: total - term})  # pyright: ignore[reportAssignmentType]
                if not smaller.has(sympy.zoo, sympy.nan, sympy.oo):
                    found[smaller] = None
    return list(found)


def _polished(expression: sympy.Expr, samples: Samples, route: str) -> Candidate | None:
    if not expression.free_symbols or expression.has(sympy.I, sympy.zoo, sympy.nan):
        return None
    try:
        return polish(expression, samples.X, samples.y, samples.names, route=route)
    except CannotCompile:
        return None


def _fitted(expression: sympy.Expr, samples: Samples) -> Candidate | None:
    """The expression with its constants fitted, none of them snapped: quick, to see which ones are worth more."""
    if not expression.free_symbols or expression.has(sympy.I, sympy.zoo, sympy.nan):
        return None
    try:
        parametrised = parametrise(expression)
        with np.errstate(all="ignore"):
            found = fit(parametrised.tape(samples.names).bind(samples.X), samples.y, parametrised.values)
    except CannotCompile:
        return None
    if found is None:
        return None
    return Candidate(parametrised.expression(list(found.values)), "", found.error, 0.0)


def _visible(lens: str, y: Values) -> bool:
    """Whether the target can be looked at that way: of one sign for a root or logarithm, an angle for a sine."""
    if lens in ("square", "log", "inverse"):
        return bool((y > 0).all() or (y < 0).all())
    if lens == "sine":
        return bool((np.abs(y) <= np.pi / 2).all())
    return bool((y >= 0).all() and (y <= np.pi).all()) if lens == "cosine" else True


def _any_finished(candidates: Iterable[Candidate], enough: float) -> bool:
    return any(_finished(candidate, enough) for candidate in candidates)


def _finished(candidate: Candidate, enough: float) -> bool:
    """Whether it misses by no more than noise, or rounding, and holds no number that had to be fitted."""
    return candidate.error <= enough and not candidate.expression.has(sympy.Float)
