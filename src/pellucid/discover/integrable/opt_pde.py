"""OptPDE: equations with many conserved densities, by gradient and exactly (arXiv 2405.04484).

    maximise n_CQ(c) over the equations u_t = sum_i c_i m_i

The paper ascends a soft count and reads the end points by eye. Here the end points become sparse equations with
fractions, beside those of an exact search that needs no optimisation, and every one of them is counted exactly, freed
to a family with symbols as coefficients, and handed to `Densities`, whose densities and fluxes are identities.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import sympy

from ...algebra.expressions.factoring import factored
from ...algebra.expressions.text import to_text
from ...artifacts.laws.densities import Densities as DensitiesFound
from ...artifacts.laws.integrable_families import IntegrableFamilies, IntegrableFamily
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...subjects.equations.evolution import Evolution
from ...subjects.equations.pde_family import PdeFamily
from ..conserved.densities import Densities, drifts
from ..conserved.exact_count import ExactCount, fraction_rows, supports
from ..conserved.soft_count import SoftCount
from ..conserved.special_cases import worst_drift
from ..conserved.stages import Stages
from .gradient_search import all_coefficients, ascend, sparse_equations_near
from .known_families import Known, known_equation
from .scalings import same_up_to_scaling, with_scales
from .settings import ASCENT, EXACT_SEARCH
from .sparse_search import (
    blocks,
    coefficients_of,
    equations_of_sparse_densities,
    is_free,
    sparse_equations,
    written,
)


@dataclass
class _Candidate:
    coefficients: dict[int, Fraction]
    count: int
    free: bool
    ways: list[str]


@dataclass(frozen=True)
class OptPDE(Method[PdeFamily, IntegrableFamilies]):
    """Families of equations with many conserved densities, found by gradient and exactly, each with its certificate.

    >>> method = OptPDE(order=1, degree=3, starts=0, terms=2, minimum=3)
    >>> [f.name for f in method.explain(PdeFamily.parse("u_xxx, u*u_x, u_xx")).artifact.families]
    ['KdV']
    """

    order: int = 3
    degree: int = 4
    minimum: int = 2
    """Families with fewer densities are left out."""
    starts: int = 128
    """Ascents of the soft count; 0: none."""
    steps: int = 300
    share: float = 0.2
    """Of the monomials, what each start may use."""
    terms: int = 3
    """Of the equations that are counted exactly; 0: none, nor equations of sparse densities."""
    most: int = 60
    """Families that are certified, those with the most densities and the fewest terms."""

    def _find(self, subject: PdeFamily, context: Context) -> Found[IntegrableFamilies]:
        """The families; raises ValueError for settings that leave nothing to search."""
        if self.starts < 1 and self.terms < 1:
            raise ValueError(f"starts={self.starts} and terms={self.terms} search nothing; raise one of them")
        if self.minimum < 1:
            raise ValueError(f"minimum={self.minimum} would list every equation; use at least 1")
        generator = np.random.default_rng(context.seed)
        stages = Stages.at(context.checkpoint, subject.fingerprint(), self.settings(), context.seed)
        with context.timed("counting"):
            exact = ExactCount.build(subject, self.order, self.degree, context.seed)
        candidates: list[_Candidate] = []
        for way, search in (("gradient", self._by_gradient), ("exact", self._exactly)):
            with context.timed(way):
                for coefficients in search(exact, context, stages):
                    _add(candidates, exact, coefficients, way, generator)
        with context.timed("certificates"):
            chosen = _merged(candidates, exact, generator)
            families, claims = self._certified(chosen[: self.most], exact, context, stages)
        claims = (
            *claims,
            Measured("different equations found by gradient", _ways(candidates, "gradient"), "equations"),
            Measured("different equations found exactly", _ways(candidates, "exact"), "equations"),
            Measured("families left uncertified", max(0, len(chosen) - self.most), "families"),
        )
        return Found(IntegrableFamilies(subject.monomials, tuple(families)), claims)

    def _by_gradient(self, exact: ExactCount, context: Context, stages: Stages) -> list[dict[int, Fraction]]:
        if self.starts < 1:
            return []
        reporter = context.reporter
        reporter.start("gradient", self.starts)
        soft = SoftCount.build(exact, ASCENT.fields_a_density * len(exact.densities), context.seed)
        ends = ascend(soft, self.starts, self.steps, self.share, context.seed, reporter, stages)

        def near(k: int) -> list[Any]:
            return [written(each) for each in sparse_equations_near(soft, exact, ends[k], self.minimum)]

        found = stages.steps("near", len(ends), near)
        reporter.finish()
        return [coefficients_of(each) for several in found for each in several]

    def _exactly(self, exact: ExactCount, context: Context, stages: Stages) -> list[dict[int, Fraction]]:
        if self.terms < 1:
            return []
        reporter = context.reporter
        reporter.start("exact", len(supports(len(exact.family.monomials), self.terms)))
        generator = np.random.default_rng(context.stream("exact"))
        found = sparse_equations(exact, self.terms, self.minimum, generator, reporter, stages)
        found += equations_of_sparse_densities(exact, self.minimum, stages)
        reporter.finish()
        return found

    def _certified(
        self, chosen: list[_Candidate], exact: ExactCount, context: Context, stages: Stages
    ) -> tuple[list[IntegrableFamily], tuple[Claim, ...]]:
        reporter = context.reporter
        reporter.start("certificates", len(chosen))

        def law(k: int) -> dict[str, Any]:
            evolution = _freed(chosen[k], exact)
            reporter.advance(1, evolution.describe())
            method = Densities(self.order, self.degree, waves=False)
            return method.explain(evolution, context.seed).artifact.to_dict()

        families: list[IntegrableFamily] = []
        for candidate, data in zip(chosen, stages.steps("certificates", len(chosen), law), strict=True):
            names, references = _literature(candidate, exact)
            family = IntegrableFamily(
                DensitiesFound.from_dict(data, {}),
                names,
                references,
                " and ".join(sorted(set(candidate.ways))),
                len(candidate.ways),
                _relatives(candidate, exact),
            )
            families.append(family)
        reporter.finish()
        return families, measured_by("discover.families", _worst_drifts(families, context.seed))


@measurement("discover.families")
def _families_again(evidence: Evidence) -> list[Claim]:
    return _worst_drifts(evidence.the(IntegrableFamilies).families, evidence.context.seed)


def _worst_drifts(families: Sequence[IntegrableFamily], seed: int) -> list[Claim]:
    """Of each family the integral that changes most for random fields."""
    claims: list[Claim] = []
    for family in families:
        claims += worst_drift(drifts(family.law, Context(seed)), partial(_told, family.equation))
    return claims


def _told(equation: str, count: int) -> str:
    return f"{equation}: its {'integral changes' if count == 1 else f'{count} integrals change'} at most"


def _add(
    candidates: list[_Candidate],
    exact: ExactCount,
    coefficients: dict[int, Fraction],
    way: str,
    generator: np.random.Generator,
) -> None:
    """Where it is there already, up to scalings, or as a member of a freer one on the same monomials: a hit more."""
    for other in candidates:
        if set(other.coefficients) == set(coefficients) and (
            same_up_to_scaling(exact.family.weights, other.coefficients, coefficients)
            or (other.free and _member(exact, coefficients, other))
        ):
            other.ways.append(way)
            return
    count = exact.count(all_coefficients(exact, coefficients))
    candidates.append(_Candidate(coefficients, count, is_free(exact, coefficients, generator), [way]))


def _is_one_family(
    exact: ExactCount, one: _Candidate, other: _Candidate, both: _Candidate, generator: np.random.Generator
) -> bool:
    """Whether two families lie in `both`, which is as free and has as many densities as each of them."""
    if not (_member(exact, one.coefficients, both) and _member(exact, other.coefficients, both)):
        return False
    count = exact.count(all_coefficients(exact, both.coefficients))
    return count == one.count and is_free(exact, both.coefficients, generator)


def _merged(candidates: Sequence[_Candidate], exact: ExactCount, generator: np.random.Generator) -> list[_Candidate]:
    """Free families put together where their sum, a factor for each block, has as many densities as each of them."""
    merged: list[_Candidate] = []
    for one in sorted(candidates, key=lambda c: (-c.count, len(c.coefficients), min(c.coefficients))):
        hosts = [m for m in merged if one.free and m.free and m.count == one.count]
        for host in hosts:
            both = _Candidate({**one.coefficients, **host.coefficients}, one.count, True, host.ways + one.ways)
            if _is_one_family(exact, one, host, both, generator):
                host.coefficients, host.ways = both.coefficients, both.ways
                break
        else:
            merged.append(_Candidate(dict(one.coefficients), one.count, one.free, list(one.ways)))
    return merged


def _member(exact: ExactCount, coefficients: dict[int, Fraction], family: _Candidate) -> bool:
    """Whether factors of the family's blocks (0 allowed) give the equation."""
    if not set(coefficients) <= set(family.coefficients):
        return False
    for block in blocks(exact, family.coefficients):
        ratios = {coefficients.get(i, Fraction(0)) / family.coefficients[i] for i in block}
        if len(ratios) > 1:
            return False
    return True


def _freed(candidate: _Candidate, exact: ExactCount) -> Evolution:
    """The equation with every symbol as coefficient that it can have."""
    family = exact.family
    factors, used = _block_factors(candidate, exact) if candidate.free else _scale_factors(candidate, exact)
    texts = [to_text(factors[i]) if i in factors else 0 for i in range(len(family.monomials))]
    plain = family.evolution(texts, EXACT_SEARCH.letters[:used])
    shorter = to_text(factored(plain.expressions()[0]))
    return replace(plain, rhs=(min(to_text(plain.expressions()[0]), shorter, key=len),))


def _letters() -> list[sympy.Symbol]:
    return [sympy.Symbol(letter, real=True) for letter in EXACT_SEARCH.letters]


def _block_factors(candidate: _Candidate, exact: ExactCount) -> tuple[dict[int, sympy.Expr], int]:
    """A symbol for each block of a free family but the first, and how many symbols there are."""
    numbers, symbols = candidate.coefficients, [sympy.Integer(1), *_letters()]
    parts, factors = blocks(exact, numbers), {}
    for k, block in enumerate(parts):
        named = k < len(symbols)
        common = max((numbers[i] for i in block), key=abs) if named else 1
        symbol = symbols[k] if named else sympy.Integer(1)
        factors |= {i: sympy.Rational(str(numbers[i] / common)) * symbol for i in block}
    return factors, min(len(parts), len(symbols)) - 1


def _scale_factors(candidate: _Candidate, exact: ExactCount) -> tuple[dict[int, sympy.Expr], int]:
    """Numbers times powers of the free parameters that scalings reach, and how many of these there are."""
    factors: dict[int, sympy.Expr] = {}
    used = 0
    for i, (number, powers) in with_scales(exact.family.weights, candidate.coefficients).items():
        factors[i] = sympy.Rational(str(number)) * sympy.Mul(*(s**p for s, p in zip(_letters(), powers, strict=False)))
        used = len(powers)
    return factors, used


def _literature(candidate: _Candidate, exact: ExactCount) -> tuple[str, str]:
    """The equation's name; "contains ..." where it is a family some of whose members have names."""
    entry = known_equation(exact.family, candidate.coefficients)
    if entry is not None:
        return entry.name, entry.reference
    if not candidate.free:
        return "", ""
    named = _known_members(candidate, exact)
    names = "contains " + ", ".join(found.name for found in named) if named else ""
    return names, "; ".join(found.reference for found in named)


def _known_members(candidate: _Candidate, exact: ExactCount) -> list[Known]:
    """The equations of one, two or three blocks of a free family that the literature knows."""
    parts = blocks(exact, candidate.coefficients)
    members = [chosen for size in (1, 2, 3) for chosen in itertools.combinations(parts, size)]
    found = (known_equation(exact.family, _on(candidate, chosen)) for chosen in members)
    return [entry for entry in found if entry is not None]


def _on(candidate: _Candidate, chosen: Sequence[Sequence[int]]) -> dict[int, Fraction]:
    return {i: candidate.coefficients[i] for block in chosen for i in block}


def _relatives(candidate: _Candidate, exact: ExactCount) -> tuple[str, ...]:
    _, equations = exact.closed(all_coefficients(exact, candidate.coefficients))
    rows = [row for row in fraction_rows(equations) if row is not None]
    return tuple(exact.family.evolution(row).describe() for row in rows)


def _ways(candidates: list[_Candidate], way: str) -> int:
    return sum(way in candidate.ways for candidate in candidates)
