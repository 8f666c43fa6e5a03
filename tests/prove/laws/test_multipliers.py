from dataclasses import replace

from certificate_examples import Example, example, forged

from pellucid.artifacts import ConservationLaws
from pellucid.prove.laws.multipliers import check_multipliers, prove_multipliers

LONG_WAVES = ConservationLaws(
    ("u",),
    ("t", "x"),
    ("u_t + u_x + u*u_x - u_xxt",),
    (),
    (("1",), ("u",), ("u**2 - 2*u_xt",)),
    (
        ("u", "u**2/2 + u - u_xt"),
        ("u**2/2 + u_x**2/2", "u**3/3 + u**2/2 - u*u_xt"),
        ("u**3/3 - u_x**2", "u**4/4 + u**3/3 - u**2*u_xt - u_t**2 + u_xt**2"),
    ),
    *(2, 2, False, ("u_xxt",), 3),
)
HEAT = ConservationLaws(
    *(("u",), ("t", "x"), ("u_t - u_xx",), (), (("1",), ("x",)), (("u", "-u_x"), ("x*u", "u - x*u_x"))),
    *(0, 1, True, ("u_t",), 2),
)


def _forgeries():
    def of(part, law=LONG_WAVES, **changes):
        changed = replace(law, **changes)
        return Example(changed, [forged("multipliers", changed, part=part, seed=0)])

    first, second, third = LONG_WAVES.currents
    yield "another flux", of("identity", currents=(first, second, (third[0], f"{third[1]} + u_t**2")))
    yield "another density", of("identity", currents=(first, ("u**2/2", second[1]), third))
    yield "a multiplier that gives none", of("identity", multipliers=(("u_x*u_x",),), currents=((),))
    yield "a current less", of("identity", multipliers=(("1",),), currents=(("u",),))
    yield "a law less", of("completeness", multipliers=(("1",), ("u",)), currents=(first, second), dimension=2)
    yield "at most a law less", of("completeness", multipliers=(), currents=(), dimension=2)
    yield "one and twice the same", of("completeness", HEAT, multipliers=(("1",), ("2",)), currents=((), ()))
    yield (
        "one more, that is none",
        of("completeness", HEAT, multipliers=(("1",), ("x",), ("u",)), currents=((),) * 3, dimension=3),
    )
    higher = {"multipliers": (*HEAT.multipliers, ("x**2 - 2*t",)), "currents": ((),) * 3, "dimension": 3}
    yield "one more, of a higher degree", of("completeness", HEAT, **higher)
    yield "explicit x left out of the scope", of("completeness", HEAT, explicit=False)
    yield "another leading derivative", of("completeness", leading=("u_t",))
    yield "a dimension of space more", of("identity", HEAT, independent=("t", "x", "y"))


@example("multipliers", _forgeries)
def _multipliers():
    return Example(LONG_WAVES, prove_multipliers(LONG_WAVES))


def test_a_certificate_is_about_its_own_equation():
    (identity, _) = prove_multipliers(HEAT)
    (text,) = identity.files.values()
    assert check_multipliers(text, HEAT).holds
    assert not check_multipliers(text, replace(HEAT, equations=("u_t + u_xx",))).holds
