"""The undominated partitions against going through every partition one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.partitions import pareto_partitions as module
from pellucid.algebra.partitions.entropy_terms import entropy_and_information
from pellucid.algebra.partitions.pareto_partitions import TooManyLabels, best_partitions, pareto_partitions
from pellucid.algebra.partitions.parted_bound import subset_terms


def every_partition(count):
    """Restricted growth strings, one by one."""
    found = [[0]]
    for _ in range(count - 1):
        found = [[*one, k] for one in found for k in range(max(one) + 2)]
    return np.array(found)


def table(seed, rows, columns):
    return np.random.default_rng(seed).dirichlet(np.full(rows * columns, 0.6)).reshape(rows, columns) + 1e-9


@pytest.fixture(params=["compiled", "plain"])
def way(request, monkeypatch):
    if request.param == "plain":
        monkeypatch.setattr(module, "_kernel", lambda: None)
    return request.param


@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 4))
def test_nothing_beats_them_and_none_is_left_out(seed, rows, columns):
    p = table(seed, rows, columns)
    p /= p.sum()
    found = entropy_and_information(p, pareto_partitions(*subset_terms(p, p.sum(0))))
    points = entropy_and_information(p, every_partition(rows))
    for entropy, information in points:
        better = (found[:, 0] <= entropy + 1e-9) & (found[:, 1] >= information - 1e-9)
        assert better.any()
    for entropy, information in found:
        assert not ((points[:, 0] < entropy - 1e-9) & (points[:, 1] > information + 1e-9)).any()
    assert (np.diff(found, axis=0) > 0).all()


def test_compiled_and_plain_agree(way):
    p = np.random.default_rng(8).dirichlet(np.ones(32)).reshape(8, 4)
    terms = subset_terms(p, p.sum(0))
    assert len(pareto_partitions(*terms)) == 33  # by an enumeration of all 4,140
    best = entropy_and_information(p, best_partitions(terms[1]))
    points, counts = entropy_and_information(p, every := every_partition(8)), every.max(1) + 1
    assert best[:, 1] == pytest.approx([points[counts == k, 1].max() for k in range(1, 9)])


def test_equal_rows_do_not_multiply_labels(way):
    p = np.full((9, 2), 1 / 18)
    assert pareto_partitions(*subset_terms(p, p.sum(0))).tolist() == [[0] * 9]


def test_too_many_labels_are_refused(way):
    p = table(0, 9, 3)
    with pytest.raises(TooManyLabels, match="more than 50 partial sums of 9 elements"):
        pareto_partitions(*subset_terms(p / p.sum(), p.sum(0) / p.sum()), most=50)
