"""Forms that say what a smaller one says are not made."""

from __future__ import annotations

import pytest

from pellucid.distill.formulas.parametric.catalogue import catalogue
from pellucid.distill.formulas.parametric.equivalence import join, wrap
from pellucid.distill.formulas.parametric.nodes import NODES


def test_a_form_may_stand_twice_where_it_has_constants():
    assert join(NODES["plus"], ("exp", 0), ("exp", 0)) == ("plus", ("exp", 0), ("exp", 0))
    assert join(NODES["plus"], ("square", 0), ("square", 0)) is None
    assert ("plus", ("exp", 0), ("exp", 0)) in catalogue(1)[4]


def test_what_is_redundant_is_not_in_it():
    level = {form for forms in catalogue(1) for form in forms}
    assert not {("inverse", ("inverse", 0)), ("shift", ("shift", 0)), ("exp", ("shift", 0)), ("shift", 0)} & level


@pytest.mark.parametrize(
    ("node", "inner"),
    [
        ("inverse", ("inverse", 0)),
        ("exp", ("log", 0)),
        ("wave", ("shift", 0)),
        ("log", ("times", 0, 1)),
        ("exp", ("exp", ("exp", 0))),
        ("wave", ("square", ("wave", 0))),
    ],
)
def test_a_node_is_not_put_around_what_absorbs_it_or_goes_too_deep(node, inner):
    assert wrap(NODES[node], inner) is None
    assert wrap(NODES[node], 0) == (node, 0)


def test_of_two_orders_one_is_made():
    for name in ("times", "plus", "min", "max"):
        made = [join(NODES[name], ("exp", 0), ("wave", 0)), join(NODES[name], ("wave", 0), ("exp", 0))]
        assert sum(form is not None for form in made) <= 1
