"""Probes of few latents, beside their baseline."""

import numpy as np
import pytest

from pellucid.look.probes.sparse_probe import SparseProbe

from .labelled_rows import claim, rows


def test_sparse_probe_reports_the_baseline_and_needs_codes():
    labelled = rows(count=160, gap=5.0)
    codes = np.maximum(0, np.concatenate([labelled.values[:, 1:2] - 2.5, labelled.values[:, 2:]], 1))
    found = SparseProbe(counts=(1, 2)).explain(rows(count=160, gap=5.0, codes=codes))
    assert found.claims[0].statement.startswith("baseline")
    assert found.artifact.chosen[0] == 0
    assert claim(found, "gain of the best").value <= 0.05
    with pytest.raises(ValueError, match="has no codes"):
        SparseProbe().explain(labelled)
