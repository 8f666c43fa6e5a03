import pytest
import sympy

pytest.importorskip("flint")

from pellucid.discover.conserved.law_names import meanings_of
from pellucid.subjects import Dynamics

CENTRAL = "x' = a; y' = b; a' = -x/(x**2 + y**2)**(3/2); b' = -y/(x**2 + y**2)**(3/2)"
# (equations, law, name)
NAMED = [
    ("x' = v; v' = -x**3", "2*v**2 + x**4", "energy"),
    ("x' = v; v' = -x**3", "(2*v**2 + x**4)**2", ""),
    (CENTRAL, "x*b - y*a", "angular momentum in x, y"),
    (CENTRAL, "a*b*y - b**2*x + x/sqrt(x**2 + y**2)", "component of the Runge-Lenz vector"),
    ("x' = a; y' = b; a' = y - x; b' = x - y", "a + b", "total momentum"),
    ("x' = a; y' = b; a' = y; b' = y", "a - b", ""),
    ("x' = a; y' = b; a' = -x; b' = -4*y", "b**2 + 4*y**2", "energy of the motion in y"),
    ("S' = -S*I; I' = S*I - I; R' = I", "S + I + R", "total of S, I, R"),
    ("x'=y*z; y'=-2*x*z; z'=x*y", "x**2 + y**2 + z**2", "Casimir of the bracket of rotations"),
    ("x'=x*(y-z); y'=y*(z-x); z'=z*(x-y)", "x*y*z", "Casimir of the Lotka-Volterra bracket"),
    ("x'=x*(1-y); y'=y*(x-1)", "x - log(x) + y - log(y)", "Hamiltonian (the Lotka-Volterra bracket)"),
    ("x'=x*z; y'=y*z; z'=-x*y", "y/x", ""),
]


@pytest.mark.parametrize(("equations", "law", "name"), NAMED)
def test_names(equations, law, name):
    dynamics = Dynamics.parse(equations)
    symbols = {v: sympy.Symbol(v, real=True) for v in dynamics.variables}
    laws = [sympy.sympify(law, symbols)]
    if "Casimir of the Lotka" in name:
        laws.append(sympy.sympify("x + y + z", symbols))
    assert meanings_of(dynamics, laws)[0] == name
    if name and "nergy" not in name:
        assert meanings_of(dynamics, [laws[0] + symbols[dynamics.variables[0]] ** 2, *laws[1:]])[0] != name
