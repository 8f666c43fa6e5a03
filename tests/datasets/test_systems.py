import pytest

pytest.importorskip("flint")

from pellucid.datasets.systems import system, systems
from pellucid.discover import Invariants

SLOW = {"bodies_4_3d", "fluid_3d"}


def test_there_are_thirty_and_more():
    assert len(systems()) >= 30
    assert all(title for _, title in systems().titles())


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in systems()]
)
def test_as_many_invariants_as_are_known(name):
    known = systems()[name]
    found = Invariants(known.degree, known.basis, orbits=0).explain(known.dynamics).artifact
    assert len(found.expressions) == known.independent


def test_suggests_the_nearest_name():
    with pytest.raises(ValueError, match="kepler_2d"):
        system("kepler_2")


def test_a_title_is_told_without_the_system_and_is_the_systems_own():
    for name, title in systems().titles():
        if name not in SLOW:
            assert systems()[name].dynamics.title == title
