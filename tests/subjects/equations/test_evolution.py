import pytest

from pellucid.subjects import Dynamics, Evolution


def test_reads_equations():
    wave = Evolution.parse("u_t = v; v_t = c*u_xx", "c")
    assert wave.fields == ("u", "v")
    assert wave.describe() == "u_t = v; v_t = c*u_xx"
    assert Evolution.parse("u_t = u_xxxx").expressions() == Evolution.parse("u_t = u_4x").expressions()


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "no equation given"),
        ("u = u_x", {}, "write u_t ="),
        ("u_t = k*u_x", {}, "declare constants as parameters"),
        ("u_t = u_y", {}, "in one space dimension"),
        ("u_t = u_20x", {}, "u_20x is neither a variable nor a parameter"),
        ("u_t = v_x", {}, "does not say what v_t is"),
        ("u_t = u_xx + c", {}, "write derivatives as u_x, u_xx"),
        ("u_tt = u_xx", {}, "FieldEquations"),
        ("u_t = u; u_t = 2*u", {}, "twice"),
        ("u_t = u", {"parameters": "u"}, "not all different"),
        ("u_t = u/(u - u)", {}, "a division by 0"),
        ("u_t = log(0)*u", {}, "log of 0, which is no finite real number"),
        ("u_t = sqrt(-1)*u_xx", {}, "sqrt of -1, which is no finite real number"),
    ],
)
def test_refuses(text, options, message):
    with pytest.raises(ValueError, match=message):
        Evolution.parse(text, **options)


@pytest.mark.parametrize(
    "text", ["x' = 1/0", "x' = 1/(x - x)", "x' = log(0)", "x' = sqrt(-1)", "x' = x*(0/0)", "x' = 1e999"]
)
def test_dynamics_with_no_value_anywhere_are_refused(text):
    with pytest.raises(ValueError, match=r"no real value anywhere|no finite real number|division by 0|infinity"):
        Dynamics.parse(text)


def test_constraints_too():
    with pytest.raises(ValueError, match=r"no real value|division by 0"):
        Dynamics.parse("x' = x", constraints="x/0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x' = erf(x)", "has no rule for its derivative"),
        ("x' = Abs(x)", "has no rule for its derivative"),
        ("x' = pi*x", "declare it as a parameter"),
    ],
)
def test_what_has_no_rule_is_told(text, message):
    pytest.importorskip("flint")
    from pellucid.discover import Invariants

    with pytest.raises(ValueError, match=message):
        Invariants(degree=1).explain(Dynamics.parse(text))


@pytest.mark.parametrize("text", ["u_t = erf(u)", "u_t = Abs(u)*u_x"])
def test_fields_without_a_rule(text):
    pytest.importorskip("flint")
    from pellucid.discover import Densities

    with pytest.raises(ValueError, match="no rule"):
        Densities(order=1, degree=2).explain(Evolution.parse(text))


def test_what_is_real_nowhere_has_no_orbits():
    """sqrt(-x**2 - 1) is imaginary at every state: no orbit can be integrated, and none is waited for."""
    pytest.importorskip("flint")
    from pellucid.discover import Invariants

    finding = Invariants(degree=1, orbits=2).explain(Dynamics.parse("x' = sqrt(-x**2 - 1)"))
    assert finding.parts == {}
