"""Certificates about conserved quantities: each is one, they are independent, and there are no others up to a degree.

(1) dH/dt = grad H . f is 0 as a polynomial, once roots and quotients are eliminated: exact arithmetic.
(2) At one point modulo a prime the gradients by the variables (through what roots, exponentials and logarithms mean)
    are independent of each other and of the constraints': then some minor of the matrix of gradients is no zero
    function, so that they are independent at almost all points.
(3) The drift matrix of all monomials up to the degree, at points modulo a prime, has some rank; over the rationals its
    rank is at least that, so that the conserved polynomials form a space of at most the remaining dimension. Where
    so many were found, and are conserved, among those polynomials, and linearly independent at the points, they are
    all there are. What is constant by definition is told apart where it is shown to be (`constants`).
(4) Beyond polynomials in a basis: dH/dt = 0 for what holds the time (t' = 1), df/dt = K f for Darboux polynomials, and
    d(log M)/dt + div f = 0 for Jacobi multipliers. That there are no others is not claimed.

Each is checked by doing it again from the equations; the certificate adds the prime and the seed of the points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar, cast

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, rank
from ...algebra.arithmetic.residue_points import Points
from ...algebra.expressions.text import parse, symbols_of
from ...algebra.systems.monomials import Monomials, monomials
from ...algebra.systems.polynomial_system import PolynomialSystem, polynomial_system
from ...algebra.systems.sampling import gradients_of, sample_points
from ...artifacts.laws.invariants import Invariants
from ..proof import CertificateError, Proof, RanOut, Verdict
from .constants import count_constants, with_one
from .exact_certificate import SolutionsCertificate
from .law_proofs import prove_laws

FoundT = TypeVar("FoundT", bound=Invariants)


@prove_laws.register(Invariants)
def prove_conserved(found: Invariants, seed: int = 0, prefix: str = "") -> list[Proof]:
    """What can be proved of `found`: the identities, independence, and the dimension of all there is.

    The names of the certificates begin with `prefix`.

    >>> spring = Invariants(("x", "v"), ("v", "-k*x"), ("k",), ("k*x**2 + v**2",), 2, ("x", "v"), vectors=1)
    >>> [proof.claim.strength for proof in prove_conserved(spring)]
    ['Proved', 'Proved', 'Proved']
    """
    return ConservedCertificate().prove_all(found, seed, prefix)


def check_conserved(text: str, found: Invariants) -> Verdict:
    """Whether the certificate `text` proves what it says about `found`."""
    return ConservedCertificate().check(text, found)


class InvariantsCertificate(SolutionsCertificate[FoundT]):
    """About functions of the state that keep their value: that they do, are independent, and are all there are."""

    entry = "invariants"
    parts: ClassVar[tuple[str, ...]] = ("identity", "independence", "completeness")

    @classmethod
    def listed(cls, found: FoundT) -> tuple[str, ...]:
        return found.expressions

    @classmethod
    def parts_of(cls, found: FoundT) -> tuple[str, ...]:
        return cls.parts if cls.listed(found) else cls.parts[2:]


class ConservedCertificate(InvariantsCertificate[Invariants]):
    """Nothing in it is free but the part and the seed of the points."""

    kind = "conserved"
    about = Invariants
    equations = "these equations"
    solutions = "every solution, wherever it is defined"
    further: ClassVar[tuple[str, ...]] = ("timed", "darboux", "multipliers")
    """Parts that are there where the artifact lists such."""
    identities = ("identity", *further)

    @classmethod
    def parts_of(cls, found: Invariants) -> tuple[str, ...]:
        return (*super().parts_of(found), *(part for part in cls.further if getattr(found, part)))

    def formerly(self, found: Invariants, part: str) -> tuple[str, ...]:
        """Before laws that hold the time were looked for, "without explicit time" went without saying, and unsaid."""
        former = super().formerly(found, part)
        unscoped = () if found.later() else (text.replace(", without explicit time,", "") for text in former)
        return (*former, *unscoped)

    def statement(self, found: Invariants, part: str) -> str:
        statements = {
            "identity": _identity,
            "independence": independence,
            "completeness": counted,
            "timed": _timed,
            "darboux": _darboux,
            "multipliers": _multipliers,
        }
        return statements[part](found)

    def recompute(self, found: Invariants, part: str, seed: int) -> str:
        if part in self.further:
            return {"timed": _timed_again, "darboux": _darboux_again, "multipliers": _multipliers_again}[part](found)
        texts = (*found.expressions, *found.others, *found.basis)
        system, rewritten = _system_of(found, texts)
        count, listed = len(found.expressions), len(found.expressions) + len(found.others)
        if part == "identity":
            return _conserved(system, texts[:listed], rewritten[:listed])
        generator = np.random.default_rng(seed)
        if part == "independence":
            return _independent(system, rewritten[:count], generator)
        polynomials = (*found.polynomials, *found.others)
        system, rewritten = _system_of(found, (*polynomials, *found.basis))
        size = len(polynomials)
        return _complete(system, rewritten[:size], rewritten[size:], found, generator)


def _system_of(found: Invariants, texts: Sequence[str], time: str = "") -> tuple[PolynomialSystem, tuple[Any, ...]]:
    """The equations with room for some expressions, and these; with the time as a variable where it has a name."""
    names = (*found.variables, *found.parameters, *([time] if time else []))
    symbols = symbols_of(names)
    return polynomial_system(
        [symbols[name] for name in (*found.variables, *([time] if time else []))],
        [*(parse(text, names) for text in found.rhs), *([sympy.Integer(1)] if time else [])],
        [symbols[name] for name in found.parameters],
        [parse(text, names) for text in found.constraints],
        [parse(text, names) for text in texts],
    )


def _timed_again(found: Invariants) -> str:
    """dH/dt = 0 with t' = 1."""
    system, rewritten = _system_of(found, found.timed, found.time)
    return _conserved(system, found.timed, rewritten)


def _darboux_again(found: Invariants) -> str:
    """f' = K f, as identities."""
    system, rewritten = _system_of(found, [text for pair in found.darboux for text in pair])
    for (text, factor), f, cofactor in zip(found.darboux, rewritten[::2], rewritten[1::2], strict=True):
        curve = system.polynomial(f)
        if system.vanishes(curve) or not system.vanishes(
            system.derivative(curve) - system.polynomial(cofactor) * curve
        ):
            raise CertificateError(f"({text})' is not ({factor})*({text})")
    return f"{len(found.darboux)} identities"


def _multipliers_again(found: Invariants) -> str:
    """sum_i d(M f_i)/dx_i over M is 0: a quotient of polynomials, since log M has such derivatives."""
    names = (*found.variables, *found.parameters)
    symbols = symbols_of(names)
    rates = [(symbols[v], parse(text, names)) for v, text in zip(found.variables, found.rhs, strict=True)]
    for text in found.multipliers:
        logarithm = sympy.expand_log(sympy.log(parse(text, names)), force=True)
        if logarithm == 0:
            raise CertificateError("a multiplier that is 1 says nothing")
        defect: Any = sum(
            (sympy.diff(logarithm, x) * rate + sympy.diff(rate, x) for x, rate in rates), sympy.Integer(0)
        )
        system, (rewritten,) = polynomial_system(
            [symbols[v] for v in found.variables],
            [rate for _, rate in rates],
            [symbols[p] for p in found.parameters],
            (),
            cast(Any, [sympy.together(defect)]),
        )
        if not system.vanishes(system.polynomial(rewritten)):
            raise CertificateError(f"div({text} f) is not 0")
    return f"{len(found.multipliers)} divergences are 0"


def _identity(found: Invariants) -> str:
    others = f"; and {len(found.others)} more, functions of these" if found.others else ""
    return f"{', '.join(found.expressions)}: conserved, dH/dt = 0{others}"


def independence(found: Invariants) -> str:
    """What is said of their gradients."""
    count = len(found.expressions)
    if count == 1:
        return "the invariant is not a mere constant: it changes from state to state"
    return f"the {count} invariants are functionally independent"


def counted(found: Invariants, kind: str = "conserved") -> str:
    """How many polynomials of a kind there are."""
    exactly = "exactly" if found.vectors == len(found.polynomials) + len(found.others) else "at most"
    known = f"{found.vectors} dimension{'s' if found.vectors != 1 else ''}"
    trivial = f", and {found.trivial} more that are constant by definition" if found.trivial else ""
    comma = "," if found.timeless else ""
    return f"{kind} polynomials of degree <= {found.degree} {found.scope}{comma} have {exactly} {known}{trivial}"


def _timed(found: Invariants) -> str:
    return f"{', '.join(found.timed)}: constant along solutions, with the time {found.time}"


def _darboux(found: Invariants) -> str:
    return "; ".join(f"({f})' = ({cofactor})*({f})" for f, cofactor in found.darboux)


def _multipliers(found: Invariants) -> str:
    return f"{', '.join(found.multipliers)}: Jacobi multiplier{'s' * (len(found.multipliers) > 1)}, div(M f) = 0"


def _conserved(system: PolynomialSystem, texts: Sequence[str], expressions: Sequence[Any]) -> str:
    for text, expression in zip(texts, expressions, strict=True):
        if not system.vanishes(system.derivative(system.polynomial(expression))):
            raise CertificateError(f"{text} is not conserved")
    return f"{len(texts)} derivatives are 0"


def _independent(system: PolynomialSystem, expressions: Sequence[Any], generator: np.random.Generator) -> str:
    point = sample_points(system, 1, generator)
    below = gradients_of([system.polynomial(e) for e in system.constraints], system, point)
    above = gradients_of(rows := [system.polynomial(e) for e in expressions], system, point)
    found = rank(np.concatenate([below, above])) - rank(below)
    if found != len(rows):
        raise CertificateError(f"only {found} of {len(rows)} gradients are independent")
    return f"{found} gradients are independent at a point modulo {PRIME}"


def _complete(
    system: PolynomialSystem,
    listed: Sequence[Any],
    basis: Sequence[Any],
    found: Invariants,
    generator: np.random.Generator,
    spare: int = 10,
) -> str:
    """`spare` points more than there are unknowns: that the rank is too small by chance is then hardly possible."""
    candidates = monomials(tuple(dict.fromkeys(basis)), found.degree)
    parameters = {s.name: int(generator.integers(2, PRIME)) for s in system.parameters}
    points = sample_points(system, len(candidates) + spare, generator, parameters=parameters)
    left = len(candidates) - rank(candidates.drift(system, points))
    claimed = found.vectors + found.trivial
    if left > claimed:
        raise CertificateError(f"the conserved polynomials may have {left} dimensions, not {claimed}")
    constants, at_most = count_constants(system, candidates, points, parameters, found.trivial)
    if at_most < found.trivial:
        raise CertificateError(f"only {at_most} of {found.trivial} are constant by definition")
    if constants < found.trivial:
        raise RanOut(f"only {constants} of {found.trivial} were shown to be constant by definition")
    if found.vectors == len(listed):
        _listed(system, listed, candidates, points, found)
    return f"rank {len(candidates) - left} of {len(candidates)} monomials modulo {PRIME}"


def _listed(
    system: PolynomialSystem, listed: Sequence[Any], candidates: Monomials, points: Points, found: Invariants
) -> None:
    """That those that are listed are as many dimensions of what was counted: "exactly" rests on it."""
    if not listed:
        return
    _conserved(system, (*found.polynomials, *found.others), listed)
    values = np.stack([points.evaluate(system.polynomial(e)) for e in listed], 1)
    if rank(with_one(values)) != len(listed) + 1:
        raise CertificateError("the conserved polynomials that are listed are not linearly independent")
    counted = with_one(candidates.values(points))
    if rank(np.concatenate([counted, values], 1)) != rank(counted):
        raise CertificateError(f"a conserved one is not among the counted polynomials of degree <= {found.degree}")
