import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import to_text
from pellucid.subjects import Evolution, FieldEquations
from pellucid.subjects.equations.field_equations import read_fields


@pytest.mark.parametrize(
    ("text", "parameters", "read"),
    [
        ("u_t + 6 u u_x + u_xxx = 0", "", "u_t = -6*u*u_x - u_xxx"),
        ("u_t + 6uu_x + u_{xxx} = 0", "", "u_t = -6*u*u_x - u_xxx"),
        ("∂u/∂t + 6u²∂u/∂x + ∂³u/∂x³ = 0", "", "u_t = -6*u**2*u_x - u_xxx"),
        (r"\frac{\partial u}{\partial t} = \nu \frac{\partial^2 u}{\partial x^2}", "ν", "u_t = nu*u_xx"),
        ("u_t = (u^3/3 + u_xx)_x", "", "u_t = u**2*u_x + u_xxx"),
        ("h_t + (h u)_x = 0; u_t + u u_x + g h_x = 0", "g", "h_t = -h*u_x - u*h_x; u_t = -u*u_x - g*h_x"),
        ("i ψ_t + ψ_xx + 2|ψ|²ψ = 0", "", "u_t = -2*u**2*v - 2*v**3 - v_xx; v_t = 2*u**3 + 2*u*v**2 + u_xx"),
        ("i u_t = u_xx", "", "p_t = q_xx; q_t = -p_xx"),
        ("i q_t = q_xx + 2 q^2 q^*", "", "u_t = v_xx + 2*u**2*v + 2*v**3; v_t = -u_xx - 2*u**3 - 2*u*v**2"),
        ("2u_t = a uu_x + 4 u_xxxx", "a", "u_t = a*u*u_x/2 + 2*u_4x"),
    ],
)
def test_reads_what_textbooks_type(text, parameters, read):
    ours, plain = read_fields(text, parameters), Evolution.parse(read, parameters)
    assert isinstance(ours, Evolution)
    assert ours.fields == plain.fields
    assert all(sympy.expand(a - b) == 0 for a, b in zip(ours.expressions(), plain.expressions(), strict=True))


@pytest.mark.parametrize(
    ("text", "parameters", "independent", "zero"),
    [
        ("u_tt = c² u_xx", "c", "tx", ["u_tt - c**2*u_xx"]),
        ("u_xt = sinh u", "", "tx", ["u_xt - sinh(u)"]),
        ("(u_t + 6u u_x + u_xxx)_x + 3u_yy = 0", "", "txy", ["u_xt + 6*u_x**2 + 6*u*u_xx + u_4x + 3*u_yy"]),
        ("u_t = x u_xx", "", "tx", ["u_t - x*u_xx"]),
        ("u_tt = u_xx + 3(u²)_xx", "", "tx", ["u_tt - u_xx - 6*u_x**2 - 6*u*u_xx"]),
        ("u_txx = u_t", "", "tx", ["u_xxt - u_t"]),
    ],
)
def test_reads_what_is_no_evolution_equation(text, parameters, independent, zero):
    ours = read_fields(text, parameters)
    assert isinstance(ours, FieldEquations)
    assert "".join(ours.independent) == independent
    assert all(sympy.expand(e - ours.read(z)) == 0 for e, z in zip(ours.expressions(), zero, strict=True))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("u_t = k u_xx", "k is neither"), ("u_t", "is not understood"), ("u = 2", "no derivative"),
        ("u_t = (u", "lacks a"), ("u_tt = 1/(u - u)", "division by 0"), ("∂²u/∂x = 0", "no derivative"),
    ],
)  # fmt: skip
def test_says_in_one_line_what_is_wrong(text, told):
    with pytest.raises(ValueError, match=told) as error:
        read_fields(text)
    assert "\n" not in str(error.value)


LEAVES = st.sampled_from(["u", "u_x", "u_xx", "u_xxt", "u_y", "u_tt", "v", "v_4x", "x", "t", "a"])


@given(st.lists(st.lists(LEAVES, min_size=1, max_size=3), min_size=1, max_size=3), st.booleans())
def test_what_is_printed_can_be_typed_back_in(terms, evolution):
    from pellucid.artifacts import Densities
    from pellucid.artifacts.laws.law_text import equation_lines

    total = sympy.Add(*(sympy.Mul(*(sympy.Symbol(n, real=True) for n in term)) for term in terms))
    if evolution:
        found = Evolution.parse(f"u_t = {'u*u_x + a*v_xx' if evolution else ''}; v_t = u_4x - 2*v**2", "a")
        laws = Densities(found.fields, found.rhs, found.parameters, (), (), 0, 1, 0)
        texts = [found.describe(), *("; ".join(equation_lines(laws, plain=plain)) for plain in (False, True))]
        assert all(read_fields(text, "a") == found for text in texts)
        return
    found = FieldEquations(("u", "v"), (f"u_xxt + v_tt + {to_text(total)}", "v_x - u"), ("a",))
    again = FieldEquations.parse(found.describe(), "a")
    assert {str(f) for f in again.fields} == {"u", "v"}
    assert [sympy.expand(e) for e in again.expressions()] == [sympy.expand(e) for e in found.expressions()]


def test_a_field_whose_name_is_a_letter_of_a_complex_one_is_real():
    """|psi| holds psi, not s."""
    found = Evolution.parse("i psi_t + psi_xx = s psi; s_t = (|psi|^2)_x")
    assert found.fields == ("u", "v", "s")
    assert found.rhs == ("s*v - v_xx", "-s*u + u_xx", "2*u*u_x + 2*v*v_x")
