"""Certificates about conserved quantities: each is one, they are independent, and there are no others up to a degree.

(1) dH/dt = grad H . f is 0 as a polynomial, once roots and quotients are eliminated: exact arithmetic.
(2) At one point modulo a prime the gradients are independent of each other and of the constraints': then some minor of
    the matrix of gradients is no zero polynomial, so that they are independent at almost all points.
(3) The drift matrix of all monomials up to the degree, at points modulo a prime, has some rank; over the rationals its
    rank is at least that, so that the conserved polynomials form a space of at most the remaining dimension. Where
    so many were found, and are linearly independent at the points, they are all there are.

Each is checked by doing it again from the equations; the certificate adds the prime and the seed of the points.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...algebra.finite_field import PRIME, rank
from ...algebra.monomials import monomials
from ...algebra.polynomial_system import PolynomialSystem, polynomial_system
from ...algebra.sampling import sample_points
from ...algebra.text import parse, symbols_of
from ...artifacts.laws.invariants import Invariants
from ...core.claim import Claim, Proved, Refuted
from ..networks.enclosure_certificate import Verdict
from ..networks.enclosure_integers import Wrong
from ..programs.equivalence import Proof
from .exact_certificate import check_exactly

KIND = "conserved"
FORMAT = 1
SPARE = 10
PARTS = ("identity", "independence", "completeness")


def prove_conserved(found: Invariants, seed: int = 0) -> list[Proof]:
    """What can be proved of `found`: the identities, independence, and the dimension of all there is."""
    proofs = []
    for part in PARTS:
        start = time.monotonic()
        if part != "completeness" and not found.expressions:
            continue
        try:
            data = _certificate(found, part, seed)
            verify(data, found)
            claim: Claim = Proved(data["statement"], data["domain"], "FLINT", _path(part), "pellucid check")
            files = {_path(part): json.dumps(data, indent=1) + "\n"}
        except Wrong as error:
            claim, files = Refuted(f"{part} of {', '.join(found.expressions)}", str(error)), {}
        proofs.append(Proof(claim, files, seconds=time.monotonic() - start, about={"kind": KIND}))
    return proofs


def check_conserved(text: str, found: Invariants) -> Verdict:
    """Whether the certificate `text` proves what it says about `found`."""
    return check_exactly(
        text,
        "invariants",
        lambda data: _certificate(found, data["part"], data["seed"]),
        lambda data: verify(data, found),
    )


def _path(part: str) -> str:
    return f"proofs/{part}.json"


def _certificate(found: Invariants, part: str, seed: int) -> dict[str, Any]:
    """All that a certificate says; nothing in it is free but the seed."""
    count, basis = len(found.expressions), ", ".join(found.basis)
    known = f"{found.vectors} dimension{'s' if found.vectors != 1 else ''}"
    listed = found.vectors == count + len(found.others)
    statements = {
        "identity": f"{', '.join(found.expressions)}: conserved, dH/dt = 0"
        + (f"; and {len(found.others)} more, functions of these" if found.others else ""),
        "independence": f"the {count} invariant{'s are' if count != 1 else ' is'} functionally independent",
        "completeness": f"conserved polynomials of degree <= {found.degree} in {basis} have "
        + (f"exactly {known}" if listed else f"at most {known}")
        + (f", and {found.trivial} more that are constant by definition" if found.trivial else ""),
    }
    generic = "all values of the parameters but special ones" if found.parameters else "these equations"
    return {
        "format": FORMAT,
        "kind": KIND,
        "part": part,
        "statement": statements[part],
        "domain": "every solution, wherever it is defined" if part == "identity" else generic,
        "invariants": found.to_dict(),
        "prime": PRIME,
        "seed": seed,
    }


def verify(data: dict[str, Any], found: Invariants) -> str:
    names = (*found.variables, *found.parameters)
    symbols = symbols_of(names)
    texts = (*found.expressions, *found.others, *found.basis)
    system, rewritten = polynomial_system(
        [symbols[name] for name in found.variables],
        [parse(text, names) for text in found.rhs],
        [symbols[name] for name in found.parameters],
        [parse(text, names) for text in found.constraints],
        [parse(text, names) for text in texts],
    )
    count = len(found.expressions)
    if data["part"] == "identity":
        for text, expression in zip(texts, rewritten[: count + len(found.others)], strict=False):
            if not system.vanishes(system.derivative(system.polynomial(expression))):
                raise Wrong(f"{text} is not conserved")
        return f"{count + len(found.others)} derivatives are 0"
    generator = np.random.default_rng(data["seed"])
    if data["part"] == "independence":
        return _independent(system, rewritten[:count], generator)
    listed = count + len(found.others)
    return _complete(system, rewritten[:listed], rewritten[listed:], found, generator)


def _independent(system: PolynomialSystem, expressions: Sequence[Any], generator: np.random.Generator) -> str:
    point = sample_points(system, 1, generator)
    rows = [system.polynomial(e) for e in expressions]
    fixed = [system.polynomial(e) for e in system.constraints] + system.relations()

    def gradient(polynomial: Any) -> list[int]:
        return [int(point.evaluate(polynomial.derivative(symbol.name))[0]) for symbol in system.symbols]

    width = len(system.symbols)
    below = np.array([gradient(p) for p in fixed], dtype=np.int64).reshape(len(fixed), width)
    above = np.array([gradient(p) for p in rows], dtype=np.int64).reshape(len(rows), width)
    found = rank(np.concatenate([below, above])) - rank(below)
    if found != len(rows):
        raise Wrong(f"only {found} of {len(rows)} gradients are independent")
    return f"{found} gradients are independent at a point modulo {PRIME}"


def _complete(
    system: PolynomialSystem,
    listed: Sequence[Any],
    basis: Sequence[Any],
    found: Invariants,
    generator: np.random.Generator,
) -> str:
    candidates = monomials(tuple(dict.fromkeys(basis)), found.degree)
    parameters = {s.name: int(generator.integers(2, PRIME)) for s in system.parameters}
    points = sample_points(system, len(candidates) + SPARE, generator, parameters=parameters)
    left = len(candidates) - rank(candidates.drift(system, points))
    if left > found.vectors + found.trivial:
        raise Wrong(f"the conserved polynomials may have {left} dimensions, not {found.vectors + found.trivial}")
    if found.vectors == len(listed) and listed:
        values = [points.evaluate(system.polynomial(e)) for e in listed]
        if rank(np.stack([np.ones_like(values[0]), *values])) != len(listed) + 1:
            raise Wrong("the conserved polynomials that are listed are not linearly independent")
    return f"rank {len(candidates) - left} of {len(candidates)} monomials modulo {PRIME}"
