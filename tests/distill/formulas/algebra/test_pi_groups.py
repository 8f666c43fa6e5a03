from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.algebra.pi_groups import free_lattice, integer_kernel, integer_solution, unit_lattice

LENGTH, TIME, MASS = np.eye(3, dtype=int)


def fractions(rows):
    return [[Fraction(int(value)) for value in row] for row in rows]


def test_a_pendulum_has_one_group_and_the_root_of_length_over_gravity():
    features = fractions([MASS, LENGTH, LENGTH - 2 * TIME])
    lattice = unit_lattice(features, fractions([TIME])[0])
    assert lattice.groups == 0
    np.testing.assert_array_equal(lattice.offset, [0, 0.5, -0.5])


def test_every_monomial_of_the_lattice_has_the_right_unit():
    units = np.array([LENGTH, LENGTH, TIME, MASS, LENGTH - TIME, MASS + LENGTH])
    target = 2 * LENGTH - 2 * TIME + MASS
    lattice = unit_lattice(fractions(units), fractions([target])[0])
    assert lattice.groups == 3
    exponents = lattice.offset + lattice.monomials(60, 1.0) @ lattice.basis
    np.testing.assert_array_equal(exponents @ units, np.broadcast_to(target, (60, 3)))
    assert (np.diff(np.abs(exponents).sum(1)) >= -1).all()


def test_the_kernel_is_saturated():
    kernel = integer_kernel(fractions([[2, 4, 6]]), 3)
    assert len(kernel) == 2
    assert abs(np.cross(*kernel)).tolist() == [1, 2, 3]


def test_no_solution_is_told():
    assert integer_solution(fractions([[1, 0], [0, 0]]), [Fraction(0), Fraction(1)], 2) is None
    with pytest.raises(ValueError, match="units"):
        unit_lattice(fractions([LENGTH]), fractions([TIME])[0])


def test_monomials_come_short_ones_first():
    combinations = free_lattice(2).monomials(9)
    assert combinations[0].tolist() == [0, 0]
    assert sorted(map(tuple, combinations[1:3].tolist())) == [(0, 1), (1, 0)]


ROWS = st.lists(st.lists(st.integers(-3, 3).map(Fraction), min_size=4, max_size=4), min_size=1, max_size=2)


@settings(max_examples=25, deadline=None)
@given(rows=ROWS)
def test_every_kernel_vector_is_one(rows):
    table = np.array([[int(value) for value in row] for row in rows])
    kernel = integer_kernel(rows, 4)
    assert len(kernel) == 4 - np.linalg.matrix_rank(table)
    assert not (kernel @ table.T).any()


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, powers=st.lists(st.integers(-2, 2), min_size=4, max_size=4))
def test_a_solution_that_is_there_is_found(rows, powers):
    target = [sum((value * power for value, power in zip(row, powers, strict=True)), Fraction(0)) for row in rows]
    found = integer_solution(rows, target, 4)
    assert found is not None
    assert np.allclose(np.array([[float(value) for value in row] for row in rows]) @ found, [float(t) for t in target])
