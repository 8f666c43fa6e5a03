"""Sums of plain terms on exact rows: y = P(x) + c_1 t_1 + ... with P a polynomial and terms of a dictionary.

    off P:   r = y - P y,   t -> t - P t           for P = 0, 1, 1 and x, degree 2, 3, ...
    one:     |r - c t| = 0          two:  |r - c t - d u| = 0, for all pairs by the Gram matrix, then by themselves
    more:    the best pairs, grown term by term

Null spaces (`null_spaces`) find every sum over columns that are fewer than the rows; here there are a hundred times
more columns than rows, and the sum is short. All is in double precision, and what counts as a hit holds to rounding on
all rows: regressions in single precision (`regression.pairs`) cannot tell it from thousands that come close.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, combinations, islice, product
from typing import Any, TypeAlias

import numpy as np
import sympy
from jaxtyping import Float
from numpy.typing import NDArray

from ....artifacts.formulas.formula_source import apart
from ....run.cpu_limit import is_over
from ..expression.candidate import Candidate
from ..expression.description import formula_bits
from ..expression.snapping import snap
from .dictionary import (
    Dictionary,
    Word,
    apply,
    column_functions,
    harmonics,
    joined,
    monomial_words,
    one_word,
    others,
    outer,
    products,
    shifted_arguments,
    summed_arguments,
    waves,
)
from .null_spaces import Relation, relations, sparsest
from .pi_groups import free_lattice
from .relations import LOGARITHM, POWERS, Table, Transform, View
from .short_sums import SUMS, Off, best_pairs, grown, leaves_nothing
from .solving import residual, solve_relation

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Hit:
    """Words whose combination may be g(y); `quotient`: y times them and 1, too."""

    transform: Transform
    words: list[Word]
    quotient: bool = False


Hits: TypeAlias = Iterator[Hit]


def exact_sums(
    X: Float[np.ndarray, "rows features"], y: Float[np.ndarray, " rows"], names: Sequence[str]
) -> list[Candidate]:
    """Formulas that hold to rounding on all rows, the shortest first: those of the first stage that finds any.

    Columns that do not vary, or whose powers leave the range of floating numbers, are not looked at.
    """
    sizes = np.abs(X).max(axis=0)
    fine = np.flatnonzero((np.ptp(X, axis=0) > 0) & (sizes > 1 / SUMS.largest) & (sizes < SUMS.largest))
    if not len(fine):
        return []
    view = View(X[:, fine], y, tuple(names[int(j)] for j in fine), free_lattice(len(fine)), len(y))
    with np.errstate(all="ignore"):
        return _first_found(view)


def _first_found(view: View) -> list[Candidate]:
    found: dict[sympy.Expr, Candidate] = {}
    for hits in SumSearch(view).stages():
        for hit in hits:
            for candidate in _written(view, hit):
                found.setdefault(candidate.expression, candidate)
            if len(found) >= SUMS.enough:
                break
        if found or is_over():
            break
    return sorted(found.values(), key=lambda candidate: (candidate.bits, str(candidate.expression)))


@dataclass(frozen=True)
class SumSearch:
    """The stages over some rows of a view, from what is plain and cheap to what is neither."""

    view: View
    made: Dictionary = field(default_factory=Dictionary)
    looks: tuple[Transform, ...] = (POWERS[0], POWERS[1], LOGARITHM, POWERS[2])
    """How the target is looked at where a whole bank of words stands beside it: as it is, 1/y, log y, y^2."""

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Those that are looked at: evenly spread."""
        count = len(self.view.y)
        return np.linspace(0, count - 1, min(count, SUMS.rows)).astype(np.int64)

    @cached_property
    def X(self) -> Floats:
        return self.view.X[self.rows]

    @cached_property
    def weights(self) -> Floats:
        """Of the rows: where y spans many sizes every row is to be hit relative to its own."""
        return weights_of(self.view.y)[self.rows]

    @cached_property
    def single(self) -> list[Word]:
        return monomial_words(self.X, self.view.symbols, self.made.degree)

    @cached_property
    def factors(self) -> list[Word]:
        """Functions of monomials, and waves and exponentials of sums of two, the shortest first."""
        shapes = (*waves(), *others())
        found = [word for shape in shapes for argument in self.single for word in apply(shape, argument)]
        summed = summed_arguments(self.X, self.view.symbols, self.made)
        for shape in (*waves(), *others()[:2]):
            found += [word for argument in summed for word in islice(apply(shape, argument), 2)]
        return sorted(found, key=lambda word: word.cost)

    @cached_property
    def words(self) -> list[Word]:
        """All terms, the shortest first: among them pairs are looked for."""
        low = [word for word in self.single if word.cost <= 2]
        plain = monomial_words(self.X, self.view.symbols, 2 + self.made.degree)
        mixed = products(low, self.factors[:600], self.made.words)
        both = products(self.factors[:120], self.factors[:120], self.made.words)
        return sorted([*plain, *self.factors, *mixed, *both], key=lambda word: word.cost)

    @cached_property
    def each(self) -> list[list[Word]]:
        """Functions of each column alone."""
        return [[word for shape in column_functions() for word in apply(shape, column)] for column in self._columns]

    def stages(self) -> Iterator[Hits]:
        """Each stage's hits, computed as they are asked for."""
        yield self.polynomials()
        yield self.alone(self.words, self.looks)
        yield self.alone(products(self.factors[:500], self.factors[:500], self.made.products), POWERS[:1])
        yield self.separable()
        yield self.rationals()
        yield self.shared()
        yield self.multiples()
        yield self.shifted()
        yield self.pairs()

    # ------------------------------------------------------------------------------------------------------ stages

    def polynomials(self) -> Hits:
        """g(y) is a polynomial, of as high a degree as the rows can tell."""
        for transform, g in self._targets(self.looks):
            for degree in range(1, SUMS.highest_degree + 1):
                words = monomial_words(self.X, self.view.symbols, degree)
                if len(words) + 2 + SUMS.spare > len(self.rows):
                    break
                if leaves_nothing(g, self._matrix(words, transform)):
                    yield Hit(transform, words)
                    break

    def alone(self, words: Sequence[Word], transforms: Sequence[Transform]) -> Hits:
        """One term beside a polynomial."""
        table = _table(words)
        for transform, g in self._targets(transforms):
            for base in self._bases():
                for i in self._off(base, g, table, transform).alone():
                    yield Hit(transform, [*base, words[i]])

    def separable(self) -> Hits:
        """A product of one function of each of some columns, beside a constant."""
        for count in range(2, min(len(self.each), self.made.most_factors) + 1):
            for chosen in combinations(self.each, count):
                for word_of, table in outer(chosen):
                    if is_over():
                        return
                    for i in self._off([], self.target, table).alone():
                        yield Hit(POWERS[0], [word_of(i)])

    def rationals(self) -> Hits:
        """y Q = P, polynomials of one degree, of as many terms as the rows can tell."""
        for degree in range(1, self.made.highest_quotient + 1):
            words = monomial_words(self.view.X[:1], self.view.symbols, degree)
            if len(words) > self.made.most_terms or 2 * len(words) + 2 + SUMS.spare > len(self.view.y):
                return
            yield Hit(POWERS[0], words, quotient=True)

    def shared(self) -> Hits:
        """A product of functions of one or two columns times a sum of two others, beside a constant; y or 1/y."""
        singles = [one_word(self.X), *chain.from_iterable(self.each)]
        pairs = [joined(two) for lists in combinations(self.each, 2) for two in product(*lists)]
        table = _table(singles)
        for transform, g in self._targets(POWERS[:2]):
            for factor in [*singles[1:], *(pairs if transform is POWERS[0] else ())]:
                if is_over():
                    return
                off = self._off([], g, table * factor.values[:, None], transform)
                for some in best_pairs(off, most=4, close=SUMS.close):
                    yield Hit(transform, [joined([factor, singles[i]]) for i in some])

    def multiples(self) -> Hits:
        """A function times a polynomial, or times the harmonics of a column; y or 1/y."""
        for heads, basis in (self._beside_polynomials(), *map(self._beside_harmonics, range(len(self.each)))):
            if len(basis) + SUMS.spare >= len(self.rows):
                continue
            table = _table(basis)
            for transform, g in self._targets(POWERS[:2]):
                for head in heads:
                    if is_over():
                        return
                    if leaves_nothing(g, table * head.values[:, None] * self._weights(transform)[:, None]):
                        yield Hit(transform, [joined([head, word]) for word in basis])

    def _beside_polynomials(self) -> tuple[list[Word], list[Word]]:
        """Functions, exponentials of quadratic arguments among them, and what they are multiplied by: degree 2."""
        shifted = shifted_arguments(self.X, self.view.symbols, self.made)
        bells = [word for argument in shifted for word in islice(apply(others()[0], argument), 2)]
        plane = [one_word(self.X), *monomial_words(self.X, self.view.symbols, 2)]
        return [*self.factors[: self.made.multiplied], *bells], plane

    def _beside_harmonics(self, column: int) -> tuple[list[Word], list[Word]]:
        """Monomials, growing or not, and what they are multiplied by: harmonics of a column, times another or none."""
        growth = [one_word(self.X), *(word for word in self.each[column] if word.write().has(sympy.exp))]
        heads = [joined([power, grown]) for power in [one_word(self.X), *self.single] for grown in growth]
        beside = [one_word(self.X), *(word for k, word in enumerate(self._columns) if k != column)]
        return heads, [joined([a, b]) for a in harmonics(self._columns[column], self.made) for b in beside]

    def shifted(self) -> Hits:
        """A wave of a quadratic argument beside a polynomial: sine and cosine together, as its phase is free."""
        arguments = shifted_arguments(self.X, self.view.symbols, self.made)
        pairs = [[word for shape in waves() for word in islice(apply(shape, argument), 1)] for argument in arguments]
        for base in self._bases():
            if 1 + len(base) + 2 + SUMS.spare > len(self.rows):
                return
            for pair in pairs:
                if len(pair) == 2 and leaves_nothing(self.target, self._matrix([*base, *pair])):
                    yield Hit(POWERS[0], [*base, *pair])

    def pairs(self) -> Hits:
        """Two terms beside a polynomial, and what grows from the best of them."""
        words = self.words[: self.made.words]
        table = _table(words)
        for base in self._bases():
            if is_over():
                return
            for chosen in grown(self._off(base, self.target, table), len(base)):
                yield Hit(POWERS[0], [*base, *(words[i] for i in chosen)])

    # ------------------------------------------------------------------------------------------------------- parts

    @property
    def target(self) -> Floats:
        """y, weighted."""
        return self.view.y[self.rows] * self.weights

    def _targets(self, transforms: Sequence[Transform]) -> Iterator[tuple[Transform, Floats]]:
        """Those g(y) that have a value on every row."""
        for transform in transforms:
            with np.errstate(all="ignore"):
                g = self.target if transform is POWERS[0] else transform(self.view.y[self.rows])
            if np.isfinite(g).all() and np.ptp(g) > 0:
                yield transform, g

    def _matrix(self, words: Sequence[Word], transform: Transform = POWERS[0]) -> Floats:
        return _table([one_word(self.X), *words]) * self._weights(transform)[:, None]

    @cached_property
    def _columns(self) -> list[Word]:
        return monomial_words(self.X, self.view.symbols, 1)

    def _weights(self, transform: Transform) -> Floats:
        return self.weights if transform is POWERS[0] else np.ones(len(self.rows))

    def _off(self, base: Sequence[Word], g: Floats, table: Floats, transform: Transform = POWERS[0]) -> Off:
        weights = self._weights(transform)[:, None]
        return Off.of(self._matrix(base, transform), g, table * weights)

    def _bases(self) -> Iterator[list[Word]]:
        """Polynomials of degree 0, 1, ... of at most half as many terms as there are rows."""
        for degree in range(self.made.degree + 1):
            words = monomial_words(self.X, self.view.symbols, degree)
            if degree and len(words) > len(self.rows) // 2 - SUMS.spare:
                return
            yield words


def _table(words: Sequence[Word]) -> Floats:
    return np.column_stack([word.values for word in words])


def weights_of(y: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
    """1, or where the largest is far above the typical size 1 / (|y| + that size).

    >>> weights_of(np.array([1.0, 2.0, 3.0])).tolist()
    [1.0, 1.0, 1.0]
    """
    size = np.abs(y)
    typical = float(np.median(size)) or 1.0
    return np.ones(len(y)) if size.max() < SUMS.heavy * typical else typical / (size + typical)


# ------------------------------------------------------------------------------------------------------ what is found


def _written(view: View, hit: Hit) -> Iterator[Candidate]:
    """The formula of a hit, its weights exact numbers where they can be, if it holds on all rows.

    A quotient must have exact numbers: with free ones it follows any smooth function, ever closer.
    """
    table, rows = _relation_table(view, hit), len(view.y)
    for relation in _relations(table, hit.quotient):
        size = len(relation.support)
        if not (table.degrees[relation.support] > 0).any() or size + SUMS.spare > rows:
            continue
        bears_measured = not hit.quotient and rows > 3 * size + 10
        for plain, _ in solve_relation(view, hit.transform, table, relation):
            expression = with_one_phase(plain)
            if bears_measured or len(expression.atoms(sympy.Float)) <= 2:
                error = residual(expression, view)
                yield Candidate(expression, f"algebra: {size - 1} plain terms", error, formula_bits(expression))


def _relation_table(view: View, hit: Hit) -> Table:
    """Columns (rows, terms) of P, 1 first, then g(y) or of a quotient g(y) times each; of a quotient cheapest first."""
    terms = [sympy.Integer(1), *(word.write() for word in hit.words)]
    values = np.column_stack([_values(view, term) for term in terms])
    g = hit.transform(view.v)
    beside = len(terms) if hit.quotient else 1
    weights = weights_of(view.y) if hit.transform is POWERS[0] else np.ones(len(g))
    columns = np.column_stack([values, values[:, :beside] * g[:, None]]) * weights[:, None]
    degrees = np.repeat([0, 1], [len(terms), beside])
    factors = [(term, sympy.Integer(1)) for term in [*terms, *terms[:beside]]]
    if not hit.quotient:
        return Table(columns, tuple(factors), degrees)
    costs = [0.0, *(word.cost for word in hit.words)]
    order = np.argsort([*costs, *costs], kind="stable")
    return Table(columns[:, order], tuple(factors[i] for i in order), degrees[order])


def _relations(table: Table, quotient: bool) -> Iterator[Relation]:
    """Of a quotient the simplest of all relations, else that of all columns; none where a value is not finite."""
    if not np.isfinite(table.columns).all():
        return
    if quotient:
        yield from relations(table.columns, table.degrees > 0)
    elif (found := sparsest(table.columns, np.arange(len(table.degrees)))) is not None:
        yield found


def with_one_phase(expression: sympy.Expr, most_half_turns: int = 9, parts: int = 12) -> sympy.Expr:
    """a sin u + b cos u as A sin(u + c), where c is a number of twelfths and a and b are no short numbers.

    >>> x = sympy.Symbol("x", real=True)
    >>> a, b = (sympy.Float(2 * function(3), 17) for function in (math.cos, math.sin))
    >>> with_one_phase(1 + a * sympy.sin(x) + b * sympy.cos(x))
    2*sin(x + 3) + 1
    """
    whole: Any = sympy.expand(expression)
    for sine in whole.atoms(sympy.sin):
        cosine = sympy.cos(sine.args[0])
        a, b = whole.coeff(sine), whole.coeff(cosine)
        if not (a.is_Float and b.is_Float):
            continue
        size, phase = math.hypot(a, b), math.atan2(b, a)
        for half_turns in sorted(range(-most_half_turns, most_half_turns + 1), key=abs):
            turned = phase + half_turns * math.pi
            exact = sympy.Rational(round(turned * parts), parts)
            if abs(turned - float(exact)) < 1e-9:
                amplitude = snap(size, 1e-10 * size)
                factor = (-1) ** (half_turns % 2) * (sympy.Float(size, 17) if amplitude is None else amplitude)
                return whole - a * sine - b * cosine + factor * sympy.sin(sine.args[0] + exact)
    return expression


def _values(view: View, expression: sympy.Expr) -> Floats:
    plain: Any = expression.xreplace(dict(zip(view.symbols, map(_real, view.names), strict=True)))
    symbols, renamed = apart(plain, view.names)  # a column may be called exp
    compute = sympy.lambdify(symbols, renamed, "numpy")
    with np.errstate(all="ignore"):
        return np.asarray(compute(*view.X.T) * np.ones(len(view.y)), dtype=np.float64)


def _real(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, real=True)
