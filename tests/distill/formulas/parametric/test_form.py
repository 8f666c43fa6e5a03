"""Forms as nested tuples: programs, places and parts."""

from __future__ import annotations

import pytest

from pellucid.distill.formulas.parametric.catalogue import catalogue
from pellucid.distill.formulas.parametric.form import (
    MONOMIAL,
    columns_of,
    count_constants,
    depth,
    from_program,
    part_at,
    places,
    program,
    replaced,
    size,
)
from pellucid.distill.formulas.parametric.nodes import BY_CODE, FIRST_OPERATOR


def test_programs_and_forms_are_inverse():
    for form in catalogue(2)[3]:
        assert from_program(program(form)) == form


def test_each_place_is_put_back_and_there_are_as_many_as_nodes():
    for form in catalogue(2)[3]:
        found = list(places(form))
        assert len(found) == size(form)
        assert all(replaced(form, place, part_at(form, place)) == form for place in found)
        assert replaced(form, found[-1], None) is None


def test_a_stack_of_the_depth_is_enough():
    for form in catalogue(2)[3]:
        held, most = 0, 0
        for code in program(form):
            held += 1 - (0 if code < FIRST_OPERATOR else BY_CODE[code].arity)
            most = max(most, held)
        assert (held, most) == (1, depth(form))


@pytest.mark.parametrize(
    ("form", "constants", "columns"),
    [(1, 0, {1}), (MONOMIAL, 3, {0, 1, 2}), (("plus", ("exp", 0), ("wave", 2)), 4, {0, 2})],
)
def test_constants_and_columns(form, constants, columns):
    assert count_constants(form, 3) == constants
    assert columns_of(form, 3) == columns
