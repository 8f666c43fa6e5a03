import json
from dataclasses import replace

import pytest

pytest.importorskip("flint")

from pellucid.artifacts.laws.symmetries import Symmetries
from pellucid.core import Proved, Refuted
from pellucid.prove.laws.symmetry_identity import check_symmetries, prove_symmetries

KDV = Symmetries(
    "evolution",
    ("u",),
    ("6*u*u_x - u_xxx",),
    (),
    ("t", "x", "u"),
    (("1", "0", "0"), ("0", "1", "0"), ("0", "6*t", "-1"), ("3*t", "x", "-2*u")),
    2,
    4,
)
KEPLER = Symmetries(
    "dynamics",
    ("x", "y", "a", "b"),
    ("a", "b/m", "-k*x/(x**2 + m*y**2)**(3/2)", "-k*m*y/(x**2 + m*y**2)**(3/2)"),
    ("k", "m"),
    ("t", "x", "y"),
    (("1", "0", "0"), ("3*t", "2*x", "2*y")),
    1,
    2,
    second_order=True,
)
TOP = Symmetries(
    "dynamics",
    ("x", "y", "z"),
    ("3*y*z", "-2*x*z", "5*x*y"),
    (),
    ("t", "x", "y", "z"),
    (("1", "0", "0", "0"), ("t", "-x", "-y", "-z")),
    1,
    2,
)


@pytest.mark.parametrize("found", [KDV, TOP])
def test_proves_and_checks(found):
    proofs = prove_symmetries(found)
    assert [type(p.claim) for p in proofs] == [Proved, Proved]
    for proof in proofs:
        ((path, text),) = proof.files.items()
        assert path.startswith("proofs/")
        assert check_symmetries(text, found).holds


def test_second_order_with_masses():
    proofs = prove_symmetries(replace(KEPLER, dimension=3))
    assert [type(p.claim) for p in proofs] == [Proved, Proved]  # "at most 3" is true where there are fewer, too


def test_refuses_what_is_no_symmetry():
    wrong = replace(KDV, generators=(*KDV.generators[:3], ("3*t", "x", "-u")))
    assert all(isinstance(p.claim, Refuted) for p in prove_symmetries(wrong))


def test_refuses_too_few_and_dependent():
    assert isinstance(prove_symmetries(replace(KDV, dimension=3))[1].claim, Refuted)
    twice = replace(KDV, generators=(*KDV.generators[:3], ("2", "0", "0")))
    assert isinstance(prove_symmetries(twice)[1].claim, Refuted)


def test_refuses_motion_along_solutions_as_another_symmetry():
    along = replace(TOP, generators=(*TOP.generators, ("0", "3*y*z", "-2*x*z", "5*x*y")), degree=2, dimension=3)
    assert isinstance(prove_symmetries(along)[1].claim, Refuted)
    late = replace(TOP, generators=(("x", "0", "0", "0"),), dimension=2)
    assert isinstance(prove_symmetries(late)[0].claim, Refuted)


def test_a_changed_certificate_does_not_hold():
    proof = prove_symmetries(KDV)[1]
    (text,) = proof.files.values()
    data = json.loads(text)
    assert not check_symmetries(json.dumps(data | {"statement": "all symmetries"}), KDV).holds
    assert not check_symmetries(text, replace(KDV, dimension=5)).holds
    assert not check_symmetries("{}", KDV).holds


@pytest.mark.parametrize(("motion", "holds"), [((), True), (("v",), False)])
def test_time_may_depend_on_place_only_where_the_equations_are_of_second_order(motion, holds):
    """x d_t moves the lines of x'' = 0 to lines. Of equations of first order every multiple of their flow would do."""
    second = not motion
    coordinates, generator = (("t", "x"), ("x", "0")) if second else (("t", "x", "v"), ("x", "x*v", "0"))
    free = Symmetries("dynamics", ("x", "v"), ("v", "0"), (), coordinates, (generator,), 1, 8, second_order=second)
    assert isinstance(prove_symmetries(free)[0].claim, Proved) == holds


@pytest.mark.parametrize(("force", "holds"), [("-3*x*v - x**3/c", True), ("-3*x*v - 2*x**3/c", False)])
def test_a_second_order_equation_is_linearisable_whatever_its_velocity_is_called(force, holds):
    """x'' + 3 x x' + x^3 = 0 is, in the velocity v = x'/c too; with 2 x^3 it is not."""
    rhs = ("c*v", force)
    found = Symmetries("dynamics", ("x", "v"), rhs, ("c",), ("t", "x"), (), 1, 0, second_order=True, linearisable=True)
    assert isinstance(prove_symmetries(found)[-1].claim, Proved) == holds
