"""A search that is killed at any moment goes on from its checkpoint, and finds the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("flint")

from pellucid.core import load_finding
from pellucid.discover import Densities, Invariants, LieSymmetries, OptPDE, SpecialCases, SpecialDensities
from pellucid.discover.conserved.stages import Stages
from pellucid.subjects import Dynamics, Evolution
from pellucid.subjects.equations.pde_family import PdeFamily

PENDULUM = Dynamics.parse("x' = v; v' = -k*sin(x)", "k")
SPRINGS = Dynamics.parse("x' = p; y' = q; p' = -a*x; q' = -b*y", "a, b")
SEARCHES = {
    "invariants": (Invariants(degree=2, orbits=1), PENDULUM),
    "densities": (Densities(order=1, degree=3, waves=False), Evolution.parse("u_t = 6*u*u_x - u_xxx")),
    "symmetries": (LieSymmetries(), Evolution.parse("u_t = u_xx + a*u*u_x", "a")),
    "motion": (LieSymmetries(degree=1), Dynamics.parse("x' = v; v' = -x")),
    "special cases": (SpecialCases(degree=2), SPRINGS),
    "special densities": (SpecialDensities(order=0, degree=2), Evolution.parse("u_t = a*u*u_xxx + u_x*u_xx", "a")),
    "families": (OptPDE(order=1, degree=3, starts=2, steps=5, terms=2), PdeFamily.parse("u_xxx, u*u_x, u_xx")),
}


class Killed(Exception):
    """Raised in the middle of a stage."""


@pytest.mark.parametrize("name", SEARCHES)
def test_it_goes_on_from_wherever_it_was_killed(name, tmp_path, monkeypatch):
    """Every step of every stage is the last of a run, once; the runs together find what one finds."""
    method, subject = SEARCHES[name]
    whole = method.explain(subject, 3)
    steps, arrays = Stages.steps, Stages.arrays
    allowed = [0]

    def spent():
        allowed[0] -= 1
        if allowed[0] < 0:
            raise Killed

    def dying_steps(self, stage, count, make, generator=None):
        if self.store is None:  # a search within a stage, which is made whole again
            return steps(self, stage, count, make, generator)
        object.__setattr__(self, "pause", 0.0)

        def one(i):
            spent()
            return make(i)

        return steps(self, stage, count, one, generator)

    def dying_arrays(self, stage, make, generator=None):
        def one():
            spent()
            return make()

        return arrays(self, stage, make if self.store is None else one, generator)

    monkeypatch.setattr(Stages, "steps", dying_steps)
    monkeypatch.setattr(Stages, "arrays", dying_arrays)
    found, runs = None, 0
    while found is None and runs < 100:
        allowed[0], runs = 7 if name == "families" else 1, runs + 1
        with suppress(Killed):
            found = method.explain(subject, 3, checkpoint=tmp_path)
    assert runs > 1
    assert found == whole


COMMANDS = {
    "laws": ["laws", "u_t = 6*u*u_x - u_xxx", "--degree", "5", "--order", "3"],
    "symmetries": ["symmetries", "u_t = u_xx + u*u_x", "--degree", "3"],
    "families": ["families", "u_xxx, u*u_x, u_xx, u**2*u_x, u_x**2", "--order", "2", "--starts", "0"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_was_killed_resumes_and_writes_the_same(name, tmp_path):
    """SIGKILL at random moments, until a run comes to its end."""
    assert ended(name, tmp_path / "whole", None)
    generator = random.Random(name)
    for _ in range(6):
        if ended(name, tmp_path / "out", generator.uniform(1.0, 6.0)):
            break
    else:
        assert ended(name, tmp_path / "out", None)
    found, whole = (load_finding(tmp_path / folder) for folder in ("out", "whole"))
    assert (found.artifact, found.claims) == (whole.artifact, whole.claims)


def ended(name: str, folder: Path, seconds: float | None) -> bool:
    """Whether the command ended before it was killed."""
    command = [sys.executable, "-m", "pellucid.cli", *COMMANDS[name], "--output", str(folder), "--no-open", "-q"]
    process = subprocess.Popen([*command, "--resume"], env={**os.environ}, stdout=subprocess.DEVNULL)
    limit = time.monotonic() + (600 if seconds is None else seconds)
    while process.poll() is None and time.monotonic() < limit:
        time.sleep(0.02)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    return process.wait() == 0
