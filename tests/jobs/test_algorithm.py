"""Logits of all kinds: what is no group's is told as such, and a few mistakes hide no group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pellucid.cli import app
from pellucid.core.finding import load_finding

N = 11
A, B, C = np.meshgrid(*[np.arange(N)] * 3, indexing="ij")


def opened(folder: Path, logits: np.ndarray):
    np.save(folder / "net.npy", logits)
    result = CliRunner().invoke(app, ["algorithm", str(folder / "net.npy"), "--output", str(folder / "out")])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return load_finding(folder / "out")


@pytest.mark.parametrize(
    "logits",
    [
        pytest.param(6.0 * (np.maximum(A, B) == C), id="the larger one"),
        pytest.param(6.0 * ((A * B) % N == C), id="products with 0"),
        pytest.param(np.random.default_rng(0).normal(size=(N, N, N)), id="noise"),
        pytest.param(6.0 * (C == 3), id="always the same"),
    ],
)
def test_what_is_no_group_is_none_of_these(tmp_path, logits):
    finding = opened(tmp_path, logits)
    assert finding.artifact.verdict == "none of these"
    assert "no group's" in finding.artifact.describe()
    assert not any(claim.strength == "Proved" for claim in finding.claims)


def test_a_few_wrong_answers_hide_no_cyclic_group(tmp_path):
    right = 6.0 * ((A + B) % N == C)
    wrong = np.random.default_rng(1).random((N, N, 1)) < 0.06
    finding = opened(tmp_path, np.where(wrong, 0.0, right))
    assert finding.artifact.group == f"Z_{N}"
    assert any(claim.strength == "Refuted" and "a + b modulo 11" in claim.statement for claim in finding.claims)
    assert CliRunner().invoke(app, ["check", str(tmp_path / "out")]).exit_code == 0
