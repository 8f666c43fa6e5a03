"""PdeFamily: all equations u_t = c_1 m_1 + ... + c_n m_n over given monomials in u and its x-derivatives."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Self

import sympy

from ...algebra.expressions.text import parse, to_text
from ...core.subject import Subject
from .evolution import HIGHEST, Evolution, jet, normalised


@dataclass(frozen=True)
class PdeFamily(Subject):
    """u_t = sum_i c_i monomials[i], the coefficients unknown.

    >>> PdeFamily(("u*u_x", "u_xxx")).describe()
    'u_t = c1*u*u_x + c2*u_xxx'
    """

    made_by: ClassVar[str] = 'PdeFamily(("u*u_x", "u_xxx"))'

    monomials: tuple[str, ...]
    title: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "monomials", tuple(self.monomials))
        if not self.monomials:
            raise ValueError("a family needs monomials; give some, such as ('u*u_x', 'u_xxx')")
        rows = self.exponents
        if len(set(rows)) < len(rows):
            twice = [self.monomials[i] for i, row in enumerate(rows) if row in rows[:i]]
            raise ValueError(f"monomials {twice} are given twice; give each once")

    @classmethod
    def parse(cls, text: str, title: str = "") -> Self:
        """Monomials separated by commas or semicolons, such as "u*u_x, u_xxx". Raises ValueError."""
        return cls(tuple(part.strip() for part in re.split(r"[,;]", text) if part.strip()), title)

    @classmethod
    def all(cls, degree: int = 3, order: int = 3, without: Iterable[str] = ("u_x",), title: str = "") -> Self:
        """All monomials of degree 1 ... `degree` in u and its derivatives up to `order`.

        u_x is left out: it only moves the solution along, and all that has no x in it is conserved by it.
        """
        if degree < 1 or not 0 <= order <= HIGHEST:
            message = f"degree={degree}, order={order} hold no monomials; use degree >= 1 and 0 <= order <= {HIGHEST}"
            raise ValueError(message)
        names = [jet("u", k) for k in range(order + 1)]
        chosen = [c for n in range(1, degree + 1) for c in itertools.combinations_with_replacement(names, n)]
        written = [_written([c.count(name) for name in names]) for c in chosen]
        leave = set(without)
        return cls(tuple(text for text in written if text not in leave), title)

    @cached_property
    def exponents(self) -> tuple[tuple[int, ...], ...]:
        """exponents[i][k] is the power of the k-th derivative in monomials[i]. Raises ValueError.

        >>> PdeFamily(("u*u_x", "u_xxx")).exponents[0][:3]
        (1, 1, 0)
        """
        rows = [_powers(text) for text in self.monomials]
        width = max(map(len, rows))
        return tuple(tuple(row) + (0,) * (width - len(row)) for row in rows)

    @property
    def weights(self) -> tuple[tuple[int, int, int], ...]:
        """How c_i answers to scaling t, u and x: (1, degree - 1, number of x-derivatives)."""
        return tuple((1, sum(row) - 1, sum(k * e for k, e in enumerate(row))) for row in self.exponents)

    def evolution(self, coefficients: Sequence[Fraction | int | str], parameters: Iterable[str] = ()) -> Evolution:
        """The member with these coefficients (numbers, or texts over `parameters`). Raises ValueError."""
        if len(coefficients) != len(self.monomials):
            raise ValueError(f"{len(coefficients)} coefficients for {len(self.monomials)} monomials; give one for each")
        words = tuple(parameters)
        terms = [
            f"{m}*({to_text(parse(c, words) if isinstance(c, str) else sympy.Rational(c.numerator, c.denominator))})"
            for c, m in zip(coefficients, self.monomials, strict=True)
            if isinstance(c, str) or c != 0
        ]
        if not terms:
            raise ValueError("all coefficients are 0; give one that is not")
        plain = Evolution(("u",), (" + ".join(terms),), words)
        return replace(plain, rhs=(to_text(plain.expressions()[0]),))

    def coefficients(self, evolution: Evolution) -> tuple[sympy.Expr, ...]:
        """The coefficients of an equation of this family. Raises ValueError where it is none."""
        symbols = [sympy.Symbol(jet("u", k), real=True) for k in range(len(self.exponents[0]))]
        if evolution.fields != ("u",):
            raise ValueError(f"fields {evolution.fields} are not u alone; name the field u")
        try:
            terms = sympy.Poly(evolution.expressions()[0], *symbols).as_dict()
        except sympy.PolynomialError as error:
            raise ValueError(f"{evolution.describe()} is no polynomial ({error}); expand it") from None
        places = {row: i for i, row in enumerate(self.exponents)}
        parameters = {sympy.Symbol(name, real=True) for name in evolution.parameters}
        found: list[sympy.Expr] = [sympy.Integer(0)] * len(places)
        for row, coefficient in terms.items():
            if row not in places or coefficient.free_symbols - parameters:
                raise ValueError(f"{evolution.describe()} is not in the family; add the monomials it needs")
            found[places[row]] = coefficient
        return tuple(found)

    def fingerprint(self) -> str:
        """SHA-256 of the monomials."""
        return hashlib.sha256(repr(self.monomials).encode()).hexdigest()

    def describe(self) -> str:
        """The family on one line."""
        shown = [f"c{i + 1}*{text}" for i, text in enumerate(self.monomials[:4])]
        more = f" + ... ({len(self.monomials)} monomials)" if len(self.monomials) > 4 else ""
        return "u_t = " + " + ".join(shown) + more


def _powers(text: str) -> list[int]:
    powers = [0]
    for factor in normalised(re.sub(r"\s", "", text)).replace("**", "^").split("*"):
        match = re.fullmatch(r"(u(?:_x+|_\d+x)?)(?:\*\*(\d+))?", factor.replace("^", "**"))
        if match is None:
            raise ValueError(f"{text!r} is no monomial; write it like u**2*u_xxx, without a coefficient")
        order = next((k for k in range(HIGHEST + 1) if jet("u", k) == match[1]), None)
        if order is None or match[2] == "0":
            raise ValueError(f"{text!r} is beyond derivative {HIGHEST} or has the power 0; leave it out")
        powers += [0] * (order + 1 - len(powers))
        powers[order] += int(match[2] or 1)
    return powers


def _written(powers: Sequence[int]) -> str:
    return "*".join(jet("u", k) + (f"**{e}" if e > 1 else "") for k, e in enumerate(powers) if e)
