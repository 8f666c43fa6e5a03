"""Labelled texts, built in and from files, and what is refused before a model is loaded."""

import pytest

from pellucid.jobs.subjects import probe_texts


def test_a_set_by_name_and_a_table_by_file(tmp_path):
    (tmp_path / "a.csv").write_text("text,y\na,1\nb,0\n")
    assert probe_texts.find_texts(str(tmp_path / "a.csv"), label="y").rows == 2
    assert probe_texts.find_texts("people", count=20).rows == 20
    with pytest.raises(ValueError, match="not built in"):
        probe_texts.find_texts("weather")


def test_rare_classes_are_named_before_a_model_is_loaded(tmp_path):
    rows = "".join(f"{i} word,{'abc'[min(i // 6, 2)]},{i % 7}\n" for i in range(14))
    (tmp_path / "a.csv").write_text(f"text,kind,thing\n{rows}")
    given = str(tmp_path / "a.csv")
    with pytest.raises(ValueError, match=r"1 of 3 classes .* \('c' in 2\); keep the 2 most frequent .*--classes 2"):
        probe_texts.find_texts(given, label="kind")
    assert probe_texts.find_texts(given, label="kind", classes=2).names == ("a", "b")
    warning = probe_texts.group_warning(probe_texts.find_texts(given, label="kind", classes=2))
    assert "give --group thing" in warning
    assert not probe_texts.group_warning(probe_texts.find_texts(given, label="kind", classes=2, group="thing"))


def test_lists_what_is_built_in():
    assert {"cities", "negated_cities", "places", "people"} <= {name for name, _ in probe_texts.list_texts()}
