import pytest
import sympy

pytest.importorskip("flint")

from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import parse
from pellucid.core import Proved
from pellucid.discover import Invariants
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.subjects import Dynamics

# (equations, parameters, independent ones, one of them, one that holds the time); from the literature
KNOWN = {
    "inverse cube": ("x' = v; v' = 1/x**3", "", 1, "v**2 + 1/x**2", ""),
    "Lotka-Volterra": ("x' = x*(a - b*y); y' = y*(c*x - d)", "a, b, c, d", 1, "c*x - d*log(x) + b*y - a*log(y)", ""),
    "a quotient": ("x' = x*z; y' = y*z; z' = -x*y", "", 2, "y/x", ""),
    "a high power": ("x' = v; v' = -x**9", "", 1, "5*v**2 + x**10", ""),
    "weighted cycle": ("x'=x*(2*y-3*z); y'=y*(z-2*x); z'=z*(3*x-y)", "", 2, "x*y**3*z**2", ""),
    "an exponential factor": ("x' = v; v' = g - k*v**2", "g, k", 1, "2*k*x + log(g - k*v**2)", ""),
    "Lorenz, b = 2 s": ("x'=s*(y-x); y'=r*x-y-x*z; z'=x*y-2*s*z", "s, r", 0, "", "exp(2*s*t)*(x**2 - 2*s*z)"),
    "time by itself": ("S' = -V*S/(K + S); P' = V*S/(K + S)", "V, K", 1, "S + P", "K*log(S) + S + V*t"),
    "Bernoulli": ("x' = x**2; y' = x*y", "", 1, "y/x", "t + 1/x"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_finds_what_is_known(name):
    equations, parameters, independent, law, timed = KNOWN[name]
    dynamics = Dynamics.parse(equations, parameters)
    found = Invariants(4, orbits=0).explain(dynamics).artifact
    assert len(found.expressions) == independent
    assert not law or depends(law, found.expressions, dynamics)
    assert not timed or depends(timed, (*found.expressions, *found.timed), dynamics)
    assert all(isinstance(proof.claim, Proved) for proof in prove_conserved(found))


def depends(law, laws, dynamics):
    """Whether a law is a function of others: its gradient, time among the variables, lies in the span of theirs."""
    names = (*dynamics.variables, *dynamics.parameters, "t")
    symbols = [sympy.Symbol(name, real=True) for name in names]
    moving = [*symbols[: len(dynamics.variables)], symbols[-1]]
    point = {s: sympy.Rational(7 + 3 * k, 5 + k * k) for k, s in enumerate(symbols)}
    table = dict(zip(names, symbols, strict=True))
    rows = [[sympy.N(sympy.diff(sympy.sympify(e, table), s).subs(point), 30) for s in moving] for e in (*laws, law)]
    size = sympy.Matrix(rows[:-1]).rank(iszerofunc=lambda e: abs(e) < 1e-20)
    return sympy.Matrix(rows).rank(iszerofunc=lambda e: abs(e) < 1e-20) == size


def test_a_multiplier_is_told_where_an_integral_is_missing():
    found = (
        Invariants(2, orbits=0)
        .explain(
            Dynamics.parse("x'=y*z-x*(y+z); y'=z*x-y*(z+x); z'=x*y-z*(x+y)")  # Halphen
        )
        .artifact
    )
    assert found.expressions == ()
    assert found.multipliers == ("1/((x - y)*(x - z)*(y - z))",)


def test_what_was_searched_is_said():
    found = Invariants(4, orbits=0).explain(Dynamics.parse("x' = v; v' = (1 - x**2)*v - x")).artifact
    assert "without explicit time" in found.describe()
    assert any("logarithms of x, v" in text for text in found.searched)
    assert any(text.startswith("Darboux polynomials of degree <= 4") for text in found.searched)


small = st.integers(-3, 3)


@settings(max_examples=10, deadline=None)
@given(
    terms=st.dictionaries(st.tuples(st.integers(-4, 6), st.integers(0, 3)), small.filter(bool), min_size=2, max_size=4)
)
def test_a_planted_hamiltonian_is_found(terms):
    """x' = dH/dp, p' = -dH/dx for a random Laurent polynomial."""
    x, p = sympy.symbols("x p", real=True)
    hamiltonian = sympy.Add(*(c * x**i * p**j for (i, j), c in terms.items()))
    if sympy.diff(hamiltonian, p) == 0 or sympy.diff(hamiltonian, x) == 0:
        return
    dynamics = Dynamics.parse(f"x' = {sympy.diff(hamiltonian, p)}; p' = {-sympy.diff(hamiltonian, x)}")
    found = Invariants(3, orbits=0).explain(dynamics).artifact
    assert depends(str(hamiltonian), found.expressions, dynamics)
    assert len(found.expressions) == 1
    assert all(isinstance(proof.claim, Proved) for proof in prove_conserved(found))


@settings(max_examples=8, deadline=None)
@given(powers=st.tuples(*[st.integers(1, 4)] * 3), c=st.integers(1, 3))
def test_a_planted_product_of_powers_is_found(powers, c):
    """A planar flow with H = x^i y^j (x + c y - 1)^k: J grad H over the highest common factor."""
    (i, j, k), line = powers, f"(x + {c}*y - 1)"
    dynamics = Dynamics.parse(f"x' = x*({j}*{line} + {k * c}*y); y' = -y*({i}*{line} + {k}*x)")
    found = Invariants(2, orbits=0).explain(dynamics).artifact
    assert depends(f"x**{i}*y**{j}*{line}**{k}", found.expressions, dynamics)
    assert all(isinstance(proof.claim, Proved) for proof in prove_conserved(found))


@settings(max_examples=8, deadline=None)
@given(
    matrix=st.tuples(small, small, small), linear=st.tuples(small, small, small), squares=st.tuples(small, small, small)
)
def test_planted_poisson_systems_have_both(matrix, linear, squares):
    """x' = (a + M x) x grad H in three dimensions: H and the Casimir."""
    x = sympy.symbols("x y z", real=True)
    casimir = sum(m * s**2 for m, s in zip(matrix, x, strict=True)) + x[0]
    hamiltonian = sum(b * s + q * s**2 for b, q, s in zip(linear, squares, x, strict=True))
    first, second = (sympy.Matrix([sympy.diff(h, s) for s in x]) for h in (casimir, hamiltonian))
    field = first.cross(second).applyfunc(sympy.expand)
    if any(e == 0 for e in field):
        return
    dynamics = Dynamics.parse("; ".join(f"{s}' = {e}" for s, e in zip(x, field, strict=True)))
    found = Invariants(2, orbits=0).explain(dynamics).artifact
    assert len(found.expressions) == 2
    assert depends(str(hamiltonian), found.expressions, dynamics)
    assert depends(str(casimir), found.expressions, dynamics)


def test_the_time_as_a_variable_is_no_second_time():
    found = Invariants(3, orbits=0).explain(Dynamics.parse("x' = v; v' = -t*v")).artifact
    assert found.timed == ()
    assert "without explicit time" not in found.describe()


def test_what_was_not_searched_is_not_said_to_be():
    found = Invariants().explain(Dynamics.parse("x' = y + x**2; y' = -x*y; z' = 0")).artifact
    assert found.expressions == ("z",)
    assert any(text.startswith("no Darboux polynomials (a variable stands still") for text in found.searched)
    assert not any("degree <= 0" in text for text in found.searched)


@pytest.mark.parametrize(
    ("equations", "parameters", "count", "timed"),
    [
        ("r' = p/4; th' = l/r**2; p' = l**2/r**3 - 3*g + g*cos(th); l' = -g*r*sin(th)", "g", 2, 0),  # swinging Atwood's
        ("s' = D*(w - s) - m*s*x/(a + s); x' = x*(m*s/(a + s) - D)", "D, w, m, a", 0, 1),  # chemostat
        ("x' = a - b*x - c*x*y; y' = c*x*y - b*y", "a, b, c", 0, 1),
        ("x' = r*(1 - x) - x*y/(q + x); y' = x*y/(q + x) - r*y", "r, q", 0, 1),
    ],
)
def test_halves_of_angles_and_sums_that_relax(equations, parameters, count, timed):
    found = Invariants(4, orbits=0).explain(Dynamics.parse(equations, parameters)).artifact
    assert (len(found.expressions), len(found.timed)) == (count, timed)
    for proof in prove_conserved(found):
        assert isinstance(proof.claim, Proved), proof.claim


@pytest.mark.parametrize(
    ("equations", "parameters", "law"),
    [
        ("x' = v; v' = -v/t; t' = 1", "", "x - t*v*log(t)"),
        ("x' = y*x; y' = 0; z' = w*z; w' = 0", "", "w*log(x) - y*log(z)"),
        ("x' = k*y*x; y' = 0; z' = y**2", "k", "y*log(x) - k*z"),
    ],
)
def test_logarithms_times_laws(equations, parameters, law):
    dynamics = Dynamics.parse(equations, parameters)
    found = Invariants(4, orbits=0).explain(dynamics).artifact
    names = (*dynamics.variables, *dynamics.parameters)
    symbols = [sympy.Symbol(name, real=True) for name in names]
    point = {s: sympy.Rational(7 + 3 * k, 5 + 2 * k) for k, s in enumerate(symbols)}
    rows = [[sympy.diff(parse(text, names), s).subs(point).evalf(30) for s in symbols[: len(dynamics.variables)]]
            for text in (*found.expressions, law)]  # fmt: skip
    ranks = [sympy.Matrix(part).rank(iszerofunc=lambda value: abs(value) < 1e-20) for part in (rows[:-1], rows)]
    assert len(found.expressions) == len(dynamics.variables) - 1 == ranks[0] == ranks[1]
    for proof in prove_conserved(found):
        assert isinstance(proof.claim, Proved), proof.claim


def test_a_law_times_an_angle_is_found_and_proved():
    """z creeps by r^4 for each r^2 that the angle turns by."""
    swirl = Dynamics.parse("x' = -y*(x**2 + y**2); y' = x*(x**2 + y**2); z' = (x**2 + y**2)**2")
    found = Invariants(degree=3, orbits=2).explain(swirl).artifact
    assert found.expressions == ("x**2 + y**2", "-z + (x**2 + y**2)*atan(y/x)")
    assert all(isinstance(proof.claim, Proved) for proof in prove_conserved(found))
