"""Every layout that the docstring names is read, and every bad file is refused in one line that helps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pellucid.subjects import Alphabet, read_sequences

STEPS = "sequence,step,a,b,y\n0,0,1,1,0\n0,1,0,1,0\n1,0,1,0,1\n"


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_csv_with_a_row_a_step(tmp_path):
    sequences = read_sequences(written(tmp_path, "add.csv", STEPS))
    assert sequences.inputs.tolist() == [[[1, 1], [0, 1]], [[1, 0], [0, 0]]]
    assert sequences.outputs[:, :, 0].tolist() == [[0, 0], [1, 0]]
    assert sequences.lengths.tolist() == [2, 1]
    assert sequences.mask.tolist() == [[True, True], [True, False]]
    assert sequences.alphabet == Alphabet((0, 0), (1, 1))


def test_csv_steps_may_come_in_any_order_and_leave_labels_out(tmp_path):
    path = written(tmp_path, "s.csv", "sequence,t,x,label\nb,1,5,\na,0,3,3\nb,0,4,4\n")
    sequences = read_sequences(path)
    assert sequences.inputs[:, :, 0].tolist() == [[4, 5], [3, 3]]
    assert sequences.mask.tolist() == [[True, False], [True, False]]


def test_csv_with_a_row_a_sequence(tmp_path):
    sequences = read_sequences(written(tmp_path, "xor.csv", "0 1 1 0, 0 1 0 0\n1 1 0, 1 0 0\n"))
    assert sequences.inputs[:, :, 0].tolist() == [[0, 1, 1, 0], [1, 1, 0, 0]]
    assert sequences.outputs[1, :3, 0].tolist() == [1, 0, 0]
    assert sequences.lengths.tolist() == [4, 3]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_with_named_cells_of_several_inputs(tmp_path, separator):
    text = "a,b,y\n0 1,1 1,1 0\n1 1,1 0,0 1\n".replace(",", separator)
    sequences = read_sequences(written(tmp_path, "add.csv", "\ufeff" + text))
    assert sequences.inputs[0].tolist() == [[0, 1], [1, 1]]


def test_csv_of_memberships_labels_last_steps_only(tmp_path):
    sequences = read_sequences(written(tmp_path, "m.csv", "inputs,label\na b a,yes\nb,no\n"))
    assert sequences.alphabet.symbols == (("a", "b"),)
    assert sequences.output_symbols == ("no", "yes")
    assert sequences.mask.tolist() == [[False, False, True], [True, False, False]]
    assert sequences.outputs[0, 2, 0] == 1


def test_jsonl_of_numbers_lists_and_gaps(tmp_path):
    lines = [{"inputs": [[1, 1], [0, 1]], "outputs": [0, None]}, {"inputs": [[1, 0]], "outputs": [True]}]
    sequences = read_sequences(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines))))
    assert sequences.inputs[0].tolist() == [[1, 1], [0, 1]]
    assert sequences.mask.tolist() == [[True, False], [True, False]]


def test_jsonl_of_characters_and_of_words(tmp_path):
    characters = '{"inputs": "(()", "label": "open"}\n{"inputs": "()", "label": "shut"}\n'
    sequences = read_sequences(written(tmp_path, "c.jsonl", characters))
    assert sequences.alphabet.symbols == (("(", ")"),)
    assert sequences.inputs[0, :, 0].tolist() == [0, 0, 1]
    words = '{"inputs": "go left", "outputs": "ok ok"}\n{"inputs": "left", "outputs": "bad"}\n'
    sequences = read_sequences(written(tmp_path, "w.jsonl", words))
    assert sequences.alphabet.symbols == (("go", "left"),)
    assert sequences.output_symbols == ("bad", "ok")


def test_npz_with_mask_and_lengths(tmp_path):
    inputs, outputs = np.array([[0, 1, 2], [1, 1, 9]]), np.array([[0, 1, 3], [1, 2, 9]])
    mask = np.array([[1, 0, 1], [1, 1, 1]])
    np.savez(tmp_path / "s.npz", inputs=inputs, outputs=outputs, mask=mask, lengths=np.array([3, 2]))
    sequences = read_sequences(tmp_path / "s.npz")
    assert sequences.alphabet == Alphabet((0,), (2,))
    assert sequences.mask.tolist() == [[True, False, True], [True, True, False]]


def test_npz_of_words_with_one_label_a_sequence(tmp_path):
    np.savez(tmp_path / "s.npz", inputs=np.array([["a", "b"], ["b", "b"]]), outputs=np.array([1, 0]))
    sequences = read_sequences(tmp_path / "s.npz")
    assert sequences.alphabet.symbols == (("a", "b"),)
    assert sequences.mask.tolist() == [[False, True], [False, True]]


def test_a_told_alphabet_gives_words_and_ranges_their_meaning(tmp_path):
    path = written(tmp_path, "s.csv", "0 # 1,0 0 1\n1 #,1 1\n")
    sequences = read_sequences(path, alphabet=Alphabet((0,), (2,), (("0", "1", "#"),)))
    assert sequences.inputs[0, :, 0].tolist() == [0, 2, 1]
    wide = read_sequences(written(tmp_path, "t.csv", "0 1,0 1\n1 1,1 0\n"), alphabet=Alphabet((-3,), (3,)))
    assert wide.alphabet.size == 7


def test_padding_stays_inside_the_alphabet(tmp_path):
    sequences = read_sequences(written(tmp_path, "s.csv", "5 6 7,5 6 7\n7,7\n6,6\n"))
    index = sequences.alphabet.index(sequences.inputs)
    assert ((index >= 0) & (index < sequences.alphabet.size)).all()


BAD = [
    ("no.txt", "0 1,0 1", "suffix '.txt' is unknown; give one of .csv, .tsv, .jsonl, .npz"),
    ("a.csv", "", "a.csv: the file is empty"),
    ("a.csv", "\n  \n", "a.csv: the file holds no rows"),
    ("a.csv", "sequence,x,y\n", "a.csv: the file holds no sequences"),
    ("a.csv", "sequence,step,x\n0,0,1\n", "no output; add one"),
    ("a.csv", "sequence,y\n0,1\n", "no input; add one"),
    ("a.csv", "sequence,x,y\n0,1,1\n0,1\n", "a.csv: line 3: 2 cells, the first row has 3"),
    ("a.csv", "sequence,step,x,y\n0,0,1,1\n0,2,1,1\n", "line 3: sequence '0' has step 2 after step 0"),
    ("a.csv", "sequence,step,x,y\n0,0,1,1\n0,0,1,1\n", "line 3: sequence '0' has step 0 twice"),
    ("a.csv", "sequence,step,x,y\n0,zero,1,1\n", "line 2: step is 'zero'; give a whole number"),
    ("a.csv", "sequence,x,y\n0,1,0.5\n", "line 2: output is '0.5'; give an integer"),
    ("a.csv", "sequence,x,y\n0,nan,1\n", "line 2: input is 'nan'; give an integer"),
    ("a.csv", "sequence,x,y\n0,99999999999999999999999,1\n", "line 2: input is '99999999999999999999999'"),
    ("a.csv", "sequence,x,y\n0,,1\n", "line 2: input is ''; give an integer"),
    ("a.csv", "sequence,x,y\n0,1,1\n0,l,1\n", "line 3: input 'l' among integers; correct it, or tell the alphabet"),
    ("a.csv", "0 1 1, 0 1\n", "line 1: 3 inputs but 2 outputs; give 3, one for each input step"),
    ("a.csv", "0 1 1, 0\n0 1, 0 1\n", "line 2: 2 inputs but 2 outputs; give 1, as other sequences have"),
    ("a.csv", "a,b,y\n0 1,1 1 1,0 1\n", "line 2: cells of [2, 3] steps"),
    ("a.csv", "0 1,\n", "line 1: an empty cell"),
    ("a.csv", "1 1,2 2,3 3\n", "line 1: 3 cells and no header"),
    ("a.csv", "x,y\n0,0\n1,1\n", "add the column `sequence`"),
    ("a.csv", "0 1,0 1\n0 1 1,0 0 1\n", "a.csv: the sequences at lines 1 and 2 have the same first 2 inputs"),
    ("a.csv", b"\x89PNG\r\n\x1a\n\xff\xfe" * 9, "a.csv: byte 0 is no UTF-8 text"),
    ("a.csv", b"0,1\n\0\0\0", "zero bytes"),
    ("a.jsonl", "{", "a.jsonl: line 1: not JSON"),
    ("a.jsonl", "[" * 100_000, "a.jsonl: line 1: not JSON"),
    ("a.jsonl", "3", "line 1: found a int"),
    ("a.jsonl", '{"inputs": [1]}', "line 1: found keys ['inputs']"),
    ("a.jsonl", '{"inputs": 3, "outputs": [1]}', "line 1: inputs is 3; give a list"),
    ("a.jsonl", '{"inputs": [], "outputs": []}', "line 1: a sequence has no step"),
    ("a.jsonl", '{"inputs": [[]], "outputs": [1]}', "the steps are empty"),
    ("a.jsonl", '{"inputs": [1, null], "outputs": [1, 1]}', "line 1: input is null"),
    ("a.jsonl", '{"inputs": [1, {"x": 1}], "outputs": [1, 1]}', 'line 1: input is {"x": 1}'),
    ("a.jsonl", '{"inputs": [NaN], "outputs": [1]}', "line 1: input is nan"),
    ("a.jsonl", '{"inputs": [1, 2], "outputs": [1, 2, 3]}', "line 1: 2 inputs but 3 outputs"),
    ("a.jsonl", '{"inputs": [[1, 2], [1]], "outputs": [1, 1]}', "line 1: a step has 1 inputs, not 2"),
    ("a.jsonl", '{"inputs": [1], "outputs": [[1, null]]}', "line 1: a step with only some of its outputs"),
    ("a.jsonl", '{"inputs": [1], "outputs": [null]}', "label at least one"),
    ("a.npz", b"", "the file is empty"),
    ("a.npz", b"garbage" * 50, "a.npz: the file is damaged, or no .npz archive"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD)
def test_bad_files_are_refused_in_one_line(tmp_path, name, content, message):
    with pytest.raises(ValueError) as caught:
        read_sequences(written(tmp_path, name, content))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def _arrays(**changed):
    good = {"inputs": np.zeros((2, 3), int), "outputs": np.zeros((2, 3), int)}
    return {name: value for name, value in (good | changed).items() if value is not None}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (_arrays(outputs=None), "no 'outputs'"),
        (_arrays(inputs=np.array([[1, "a", None]], dtype=object)), "holds Python objects"),
        (_arrays(inputs=np.zeros((0, 3))), "inputs is float64 (0, 3)"),
        (_arrays(inputs=np.zeros((2, 3), complex)), "inputs is complex128"),
        (_arrays(outputs=np.zeros((2, 2), int)), "one output for each input step"),
        (_arrays(inputs=np.full((2, 3), np.nan)), "sequence 0: input is nan"),
        (_arrays(inputs=np.full((2, 3), 0.5)), "sequence 0: input is 0.5"),
        (_arrays(lengths=np.array([1, 4])), "lengths must be 2 whole numbers from 1 to 3"),
        (_arrays(mask=np.ones((2, 2), bool)), "mask is bool (2, 2)"),
        (_arrays(outputs=np.array([[0, 0, 0], [0, 1, 0]])), "sequences 0 and 1 have the same first 2 inputs"),
    ],
)
def test_bad_archives_are_refused_in_one_line(tmp_path, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValueError) as caught:
        read_sequences(tmp_path / "a.npz")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_truncated_archive_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", **_arrays())
    content = (tmp_path / "a.npz").read_bytes()
    for keep in (4, len(content) // 2, len(content) - 5):
        with pytest.raises(ValueError, match="damaged"):
            read_sequences(written(tmp_path, "b.npz", content[:keep]))


def test_values_outside_a_told_alphabet_are_refused(tmp_path):
    path = written(tmp_path, "a.csv", "0 1,0 1\n0 7,0 0\n")
    with pytest.raises(ValueError, match=r"line 2: input 1 is 7, outside the alphabet 0\.\.1"):
        read_sequences(path, alphabet=Alphabet((0,), (1,)))
    with pytest.raises(ValueError, match="line 1: a step has 1 inputs, not 2"):
        read_sequences(path, alphabet=Alphabet((0, 0), (1, 1)))
    with pytest.raises(ValueError, match="line 2: input '7' is none of the alphabet's"):
        read_sequences(path, alphabet=Alphabet((0,), (1,), (("0", "1"),)))


def test_a_missing_file_and_a_folder_are_os_errors(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises((OSError, ValueError)):
            read_sequences(path)
