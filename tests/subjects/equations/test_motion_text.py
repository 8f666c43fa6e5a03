import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import parse, to_text
from pellucid.subjects import DiscreteMap, Dynamics


@pytest.mark.parametrize(
    ("text", "parameters", "read"),
    [
        ("x'' = -x", "", "x' = vx; vx' = -x"),
        ("θ̈ = −(g/l)·sin θ", "g, l", "theta' = vtheta; vtheta' = -(g/l)*sin(theta)"),
        ("x'' + αx + βx³ = 0", "α β", "x' = vx; vx' = -alpha*x - beta*x**3"),
        (r"\ddot{x} + \frac{k}{m} x = 0", "k m", "x' = vx; vx' = -k*x/m"),
        ("dx/dt = σ(y - x), dy/dt = xy", "σ", "x' = sigma*(y - x); y' = x*y"),
        ("d²x/dt² = -x", "", "x' = vx; vx' = -x"),
        ("x'(t) = x(t)^2 - y(t), y'(t) = 3", "", "x' = x**2 - y; y' = 3"),
        ("λ' = lambda^2", "", "lamda' = lamda**2"),
        ("m x'' + bx' + kx = 0", "m b k", "x' = vx; vx' = -(b*vx + k*x)/m"),
        ("x' = t x", "", "x' = t*x; t' = 1"),
        ("x' = -t x", "t", "x' = -t*x"),
        ("x''' = -x'", "", "x' = vx; vx' = ax; ax' = -vx"),
        ("v' = x'' ; x'' = -x - v", "", "v' = -v - x; x' = vx; vx' = -v - x"),
        ("3x'' + 2x' + x = 0", "", "x' = vx; vx' = -x/3 - 2*vx/3"),
        ("2x' = y; y' = 3x'", "", "x' = y/2; y' = 3*y/2"),
        ("2b x' = y; y' = 1", "b", "x' = y/(2*b); y' = 1"),
        ("x'' + x'y' = 0; y'' = x", "", "x' = vx; y' = vy; vx' = -vx*vy; vy' = x"),
        ("x' = 2y + 1e3x; y' = -sin²(x) # a remark", "", "x' = 2*y + 1e3*x; y' = -(sin(x))**2"),
    ],
)
def test_reads_what_textbooks_type(text, parameters, read):
    ours, plain = Dynamics.parse(text, parameters), Dynamics.parse(read, parameters)
    assert ours.variables == plain.variables
    assert all(sympy.simplify(a - b) == 0 for a, b in zip(ours.expressions(), plain.expressions(), strict=True))


@pytest.mark.parametrize("text", ["x' = x'' + ", "x'y' = 1; y' = 2", "x' = q'", "2x' + y' = 1", "x' = 2x'2y"])
def test_what_is_refused_is_told_as_it_was_typed(text):
    with pytest.raises(ValueError) as told:
        Dynamics.parse(text)
    assert "'" in str(told.value)
    assert "__" not in str(told.value)


@pytest.mark.parametrize("text", ["x[n+1] = x[n] +", "x[n+1] = x[n-1](", "x_{n+1} = x_n x_{n+1} foo"])
def test_what_is_refused_of_maps_is_told_as_it_was_typed(text):
    with pytest.raises(ValueError) as told:
        DiscreteMap.parse(text)
    assert "x[n" in str(told.value)
    assert "__" not in str(told.value)


def test_coupled_accelerations_are_solved_for():
    text = "2x'' + y'' cos x = -sin x; x'' cos x + y'' = 3"
    system = Dynamics.parse(text)
    x, ax, ay = (sympy.Symbol(name, real=True) for name in ("x", "ax", "ay"))
    by = dict(zip(system.variables, system.expressions(), strict=True))
    equations = [2 * ax + ay * sympy.cos(x) + sympy.sin(x), ax * sympy.cos(x) + ay - 3]
    assert all(sympy.simplify(e.subs({ax: by["vx"], ay: by["vy"]})) == 0 for e in equations)


def test_constraints_are_equations_too():
    system = Dynamics.parse("x'' = -x; y'' = -y", constraints="x² + y² = 1; x x' + y y'")
    assert system.constraints == ("x**2 + y**2 - 1", "x*vx + y*vy")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x' = y", "y is neither a variable nor a parameter"), ("x'^2 = 1", "not linear in x'"),
        ("x' + y' = 1; x' + y' = x", "do not determine"), ("x'' = 1; y' = 1; x'' = 2", "given twice"),
        ("x' + y' = 1", "1 equations for x', y'"), ("x' = (x", "lacks a '\\)'"), ("x' = x)", "too many"),
        ("x' = 2 3", "two numbers"), ("x' = x @ 2", "no sign of arithmetic"), ("x''''' = 1", "order above 4"),
        ("d^2x/dt = 1", "no derivative"), ("x' = sin", "of nothing"), ("x' == x", "is not understood"),
    ],
)  # fmt: skip
def test_says_in_one_line_what_is_wrong(text, told):
    with pytest.raises(ValueError, match=told) as error:
        Dynamics.parse(text)
    assert "\n" not in str(error.value)
    assert not any(word in str(error.value) for word in ("feature", "BinOp", "Traceback"))


@st.composite
def systems(draw):
    """Up to three variables whose rates are made of what textbooks hold."""
    names = ["x", "theta", "q1"][: draw(st.integers(1, 3))]
    leaves = st.sampled_from([*names, "k", "2", "1/3", "0.25"]).map(lambda t: parse(t, [*names, "k"]))

    def grown(inner):
        pairs = st.tuples(inner, inner)
        return (
            pairs.map(lambda p: p[0] + p[1]) | pairs.map(lambda p: p[0] * p[1]) | inner.map(lambda e: e**2)
            | inner.map(sympy.sin) | inner.map(lambda e: -e) | inner.map(lambda e: 1 / (1 + e**2))
            | inner.map(lambda e: sympy.sqrt(1 + e**2)) | inner.map(sympy.exp) | inner.map(sympy.cosh)
        )  # fmt: skip

    rates = st.recursive(leaves, grown, max_leaves=5)
    return Dynamics(tuple(names), tuple(to_text(draw(rates)) for _ in names), ("k",))


@given(systems())
def test_what_is_printed_can_be_typed_back_in(system):
    from pellucid.artifacts import Invariants
    from pellucid.artifacts.laws.law_text import equation_lines

    found = Invariants(system.variables, system.rhs, system.parameters, (), 1, system.variables, 0)
    for text in (system.describe(), *("; ".join(equation_lines(found, plain=plain)) for plain in (False, True))):
        again = Dynamics.parse(text, system.parameters)
        assert again.variables == system.variables
        assert again.expressions() == system.expressions()
