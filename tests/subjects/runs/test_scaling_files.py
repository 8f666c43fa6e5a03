"""Tables of runs: columns told by their headers, and every doubt told with the option that settles it."""

import numpy as np
import pytest

from pellucid.subjects import read_scaling_runs

GRID = [(n, d) for n in (1e6, 1e7, 1e8) for d in (1e8, 1e9, 1e10)]


def write(path, header, row):
    rows = [row(n, d, 2 + 90 * n**-0.3 + 900 * d**-0.4) for n, d in GRID]
    path.write_text("\n".join([header, *(",".join(map(str, one)) for one in rows)]))
    return path


@pytest.mark.parametrize(
    "header",
    ["N,D,loss", "params,tokens,final_loss", "Model Size,Training Tokens,Loss", "n_params,n_tokens,val/loss"],
)
def test_columns_are_told_by_their_headers(tmp_path, header):
    runs = read_scaling_runs(write(tmp_path / "r.csv", header, lambda n, d, y: (n, d, y)))
    assert runs.sizes[0].tolist() == [1e6, 1e8]
    assert runs.loss[0] == pytest.approx(2 + 90 * 1e6**-0.3 + 900 * 1e8**-0.4)


def test_tokens_follow_from_compute(tmp_path):
    runs = read_scaling_runs(
        write(tmp_path / "r.csv", "Model Size,Training FLOP,loss", lambda n, d, y: (n, 6 * n * d, y))
    )
    assert np.allclose(runs.sizes, GRID)
    assert "C / (6 N)" in runs.notes[0]


def test_two_candidates_are_listed_with_the_flag(tmp_path):
    path = write(tmp_path / "r.csv", "N,D,train_loss,val_loss", lambda n, d, y: (n, d, y, y + 0.1))
    with pytest.raises(ValueError, match=r"r.csv: the loss may be any of train_loss, val_loss; say which with --loss"):
        read_scaling_runs(path)
    assert read_scaling_runs(path, loss="val_loss").loss.min() > read_scaling_runs(path, loss="train_loss").loss.min()


def test_a_law_of_one_column(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("layers,loss\n" + "\n".join(f"{n},{1 + n**-0.5}" for n in range(1, 9)))
    with pytest.raises(ValueError, match="--only"):
        read_scaling_runs(path)
    assert read_scaling_runs(path, only="layers").names == ("layers",)


def test_missing_losses_are_refused_or_dropped(tmp_path):
    path = write(tmp_path / "r.csv", "N,D,loss", lambda n, d, y: (n, d, y))
    path.write_text(path.read_text() + "\n1e9,1e9,nan\n1e9,1e10,\n")
    with pytest.raises(ValueError, match=r"'loss'.*--missing drop"):
        read_scaling_runs(path)
    assert read_scaling_runs(path, missing="drop").rows == 9


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"loss": "looss"}, "--loss 'looss' is no column; choose among N, D, loss"),
        ({"group": "run"}, "--group 'run' is no column"),
        ({"only": "N", "tokens": "D"}, "leave --parameters and --tokens out"),
    ],
)
def test_a_wrong_name_is_told(tmp_path, columns, message):
    with pytest.raises(ValueError, match=message):
        read_scaling_runs(write(tmp_path / "r.csv", "N,D,loss", lambda n, d, y: (n, d, y)), **columns)


@pytest.mark.parametrize(
    ("header", "factor"),
    [("params (M)", 1e6), ("Params [B]", 1e9), ("params_M", 1e6), ("params in thousands", 1e3), ("params", 1.0)],
)
def test_sizes_counted_in_millions_are_read_in_ones_and_told(tmp_path, header, factor):
    sizes = [(n, d) for n in (1.0, 10.0, 100.0) for d in (3.0, 30.0, 300.0)]
    path = tmp_path / "runs.csv"
    path.write_text(f"{header},tokens,loss\n" + "".join(f"{n},{d},{2 + 1 / n + 1 / d}\n" for n, d in sizes))
    runs = read_scaling_runs(path)
    assert runs.sizes[:, 0].tolist() == [factor * n for n, _ in sizes]
    assert any("is read in" in note for note in runs.notes) == (factor > 1)
