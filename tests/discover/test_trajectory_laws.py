"""What trajectories conserve, and what is said where something drives them."""

from __future__ import annotations

from pellucid.artifacts.laws.recovered_dynamics import RecoveredDynamics
from pellucid.core.claim import Measured
from pellucid.discover.trajectories.sindy import SINDy
from pellucid.discover.trajectory_laws import TrajectoryLaws, as_dynamics
from pellucid.subjects.equations.trajectory_files import TableReading, read_trajectories

from .trajectories.hard_tables import tables


def test_equations_are_proved_on_the_set_that_all_orbits_share(tmp_path):
    (tmp_path / "epidemic.csv").write_text(tables()["epidemic.csv"])
    finding = SINDy().explain(read_trajectories(tmp_path / "epidemic.csv"))
    assert finding.artifact.relations == ("I + R + S - 1",)
    assert as_dynamics(finding.artifact).constraints == ("I + R + S - 1",)
    assert any("I + R + S - 1 = 0 on all orbits" in c.statement for c in finding.claims if isinstance(c, Measured))


def test_what_drives_a_system_is_said_instead_of_what_it_conserves(tmp_path):
    (tmp_path / "pushed.csv").write_text(tables()["pushed.csv"])
    finding = TrajectoryLaws().explain(read_trajectories(tmp_path / "pushed.csv", TableReading(inputs=("u",))))
    assert isinstance(finding.artifact, RecoveredDynamics)
    assert finding.artifact.inputs == ("u",)
    assert "def v_rate(x, v, u):" in finding.artifact.to_python()
    assert "what is conserved" in {claim.statement for claim in finding.claims}
