"""Frontiers of tables whose best clusterings are known, and what is measured of them."""

import numpy as np
import pytest

from pellucid.compress import ParetoClusters
from pellucid.core import Exhausted, Measured, Undecided
from pellucid.subjects import Joint


def grouped(rows_of_a_kind, total, seed=0):
    """Counts of three kinds of rows that say the same within a kind."""
    kinds = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
    p = np.repeat(kinds, rows_of_a_kind, axis=0)
    p *= np.linspace(1, 2, len(p))[:, None]
    return Joint.from_counts(np.random.default_rng(seed).multinomial(total, (p / p.sum()).ravel()).reshape(p.shape))


def test_planted_groups_are_found_and_no_more_are_worth_having():
    finding = ParetoClusters().explain(grouped(4, 3000))
    found = finding.artifact
    assert found.complete
    assert [len(cluster) for cluster in found.at(3)] == [4, 4, 4]
    claim = finding.claim("held_out")
    assert isinstance(claim, Measured)
    assert "best 3 clusters" in claim.statement
    assert isinstance(finding.claim("complete"), Exhausted)
    assert found.knee() == 3


def test_independent_columns_leave_nothing_worth_having():
    counts = np.random.default_rng(1).multinomial(300, np.full(40, 1 / 40)).reshape(10, 4)
    finding = ParetoClusters().explain(Joint.from_counts(counts))
    claim = finding.claim("held_out")
    assert "best 1 cluster," in claim.statement
    assert finding.artifact.most[1] > 0.05  # what the same observations seem to say
    assert finding.artifact.held_out[-1].held_out < 0


def test_many_rows_are_bounded():
    finding = ParetoClusters(exact_up_to=12, part=8, resamples=5).explain(grouped(5, 20_000))
    found = finding.artifact
    assert not found.complete
    assert [len(cluster) for cluster in found.at(3)] == [5, 5, 5]
    assert any(isinstance(claim, Undecided) for claim in finding.claims)
    assert finding.measured("gap") == found.gap > 0
    assert (found.bound(found.entropy + 1e-9) >= found.information - 1e-9).all()


def test_merging_what_says_the_same_costs_nothing():
    found = ParetoClusters().explain(Joint(((4, 2), (2, 1), (1, 5)), sampled=False)).artifact
    assert found.best_points[1, 1] == pytest.approx(found.most[1], abs=1e-12)
    assert found.at(2) == (("x0", "x1"), ("x2",))
    assert len(found.clusterings) == 3  # all three apart say no more than two, and cost more


def test_few_observations_are_not_split():
    finding = ParetoClusters().explain(Joint(((3, 0), (0, 3))))
    assert finding.artifact.held_out == ()
    assert finding.measured("kept") == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"exact_up_to": 40}, "exact_up_to=40"), ({"part": 30}, "part=30"), ({"held_out": 1.5}, "held_out=1.5")],
)
def test_settings_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        ParetoClusters(**settings).explain(grouped(1, 100))


def test_hundreds_of_rows_are_refused():
    with pytest.raises(ValueError, match="500 rows are too many"):
        ParetoClusters().explain(Joint.from_counts(np.ones((500, 2), int)))
