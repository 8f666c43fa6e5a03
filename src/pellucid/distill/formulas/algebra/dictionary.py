"""A dictionary of plain terms: functions with whole-number constants inside, and products of two of them.

    argument = a sum of at most three monomials with whole factors        x^2,  x + x^2,  (x - 1) (y - 1) - 1
    factor   = sin, cos, exp, log, ... of k times an argument
    term     = monomial, factor, monomial * factor, factor * factor

Phases and shifts need no place of their own: sin(u + c) is a sum of sin u and cos u, exp(u + c) a multiple of exp u.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement, product
from typing import Any

import numpy as np
import sympy
from jaxtyping import Float
from numpy.typing import NDArray

from .settings import PRECISION

Floats = NDArray[np.float64]
_ONE: Any = sympy.Integer(1)


@dataclass(frozen=True)
class Word:
    """A column of the dictionary: values (rows,), its length in the units of `pi_groups.cost`, and how to write it."""

    values: Float[np.ndarray, " rows"]
    cost: float
    write: Callable[[], sympy.Expr]


@dataclass(frozen=True)
class Dictionary:
    """Which terms there are. The limits keep all pairs of words within a second: the cheapest words come first."""

    largest_factor: int = 5
    """Of the linear part of a quadratic argument, x y + p x + q y: as far as shifts by small whole numbers reach."""
    degree: int = 3
    """Of the monomials that arguments are made of."""
    words: int = 2_500
    """Among which pairs are looked for."""
    products: int = 12_000
    """Of two factors, of which one alone may be the whole formula."""
    most_features: int = 4
    """Sums of different columns are arguments only up to so many columns."""
    most_factors: int = 4
    """Columns in a product of one function of each."""
    multiplied: int = 400
    """Functions that a polynomial is multiplied by."""
    harmonics: int = 6
    """Of a column: as far as products of six sines and cosines reach."""
    highest_quotient: int = 8
    """The degree of a polynomial above or below a bar."""
    most_terms: int = 150
    """Of a polynomial above or below a bar."""


def monomials(features: int, degree: int) -> list[tuple[int, ...]]:
    """All exponents up to a total degree, without 1, the lowest degree first.

    >>> monomials(2, 2)
    [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    """
    return [
        tuple(chosen.count(j) for j in range(features))
        for total in range(1, degree + 1)
        for chosen in combinations_with_replacement(range(features), total)
    ]


def powers(X: Float[np.ndarray, "rows features"], exponents: Sequence[int]) -> Float[np.ndarray, " rows"]:
    """The product of the columns to whole powers."""
    return np.prod([X[:, j] ** e for j, e in enumerate(exponents) if e] or [np.ones(len(X))], axis=0)


def monomial_words(X: Float[np.ndarray, "rows features"], symbols: Sequence[sympy.Symbol], degree: int) -> list[Word]:
    """The monomials up to a total degree, without 1."""
    return [Word(powers(X, row), float(sum(row)), _monomial(symbols, row)) for row in monomials(X.shape[1], degree)]


def _monomial(symbols: Sequence[sympy.Symbol], exponents: Sequence[int]) -> Callable[[], sympy.Expr]:
    return lambda: sympy.Mul(*(s**e for s, e in zip(symbols, exponents, strict=True)))


# --------------------------------------------------------------------------------------------------------- arguments


def summed_arguments(X: Floats, symbols: Sequence[sympy.Symbol], made: Dictionary) -> list[Word]:
    """Sums and differences of two monomials, the shorter the sooner."""
    if X.shape[1] > made.most_features:
        return []
    single = monomial_words(X, symbols, made.degree)
    found = [_sum([(1, a), (sign, b)]) for a, b in combinations(single, 2) for sign in (1, -1)]
    return sorted(found, key=lambda word: word.cost)


def shifted_arguments(X: Floats, symbols: Sequence[sympy.Symbol], made: Dictionary) -> Iterator[Word]:
    """Quadratic arguments with small whole factors: (x + p) (y + q) and x (x + p), but for a constant."""
    if X.shape[1] > made.most_features:
        return
    reach = range(-made.largest_factor, made.largest_factor + 1)
    single = monomial_words(X, symbols, 1)
    for i, j in combinations_with_replacement(range(X.shape[1]), 2):
        exponents = [int(i == k) + int(j == k) for k in range(X.shape[1])]
        square = Word(powers(X, exponents), 2.0, _monomial(symbols, exponents))
        for p, q in product(reach, reach if i != j else (0,)):
            parts = [(1, square), (p, single[j]), (q, single[i])]
            yield _sum([(factor, word) for factor, word in parts if factor])


def _sum(parts: Sequence[tuple[int, Word]]) -> Word:
    values = np.sum([factor * word.values for factor, word in parts], axis=0)
    length = sum(word.cost + (abs(factor) != 1) for factor, word in parts) + len(parts) - 1.0
    return Word(values, length, lambda: sympy.Add(*(factor * word.write() for factor, word in parts)))


# ----------------------------------------------------------------------------------------------------------- factors


@dataclass(frozen=True)
class Shape:
    """A function of k u with the factors k that it is tried with, and what it adds to the length."""

    function: Callable[[Floats], Floats]
    write: Callable[[sympy.Expr], sympy.Expr]
    factors: tuple[sympy.Expr, ...]
    cost: float = 1.0


def waves() -> tuple[Shape, ...]:
    """Sine and cosine, with the usual factors of angles."""
    factors = (_ONE, 2 * _ONE, _ONE / 2, 3 * _ONE, sympy.pi, 2 * sympy.pi)
    return Shape(np.sin, sympy.sin, factors), Shape(np.cos, sympy.cos, factors)


def others() -> tuple[Shape, ...]:
    """Exponentials, logarithms of u and 1 + u, roots and inverses of 1 + u, tangents, arcs."""
    one, rates = (_ONE,), (_ONE, -_ONE, 2 * _ONE, -2 * _ONE, _ONE / 2, -_ONE / 2)
    return (
        Shape(np.exp, sympy.exp, rates),
        Shape(np.log, sympy.log, one),
        Shape(np.log1p, lambda u: sympy.log(1 + u), one, 2.0),
        Shape(np.sqrt, sympy.sqrt, one),
        Shape(lambda u: np.sqrt(1 + u), lambda u: sympy.sqrt(1 + u), one, 2.0),
        Shape(lambda u: 1 / (1 + u), lambda u: 1 / (1 + u), one, 2.0),
        Shape(np.tan, sympy.tan, one, 1.5),
        Shape(np.tanh, sympy.tanh, one, 1.5),
        Shape(np.arctan, sympy.atan, one, 2.0),
        Shape(np.arcsinh, sympy.asinh, one, 2.0),
    )


def one_word(X: Float[np.ndarray, "rows ..."]) -> Word:
    """The number 1 on every row."""
    return Word(np.ones(len(X)), 0.0, lambda: _ONE)


def harmonics(column: Word, made: Dictionary) -> list[Word]:
    """1, and sines and cosines of whole multiples of a column."""
    sine, cosine = (replace(shape, factors=tuple(k * _ONE for k in range(1, made.harmonics + 1))) for shape in waves())
    return [one_word(column.values), *apply(sine, column), *apply(cosine, column)]


def column_functions() -> tuple[Shape, ...]:
    """What a column is in a product of one function of each: powers, and the functions and their inverses.

    Roots and logarithms take the size of what they are given; signs are found when the formula is written.
    """
    one = (_ONE,)
    plain = [
        Shape(lambda u: u, lambda u: u, one, 0.0),
        Shape(np.square, lambda u: u**2, one, 1.0),
        Shape(np.sqrt, sympy.sqrt, one, 1.0),
        Shape(np.exp, sympy.exp, (_ONE, -_ONE), 1.0),
        *(Shape(f, g, one, 1.0) for f, g in ((np.sin, sympy.sin), (np.cos, sympy.cos), (np.log, sympy.log))),
        *(Shape(f, g, one, 1.5) for f, g in ((np.tan, sympy.tan), (np.tanh, sympy.tanh))),
    ]
    return (*plain, *(_inverse(shape) for shape in plain if shape.function is not np.exp))


def _inverse(shape: Shape) -> Shape:
    return Shape(lambda u: 1 / shape.function(u), lambda u: 1 / shape.write(u), shape.factors, shape.cost + 0.5)


def apply(shape: Shape, argument: Word) -> Iterator[Word]:
    """The function of the argument, times each of its factors, where all values are finite and vary."""
    for number in shape.factors:
        with np.errstate(all="ignore"):
            inner = float(number) * argument.values
            values = shape.function(inner)
        largest = float(np.abs(values).max())
        fast = shape.function in (np.sin, np.cos) and np.abs(inner).max() > PRECISION.fastest
        if np.isfinite(largest) and largest < PRECISION.largest and np.ptp(values) > 1e-6 * largest and not fast:
            length = argument.cost + shape.cost + 0.5 * sympy.count_ops(number) + (abs(number) != 1)
            yield Word(values, float(length), _applied(shape, number, argument))


def _applied(shape: Shape, number: sympy.Expr, argument: Word) -> Callable[[], sympy.Expr]:
    return lambda: shape.write(number * argument.write())


def products(left: Sequence[Word], right: Sequence[Word], most: int) -> list[Word]:
    """The `most` shortest products of two words."""
    pairs = sorted(
        ((a.cost + b.cost, i, j) for i, a in enumerate(left) for j, b in enumerate(right) if a is not b),
        key=lambda entry: entry[0],
    )
    return [joined([left[i], right[j]]) for _, i, j in pairs[:most]]


def joined(words: Sequence[Word]) -> Word:
    """The product of words."""
    values = np.prod([word.values for word in words], axis=0)
    return Word(values, sum(word.cost for word in words), lambda: sympy.Mul(*(word.write() for word in words)))


def outer(lists: Sequence[Sequence[Word]], most: int = 20_000) -> Iterator[tuple[Callable[[int], Word], Floats]]:
    """Every product of one word of each list, in tables (rows, products) of about `most`, with the word of a number.

    >>> a, b = ([Word(np.array([k, 1.0]), 1.0, lambda: sympy.S.One) for k in ks] for ks in ((2.0, 3.0), (5.0, 7.0)))
    >>> [(table[0].tolist(), word_of(1).values.tolist()) for word_of, table in outer([a, b])]
    [([10.0, 14.0, 15.0, 21.0], [14.0, 1.0])]
    """
    *first, last = [np.column_stack([word.values for word in words]) for words in lists]
    head = first[0]
    for table in first[1:]:
        head = (head[:, :, None] * table[:, None]).reshape(len(table), -1)
    step = max(1, most // last.shape[1])
    for start in range(0, head.shape[1], step):
        with np.errstate(all="ignore"):
            table = (head[:, start : start + step, None] * last[:, None]).reshape(len(last), -1)
        yield _numbered(lists, start * last.shape[1]), table


def _numbered(lists: Sequence[Sequence[Word]], start: int) -> Callable[[int], Word]:
    sizes = [len(words) for words in lists]

    def word_of(number: int) -> Word:
        places = np.unravel_index(start + number, sizes)
        return joined([words[int(i)] for words, i in zip(lists, places, strict=True)])

    return word_of
