"""Generators learnt from tables: closeness, memory, budgets, resuming, Ctrl-C, bad settings."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core import Undecided, load_finding
from pellucid.core.context import Context
from pellucid.generate import Diffusion, PoissonFlow
from pellucid.generate import training as training_module
from pellucid.generate.quality import EXACT, INDEPENDENT
from pellucid.subjects import MixedTable

QUICK = {"training_steps": 500, "hidden": 48, "blocks": 1, "batch": 128, "learning_rate": 3e-3}


def ring(rows=400):
    g = np.random.default_rng(0)
    turn = g.uniform(0, 2 * np.pi, rows)
    side = np.where(np.cos(turn) > 0, "right", "left")
    height = np.sin(turn).round(3).astype(object)
    height[::10] = None
    return MixedTable.from_columns({"x": np.cos(turn).round(3), "height": height, "side": side})


@pytest.fixture(scope="module")
def found():
    return PoissonFlow(**QUICK).explain(ring())


def test_rows_keep_what_columns_have_in_common(found):
    cells = found.artifact.sample(600, seed=3)
    right = np.array(cells["side"]) == "right"
    assert ((np.array(cells["x"]) > 0) == right).mean() > 0.8
    known = [(x, y) for x, y in zip(cells["x"], cells["height"], strict=True) if y is not None]
    assert abs(np.hypot(*np.transpose(known)) - 1).mean() < 0.3  # independent columns: 0.36 on average
    assert 0.02 < 1 - len(known) / 600 < 0.25


def test_cells_are_written_as_in_the_table(found):
    lines = found.artifact.text(found.artifact.values(200, 1)).splitlines()
    assert lines[0] == "x,height,side"
    assert all(len(cell.partition(".")[2]) == 3 for cell in (line.split(",")[0] for line in lines[1:]))
    values = found.artifact.values(500, 2)
    table = ring().values
    assert np.nanmin(values[:, :2]) >= np.nanmin(table[:, :2])
    assert np.nanmax(values[:, :2]) <= np.nanmax(table[:, :2])


def test_the_exact_field_is_seen_to_copy_and_the_network_is_not(found):
    quality = found.parts["quality"]
    assert quality.of(EXACT).copies > 0.8
    assert quality.ways[0].told_apart < quality.of(INDEPENDENT).told_apart
    assert found.measured("copies") <= 0.1


def test_a_broken_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    method, table = PoissonFlow(**QUICK), ring(120)
    whole = method.explain(table)
    looks = iter(range(100))
    monkeypatch.setattr(training_module, "_validation_loss", _breaking(training_module._validation_loss, looks))
    with pytest.raises(RuntimeError):
        method.explain(table, checkpoint=tmp_path)
    monkeypatch.undo()
    again = method.explain(table, checkpoint=tmp_path)
    assert again.artifact == whole.artifact
    assert again.claims == whole.claims


def _breaking(loss, looks):
    def looked(*given):
        if next(looks) == 1:
            raise RuntimeError
        return loss(*given)

    return looked


def test_a_budget_ends_training_and_is_told():
    finding = PoissonFlow(**{**QUICK, "training_steps": 100_000}, budget_seconds=0.5).explain(ring(120))
    claim = finding.claim("unfinished")
    assert isinstance(claim, Undecided)
    assert "budget" in claim.reason
    assert finding.artifact.values(3).shape == (3, 3)


def test_saved_and_measured_again(found, tmp_path):
    loaded = load_finding(found.save(tmp_path / "out"))
    assert loaded.artifact == found.artifact
    assert np.array_equal(loaded.artifact.values(20, 5), found.artifact.values(20, 5), equal_nan=True)
    from pellucid.core.measurement import Evidence, find_measurement

    again = find_measurement("generate.closeness").claims(Evidence(loaded, ring()))
    assert again == tuple(c for c in found.claims if c.measurement)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"extra_dimensions": 0.5}, "extra_dimensions=0.5"),
        ({"held_out": 0.0}, "held_out=0.0"),
        ({"steps": 1}, "steps=1"),
        ({"batch": 0}, "batch=0"),
        ({"budget_seconds": -1.0}, "budget_seconds=-1.0"),
    ],
)
def test_settings_that_are_none_are_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        PoissonFlow(**settings).explain(ring(60))


def test_a_table_of_one_row_again_and_again_is_refused():
    with pytest.raises(ValueError, match="coordinates"):
        Diffusion().explain(MixedTable.from_columns({"a": ["x"] * 60, "b": [1] * 60}))


def test_finite_dimensions_train_and_draw():
    finding = PoissonFlow(extra_dimensions=1, **{**QUICK, "training_steps": 250}).explain(ring(120))
    assert np.isfinite(finding.artifact.values(50)[:, 0]).all()
    assert Context().seed == finding.provenance.seed
