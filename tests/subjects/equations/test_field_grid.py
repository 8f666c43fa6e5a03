"""Fields on a grid: uneven places are interpolated, and what is none is refused."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.subjects import FieldGrid

T, X = np.linspace(0, 2, 24), np.linspace(1, 4, 30)
U = np.sin(X - T[:, None]) + 0.1 * X


def test_uneven_places_are_interpolated():
    x = np.sort(np.concatenate([X[:-1] + 0.03 * np.sin(9 * X[:-1]), X[-1:]]))
    field = FieldGrid(T, x, [np.sin(x - T[:, None])])
    assert "not evenly spaced" in field.notes[0]
    assert np.allclose(field.values[0], np.sin(field.x - T[:, None]), atol=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": [np.zeros((24, 30))]}, "constant"),
        ({"values": [U[:, :5]]}, "shape"),
        ({"values": [np.where(U > 1, np.nan, U)]}, "NaN"),
        ({"fields": ("u_x",)}, "beside t, x and derivatives"),
        ({"t": T[:5], "values": [U[:5]]}, "at least 20"),
        ({"values": [np.tile(U[0], (24, 1))]}, "does not change in time"),
    ],
)
def test_what_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        FieldGrid(**{"t": T, "x": X, "values": [U], **change})
