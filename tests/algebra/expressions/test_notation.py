import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.expressions.notation import Notation, declared, equations_in, unified
from pellucid.algebra.expressions.text import parse, to_text
from pellucid.artifacts.formulas.readable import written

NAMES = ("x", "y", "k", "theta", "lamda", "x1")
NOTATION = Notation(frozenset(NAMES))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2x", "2*x"), ("2 x y", "2*x*y"), ("xy", "x*y"), ("kx1", "k*x1"), ("x(y + 1)(y - 1)", "x*(y+1)*(y-1)"),
        ("x^2", "x**2"), ("x²y⁻¹", "x**2/y"), ("−x·y", "-x*y"), ("√(x + y)", "sqrt(x+y)"), ("√x y", "sqrt(x)*y"),
        ("sin θ", "sin(theta)"), ("sin 2x", "sin(2*x)"), ("sin²x", "sin(x)**2"), ("cos^2(x + y) k", "cos(x+y)**2*k"),
        ("e^(-x)", "exp(-x)"), ("2e^x", "2*exp(x)"), ("1e3x", "1000.0*x"), ("lambda", "lamda"), ("λx", "lamda*x"),
        ("|x - y|", "abs(x - y)"), (r"\frac{1}{2} k x^2", "k*x**2/2"), ("[x + {y}]k", "(x + y)*k"), ("x₁", "x1"),
        ("πx", "pi*x"), ("ln x", "log(x)"), ("θ(x)", "theta*x"),
    ],
)  # fmt: skip
def test_means_what_people_mean(typed, meant):
    assert sympy.simplify(parse(NOTATION.python(unified(typed)), NAMES) - parse(meant, NAMES)) == 0


def test_leaves_python_as_it_is():
    for text in ("-k*x", "x**2 + sin(y)/2", "(x + y)**(3/2)", "x*exp( -y)"):
        assert NOTATION.python(text) == text


def test_names_and_equations():
    assert declared("λ, ω₀ mu") == ("lamda", "omega0", "mu")
    assert equations_in("x' = f(a, b), y' = 1\n# none\nz' = 2; ") == ["x' = f(a, b)", "y' = 1", "z' = 2"]


@given(st.text(alphabet="xyk2.+-*/^()|[] sinθλ²√'=,e", max_size=14))
def test_anything_is_read_or_refused(text):
    told = ""
    try:
        parse(NOTATION.python(unified(text)), NAMES)
    except ValueError as error:
        told = str(error)
    assert "\n" not in told


LEAVES = st.sampled_from([sympy.Symbol(name, real=True) for name in NAMES] + [sympy.Rational(2, 3), sympy.Integer(2)])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.tuples(inner, inner).map(lambda p: p[0] * p[1])
        | st.tuples(inner, inner).map(lambda p: p[0] - p[1])
        | inner.map(lambda e: e**3)
        | inner.map(sympy.cos)
        | inner.map(lambda e: sympy.sqrt(e**2 + 1))
        | inner.map(lambda e: sympy.exp(-e))
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_what_is_shown_is_read_back(expression):
    for text in (to_text(expression), written(expression), written(expression, plain=True)):
        assert sympy.expand(parse(NOTATION.python(unified(text)), NAMES) - expression) == 0
