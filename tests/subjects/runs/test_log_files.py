"""Logs that other tools wrote (logs/, by make_logs.py), logs that are still written, and odd ones."""

import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.subjects import read_run
from pellucid.subjects.runs.log import clean
from pellucid.subjects.runs.log_files import read_log
from pellucid.subjects.runs.wire import fields

LOGS = Path(__file__).parent / "logs"


@pytest.mark.parametrize("name", ["events.out.tfevents.torch", "run-offline.wandb"])
def test_what_was_logged_is_read(name):
    run = read_run(LOGS / name)
    assert run.kind == "loss"
    assert run.train.steps.tolist() == list(range(0, 201, 5))
    assert run.test.steps.tolist() == list(range(0, 201, 20))
    assert run.train.values == pytest.approx([2.3 * math.exp(-s / 60) for s in range(0, 201, 5)], rel=1e-6)
    assert run.test.values == pytest.approx([2.3 * math.exp(-s / 90) for s in range(0, 201, 20)], rel=1e-6)


def test_scalars_that_are_tensors_are_read():
    run = read_run(LOGS / "events.out.tfevents.tensors")
    assert run.test is None
    assert run.train.values == pytest.approx([2.3 * math.exp(-s / 60) for s in range(0, 201, 5)], rel=1e-6)


def test_lightning_logs_train_and_test_on_different_rows():
    run = read_run(LOGS / "lightning_metrics.csv")
    assert (run.train.name, run.test.name) == ("train_loss", "val_loss")
    assert (len(run.train), len(run.test)) == (24, 6)
    assert np.isfinite(run.train.values).all()


def test_the_state_of_hugging_face_without_its_last_row():
    run = read_run(LOGS / "trainer_state.json")
    assert (run.train.name, run.test.name) == ("loss", "eval_loss")
    assert (len(run.train), len(run.test), len(run.learning_rate)) == (12, 6, 12)


def test_a_folder_of_checkpoints_is_the_newest_state(tmp_path):
    (tmp_path / "checkpoint-48").mkdir()
    shutil.copy(LOGS / "trainer_state.json", tmp_path / "checkpoint-48")
    assert len(read_run(tmp_path).train) == 12


@pytest.mark.parametrize("name", ["events.out.tfevents.torch", "run-offline.wandb"])
@pytest.mark.parametrize("cut", [1, 7, 30])
def test_a_file_that_is_cut_off_is_read_up_to_there(tmp_path, name, cut):
    data = (LOGS / name).read_bytes()
    (tmp_path / name).write_bytes(data[:-cut])
    log = read_log(tmp_path / name)
    assert len(log.series[next(iter(log.series))][0]) >= 39
    assert "cut off" in log.notes[0]


@given(st.binary(max_size=200))
def test_bytes_that_are_no_log_are_refused_in_a_line_or_read(tmp_path_factory, data):
    folder, told = tmp_path_factory.mktemp("bytes"), []
    for name in ("events.out.tfevents.1", "run.wandb"):
        (folder / name).write_bytes(data)
        try:
            read_log(folder / name)
        except ValueError as error:
            told.append(str(error))
    try:
        list(fields(data))
    except ValueError as error:
        told.append(str(error))
    assert all(line and "\n" not in line for line in told)


def test_lines_with_different_keys_and_a_last_one_cut_off(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = ['{"_step": 0, "train": {"acc": 0.1}, "_runtime": 3}', '{"_step": 10, "train": {"acc": 0.9}}',
            '{"_step": 10, "test": {"acc": 0.2}}', '{"_step": 20, "test": {"acc": 0.8}}']  # fmt: skip
    path.write_text("\n".join([*rows, '{"_step": 30, "tr']))
    run = read_run(path)
    assert run.train.values.tolist() == [0.1, 0.9]
    assert run.test.steps.tolist() == [10, 20]
    assert any("cut off" in note for note in run.notes)


def test_what_wandb_exports_has_columns_of_least_and_most(tmp_path):
    path = tmp_path / "export.csv"
    head = '"Step","bright-sun-1 - train/loss","bright-sun-1 - train/loss__MIN","bright-sun-1 - train/loss__MAX"'
    path.write_text(head + "\n" + "\n".join(f'"{s}","{3 - s / 10}","0","9"' for s in range(8)))
    run = read_run(path)
    assert run.train.values.tolist() == [3 - s / 10 for s in range(8)]


def test_a_resumed_run_counts_from_where_it_was_resumed():
    cleaned = clean("loss", (np.array([0.0, 1, 2, 3, 2, 3, 4]), np.array([9.0, 8, 7, 6, 5, 4, 3])))
    assert cleaned.values.tolist() == [9, 8, 5, 4, 3]
    assert "go back once, first from 3 to 2" in cleaned.notes[0]


@given(st.lists(st.tuples(st.integers(0, 20), st.floats(0, 1)), min_size=1, max_size=40))
def test_cleaned_steps_always_rise(pairs):
    steps, values = np.array(pairs, dtype=float).T
    cleaned = clean("x", (steps, values))
    assert (np.diff(cleaned.steps) > 0).all()
    assert cleaned.values[-1] == values[-1]


def test_a_loss_that_breaks_is_kept_and_one_that_was_not_logged_is_not(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text(
        "step,loss,val_loss\n"
        + "\n".join(f"{s},{3 - s / 10 if s < 8 else 'nan'},{'2.5' if s % 3 == 0 else ''}" for s in range(11))
    )
    run = read_run(path)
    assert np.isfinite(run.train.values).sum() == 8
    assert len(run.train) == 11
    assert run.test.steps.tolist() == [0, 3, 6, 9]


def test_steps_that_fall_throughout_are_turned_round(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("step,loss\n30,1\n20,2\n10,3")
    assert read_run(path).train.values.tolist() == [3, 2, 1]


def test_two_runs_in_one_column_are_told():
    steps = np.repeat(np.arange(20.0), 2)
    assert "several values" in clean("loss", (steps, np.tile([1.0, 2.0], 20))).notes[0]


@pytest.mark.parametrize(
    ("text", "said", "message"),
    [
        ("step,train_acc,dev_acc,test_acc\n0,.1,.1,.1\n1,.2,.2,.2", {}, "may be any of dev_acc, test_acc.*--test"),
        ("step,a,b\n0,1,2\n1,2,3", {}, "no column tells the train accuracy or loss among"),
        ("step,train_acc\n0,10\n1,95", {}, "no accuracy from 0 to 1; divide per cent by 100"),
        ("step,loss\n0,1\n1,2", {"train": "lss"}, "--train 'lss' is no column"),
        ("step,loss\n0,1\n1,2", {"step": "epoch"}, "--step 'epoch' is no column"),
        ("step,loss\n0,1", {}, "log at least 2"),
        ("step,loss\n0,nan\n1,nan", {}, "was anything logged yet"),
        ("step,loss\n0,1\n1,2", {"metric": "f1"}, "--metric 'f1'"),
        ("", {}, "was anything logged yet"),
    ],
)
def test_what_cannot_be_told_is_asked_for(tmp_path, text, said, message):
    path = tmp_path / "run.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_run(path, **said)


def test_a_metric_that_is_named_settles_it(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("step,train_acc,dev_acc,test_acc\n0,.1,.2,.3\n1,.2,.3,.4")
    assert read_run(path, test="dev_acc").test.values.tolist() == [0.2, 0.3]


def test_without_steps_rows_are_numbered_and_that_is_told(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("loss,val_loss\n3,4\n2,3\n1,2")
    run = read_run(path)
    assert run.train.steps.tolist() == [0, 1, 2]
    assert any("rows are numbered" in note for note in run.notes)


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_other_files_are_refused(tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(ValueError, match="give"):
        read_run(tmp_path / name)
