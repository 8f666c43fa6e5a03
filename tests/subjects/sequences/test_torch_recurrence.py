"""Weights of torch's own recurrent modules run as they do in torch, and bad files are refused without running code."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from pellucid.subjects import Alphabet, read_recurrence
from pellucid.subjects.sequences.torch_recurrence import read_weights

PAIRS = Alphabet((0, 0), (1, 1))
MODULES = {"tanh": nn.RNN, "relu": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Model(nn.Module):
    def __init__(self, kind: str, inputs=2, outputs=3, layers=1, hidden=5, symbols=0, bias=True):
        super().__init__()
        if symbols:
            self.embedding = nn.Embedding(symbols, inputs)
        options = {"nonlinearity": kind} if MODULES[kind] is nn.RNN else {}
        self.rnn = MODULES[kind](inputs, hidden, layers, batch_first=True, bias=bias, **options)
        self.head = nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.head(self.rnn(self.embedding(x) if hasattr(self, "embedding") else x)[0])


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def saved(model: nn.Module, path: Path) -> Path:
    if path.suffix == ".safetensors":
        save_file(model.state_dict(), path)
    else:
        torch.save(model.state_dict(), path)
    return path


def raw_outputs(recurrence, inputs):
    state, outputs = recurrence.start(len(inputs)), []
    for t in range(inputs.shape[1]):
        state, raw = recurrence.step(state, inputs[:, t])
        outputs.append(raw)
    return np.stack(outputs, 1)


@pytest.mark.parametrize("kind", list(MODULES))
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_agrees_with_torch(tmp_path, kind, layers, suffix):
    model = Model(kind, layers=layers)
    path = saved(model, tmp_path / f"m{suffix}")
    recurrence = read_recurrence(path, alphabet=PAIRS, activation="relu" if kind == "relu" else "tanh")
    inputs = PAIRS.sample(np.random.default_rng(0), 20, 12)
    with torch.no_grad():
        expected = model(torch.as_tensor(inputs, dtype=torch.float32)).numpy()
    assert np.abs(raw_outputs(recurrence, inputs) - expected).max() < 1e-6
    assert recurrence.state_size == layers * 5 * (2 if kind == "lstm" else 1)
    assert recurrence.step.shape["hidden_size"] == 5
    assert set(recurrence.step.weights) == set(model.state_dict())


def test_without_biases_in_double_precision(tmp_path):
    model = Model("gru", bias=False).double()
    recurrence = read_recurrence(saved(model, tmp_path / "m.pt"), alphabet=PAIRS)
    inputs = PAIRS.sample(np.random.default_rng(0), 4, 6)
    with torch.no_grad():
        expected = model(torch.as_tensor(inputs, dtype=torch.float64)).numpy()
    assert np.abs(raw_outputs(recurrence, inputs) - expected).max() < 1e-12


def test_one_hot_inputs_are_recognised(tmp_path):
    letters = Alphabet((3,), (6,))
    model = Model("lstm", inputs=4)
    recurrence = read_recurrence(saved(model, tmp_path / "m.pt"), alphabet=letters)
    assert "inputs as one-hot" in recurrence.source
    inputs = letters.sample(np.random.default_rng(0), 4, 6)
    with torch.no_grad():
        expected = model(torch.eye(4)[torch.as_tensor(inputs[:, :, 0] - 3)]).numpy()
    assert np.abs(raw_outputs(recurrence, inputs) - expected).max() < 1e-6


def test_one_hot_each_is_told_from_one_hot(tmp_path):
    alphabet = Alphabet((0, 0), (1, 2))
    assert (
        "one-hot-each" in read_recurrence(saved(Model("tanh", inputs=5), tmp_path / "a.pt"), alphabet=alphabet).source
    )
    assert (
        "as one-hot (" in read_recurrence(saved(Model("tanh", inputs=6), tmp_path / "b.pt"), alphabet=alphabet).source
    )
    path = saved(Model("tanh", inputs=4), tmp_path / "c.pt")
    with pytest.raises(ValueError, match="one-hot and one-hot-each fit alike; say which --encoding"):
        read_recurrence(path, alphabet=PAIRS)
    recurrence = read_recurrence(path, alphabet=PAIRS, encoding="one-hot-each")
    assert recurrence.step._encode(np.array([[1, 0]])).tolist() == [[0, 1, 1, 0]]


def test_an_embedding_is_used(tmp_path):
    model = Model("gru", inputs=3, symbols=4)
    recurrence = read_recurrence(saved(model, tmp_path / "m.pt"), alphabet=Alphabet((0,), (3,)))
    inputs = recurrence.alphabet.sample(np.random.default_rng(0), 4, 6)
    with torch.no_grad():
        expected = model(torch.as_tensor(inputs[:, :, 0])).numpy()
    assert np.abs(raw_outputs(recurrence, inputs) - expected).max() < 1e-6
    with pytest.raises(ValueError, match="an embedding of 4 symbols for the 2 symbols"):
        read_recurrence(tmp_path / "m.pt", alphabet=Alphabet((0,), (1,)))


def test_decodings_are_assumed_from_the_outputs_or_told(tmp_path):
    summing = Model("relu", inputs=1, outputs=1, hidden=1)
    for name, value in summing.state_dict().items():
        value.fill_(1.0 if "weight" in name else 0.0)
    path = saved(summing, tmp_path / "sum.pt")
    rounding = read_recurrence(path, alphabet=Alphabet((0,), (1,)), activation="relu", horizon=8)
    assert "outputs by round (assumed" in rounding.source
    assert rounding.horizon == 8
    assert rounding.run(np.ones((1, 3, 1), int))[0, :, 0].tolist() == [1, 2, 3]
    scores = read_recurrence(saved(Model("gru"), tmp_path / "a.pt"), alphabet=PAIRS)
    assert "outputs by argmax (assumed" in scores.source
    logits = read_recurrence(saved(Model("gru", outputs=1), tmp_path / "b.pt"), alphabet=PAIRS)
    assert "outputs by threshold (assumed" in logits.source
    told = read_recurrence(tmp_path / "a.pt", alphabet=PAIRS, decoding="round", encoding="numbers")
    assert "inputs as numbers (as told), outputs by round (as told)" in told.source


def test_reading_leaves_the_global_random_state_alone(tmp_path):
    path = saved(Model("lstm"), tmp_path / "m.pt")
    before = torch.get_rng_state()
    read_recurrence(path, alphabet=PAIRS)
    assert torch.equal(before, torch.get_rng_state())


def test_wrapped_and_prefixed_state_dicts_and_cells_are_read(tmp_path):
    state = Model("gru").state_dict()
    torch.save({"epoch": 3, "state_dict": {f"module.{k}": v for k, v in state.items()}}, tmp_path / "w.pt")
    assert read_recurrence(tmp_path / "w.pt", alphabet=PAIRS).state_size == 5
    torch.save({k.replace("_l0", "").replace("rnn", "cell"): v for k, v in state.items()}, tmp_path / "c.pt")
    assert read_recurrence(tmp_path / "c.pt", alphabet=PAIRS).state_size == 5


def _changed(**changes):
    state = dict(Model("gru").state_dict())
    state.update({name.replace("__", "."): value for name, value in changes.items()})
    return {name: value for name, value in state.items() if value is not None}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, "m.pt: the file holds no weights"),
        ({"a.weight": torch.zeros(2, 2)}, "no recurrent weights"),
        (_changed(rnn__weight_hh_l0=torch.zeros(10, 5)), "rnn.weight_hh_l0 has shape (10, 5); give"),
        (_changed(rnn__weight_hh_l0=torch.zeros(7)), "without matrices"),
        (_changed(rnn__weight_hh_l0=torch.zeros(0, 0)), "without matrices"),
        (_changed(rnn__weight_ih_l0=torch.zeros(14, 2)), "rnn.weight_ih_l0 has shape (14, 2), not (15, 2)"),
        (_changed(rnn__bias_hh_l0=None), "rnn.bias_hh_l0 is missing"),
        (_changed(rnn__weight_ih_l2=torch.zeros(15, 5)), "rnn.weight_ih_l1 is missing"),
        (_changed(rnn__weight_ih_l0_reverse=torch.zeros(15, 2)), "bidirectional"),
        (_changed(rnn__weight_hr_l0=torch.zeros(2, 5)), "projected"),
        (_changed(other__weight_ih_l0=torch.zeros(15, 2)), "several recurrent modules, ['other.', 'rnn.']"),
        (_changed(head__weight=None, head__bias=None), "no head"),
        (_changed(head__bias=torch.zeros(2)), "head.bias has shape (2,); give (3,)"),
        (_changed(head2__weight=torch.zeros(9, 5)), "several candidates for the head, ['head.weight', 'head2.weight']"),
        (_changed(last__weight=torch.zeros(2, 3)), "last.weight: no part of the recurrence"),
        (_changed(norm__weight=torch.zeros(5)), "norm.weight: no part of the recurrence"),
        (_changed(head__bias=torch.tensor([1.0, float("nan"), 0])), "head.bias holds NaN or infinity"),
        (_changed(head__bias=torch.zeros(3, dtype=torch.int8)), "head.bias holds torch.int8"),
        (_changed(rnn__weight_ih_l0=torch.zeros(15, 7)), "no encoding fits; correct --alphabet"),
        (["not", "a", "dict"], "the file holds list, which is no state_dict"),
        ({"rnn.weight_ih_l0": "words"}, "a mapping of other things than tensors"),
    ],
)
def test_bad_states_are_refused_in_one_line(tmp_path, state, message):
    torch.save(state, tmp_path / "m.pt")
    with pytest.raises(ValueError) as caught:
        read_recurrence(tmp_path / "m.pt", alphabet=PAIRS)
    assert message in str(caught.value)
    assert str(caught.value).startswith("m.pt: ")
    assert "\n" not in str(caught.value)


class Hostile:
    """Unpickling it would make a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_no_code_in_a_pickle_is_run(tmp_path):
    for name, write in (("plain.pt", lambda value, file: pickle.dump(value, file)), ("zip.pt", torch.save)):
        with (tmp_path / name).open("wb") as file:
            write({"a": Hostile(tmp_path / "made")}, file)
        with pytest.raises(ValueError, match="not loaded; save it with") as caught:
            read_weights(tmp_path / name)
        assert "\n" not in str(caught.value)
    torch.save(Model("gru"), tmp_path / "module.pt")  # a whole module needs its class, which is code
    with pytest.raises(ValueError, match="not loaded"):
        read_weights(tmp_path / "module.pt")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_damaged_files_are_refused(tmp_path, suffix):
    content = saved(Model("lstm"), tmp_path / f"m{suffix}").read_bytes()
    for damaged in (b"", b"\0" * 20, b"hello world, no weights here", content[:100], content[: len(content) // 2]):
        (tmp_path / f"d{suffix}").write_bytes(damaged)
        with pytest.raises(ValueError, match=f"d{suffix}: .*damaged") as caught:
            read_weights(tmp_path / f"d{suffix}")
        assert "\n" not in str(caught.value)


def test_unknown_words_are_refused_before_anything_is_read(tmp_path):
    for options, message in (
        ({"activation": "gelu"}, "activation='gelu' is unknown; use tanh or relu"),
        ({"encoding": "bits"}, "encoding='bits' is unknown; use one of numbers"),
        ({"decoding": "max"}, "decoding='max' is unknown; use one of round"),
    ):
        with pytest.raises(ValueError, match=message):
            read_recurrence(tmp_path / "none.pt", alphabet=PAIRS, **options)
    with pytest.raises(ValueError, match=r"suffix '\.onnx' is unknown"):
        read_recurrence(tmp_path / "m.onnx", alphabet=PAIRS)
    with pytest.raises(FileNotFoundError):
        read_recurrence(tmp_path / "none.pt", alphabet=PAIRS)
