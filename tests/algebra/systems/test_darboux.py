import numpy as np
import pytest

pytest.importorskip("flint")

from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import parse, symbols_of
from pellucid.algebra.systems.darboux import DarbouxSearch, whole_flow
from pellucid.algebra.systems.polynomial_system import polynomial_system
from pellucid.subjects import Dynamics


def search(equations, parameters="", degree=4):
    dynamics = Dynamics.parse(equations, parameters)
    symbols = symbols_of((*dynamics.variables, *dynamics.parameters))
    system, _ = polynomial_system(
        [symbols[name] for name in dynamics.variables],
        dynamics.expressions(),
        [symbols[name] for name in dynamics.parameters],
    )
    flow = whole_flow(system)
    found = DarbouxSearch(flow, np.random.default_rng(0), degree).run()
    assert all(flow.derivative(d.polynomial) == d.cofactor * d.polynomial for d in found)
    return system, {str(d.polynomial): str(d.cofactor) for d in found}


@pytest.mark.parametrize(
    ("equations", "parameters", "known"),
    [
        ("x' = x*(1 - x - y); y' = y*(2 - x - y)", "", {"x": "-x - y + 1", "y": "-x - y + 2", "2*x + y - 2": "-x - y"}),
        ("x' = y; y' = -3*x*y - x**3", "", {"x^2 + 2*y": "-2*x", "x^2 + y": "-x"}),
        ("x' = x*z; y' = y*z; z' = -x*y", "", {"x": "z", "y": "z"}),
        ("x' = v; v' = -2*v - 5*x", "", {"5*x^2 + 2*x*v + v^2": "-2"}),
        ("x' = s*(y - x); y' = r*x - y - x*z; z' = x*y - 2*s*z", "s, r", {"x^2 - 2*z*s": "-2*s"}),
    ],
)
def test_finds_those_that_are_known(equations, parameters, known):
    _, found = search(equations, parameters)
    assert known.items() <= found.items()


def test_a_quotient_in_the_equations_is_multiplied_away():
    system, found = search("x' = 1/y; y' = x/y")
    assert str(whole_flow(system).denominator) == "y"
    assert "x^2 - 2*y" in found  # y - x**2/2 is conserved


def test_none_where_there_is_none():
    assert search("x' = v; v' = (1 - x**2)*v - x")[1] == {}  # van der Pol (Odani 1995)


def test_a_flow_that_stands_still_asks_for_nothing():
    assert search("x' = 0; y' = x")[1] == {}


small = st.integers(-3, 3)


@settings(max_examples=12, deadline=None)
@given(
    lines=st.lists(st.tuples(small, small, st.integers(1, 3)), min_size=2, max_size=2), weights=st.tuples(small, small)
)
def test_planted_lines_are_found(lines, weights):
    """f' = sum_i w_i (prod_(k != i) l_k) J grad l_i leaves every line l_i invariant."""
    texts = [f"({a}*x + {b}*y + {c})" for a, b, c in lines]
    (a, b, _), (c, d, _) = lines
    (w, v) = weights
    if a * d == b * c or w == 0 or v == 0 or w == -v or (a, b) == (0, 0) or (c, d) == (0, 0):
        return
    first = f"{w}*{texts[1]}*({b}) + {v}*{texts[0]}*({d})"
    second = f"-({w}*{texts[1]}*({a}) + {v}*{texts[0]}*({c}))"
    system, found = search(f"x' = {first}; y' = {second}", degree=2)
    names = ("x", "y")
    for text in texts:
        line = system.polynomial(parse(text, names).expand())
        assert any(
            line == line.leading_coefficient() * g / g.leading_coefficient() for g in _polynomials(system, found)
        )


def _polynomials(system, found):
    return [system.polynomial(parse(text.replace("^", "**"), ("x", "y"))) for text in found]


@pytest.mark.parametrize(
    ("equations", "parameters", "circle"),
    [
        ("x' = w*y + x*(1 - x**2 - y**2); y' = -w*x + y*(1 - x**2 - y**2)", "w", "x^2 + y^2"),
        ("x' = x*z - 3*y; y' = y*z + 3*x; z' = 1 - x**2 - z", "", "x^2 + y^2"),
    ],
)
def test_conjugate_lines_are_found_by_their_product(equations, parameters, circle):
    _, found = search(equations, parameters, degree=2)
    assert circle in found
