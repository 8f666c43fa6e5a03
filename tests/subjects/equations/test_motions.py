from __future__ import annotations

import numpy as np
import pytest

from pellucid.subjects.equations.motions import Motion, Motions

LINE = np.linspace(0, 1, 40)


def test_columns_and_table():
    motion = Motion(np.stack([LINE, LINE], 1), np.zeros((40, 2)), np.ones((40, 2)), t=LINE)
    assert motion.columns == ("x", "y", "v_x", "v_y", "t")
    assert motion.table().shape == (40, 5)
    assert Motion(np.ones((9, 4)), np.ones((9, 4)), np.ones((9, 4))).names == ("x0", "x1", "x2", "x3")


def test_a_split_is_disjoint_and_keeps_times():
    motion = Motion(LINE, LINE, LINE, t=LINE)
    train, held = motion.split(0.25, np.random.default_rng(0))
    assert held.t is not None
    assert (train.rows, held.rows) == (30, 10)
    assert not set(train.x[:, 0]) & set(held.x[:, 0])
    np.testing.assert_array_equal(held.t, held.x[:, 0])


def test_fingerprints_tell_motions_apart():
    motion, other = Motion(LINE, LINE, LINE), Motion(LINE, LINE, 2 * LINE)
    assert motion.fingerprint() == Motion(LINE, LINE, LINE).fingerprint()
    assert len({motion.fingerprint(), other.fingerprint(), Motions((motion, other)).fingerprint()}) == 3
    assert Motions((motion, other)).first(1).titles == ("system 1",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((LINE, LINE[:5], LINE), "v has shape"),
        ((LINE[:5], LINE[:5], LINE[:5]), "at least 8 rows"),
        ((LINE, np.where(LINE > 0.5, np.nan, 0), LINE), "v holds NaN"),
        ((["a"] * 9, LINE, LINE), "x holds dtype"),
        ((LINE, LINE, LINE, ("lambda",)), "cannot name"),
        ((LINE, LINE, LINE, ("x", "y")), "cannot name"),
        ((LINE, LINE, LINE, ("x",), "", LINE[:3]), "one for each row"),
    ],
)
def test_bad_motions(arguments, message):
    with pytest.raises(ValueError, match=message):
        Motion(*arguments)


def test_bad_sets_of_motions():
    with pytest.raises(ValueError, match="at least one Motion"):
        Motions(())
    plane = np.zeros((40, 2))
    with pytest.raises(ValueError, match="equally many"):
        Motions((Motion(LINE, LINE, LINE), Motion(plane, plane, plane)))
    with pytest.raises(ValueError, match="too few to hold some out"):
        Motion(LINE[:9], LINE[:9], LINE[:9]).split(0.2, np.random.default_rng(0))
