import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts.laws.law_text import count_lines, equation_lines
from pellucid.core import Proved
from pellucid.discover import MapInvariants
from pellucid.prove.laws.map_invariants import prove_map_invariants
from pellucid.subjects import DiscreteMap


@pytest.mark.parametrize(
    ("text", "parameters", "degree", "count", "law"),
    [
        ("x[n+1] = -y[n]; y[n+1] = x[n]", "", 2, 1, "x**2 + y**2"),
        ("x_{n+1} = a x_n", "a", 3, 0, ""),
        ("x_{n+1} = (a + x_n)/x_{n-1}", "a", 3, 1, "(x + 1)*(x_prev + 1)*(x + x_prev + a)/(x*x_prev)"),
        ("x_{n+1} = 2c x_n - x_{n-1}", "c", 2, 1, "x**2 - 2*c*x*x_prev + x_prev**2"),
        ("x_{n+1} = x_n/(1 + x_n)", "", 2, 0, ""),
        ("x_{n+1} = x_n/(1 + x_n); k_{n+1} = k_n + 1", "", 2, 1, "1/x - k"),
        ("x_{n+1} = x_n + n", "", 2, 1, "2*x - n**2 + n"),
    ],
)
def test_invariants_of_the_literature(text, parameters, degree, count, law):
    mapping = DiscreteMap.parse(text, parameters)
    found = MapInvariants(degree).explain(mapping).artifact
    assert len(found.expressions) == count
    if count == 1:
        names = (*mapping.variables, *mapping.parameters)
        known = sympy.sympify(law, {n: sympy.Symbol(n, real=True) for n in names})
        ours = found.sympy()[0]
        jacobian = sympy.Matrix(
            [[sympy.diff(e, sympy.Symbol(v, real=True)) for v in mapping.variables] for e in (ours, known)]
        )
        minors = [jacobian.extract([0, 1], [i, j]).det() for i in range(jacobian.cols) for j in range(i)]
        assert all(sympy.simplify(minor) == 0 for minor in minors)
        assert ours.free_symbols


def test_what_is_not_rational_is_refused():
    with pytest.raises(ValueError, match="no quotient of polynomials"):
        MapInvariants().explain(DiscreteMap.parse("p_{n+1} = p_n + tan x_n; x_{n+1} = x_n + p_{n+1}"))
    with pytest.raises(ValueError, match="not solved"):
        DiscreteMap.parse("2x[n+1] = x[n]")
    with pytest.raises(ValueError, match="circle"):
        DiscreteMap.parse("x[n+1] = y[n+1]; y[n+1] = x[n+1]")


@settings(max_examples=10)
@given(st.integers(-1, 1), st.integers(-1, 1))
def test_a_planted_invariant_is_found(shear, slant):
    """The cat map in coordinates u = x + c y^2 + a y that are one to one: its u^2 - u v - v^2 is an invariant here."""
    x, y = sympy.symbols("x y", real=True)
    u, v = x + shear * y**2 + slant * y, y
    forward = (2 * u + v, u + v)
    back = (forward[0] - shear * forward[1] ** 2 - slant * forward[1], forward[1])
    mapping = DiscreteMap(("x", "y"), tuple(str(sympy.expand(e)) for e in back))
    found = MapInvariants(degree=4).explain(mapping).artifact
    assert len(found.expressions) == 1
    planted = sympy.expand(u**2 - u * v - v**2)
    rows = [[sympy.diff(e, s) for s in (x, y)] for e in (planted, found.sympy()[0])]
    assert sympy.expand(sympy.Matrix(rows).det()) == 0
    assert equation_lines(found, plain=True)[1].startswith("y[n+1] = ")
    assert DiscreteMap.parse("; ".join(equation_lines(found))) == mapping


@pytest.mark.parametrize(
    ("text", "parameters", "count"),
    [
        ("x[n+1] = x[n]/(x[n] + 1); y[n+1] = y[n]*(x[n] + 1)", "", 4),
        ("x[n+1] = 1/(x[n] + a); y[n+1] = y[n]/(x[n] + b)", "a,b", 0),
        ("x[n+1] = y[n]; y[n+1] = -x[n] + 2*k*y[n]/(1 - y[n]**2)", "k", 1),
    ],
)
def test_what_fractions_are_sums_of_is_counted_once(text, parameters, count):
    """1/(x (x + 1)) is 1/x - 1/(x + 1): as functions, those that are listed are as many as is said."""
    found = MapInvariants(4).explain(DiscreteMap.parse(text, parameters)).artifact
    generator = np.random.default_rng(0)
    values = [generator.uniform(2, 3, 200) for _ in found.variables]
    names = [sympy.Symbol(n, real=True) for n in (*found.variables, *found.parameters)]
    laws = [parse(law, (*found.variables, *found.parameters)) for law in (*found.expressions, *found.others)]
    columns = [sympy.lambdify(names, law)(*values, *([1.3] * len(parameters))) for law in laws]
    table = np.stack([np.ones(200), *columns], 1)
    assert found.vectors == len(laws) == count
    assert np.linalg.matrix_rank(table / np.linalg.norm(table, axis=0), tol=1e-12) == len(laws) + 1
    assert count_lines(found)[0].endswith(", without explicit n")
    assert {proof.claim.strength for proof in prove_map_invariants(found)} == {"Proved"}


def test_orbits_that_leave_at_once_are_no_evidence():
    finding = MapInvariants(2).explain(DiscreteMap.parse("x[n+1] = 10**7*x[n]; y[n+1] = y[n]/10**7"))
    assert finding.artifact.expressions == ("x*y",)
    assert [(claim.value, claim.key) for claim in finding.claims] == [(0, "")]
    staying = MapInvariants(2).explain(DiscreteMap.parse("x[n+1] = 2*x[n]; y[n+1] = y[n]/2"))
    assert [claim.value for claim in staying.claims if claim.key != "drift"] == [12]
    assert all(claim.value < 1e-12 for claim in staying.claims if claim.key == "drift")


@pytest.mark.parametrize(
    ("text", "parameters", "laws"),
    [
        ("p[n+1] = p[n] + K*sin(x[n]); x[n+1] = x[n] + p[n+1]", "K", ()),
        ("H[n+1] = k*H[n]*exp(-a*P[n]); P[n+1] = H[n]*(1 - exp(-a*P[n]))", "k, a", ()),
        ("x[n+1] = x[n]*exp(y[n]); y[n+1] = y[n]; z[n+1] = z[n]*exp(-y[n])", "", ("y", "x*z")),
        (
            "x[n+1] = x[n]*cos(w*z[n]) - y[n]*sin(w*z[n]); y[n+1] = x[n]*sin(w*z[n]) + y[n]*cos(w*z[n]); z[n+1] = z[n]",
            "w",
            ("z", "x**2 + y**2"),  # by sin^2 + cos^2 = 1
        ),
        (
            "x[n+1] = x[n]*cos(x[n]**2 + y[n]**2) - y[n]*sin(x[n]**2 + y[n]**2); "
            "y[n+1] = x[n]*sin(x[n]**2 + y[n]**2) + y[n]*cos(x[n]**2 + y[n]**2)",
            "",
            ("x**2 + y**2",),
        ),
    ],
)
def test_exponentials_and_sines_are_letters_of_their_own(text: str, parameters: str, laws: tuple[str, ...]) -> None:
    found = MapInvariants(degree=3).explain(DiscreteMap.parse(text, parameters)).artifact
    assert found.expressions == laws
    for proof in prove_map_invariants(found):
        assert isinstance(proof.claim, Proved), proof.claim


@pytest.mark.parametrize(
    "text",
    [
        "x[n+1] = x[n]*exp(y[n]); y[n+1] = y[n]; z[n+1] = z[n]*exp(-y[n] - 1)",  # x*z falls by e, which is a number
        "x[n+1] = x[n] + sin(y[n]) + cos(2*y[n]); y[n+1] = y[n]",
        "x[n+1] = x[n]*exp(x[n] + y[n]); y[n+1] = y[n]*exp(x[n])*exp(2*y[n]) + exp(y[n])",
        "x[n+1] = x[n]*log(y[n]); y[n+1] = y[n]",
        "x[n+1] = exp(1/x[n])",
    ],
)
def test_functions_that_depend_on_each_other_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"depend on each other|no quotient of polynomials|no polynomial"):
        MapInvariants(degree=2).explain(DiscreteMap.parse(text))
