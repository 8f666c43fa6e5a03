"""Subjects are found by their endings."""

from __future__ import annotations

import pytest

from pellucid.jobs.program import find_subject, list_tasks
from pellucid.subjects import Sequences


def test_subjects_are_found_by_their_endings(tmp_path):
    (tmp_path / "rows.csv").write_text("0 1 1,0 1 0\n1 1,1 0\n")
    subject, name, task = find_subject(str(tmp_path / "rows.csv"))
    assert isinstance(subject, Sequences)
    assert (name, task) == ("rows", None)
    with pytest.raises(ValueError, match=r"add, e\.g\., --alphabet"):
        find_subject("weights.pt")
    with pytest.raises(ValueError, match="unknown ending"):
        find_subject("rows.txt")
    with pytest.raises(ValueError, match="is unknown; list them"):
        find_subject("nothing_of_that_name")
    assert all(name and line for name, line in list_tasks())
