"""Pairs of texts for circuits: from files, and built in."""

import numpy as np
import pytest

from pellucid.datasets.circuit_tasks import TASKS
from pellucid.jobs.circuit import pairs_of, refuse_export
from pellucid.look import CircuitDiscovery


@pytest.mark.parametrize("task", list(TASKS))
def test_pairs_differ_in_what_decides_and_in_nothing_else(task):
    for clean, corrupted, answer, wrong in TASKS[task](20, np.random.default_rng(0)):
        assert len(clean.split()) == len(corrupted.split())
        assert sum(a != b for a, b in zip(clean.split(), corrupted.split(), strict=True)) == 1
        assert answer != wrong


def test_years_to_come_are_greater():
    for clean, _, answer, wrong in TASKS["greater-than"](50, np.random.default_rng(1)):
        tens = clean.split("year ")[1][2]
        assert wrong < tens < answer


def test_a_table_of_pairs_is_read(tmp_path):
    (tmp_path / "pairs.csv").write_text("clean,corrupted,answer,wrong\na b,a c, d, e\n")
    assert pairs_of(tmp_path / "pairs.csv", 4, 0) == [("a b", "a c", " d", " e")]


@pytest.mark.parametrize(
    ("text", "told"),
    [("clean,answer\na,b\n", "no column 'corrupted'"), ("", "no column 'clean'"),
     ("clean,corrupted,answer,wrong\na,b,,d\n", "row 1 of pairs.csv has no 'answer'")],
)  # fmt: skip
def test_a_table_without_what_is_needed_is_refused(tmp_path, text, told):
    (tmp_path / "pairs.csv").write_text(text)
    with pytest.raises(ValueError, match=told):
        pairs_of(tmp_path / "pairs.csv", 4, 0)


def test_what_is_neither_file_nor_task_is_refused():
    with pytest.raises(ValueError, match="greater-than, indirect-object, induction"):
        pairs_of("greater", 4, 0)


def test_a_folder_that_is_in_use_gets_no_model(tmp_path):
    (tmp_path / "mine").write_text("")
    with pytest.raises(ValueError, match="holds other files"):
        refuse_export(tmp_path, CircuitDiscovery(of="nodes", ablation="mean"))
    with pytest.raises(ValueError, match="--of nodes"):
        refuse_export(tmp_path / "new", CircuitDiscovery())
