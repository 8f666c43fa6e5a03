from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from pellucid.artifacts.formulas.formula_source import torch_function
from pellucid.artifacts.laws.coordinate_change import CoordinateChange
from pellucid.core import Measured, Tested
from pellucid.datasets.metrics import schwarzschild
from pellucid.discover.symmetries.asymmetry import field_asymmetry, metric_asymmetry, torch_map
from pellucid.discover.symmetries.hidden_symmetries import HiddenSymmetries
from pellucid.subjects import Dynamics
from pellucid.subjects.equations.metric import Metric

QUICK = HiddenSymmetries(steps=40, polish=40, points=48, width=10)


def identity(z: Tensor) -> Tensor:
    return z + 0


def points(low, high, size, count=64):
    return torch.from_numpy(np.random.default_rng(0).uniform(low, high, (count, size)))


def map_of(text, names):
    subject = Dynamics.parse(text)
    return torch_map([torch_function(e, names) for e in subject.expressions()])


def test_gullstrand_and_painleve_make_space_flat():
    metric = schwarzschild()
    rows = [torch_map([torch_function(e, metric.coordinates) for e in row]) for row in metric.expressions()]

    def values(z: Tensor) -> Tensor:
        return torch.stack([row(z) for row in rows])

    def painleve(z: Tensor) -> Tensor:
        u = z[1:].norm() ** 0.5
        return torch.cat([(z[0] + 2 * u + torch.log((u - 1) / (u + 1)))[None], z[1:]])

    where, space = points(0.8, 2.5, 4), [1, 2, 3]
    assert float(metric_asymmetry(values, painleve, where, space, space)) < 1e-20
    assert float(metric_asymmetry(values, identity, where, space, space)) > 1e-3


def test_asymmetries_are_0_where_the_symmetry_is_manifest():
    where = points(0.5, 2.0, 2)
    turning = map_of("x' = -y; y' = x", ("x", "y"))
    assert float(field_asymmetry(turning, identity, where, "rotation", [0, 1], [0, 1])) < 1e-20
    assert float(field_asymmetry(turning, identity, where, "hamiltonian", [0, 1], [0, 1])) < 1e-20
    assert float(field_asymmetry(turning, identity, where, "separable", [0, 1], [0])) > 0.1
    predators = map_of("x' = x - x*y; y' = x*y - y", ("x", "y"))
    assert float(field_asymmetry(predators, identity, where, "hamiltonian", [0, 1], [0, 1])) > 0.01
    assert float(field_asymmetry(predators, torch.log, where, "hamiltonian", [0, 1], [0, 1])) < 1e-20


def test_asymmetry_has_no_units():
    where = points(-1.0, 1.0, 1)
    growth = map_of("x' = exp(-x)", ("x",))
    small = field_asymmetry(growth, lambda z: z * 1e-3, where, "translation", [0], [0])
    assert float(small) == pytest.approx(float(field_asymmetry(growth, identity, where, "translation", [0], [0])))


def test_uniform_motion_in_disguise():
    finding = QUICK.explain(Dynamics.parse("x' = exp(-x)"), seed=1)
    undone, asymmetry, determinant = finding.claims
    assert isinstance(asymmetry, Measured)
    assert asymmetry.baseline is not None
    assert asymmetry.value < 0.02 * asymmetry.baseline
    assert isinstance(determinant, Measured)
    assert determinant.value > 0
    assert isinstance(undone, Tested)
    assert undone.failures == 0
    x = np.linspace(-0.9, 0.9, 50)[:, None]
    assert abs(np.corrcoef(finding.artifact(x)[:, 0], np.exp(x[:, 0]))[0, 1]) > 0.99


def test_a_metric_in_disguise():
    metric = Metric(("x", "y"), (("(1 + x/2)**2", "0"), ("0", "1")))
    finding = replace(QUICK, moves=("x",), block=("x",), along=("x",)).explain(metric)
    asymmetry = next(claim for claim in finding.claims if isinstance(claim, Measured))
    assert isinstance(asymmetry, Measured)
    assert asymmetry.baseline is not None
    assert asymmetry.value < 0.2 * asymmetry.baseline
    where = np.random.default_rng(0).uniform(-1, 1, (5, 2))
    assert np.array_equal(finding.artifact(where)[:, 1], where[:, 1])


def test_same_seed_same_coordinates_and_files():
    growth = Dynamics.parse("x' = exp(-x)")
    method = HiddenSymmetries(steps=3, polish=0, points=16, width=4)
    first, again = method.explain(growth, 1).artifact, method.explain(growth, 1).artifact
    assert first == again
    assert first != method.explain(growth, 2).artifact
    assert CoordinateChange.from_dict(first.to_dict(), first.files()) == first


@pytest.mark.parametrize(
    ("settings", "text", "message"),
    [
        ({"symmetry": "mirror"}, "x' = 1 + x", "unknown"),
        ({"moves": ("z",)}, "x' = 1 + x", "no coordinates"),
        ({"symmetry": "hamiltonian"}, "x' = 1 + x", "more coordinates"),
        ({"symmetry": "separable"}, "x' = y; y' = x", "block"),
        ({"low": (0.0, 1.0)}, "x' = 1 + x", "give 1 or 1"),
        ({"low": (-2.0,), "high": (-1.0,)}, "x' = log(x)", "another"),
    ],
)
def test_bad_input(settings, text, message):
    with pytest.raises(ValueError, match=message):
        HiddenSymmetries(**settings).explain(Dynamics.parse(text))


def test_bad_metrics():
    with pytest.raises(ValueError, match="symmetric"):
        Metric(("x", "y"), (("1", "x"), ("0", "1")))
    with pytest.raises(ValueError, match="rows"):
        Metric(("x", "y"), (("1", "0"),))
    with pytest.raises(ValueError, match="equations of motion"):
        HiddenSymmetries("rotation").explain(schwarzschild())
    with pytest.raises(ValueError, match=r"Dynamics\.at"):
        HiddenSymmetries().explain(Dynamics.parse("x' = k*x", "k"))
