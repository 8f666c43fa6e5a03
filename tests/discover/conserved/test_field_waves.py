import numpy as np
import pytest

pytest.importorskip("flint")

from pellucid.artifacts import FieldWaves
from pellucid.core import Measured, load_finding
from pellucid.discover import Densities
from pellucid.discover.conserved.field_waves import integrate_wave
from pellucid.subjects import Evolution


def waves(text, parameters=""):
    return integrate_wave(Evolution.parse(text, parameters), np.random.default_rng(0))


def test_transport_is_a_shift():
    found = waves("u_t = -c*u_x", "c")
    assert found is not None
    x = found.length * np.arange(found.values.shape[2]) / found.values.shape[2]
    moved = (x - found.constants[0] * found.times[-1]) % found.length
    again = np.interp(moved, [*x, found.length], [*found.values[0, 0], found.values[0, 0, 0]])
    assert np.allclose(found.values[-1, 0], again, atol=2e-3)
    assert np.allclose(found.derivative("u", 1)[-1], np.gradient(found.values[-1, 0], x), atol=0.2)


def test_integrals_stay_along_a_wave(tmp_path):
    finding = Densities(order=1, degree=3).explain(Evolution.parse("u_t = 6*u*u_x - u_xxx"))
    claims = [c for c in finding.claims if isinstance(c, Measured) and "computed wave" in c.statement]
    assert len(claims) == 3
    assert all(c.baseline is not None and c.value < 1e-6 < 1e-3 < c.baseline for c in claims)
    assert load_finding(finding.save(tmp_path / "out")) == finding


def test_what_cannot_be_followed():
    assert waves("u_t = 0*u") is None  # stands still
    short = waves("u_t = -u_xxxx - 30*u_xx")
    assert short is None or np.isfinite(short.values).all()


def test_refuses_other_shapes():
    with pytest.raises(ValueError, match="give"):
        FieldWaves(np.zeros((5, 1)), np.arange(5.0), np.zeros(0), ("u",), (), 1.0)
