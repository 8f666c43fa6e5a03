from dataclasses import replace

import numpy as np
import pytest
import sympy

pytest.importorskip("flint")

from pellucid.artifacts import Invariants as Found
from pellucid.core import Measured, Proved, Refuted
from pellucid.discover import Invariants
from pellucid.prove.laws.conserved import check_conserved, prove_conserved
from pellucid.subjects import Dynamics

KEPLER = Dynamics.parse(
    "x' = a; y' = b; a' = -k*x/(x**2 + y**2)**(3/2); b' = -k*y/(x**2 + y**2)**(3/2)", parameters="k"
)
TODA = Dynamics.parse(
    "q1' = p1; q2' = p2; q3' = p3; p1' = exp(q3-q1) - exp(q1-q2); p2' = exp(q1-q2) - exp(q2-q3); "
    "p3' = exp(q2-q3) - exp(q3-q1)"
)
# (equations, parameters, degree, linearly independent, functionally independent); from the literature
KNOWN = {
    "oscillator": ("x' = v; v' = -k*x", "k", 4, 2, 1),
    "damped": ("x' = v; v' = -x - v", "", 4, 0, 0),
    "isotropic 3D": ("x'=a; y'=b; z'=c; a'=-x; b'=-y; c'=-z", "", 2, 9, 5),
    "anisotropic 1:2": ("x'=a; y'=b; a'=-x; b'=-4*y", "", 3, 4, 3),
    "Lorenz": ("x'=10*(y-x); y'=x*(28-z)-y; z'=x*y-8*z/3", "", 4, 0, 0),
    "Henon-Heiles": ("x'=p; y'=q; p'=-x-2*x*y; q'=-y-x**2+y**2", "", 4, 1, 1),
    "Euler top": ("x'=3*y*z; y'=-2*x*z; z'=5*x*y", "", 2, 2, 2),
    "pendulum": ("th'=w; w'=-g*sin(th)", "g", 3, 1, 1),
    "Lotka-Volterra cycle": ("x'=x*(y-z); y'=y*(z-x); z'=z*(x-y)", "", 3, 4, 2),
}


@pytest.mark.parametrize("name", KNOWN)
def test_finds_all_that_there_are(name):
    equations, parameters, degree, vectors, independent = KNOWN[name]
    found = Invariants(degree=degree, orbits=0).explain(Dynamics.parse(equations, parameters)).artifact
    assert (found.vectors, len(found.polynomials)) == (vectors, independent)


def test_kepler_with_a_symbolic_constant():
    finding = Invariants().explain(KEPLER, seed=3)
    x, y, a, b, k = sympy.symbols("x y a b k", real=True)
    r = sympy.sqrt(x**2 + y**2)
    known = [a * y - b * x, a**2 + b**2 - 2 * k / r, a * b * y - b**2 * x + k * x / r]
    assert set(finding.artifact.sympy()) == set(known)
    drifts = [c for c in finding.claims if isinstance(c, Measured) and "changes" in c.statement]
    assert len(drifts) == 3
    assert all(c.value < 1e-5 < 0.1 < c.baseline for c in drifts)  # type: ignore[operator]


def test_toda_has_one_for_each_particle():
    found = Invariants(orbits=0).explain(TODA).artifact
    assert len(found.expressions) == 3
    assert found.trivial == 1  # the exponentials' product is 1


def test_constraints_are_kept_to():
    equations = "x'=u; y'=v; u'=-x*(u**2+v**2)/(x**2+y**2); v'=-y*(u**2+v**2)/(x**2+y**2)"
    sphere = Dynamics.parse(equations, constraints="x*u + y*v")
    found = Invariants(degree=2, orbits=4).explain(sphere)
    assert "x**2 + y**2" in found.artifact.expressions
    assert all(c.value < 1e-6 for c in found.claims if isinstance(c, Measured) and "changes" in c.statement)


def test_the_same_seed_gives_the_same_finding():
    first, second = (Invariants().explain(KEPLER, seed=1) for _ in range(2))
    assert first.artifact == second.artifact
    assert first.claims == second.claims


@pytest.mark.parametrize(
    ("equations", "options", "message"),
    [
        ("x' = erf(x)", {}, "no rule"), ("x' = Abs(x)", {}, "no rule"), ("x' = x**pi", {}, "no rule"),
        ("x' = x", {"degree": 0}, "at least 1"), ("x' = x", {"basis": ("x + 1",)}, "no symbol"),
        ("x' = y; y' = x", {"constraint": "x"}, "does not stay 0"),
        ("; ".join(f"x{i}' = x{i}" for i in range(40)), {"degree": 4}, "lower the degree"),
    ],
)  # fmt: skip
def test_says_what_it_cannot_do(equations, options, message):
    dynamics = Dynamics.parse(equations, constraints=options.get("constraint", ()))
    method = Invariants(**{name: value for name, value in options.items() if name != "constraint"})
    with pytest.raises(ValueError, match=message):
        method.explain(dynamics)


def test_everything_is_proved_and_checked_again():
    found = Invariants(orbits=0).explain(KEPLER).artifact
    proofs = prove_conserved(found)
    assert [type(p.claim) for p in proofs] == [Proved] * 3
    assert "exactly 4 dimensions" in proofs[2].claim.statement
    for proof in proofs:
        (text,) = proof.files.values()
        assert check_conserved(text, found).holds
        assert not check_conserved(text.replace('"prime": 2147483647', '"prime": 7'), found).holds
        assert not check_conserved(text, replace(found, degree=2)).holds
        assert not check_conserved(text, replace(found, vectors=3)).holds
        assert not check_conserved("{}", found).holds


def test_what_is_false_is_refuted():
    found = Invariants(orbits=0).explain(KEPLER).artifact
    wrong = replace(found, expressions=(*found.expressions[:-1], "a + x"), others=())
    assert isinstance(prove_conserved(wrong)[0].claim, Refuted)
    twice = replace(found, expressions=(*found.expressions, f"2*({found.expressions[0]})"), others=())
    assert isinstance(prove_conserved(twice)[1].claim, Refuted)
    fewer = replace(found, vectors=2, others=())
    assert isinstance(prove_conserved(fewer)[2].claim, Refuted)


def test_the_artifact_computes():
    spring = Found(("x", "v"), ("v", "-k*x"), ("k",), ("k*x**2 + v**2",), 2, ("x", "v"), 1)
    (function,) = spring.numpy()
    np.testing.assert_allclose(function(np.array([1.0, 2.0]), 3.0, 2.0), [11.0, 17.0])
    assert spring.latex() == ("k x^{2} + v^{2}",)
    assert Found.from_dict(spring.to_dict(), {}) == spring
