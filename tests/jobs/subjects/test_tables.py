"""Tables by name and by file, and options that are for the other."""

from __future__ import annotations

import pytest

from pellucid.jobs.subjects.tables import find_samples, list_tables


def test_tables_are_found_by_name_and_by_file(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "\n".join(f"{i},{i * i}" for i in range(9)))
    samples, name, reference = find_samples(str(path), target="b")
    assert (samples.target, name, reference) == ("b", "t", None)
    samples, name, reference = find_samples("I.12.2", rows=50, noise=0.1, seed=2)
    assert (samples.rows, name) == (50, "I.12.2")
    assert reference is not None
    for text, options, told in (
        (str(path), {"noise": 0.1}, "noise is for built-in equations"),
        ("I.12.2", {"target": "F"}, "target is for files"),
        ("kepler", {"rows": 5}, "rows is for built-in equations"),
        ("data.xlsx", {}, "unknown ending"),
        ("I.99.9", {}, "no built-in equation"),
    ):
        with pytest.raises(ValueError, match=told):
            find_samples(text, **options)


def test_every_table_is_listed():
    listed = dict(list_tables())
    assert len(listed) == 125
    assert listed["kepler"].startswith("the planets")
    assert "=" in listed["I.12.2"]
