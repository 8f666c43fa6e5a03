"""The toy finder: what it finds, and an example and forgeries of its certificate for `test_certificates`."""

from dataclasses import replace

import pytest
from certificate_examples import Example, example, forged
from pellucid.artifacts.laws.fixed_points import FixedPoints
from pellucid.prove.laws.fixed_points import prove_fixed

from pellucid.core import Refuted
from pellucid.discover import IntegerFixedPoints
from pellucid.subjects import Dynamics

PITCHFORK = FixedPoints(("x",), ("x - x**3",), (), ((-1,), (0,), (1,)))


def _false_points():
    more = replace(PITCHFORK, points=(*PITCHFORK.points, (2,)))
    yield "one point more", Example(more, [forged("fixed_points", more)])


@example("fixed_points", _false_points)
def _fixed_points():
    return Example(PITCHFORK, prove_fixed(PITCHFORK))


@pytest.mark.parametrize(("rhs", "points"), [("x - x**3", 3), ("x**2 + 1", 0), ("x*(x - 3)", 1)])
def test_all_are_found(rhs, points):
    assert len(IntegerFixedPoints().explain(Dynamics(("x",), (rhs,))).artifact.points) == points


def test_a_point_that_moves_is_refuted():
    assert isinstance(prove_fixed(replace(PITCHFORK, points=((2,),)))[0].claim, Refuted)
