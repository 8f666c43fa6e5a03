"""Fields from tables and arrays in any order."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.subjects import read_field
from pellucid.subjects.equations.field_files import find_field

T, X = np.linspace(0, 2, 24), np.linspace(1, 4, 30)
U = np.sin(X - T[:, None]) + 0.1 * X


def table(path, rows, header="t,x,u"):
    path.write_text("\n".join([header, *(",".join(map(repr, map(float, row))) for row in rows)]))
    return path


def all_rows():
    return [(t, x, U[i, j]) for i, t in enumerate(T) for j, x in enumerate(X)]


def test_rows_in_any_order(tmp_path):
    rows = all_rows()
    np.random.default_rng(0).shuffle(rows)
    field = read_field(table(tmp_path / "a.csv", rows))
    assert np.allclose(field.values[0], U)
    assert np.allclose(field.x, X)
    assert field.fields == ("u",)


def test_other_names_are_told(tmp_path):
    field = read_field(table(tmp_path / "a.csv", all_rows(), "time,position,height"))
    assert field.fields == ("height",)
    assert any("'position' is called 'x'" in note for note in field.notes)


def test_a_field_that_is_called_as_a_derivative_is_has_another_name_and_that_is_told(tmp_path):
    field = read_field(table(tmp_path / "a.csv", all_rows(), "t,x,u_x"))
    assert field.fields == ("ux",)
    assert field.notes == ("column 'u_x' is called 'ux'",)


@pytest.mark.parametrize("transposed", [False, True])
def test_arrays_with_times_first_or_last(tmp_path, transposed):
    np.savez(tmp_path / "a.npz", t=T, x=X, u=U.T if transposed else U, title="a wave")
    assert np.allclose(read_field(tmp_path / "a.npz").values[0], U)


def test_matlab_and_complex(tmp_path):
    from scipy.io import savemat

    savemat(tmp_path / "a.mat", {"t": T, "x": X, "usol": (U + 1j * U**2).T})
    field = read_field(tmp_path / "a.mat")
    assert field.fields == ("usol_re", "usol_im")
    assert np.allclose(field.values[1], U**2)


def test_a_plane_in_a_table(tmp_path):
    y = np.linspace(0, 1, 21)
    rows = [(t, x, b, x + 2 * b + t) for t in T for x in X for b in y]
    field = read_field(table(tmp_path / "a.csv", rows, "t,x,y,w"))
    assert field.values.shape == (1, 24, 30, 21)


def test_a_trajectory_is_no_field(tmp_path):
    t = np.linspace(0, 6, 60)
    assert find_field(table(tmp_path / "a.csv", np.stack([t, np.cos(t), -np.sin(t)], 1), "t,x,v")) is None
    np.savez(tmp_path / "a.npz", t=t, x=np.stack([np.cos(t), -np.sin(t)], 1))
    assert find_field(tmp_path / "a.npz") is None


def test_a_hole_is_named(tmp_path):
    rows = all_rows()
    del rows[100]
    with pytest.raises(ValueError, match=r"1 of 720 places of the grid have no row, first t = 0.26.*x = 2.03"):
        read_field(table(tmp_path / "a.csv", rows))


def test_two_values_at_one_place(tmp_path):
    with pytest.raises(ValueError, match="two values of 'u'"):
        read_field(table(tmp_path / "a.csv", [*all_rows(), (T[0], X[0], 9.0)]))
