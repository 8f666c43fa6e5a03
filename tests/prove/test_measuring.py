"""Measuring again: what cannot be measured here is told apart from what is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pellucid.artifacts import TrainingCurve
from pellucid.core import Finding, Measured, Provenance
from pellucid.core.measurement import MEASUREMENTS, Measurement, measured_by
from pellucid.prove.measuring import measure_again

CLAIM = Measured("error", 0.5, "")
FINDING = Finding(
    TrainingCurve([0], [1.0], [0.5]), measured_by("prove.example", [CLAIM]), Provenance("prove.Example", {}, 0, "")
)


def saved(folder, monkeypatch, again):
    monkeypatch.setitem(MEASUREMENTS._entries, "prove.example", Measurement("prove.example", again, False))
    return FINDING.save(folder)


def failing(error):
    def again(evidence):
        raise error

    return again


@pytest.mark.parametrize(
    ("again", "status", "detail"),
    [
        (lambda evidence: [CLAIM], "holds", "0.5"),
        (lambda evidence: [replace(CLAIM, value=0.6)], "fails", "it is Measured: 0.6"),
        (lambda evidence: [], "fails", "does not say this"),
        (failing(KeyError("orbits")), "fails", "KeyError"),
        (failing(ImportError("no module torch")), "unchecked", "no module torch"),
        (failing(MemoryError()), "unchecked", "MemoryError"),
    ],
)
def test_what_is_wrong_and_what_cannot_be_measured_here(tmp_path, monkeypatch, again, status, detail):
    (one,) = measure_again(saved(tmp_path / "out", monkeypatch, again))
    assert one.status == status
    assert detail in one.detail
    assert one.measured == (status == "holds")


def test_what_the_finding_leaves_out_is_told(tmp_path, monkeypatch):
    more = Measured("drift", 0.1, "")
    first, second = measure_again(saved(tmp_path / "out", monkeypatch, lambda evidence: [CLAIM, more]))
    assert (first.status, second.status) == ("holds", "fails")
    assert second.statement == "drift"
