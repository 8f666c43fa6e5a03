import json

import pytest

from pellucid.subjects.models.conversation import Conversation
from pellucid.subjects.models.text_files import TextFiles, read_texts


def test_a_folder_of_everything(tmp_path):
    (tmp_path / "b.txt").write_text("second")
    (tmp_path / "a.md").write_text("first")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.jsonl").write_text('{"text": "third"}\n\n{"text": "fourth"}\n"fifth"\n')
    (tmp_path / "e.csv").write_text('text,label\n"sixth, with a comma",1\n')
    (tmp_path / "ignored.pdf").write_bytes(b"\xff")
    (tmp_path / "empty.txt").write_text("  \n")
    assert read_texts(tmp_path) == ["first", "second", "third", "fourth", "fifth", "sixth, with a comma"]


def test_another_column(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"body": "x"}))
    assert read_texts(tmp_path / "a.jsonl", column="body") == ["x"]
    with pytest.raises(ValueError, match=r"line 1 has no text in column 'text' \(there is \['body'\]\)"):
        read_texts(tmp_path / "a.jsonl")


def test_tables_of_columns(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")

    table = pyarrow.table({"text": ["one", None, "two"]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    assert read_texts(tmp_path / "a.parquet") == ["one", "two"]
    folder = tmp_path / "set"
    folder.mkdir()
    with pyarrow.OSFile(str(folder / "data.arrow"), "wb") as sink, pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data.arrow"}]}))
    assert read_texts(folder) == ["one", "two"]


def test_bad_input(tmp_path):
    with pytest.raises(ValueError, match="neither file nor folder"):
        read_texts(tmp_path / "nothing")
    with pytest.raises(ValueError, match="empty corpus"):
        read_texts(tmp_path)
    (tmp_path / "a.jsonl").write_text("{not json")
    with pytest.raises(ValueError, match="line 1 is not JSON"):
        read_texts(tmp_path / "a.jsonl")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ValueError, match="no UTF-8"):
        read_texts(tmp_path / "b.txt")


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_what_is_no_text_is_named(tmp_path, name):
    first = b'"text"\n' if name == "a.jsonl" else b"text\n"
    (tmp_path / name).write_bytes(first + b"\x00\x01\x02")
    with pytest.raises(ValueError, match=rf"{name}.* zero byte"):
        read_texts(tmp_path)
    (tmp_path / name).write_bytes(first + b"\xff\xfe\xfa")
    with pytest.raises(
        ValueError, match=rf"{name}.*(byte [57] is no UTF-8 text; save|no UTF-8 text .byte [57].; convert)"
    ):
        read_texts(tmp_path)


def test_json_is_read_and_never_its_marks(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(["one", {"text": "two"}]))
    (tmp_path / "b.json").write_text(json.dumps({"text": ["three", "four"]}))
    (tmp_path / "c.json").write_text(json.dumps({"text": "five"}, indent=1))
    assert read_texts(tmp_path) == ["one", "two", "three", "four", "five"]
    assert read_texts(tmp_path / "c.json") == ["five"]
    (tmp_path / "d.json").write_text('{"title": 3}')
    with pytest.raises(ValueError, match=r"entry 1 has no text in column 'text' \(there is \['title'\]\)"):
        read_texts(tmp_path / "d.json")
    (tmp_path / "d.json").write_text('{"text": ')
    with pytest.raises(ValueError, match="is not JSON"):
        read_texts(tmp_path / "d.json")


def test_conversations_are_told_from_texts(tmp_path):
    talk = [{"role": "user", "content": "Hi"}]
    (tmp_path / "a.jsonl").write_text(json.dumps({"messages": talk}) + "\n" + json.dumps({"messages": "plain"}))
    first, second = TextFiles(tmp_path, "messages")
    assert first == Conversation(tuple(talk))
    assert second == "plain"
    with pytest.raises(ValueError, match="holds conversations"):
        read_texts(tmp_path, "messages")
    (tmp_path / "a.jsonl").write_text(json.dumps({"messages": [{"role": "user"}]}))
    with pytest.raises(ValueError, match="no text in column 'messages'"):
        list(TextFiles(tmp_path, "messages"))


def test_lines_are_read_one_by_one(tmp_path):
    (tmp_path / "a.jsonl").write_text('"first"\n{"no json')
    texts = iter(TextFiles(tmp_path / "a.jsonl"))
    assert next(texts) == "first"  # the fault of a later line does not stand in the way
    with pytest.raises(ValueError, match="line 2 is not JSON"):
        next(texts)
