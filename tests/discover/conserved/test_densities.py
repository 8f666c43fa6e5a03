import itertools
from dataclasses import replace

import pytest

pytest.importorskip("flint")

import sympy

from pellucid.algebra.arithmetic.polynomials import to_expression
from pellucid.algebra.expressions.text import parse
from pellucid.algebra.fields.evolution_system import evolution_system
from pellucid.core import Measured, Proved, Refuted
from pellucid.discover import Densities
from pellucid.prove.laws.divergence import check_densities, prove_densities
from pellucid.subjects import Evolution
from pellucid.subjects.equations.evolution import jet

# equation, parameters, order, degree, how many conserved densities (from the literature)
KNOWN = {
    "KdV": ("u_t = 6*u*u_x - u_xxx", "", 2, 5, 4),
    "KdV, one order more": ("u_t = 6*u*u_x - u_xxx", "", 3, 5, 5),
    "KdV, scaled": ("u_t = a*u*u_x - b*u_xxx", "a b", 2, 5, 4),
    "mKdV": ("u_t = 6*u**2*u_x + u_xxx", "", 2, 6, 4),
    "Burgers": ("u_t = u*u_x - u_xx", "", 2, 4, 1),
    "cube": ("u_t = u_x**3", "", 2, 4, 3),
    "OptPDE": ("u_t = (u_x + a**2*u_xxx)**3", "a", 3, 4, 2),
    "NLS": ("u_t = -v_xx - 2*v*(u**2 + v**2); v_t = u_xx + 2*u*(u**2 + v**2)", "", 1, 4, 3),
    "Boussinesq": ("u_t = v_x; v_t = u_x - 2*u*u_x + u_xxx", "", 1, 3, 4),
    "sine-Gordon": ("u_t = v; v_t = u_xx - sin(u)", "", 1, 2, 2),
}


@pytest.mark.parametrize("name", KNOWN)
def test_as_many_as_are_known(name):
    equation, parameters, order, degree, count = KNOWN[name]
    finding = Densities(order, degree).explain(Evolution.parse(equation, parameters), seed=2)
    assert finding.artifact.dimension == len(finding.artifact.densities) == count
    changes = [claim for claim in finding.claims if isinstance(claim, Measured) and "changes" in claim.statement]
    assert len(changes) == count
    assert all(claim.value < 1e-9 < 1e-2 < claim.baseline for claim in changes)  # type: ignore[operator]


def test_fluxes_balance():
    found = Densities(2, 5).explain(Evolution.parse("u_t = 6*u*u_x - u_xxx")).artifact
    names = [jet("u", k) for k in range(13)]
    u = [sympy.Symbol(name, real=True) for name in names]

    def d_x(e):
        return sum(sympy.diff(e, a) * b for a, b in itertools.pairwise(u))

    flow = [6 * u[0] * u[1] - u[3]]
    for _ in range(5):
        flow.append(d_x(flow[-1]))
    for density, flux in zip(found.densities, found.fluxes, strict=True):
        rho, current = parse(density, names), parse(flux, names)
        rate = sum(sympy.diff(rho, a) * f for a, f in zip(u, flow, strict=False))
        assert sympy.expand(rate + d_x(current)) == 0


def test_derivatives_have_one_name():
    assert Evolution.parse("u_t = u_xxxx").expressions() == Evolution.parse("u_t = u_4x").expressions()


@pytest.mark.parametrize(
    ("text", "message"),
    [("u = u_x", "write u_t"), ("", "no equation"), ("u_t = w", "w is neither"), ("u_t = u; u_t = u_x", "twice")],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        Evolution.parse(text)


def test_says_which_functions_have_no_rule():
    with pytest.raises(ValueError, match="no rule"):
        Densities(1, 2).explain(Evolution.parse("u_t = Abs(u_x)"))


def test_everything_is_proved_and_checked_again():
    for equation in ("u_t = 6*u*u_x - u_xxx", "u_t = v; v_t = u_xx - sin(u)"):
        found = Densities(1, 3).explain(Evolution.parse(equation)).artifact
        proofs = prove_densities(found)
        assert [type(proof.claim) for proof in proofs] == [Proved] * 2
        for proof in proofs:
            (text,) = proof.files.values()
            assert check_densities(text, found).holds
            assert not check_densities(text.replace("exactly", "at most").replace("conserved", "kept"), found).holds
        wrong = replace(found, densities=("u**3",) * len(found.densities), fluxes=("",) * len(found.densities))
        assert isinstance(prove_densities(wrong)[0].claim, Refuted)
        assert isinstance(prove_densities(wrong)[1].claim, Refuted)
        fewer = replace(found, dimension=1)
        assert isinstance(prove_densities(fewer)[1].claim, Refuted)


@pytest.mark.parametrize("text", ["v/u**n", "u**n/u", "v**2*exp(1/u)", "1/(u**n)**2*v"])
def test_derivatives_go_through_functions_of_functions(text):
    expression = parse(text, ("u", "v", "n"))
    system, (polynomial,) = evolution_system(("u", "v"), parse_all("v_x", "u**n"), ("n",), 1, jet, [expression])
    values = {sympy.Symbol(name, real=True): value for name, value in (("u", 1.3), ("v", 0.7), ("n", 2.5))}
    meanings = {a.symbol.name: a.definition for a in system.jets.auxiliaries}
    for name in ("u", "v"):
        found = to_expression(system.jets.partial(polynomial, name), meanings)
        wanted = sympy.diff(expression, sympy.Symbol(name, real=True))
        assert float((found - wanted).subs(values)) == pytest.approx(0)


def parse_all(*texts):
    return [parse(text, ("u", "v", "u_x", "v_x", "n")) for text in texts]


def test_what_a_symbolic_power_hides_is_no_density():
    gas = Evolution.parse("u_t = v_x; v_t = n*u**n*u_x/u", "n")  # v u^-n would be one if u^-n were a constant
    found = Densities(0, 2, waves=False).explain(gas).artifact
    assert found.densities == ("u", "v", "n*u*v + u*v", "n*v**2 + 2*u*u**n + v**2")
    false = replace(found, densities=(*found.densities, "v/u**n"), fluxes=(*found.fluxes, ""), dimension=5)
    assert isinstance(prove_densities(false)[0].claim, Refuted)
