import pytest

from pellucid.distill import IntegerLattice


@pytest.mark.parametrize("name", ["evens_counter", "add_mod_4", "newton_spring", "div_7"])
def test_the_lattice_is_read_through_rotation_and_noise(propose, seen, right_far_beyond, name):
    found = propose(IntegerLattice(), seen(name, with_network=True, noise=0.02))
    assert found
    assert right_far_beyond(found[0].program, name)
