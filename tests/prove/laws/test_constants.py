"""What is constant by definition is exhibited, also where no multiple of one definition says it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pellucid.algebra.arithmetic.finite_field import PRIME
from pellucid.algebra.expressions.text import parse, symbols_of
from pellucid.algebra.systems.monomials import monomials
from pellucid.algebra.systems.polynomial_system import polynomial_system
from pellucid.algebra.systems.sampling import sample_points
from pellucid.artifacts.laws.invariants import Invariants
from pellucid.core import Proved, Refuted, Undecided
from pellucid.discover import Invariants as Finder
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.prove.laws.constants import count_constants
from pellucid.subjects import Dynamics

CIRCLE = Invariants(("th", "w"), ("w", "0"), (), ("w",), 2, ("w", "sin(th)", "cos(th)"), 2, 1, ("w**2",))
DIFFERENCES = Invariants(("x", "y", "z"), ("1",) * 3, (), (), 2, ("1/(x - y)", "1/(y - z)", "1/(x - z)"), 8, 1)
"""1/(x-y) 1/(y-z) = 1/(x-z) (1/(x-y) + 1/(y-z)): no variable is left in it, unlike in the definitions."""
SCALED = Invariants(("x", "y"), ("0", "0"), ("m",), (), 4, ("x", "y", "1/sqrt(x**2 + m*y**2)"), 33, 1)
"""u^2 x^2 + m u^2 y^2 = 1 has a parameter as coefficient: it is no relation with rational coefficients."""


@pytest.mark.parametrize("law", [CIRCLE, DIFFERENCES, SCALED])
def test_they_are_told_apart(law: Invariants) -> None:
    proof = prove_conserved(law)[-1]
    assert isinstance(proof.claim, Proved), proof.claim
    assert "and 1 more that are constant by definition" in proof.claim.statement
    more = prove_conserved(replace(law, trivial=2, vectors=law.vectors - 1, expressions=(), others=()))[-1]
    assert isinstance(more.claim, Refuted)
    assert more.claim.counterexample == "only 1 of 2 are constant by definition"
    none = prove_conserved(replace(law, trivial=0, expressions=(), others=()))[-1]
    assert isinstance(none.claim, Refuted)


@pytest.mark.parametrize(
    ("equations", "parameters"),
    [
        ("x' = x/(a + x) + x/(b + x)", "a, b"),
        ("x' = x/(a + x) - x*y/(b + x); y' = y/(c + x)", "a, b, c"),
        ("x' = 1/(x**2 + a) + 1/(x + b)", "a, b"),
        ("x' = x*y/(a + x + y); y' = -x/(b + x + y)", "a, b"),
        ("x' = 1/(x + a) + 1/(a*x + 1)", "a"),
        ("x' = y/(x - a); y' = x/(y - a) + 1/(x + y)", "a"),
    ],
)
def test_quotients_by_sums_with_parameters_are_counted(equations: str, parameters: str) -> None:
    found = Finder(4, orbits=0).explain(Dynamics.parse(equations, parameters)).artifact
    assert found.trivial > 0
    proofs = prove_conserved(found)
    assert all(isinstance(proof.claim, Proved) for proof in proofs), [str(p.claim) for p in proofs]


def test_what_was_not_shown_is_no_counterexample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pellucid.prove.laws.conserved.count_constants", lambda *_: (0, 1))
    (*_, proof) = prove_conserved(CIRCLE)
    assert isinstance(proof.claim, Undecided)


@pytest.mark.parametrize(
    ("equations", "parameters", "basis", "degree", "constants"),
    [
        ("w; 0", "", "w; sin(th); cos(th)", 2, 1),
        ("1", "a", "x; 1/(x + a)", 2, 1),
        ("1", "a, b", "1/(x + a); 1/(x + b)", 2, 1),
        ("1", "a, b", "x; 1/(a*x + 1); 1/(b*x + 1)", 2, 3),
    ],
)
def test_as_many_are_shown_as_there_are(
    equations: str, parameters: str, basis: str, degree: int, constants: int
) -> None:
    """Also where more are wanted: nothing is shown that is not constant."""
    names = ["th", "w"] if "th" in basis else ["x"]
    given = parameters.split(", ") if parameters else []
    symbols = symbols_of((*names, *given))
    system, rewritten = polynomial_system(
        [symbols[name] for name in names],
        [parse(text, symbols) for text in equations.split("; ")],
        [symbols[name] for name in given],
        [],
        [parse(text, symbols) for text in basis.split("; ")],
    )
    generator = np.random.default_rng(0)
    candidates = monomials(tuple(dict.fromkeys(rewritten)), degree)
    values = {name: int(generator.integers(2, PRIME)) for name in given}
    points = sample_points(system, len(candidates) + 10, generator, parameters=values)
    assert count_constants(system, candidates, points, values, len(candidates)) == (constants, constants)
