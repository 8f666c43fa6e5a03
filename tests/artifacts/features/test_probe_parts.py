"""What comes with a probe: rights are counted, the worst transfer is named, and shapes have to fit."""

import numpy as np
import pytest

from pellucid.artifacts.features.probe_parts import ProbePredictions, SparseScores, TransferMatrix


def test_rights_are_counted_for_two_classes_and_for_several():
    two = ProbePredictions(np.array([[2.0], [-1.0], [0.5]]), np.array([[1.0], [0.0], [0.0]]), ("no", "yes"))
    assert two.describe() == "3 held-out rows, 2 of them right"
    several = ProbePredictions(np.eye(3)[[0, 1, 1]], np.eye(3), ("a", "b", "c"), of_classes=True)
    assert several.confusion.tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]
    assert several.describe() == "3 held-out rows of 3 classes, 2 of them right"
    assert ProbePredictions(np.ones((2, 1)), np.ones((2, 1)), ("year",)).describe() == "2 held-out rows: year"


def test_the_worst_transfer_is_named():
    found = TransferMatrix(np.array([[1.0, 0.7, 0.6], [0.9, 1.0, 0.3], [0.8, 0.5, 1.0]]), ("a", "b", "c"))
    assert sorted(found.across.tolist()) == [0.3, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert found.describe().endswith("at worst 0.30 (c from b)")


def test_the_best_number_of_latents_is_told():
    found = SparseScores(np.array([0.7, 0.9]), np.array([0.8, 0.6]), np.arange(4), np.array([0.95]), (1, 4), ("all",))
    assert found.describe() == "all 0.950; 4 latents 0.900; 1 neuron 0.800"


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="give \\(rows, targets\\)"):
        ProbePredictions(np.ones(2), np.ones(2), ("a",))
    with pytest.raises(ValueError, match="give a square"):
        TransferMatrix(np.ones((2, 3)), ("a", "b"))
