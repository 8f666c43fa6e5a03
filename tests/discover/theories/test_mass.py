from __future__ import annotations

import numpy as np
import pytest
import torch

from pellucid.artifacts.theories.shared_theory import SharedTheory
from pellucid.core import Measured
from pellucid.datasets.mechanics import LAGRANGIANS, lagrangian_motion, lagrangian_motions
from pellucid.discover.theories.derivative_terms import ENERGY, LAGRANGE, TERMS, terms
from pellucid.discover.theories.mass import MASS
from pellucid.nets.recurrent.stacked import Jets
from pellucid.subjects.equations.motions import Motion, Motions

QUICK = MASS(seeds=3, steps=20, width=6)


def test_terms_are_different_and_hold_both_theories():
    assert len(set(TERMS)) == len(TERMS) == 74
    assert set(ENERGY) | set(LAGRANGE) <= set(TERMS)


def test_terms_are_what_they_are_called():
    generator = np.random.default_rng(0)
    names = ("v", "S_x", "S_v", "S_xx", "S_xv", "S_vv")
    values = dict(zip(names, generator.uniform(20, 60, 6) * generator.choice([-1, 1], 6), strict=True))
    x = torch.tensor([[[0.3, values["v"]]]], dtype=torch.float64)
    first = torch.tensor([values["S_x"], values["S_v"]], dtype=torch.float64).reshape(1, 2, 1, 1)
    second = torch.tensor([values[n] for n in names[3:]], dtype=torch.float64).reshape(1, 3, 1, 1)
    found = terms(x, Jets(first[:, 0], first, second))[0, 0].numpy()
    for name, value in zip(TERMS, found, strict=True):
        expected = eval(name, {}, values)
        np.testing.assert_allclose(value, expected, rtol=1e-3)


def test_a_lagrangian_solves_its_own_system():
    motion = lagrangian_motion("cos x cos v", 50)
    x, v = motion.x[:, 0], motion.v[:, 0]
    sx, sxv = np.sin(x) * np.cos(v), -np.sin(x) * np.sin(v)
    svv = 1 + np.cos(x) * np.cos(v)
    np.testing.assert_allclose(motion.a[:, 0], (sx - sxv * v) / svv, rtol=1e-12)


def test_all_lagrangians_give_finite_motions():
    assert lagrangian_motions(20).titles == tuple(LAGRANGIANS)
    with pytest.raises(ValueError, match="unknown"):
        lagrangian_motion("odd")


def test_learning_lowers_the_error_and_fills_the_record():
    systems = lagrangian_motions(100).first(2)
    finding = QUICK.explain(systems)
    found = finding.artifact
    assert found.activations.shape == (2, 3, 2, 74)
    assert np.isnan(found.errors[0, :, 1]).all()
    np.testing.assert_allclose(found.activations[1].sum(-1), 1, rtol=1e-6)
    untrained = MASS(seeds=3, steps=1, width=6).explain(systems).artifact
    assert np.median(found.errors[-1]) < np.median(untrained.errors[-1])
    assert isinstance(finding.claims[0], Measured)
    assert SharedTheory.from_dict(found.to_dict(), found.files()) == found
    assert QUICK.explain(systems).artifact == found


def test_an_interrupt_costs_nothing_already_learned(tmp_path, monkeypatch):
    systems = lagrangian_motions(60).first(2)
    method = MASS(seeds=2, steps=4, width=4)
    whole = method.explain(systems).artifact
    train = MASS._train

    def interrupted(self, learners, known, reporter):
        if known == 2:
            raise KeyboardInterrupt
        train(self, learners, known, reporter)

    monkeypatch.setattr(MASS, "_train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        method.explain(systems, checkpoint=tmp_path)
    monkeypatch.undo()
    assert method.explain(systems, checkpoint=tmp_path).artifact == whole
    with pytest.raises(ValueError, match="another job"):
        method.explain(systems, 1, checkpoint=tmp_path)


def test_agreement_is_1_where_all_read_the_same():
    share = np.zeros((1, 2, 1, 2))
    share[..., 0] = 1.0
    ones = np.ones((1, 2, 1))
    same = SharedTheory(("a",), ("s", "t"), np.ones((1, 2, 2)), share, ones, ones, 0 * ones)
    assert same.agreement().tolist() == [1.0]
    assert "Hamilton's" in same.describe()
    share[0, 1, 0] = 0.0, 1.0
    assert SharedTheory(("a",), ("s", "t"), np.ones((1, 2, 2)), share, ones, ones, ones).agreement().tolist() == [0.0]
    with pytest.raises(ValueError, match="activations have shape"):
        SharedTheory(("a",), ("s",), np.ones((1, 2, 2)), share, ones, ones, ones)


def test_bad_input():
    line = np.linspace(0, 1, 50)
    plane = np.stack([line, line], 1)
    with pytest.raises(ValueError, match="one-dimensional"):
        MASS().explain(Motions((Motion(plane, plane, plane),)))
    with pytest.raises(ValueError, match="never accelerated"):
        MASS().explain(Motions((Motion(line, line, 0 * line, title="rest"),)))
    with pytest.raises(ValueError, match="leave it out"):
        MASS().explain(Motions((Motion(line, line, line, t=line),)))
    with pytest.raises(ValueError, match="at least 1"):
        MASS(seeds=0).explain(lagrangian_motions(50).first(1))


def test_agreement_has_an_error_from_its_seeds():
    found = QUICK.explain(lagrangian_motions(60).first(2)).artifact
    without = found.agreement_without()
    assert without.shape == (3, 2)
    # of three seeds, leaving one out leaves one pair: the mean of the three pairs is the agreement
    np.testing.assert_allclose(without.mean(0), found.agreement(), rtol=1e-12)
    np.testing.assert_allclose(found.agreement_doubt(), np.sqrt(2 * without.var(0)), rtol=1e-12)
