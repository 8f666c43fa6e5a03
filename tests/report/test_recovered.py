"""What a page says of recovered equations: every constant under its own name, with its value."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from pellucid.artifacts import Invariants, RecoveredDynamics, RecoveredEvolution
from pellucid.cli.show.laws import law_blocks
from pellucid.report.measured_fields import equations_section
from pellucid.report.trajectories import recovered_part

LAW = Invariants(("x", "v"), ("v", "-k1*x"), ("k1",), ("k1*x**2 + v**2",), 2, ("x", "v"), vectors=1)
SPRING = RecoveredDynamics(("x", "v"), ("v", "-k1*x"), ("k1",), (2.03,), (0.01,), (0.1, 0.1))


def test_constants_of_field_equations_keep_their_names():
    page = equations_section(RecoveredEvolution(("u",), ("-k1*u*u_x",), ("k1",), (6.01,), (0.02,)))
    assert "k1 = 6.01 ± 0.02" in page
    assert "K1" not in page


def test_constants_stand_beside_the_laws_that_hold_them():
    finding: Any = SimpleNamespace(artifact=LAW, parts={"equations": SPRING})
    (told,) = recovered_part(SPRING, finding)
    assert "k1 = 2.03 ± 0.01" in told.html
    assert any("k1 = 2.03 +- 0.01" in str(block) for block in law_blocks(LAW, finding, True))


def test_equations_without_constants_have_no_section():
    finding: Any = SimpleNamespace(artifact=LAW, parts={})
    assert recovered_part(RecoveredDynamics(("x", "v"), ("v", "-x")), finding) == []
