from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from pellucid.artifacts.formulas.formula import Formula
from pellucid.artifacts.theories.force_split import ForceSplit
from pellucid.core import Measured, Method
from pellucid.core.method import Found
from pellucid.datasets.mechanics import damped_double_pendulum, friction_of_pendulum, hidden_planet
from pellucid.discover.theories.nnphd import NNPhD, _Model
from pellucid.subjects.equations.motions import Motion


def spring(rows=400, friction=0.3):
    x, v = np.random.default_rng(0).uniform(-1, 1, (2, rows, 1))
    return Motion(x, v, -x - friction * v)


def test_friction_is_left_over_below_lambda_1_and_nothing_above():
    motion = spring()
    finding = NNPhD(steps=250, width=12, penalties=(1.5,)).explain(motion)
    found = finding.artifact
    below, above = found.shares
    assert above < 0.01 < 0.15 < below
    error = finding.claims[0]
    assert isinstance(error, Measured)
    assert error.baseline is not None
    assert error.value < 0.4 * error.baseline
    free = found.free(motion.table())[:, 0]
    assert np.corrcoef(free, -motion.v[:, 0])[0, 1] > 0.95


@pytest.mark.parametrize(("kinetic", "potential"), [("unit", "free"), ("unit", "radial"), ("learned", "free")])
def test_the_artifact_computes_what_was_trained(kinetic, potential):
    motion = damped_double_pendulum(30)
    method = NNPhD(kinetic=kinetic, potential=potential, width=6)
    model = _Model(motion, method, torch.Generator().manual_seed(0))
    lawful, free = model(torch.from_numpy(motion.table()).float().expand(len(method.lambdas), -1, -1))
    split = model.member(2, method, motion.columns)
    np.testing.assert_allclose(split.conservative(motion.x, motion.v), lawful[2].detach().numpy(), atol=1e-4)
    np.testing.assert_allclose(split.free(motion.table()), free[2].detach().numpy(), atol=1e-4)


def test_a_learned_mass_obeys_euler_and_lagrange():
    motion = damped_double_pendulum(30)
    method = NNPhD(kinetic="learned", width=6)
    split = _Model(motion, method, torch.Generator().manual_seed(1)).member(0, method, motion.columns)

    def energies(x, v):
        value, _ = split._network("lagrangian", x)
        lower = np.zeros((len(x), 2, 2))
        lower[:, [0, 1, 1], [0, 0, 1]] = value[:, 1:]
        moved = np.einsum("bij,bi->bj", lower, v)
        return ((moved**2).sum(1) + 0.1 * (v**2).sum(1)) / 2, value[:, 0]

    x, v = motion.x[:5], motion.v[:5]
    a, h = split.conservative(x, v), 1e-5
    ahead = [sum(energies(x + s * h * v, v + s * h * a)) for s in (1, -1)]
    np.testing.assert_allclose((ahead[0] - ahead[1]) / (2 * h), 0, atol=1e-7)  # the energy is kept


@dataclass(frozen=True)
class Slope(Method):
    """A distiller that draws a line."""

    def _find(self, subject, context):
        slope = float(np.linalg.lstsq(subject.X[:, 1:], subject.y, rcond=None)[0][0])
        return Found(Formula(f"{slope!r}*v_x", subject.names, subject.target))


def test_the_free_force_is_handed_on():
    finding = NNPhD(steps=250, width=12, penalties=(1.5,), distiller=Slope()).explain(spring())
    (name,) = finding.parts
    assert name == "force_x"
    claim = finding.claims[-1]
    assert isinstance(claim, Measured)
    assert "f_x = " in claim.statement
    assert claim.value < 0.4


def test_the_same_seed_gives_the_same_split_and_files():
    method = NNPhD(steps=3, width=4)
    first, again = method.explain(spring(), 1).artifact, method.explain(spring(), 1).artifact
    assert first == again
    assert first != method.explain(spring(), 2).artifact
    assert ForceSplit.from_dict(first.to_dict(), first.files()) == first


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kinetic": "odd"}, "kinetic='odd'"),
        ({"kinetic": "learned", "potential": "radial"}, "Cartesian"),
        ({"penalty": 1.5}, "below 1"),
        ({"penalties": (0.5,)}, "above it"),
        ({"penalties": (-1.0, 2.0)}, "positive"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        NNPhD(**settings).explain(spring())


def test_bad_motions():
    with pytest.raises(ValueError, match="some acceleration"):
        NNPhD().explain(Motion(np.arange(60.0), np.ones(60), np.zeros(60)))


@pytest.mark.slow
def test_friction_of_a_double_pendulum():
    motion = damped_double_pendulum()
    found = NNPhD(kinetic="learned").explain(motion).artifact
    truth, free = friction_of_pendulum(motion), found.free(motion.table())
    assert np.abs(np.array(found.shares)[np.array(found.penalties) > 1]).max() < 0.01
    assert (free * truth).sum() / np.sqrt((free**2).sum() * (truth**2).sum()) > 0.85


def test_a_planet_knows_its_times():
    planet = hidden_planet(rows=100, orbits=0.5)
    assert planet.columns[-1] == "t"
    assert NNPhD(potential="radial", steps=2, width=4).explain(planet).artifact.columns == planet.columns
