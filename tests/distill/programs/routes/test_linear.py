import pytest

from pellucid.distill import Linear

LINEAR = ("sum_all", "sum_last7", "newton_freebody", "newton_gravity", "newton_magnetic", "parity_bits_mod2")


@pytest.mark.parametrize("name", LINEAR)
def test_linear_recurrences_are_realised_over_the_integers(propose, seen, right_far_beyond, name):
    (found,) = propose(Linear(), seen(name))
    assert right_far_beyond(found.program, name)
    assert found.notes["integrality_error"] < 1e-6


def test_what_is_not_linear_is_not_proposed(propose, seen):
    assert propose(Linear(), seen("abs_diff")) == []
    assert propose(Linear(), seen("parity_all")) == []
