"""Tables of mixed columns: what cells stand for, in files of many habits; what is left out is told."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.subjects import MixedTable, read_mixed_table


def written(tmp_path, text, name="rows.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def rows(line, count=60):
    return "".join(line(i) + "\n" for i in range(count))


def test_cells_of_every_kind(tmp_path):
    def line(i):
        front = f"{i * i % 61 / 4},{i * 7 % 43},{'abc'[i % 3]},0{1000 + i % 5}"
        return f"{front},2024-01-{1 + i % 28:02d},{i % 24}:3{i % 10},p{i},{i}"

    table = read_mixed_table(written(tmp_path, "size,count,kind,code,day,hour,name,row\n" + rows(line)))
    kinds = {column.name: column.kind for column in table.columns}
    assert kinds == {
        "size": "number",
        "count": "number",
        "kind": "category",
        "code": "category",
        "day": "date",
        "hour": "clock",
    }
    assert [note.split("'")[1] for note in table.notes] == ["name", "row"]
    assert table.columns[0].decimals == 2
    assert table.columns[3].levels == ("01000", "01001", "01002", "01003", "01004")


def test_decimal_commas_and_semicolons(tmp_path):
    table = read_mixed_table(
        written(tmp_path, "länge;art\n" + rows(lambda i: f"{i * i % 61},5;{'ab'[i % 2]}"), encoding="cp1252")
    )
    assert table.values[2, 0] == 4.5
    assert table.columns[0].name == "länge"


def test_missing_cells_keep_how_they_are_written(tmp_path):
    table = read_mixed_table(
        written(tmp_path, "a,b\n" + rows(lambda i: f"{'NA' if i % 5 == 0 else i * i % 61},x{i % 2}"))
    )
    assert np.isnan(table.values[::5, 0]).all()
    assert table.columns[0].missing == "NA"


def test_a_few_odd_cells_are_missing_ones_and_many_make_categories():
    cells = [str(i * i % 97) for i in range(100)]
    table = MixedTable.from_columns({"a": ["<5", *cells[1:]], "b": ["x", "y"] * 50})
    assert table.columns[0].kind == "number"
    assert np.isnan(table.values[0, 0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "1 rows are too few"),
        ("name\n" + rows(lambda i: f"person {i}"), "no column is left"),
        ("", "empty"),
    ],
)
def test_what_cannot_be_learnt_is_refused_in_a_line(tmp_path, text, said):
    with pytest.raises(ValueError, match=said) as caught:
        read_mixed_table(written(tmp_path, text))
    assert str(caught.value).startswith("rows.csv: ")
    assert "\n" not in str(caught.value)


def test_images_from_an_archive(tmp_path):
    np.savez(tmp_path / "faces.npz", np.random.default_rng(0).integers(0, 9, (50, 4, 3)))
    table = read_mixed_table(tmp_path / "faces.npz")
    assert table.image == (4, 3)
    assert len(table.columns) == 12


def test_pixels_in_columns(tmp_path):
    path = written(tmp_path, "a,b,c,d\n" + rows(lambda i: f"{i % 4},{i % 3},1,{i % 2}"))
    assert read_mixed_table(path, (2, 2)).image == (2, 2)
    with pytest.raises(ValueError, match="9 pixels"):
        read_mixed_table(path, (3, 3))


def test_frames_and_none():
    import pandas as pd

    frame = pd.DataFrame({"n": [1.5, None] * 30, "when": pd.date_range("2024-01-01", periods=60), "c": ["x", "y"] * 30})
    table = MixedTable.from_columns(frame)
    assert [column.kind for column in table.columns] == ["category", "date", "category"]
