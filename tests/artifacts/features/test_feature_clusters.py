"""Clusters of latents: which are in which, and sizes that add up."""

import numpy as np
import pytest

from pellucid.artifacts.features.feature_clusters import FeatureClusters

TWO = np.ones(2)


def test_members_are_those_of_one_cluster_after_the_other():
    found = FeatureClusters(np.array([4, 7, 1, 0, 2]), TWO, TWO, TWO, 9 * TWO, np.zeros((2, 3, 2)), (3, 2), 40)
    assert [found.cluster(i).tolist() for i in (0, 1)] == [[4, 7, 1], [0, 2]]
    assert [row["latents"] for row in found.rows()] == [3, 2]
    assert found.describe() == "2 clusters of 2 to 3 of 40 latents; the least reducible: latents 4, 7, 1"


def test_without_clusters_it_says_so():
    none = np.zeros(0)
    found = FeatureClusters(none.astype(int), none, none, none, none, np.zeros((0, 1, 2)), (), 40)
    assert found.describe() == "no cluster among 40 latents"


def test_sizes_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="add up to 6"):
        FeatureClusters(np.arange(5), TWO, TWO, TWO, TWO, np.zeros((2, 3, 2)), (3, 3), 40)
