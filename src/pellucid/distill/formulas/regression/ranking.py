"""Hits of the screening by description length: fitted on all rows, freed of terms not needed, snapped, written out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ....algebra.expressions.factoring import factored
from ....algebra.expressions.text import parse
from ....run.cpu_limit import is_over
from ..expression.candidate import Candidate
from ..expression.description import description_bits, formula_bits
from ..expression.transforms import Transform
from .noisy_fit import Fitted, fit, least_squares
from .pairs import unit_columns
from .settings import REGRESSION
from .terms import Library, Term

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Budget:
    """How much is tried: counts, so that the same seed gives the same result on every machine."""

    features: int = 12
    rows: int = 400
    most_rows: int = 2000
    factors: int = 9000
    arguments: int = 70
    monomials: int = 1500
    kept: int = 200
    grown_terms: int = 6
    fitted: int = 90
    returned: int = 30
    whole: int = 100
    """From so many rows on all of it is tried; of fewer, less, but every stage."""

    @classmethod
    def for_rows(cls, rows: int, share: float = 1.0, *, least: float = 0.15) -> Budget:
        """That `share` of it, fewer terms for fewer rows: 30 rows cannot tell which of a thousand long formulas holds.

        From `whole` rows on it is all of it; for very few rows the share `least`: the simplest terms come first. As
        many are fitted of few rows as of many: whether a long formula holds is seen once its coefficients are exact.

        >>> Budget.for_rows(50).factors, Budget.for_rows(1000, share=0.5).factors
        (4500, 4500)
        """
        full = cls()
        share = min(share, max(least, rows / full.whole))
        counts = ("factors", "arguments", "monomials", "kept", "returned")
        return replace(full, **{name: int(share * getattr(full, name)) for name in counts})


@dataclass(frozen=True)
class Hit:
    """A combination the screening kept: y = transform^-1(sum of terms); `common` factors are in every term."""

    transform: Transform
    terms: tuple[Term, ...]
    common: tuple[int, ...] = ()


class Ranking:
    """The hits so far by description length: fitted on all rows, freed of terms that are not needed, and snapped."""

    def __init__(self, library: Library, budget: Budget) -> None:
        self.library, self.budget = library, budget
        y = library.samples.y
        self.size = math.sqrt(float(y @ y) / len(y))
        self.rough: dict[Hit, float] = {}
        self.fitted: dict[Hit, tuple[float, Fitted] | None] = {}

    def add(self, hits: list[Hit]) -> None:
        """Measures new hits, and the sums with one term fewer of the best; fits those that describe y shortest."""
        level = list(self._measure(hits))
        while level and not is_over():
            level = self._shorter(level)
            self._measure(level)
        for hit in sorted(self.rough, key=lambda hit: self.rough[hit])[: self.budget.fitted]:
            if is_over() and self.fitted:
                break
            if hit not in self.fitted:
                self.fitted[hit] = self._fit(hit)

    def _shorter(self, level: list[Hit]) -> list[Hit]:
        """The sums with one term fewer of the best of these."""
        longer = sorted((hit for hit in set(level) if len(hit.terms) > 2), key=lambda hit: self.rough[hit])
        return [part for hit in longer[: self.budget.fitted] for part in _parts(hit)]

    def _measure(self, hits: list[Hit]) -> dict[Hit, float]:
        new = {hit: _rough(self.library, hit, self.size) for hit in dict.fromkeys(hits) if hit not in self.rough}
        self.rough |= new
        return new

    def _columns(self, hit: Hit) -> Array:
        return np.stack([self.library.values(term) for term in hit.terms], axis=1)

    def _fit(self, hit: Hit) -> tuple[float, Fitted] | None:
        y = self.library.samples.y
        result = fit(self._columns(hit), y, hit.transform, 0.05 * self.size)
        if result is None or not math.isfinite(result.mse):
            return None
        data = len(y) / 2 * math.log2(max(result.mse / self.size**2, 1e-24))
        return data + _bits(self.library, hit) + result.bits, result

    def _order(self) -> list[tuple[Hit, float, Fitted]]:
        rows = [(hit, row[0], row[1]) for hit, row in self.fitted.items() if row is not None]
        return sorted(rows, key=lambda row: row[1])

    def is_complete(self) -> bool:
        """Whether no term of the bank, nor a factor 1 + c f, would pay for itself on top of the best formula."""
        order = self._order()
        if not order:
            return False
        hit, _, result = order[0]
        if result.mse < 1e-20 * self.size**2:
            return True
        if len(hit.terms) > 2 or self.library.samples.rows < self.budget.whole:
            return False  # of few rows the test below has no power: another form altogether may be far better
        if result.free:
            return False
        y, library = self.library.samples.y, self.library
        predicted = hit.transform.inverse(self._columns(hit) @ result.coefficients)
        plain = library.bank.values[:, ~library.bank.units.any(1)]
        unit = tuple((np.round(library.target, 6) + 0.0).tolist())
        same = library.monomials_of(unit).values[:, :500]
        columns = np.concatenate([unit_columns(plain * predicted[:, None]), unit_columns(same)], axis=1)
        ahead = (predicted / np.sqrt(predicted @ predicted)).astype(np.float32)
        left = y - predicted
        left = (left / np.sqrt(left @ left)).astype(np.float32)
        along = ahead @ columns
        with np.errstate(all="ignore"):
            gain = (left @ columns - along * (left @ ahead)) ** 2 / (1 - along * along)
        gain[~(1 - along * along > 1e-5)] = 0
        cost = np.concatenate([library.bank.bits[~library.bank.units.any(1)], library.monomials_of(unit).bits[:500]])
        bits = -len(y) / 2 * np.log2(np.maximum(1 - gain, 1e-24))
        return bool((bits < cost + REGRESSION.term_bits).all())

    def candidates(self) -> list[Candidate]:
        """The best, as expressions, by description length."""
        order = self._order()[: self.budget.returned]
        most = len(order) if not is_over() else 1
        made = [_candidate(self.library, hit, result, self.size) for hit, _, result in order[:most]]
        kept = [row for row in made if row is not None]
        return [candidate for _, candidate in sorted(kept, key=lambda row: row[0])]


def _parts(hit: Hit) -> list[Hit]:
    """The sums with one term fewer."""
    return [Hit(hit.transform, hit.terms[:i] + hit.terms[i + 1 :], hit.common) for i in range(len(hit.terms))]


def _rough(library: Library, hit: Hit, size: float) -> float:
    """Description length with free coefficients."""
    y = library.samples.y
    E = np.stack([library.values(term) for term in hit.terms], axis=1)
    coefficients = least_squares(E, y, hit.transform, 0.05 * size, steps=2)
    if coefficients is None:
        return math.inf
    with np.errstate(all="ignore"):
        residual = y - hit.transform.inverse(E @ coefficients)
        mse = float(residual @ residual) / len(y)
    if not math.isfinite(mse):
        return math.inf
    coefficient_bits = REGRESSION.term_bits * len(hit.terms)
    return len(y) / 2 * math.log2(max(mse / size**2, 1e-22)) + _bits(library, hit) + coefficient_bits


def _bits(library: Library, hit: Hit) -> float:
    terms = sum(library.bits(term) for term in hit.terms) + 3.0 * (len(hit.terms) - 1)
    saved = sum(float(library.bank.bits[factor]) for factor in hit.common) * (len(hit.terms) - 1)
    return terms - saved + hit.transform.bits


def _candidate(library: Library, hit: Hit, fitted: Fitted, size: float) -> tuple[float, Candidate] | None:
    inner = " + ".join(library.text(term, text, hit.common) for term, text in zip(hit.terms, fitted.texts, strict=True))
    common = "".join(f"*({library.bank.texts[factor]})" for factor in hit.common)
    text = hit.transform.text.format(f"({fitted.common}){common}*({inner})")
    try:
        expression = simplest(parse(text, library.names))
    except (ValueError, TypeError, AttributeError):
        return None
    error = math.sqrt(fitted.mse)
    total = description_bits(expression, error, library.samples.rows, size)
    return total, Candidate(expression, "exhaustive", error, formula_bits(expression))


def simplest(expression: sympy.Expr) -> sympy.Expr:
    """The shortest of a few equal ways to write it.

    >>> x, y = sympy.symbols("x y")
    >>> str(simplest(x * y + x))
    'x*(y + 1)'
    """
    ways: list[Any] = [expression]
    last = sympy.cancel if expression.is_rational_function() else sympy.powsimp
    for rewrite in (sympy.together, sympy.factor_terms, last):
        try:
            ways.append(rewrite(expression))
        except (ValueError, TypeError, sympy.PolynomialError):
            continue
    together = ways[1]
    if together.is_rational_function():
        ways.append(factored(together))
    return min(ways, key=formula_bits)
