"""The commands `monitor` and `watch`, and the guard of a model that writes: on a tiny model and a word as the alarm."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from pellucid.artifacts import Dictionary, Monitor
from pellucid.cli import app
from pellucid.core import Finding, Provenance, load_finding
from pellucid.look import Guard
from pellucid.subjects.models.loading.load_model import load_model

transformers = pytest.importorskip("transformers")
WORDS = ["a", "cat", "sat", "on", "the", "mat", "and", "dog", "ran", "to", "blue", "one", "two"]


def run(*arguments: object, text: str | None = None):
    return CliRunner().invoke(app, [*map(str, arguments)], input=text)


@pytest.fixture(scope="module")
def place(tiny_model, tmp_path_factory):
    """A dictionary of words where the words come in; and texts of which those with "red" are alarming."""
    place = tmp_path_factory.mktemp("monitored")
    (place / "model").symlink_to(tiny_model.folder)
    model = transformers.LlamaForCausalLM.from_pretrained(tiny_model.folder)
    rows = torch.nn.functional.normalize(model.get_input_embeddings().weight.detach().float(), dim=1)
    dictionary = Dictionary("TopK", rows.T, rows, torch.zeros(20), torch.zeros(16), k=1)
    told = Provenance("look.TopKSAE", {"layer": "model.embed_tokens", "model": str(place / "model")}, 0, "")
    Finding(dictionary, (), told).save(place / "made")
    numbers = np.random.default_rng(0)
    lines = ["text,label"]
    for number in range(150):
        words = list(numbers.choice(WORDS, numbers.integers(4, 12)))
        words[1] = "red" if number % 2 else words[1]
        lines.append(f"{' '.join(words)},{'yes' if number % 2 else 'no'}")
    (place / "texts.csv").write_text("\n".join(lines))
    arguments = ("--dictionary", place / "made", "--texts", place / "texts.csv", "--output", place / "alarm")
    assert run("monitor", place / "model", *arguments, "--no-open").exit_code == 0
    return place


def test_the_word_is_found(place):
    finding = load_finding(place / "alarm")
    assert finding.artifact.features.tolist() == [13]  # "red", behind three special tokens
    assert finding.measured("auc") == 1
    assert finding.measured("caught") == 100
    assert finding.measured("false_alarms") == 0
    assert isinstance(finding.artifact, Monitor)


def test_texts_are_scored_as_they_come(place):
    lines = "".join(json.dumps({"text": text}) + "\n\n" for text in ("the cat", "the red cat", "a dog"))
    told = run("watch", place / "alarm", "--model", place / "model", text=lines)
    assert told.exit_code == 1
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line["alarm"] for line in found] == [False, True, False]
    calm = run("watch", place / "alarm", "--model", place / "model", text='{"text": "the cat"}\n')
    assert calm.exit_code == 0


def test_drift_is_told(place):
    lines = '{"text": "red red"}\n' * 40
    told = run("watch", place / "alarm", "--model", place / "model", "--window", 40, text=lines)
    assert "have drifted" in told.output
    assert json.loads(told.stdout.splitlines()[-1])["drift"]["drifted"] is True


def test_a_model_that_writes_is_stopped_or_steered(place):
    finding = load_finding(place / "alarm")
    dictionary, model = finding.parts["dictionary"], load_model(str(place / "model"))
    start = torch.tensor([[0, 3]])
    options = {"max_new_tokens": 30, "do_sample": False, "use_cache": True, "pad_token_id": 1, "eos_token_id": 2}
    free = model.model.generate(start, **options)[0].tolist()
    word = free[6]  # some word that it writes by itself, not the last one
    alarm = Monitor([word], [1.0], 1e-3, 0.05, [0.0], np.zeros((1, 2)), path="model.embed_tokens")  # type: ignore[arg-type]
    guard = Guard(alarm, model, dictionary)
    with guard.on():
        stopped = model.model.generate(start, **options, stopping_criteria=guard.criteria())[0].tolist()
    assert guard.alarmed
    first = free.index(word, 2)
    assert stopped == free[: first + 2]  # the word is seen when it is read, one pass later
    steering = Guard(alarm, model, dictionary, steers=True)
    with steering.on():
        steered = model.model.generate(start, **options, stopping_criteria=steering.criteria())[0].tolist()
    assert steering.alarmed
    assert steered[: first + 1] == free[: first + 1]
    assert len(steered) > len(stopped) or 2 in steered
    assert model.model.generate(start, **options)[0].tolist() == free  # nothing is left of it


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--feature", "x"), "are no numbers of features"),
        (("--feature", "99"), "are not features of 20"),
        (("--false-alarms", "0.001"), "too few for false_alarms=0.001"),
        (("--label", "colour"), "colour"),
        (("--texts", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_bad_input_is_told_in_one_line(place, tmp_path, arguments, message):
    given = ("--dictionary", place / "made", "--texts", place / "texts.csv", "--output", tmp_path / "out")
    told = run("monitor", place / "model", *given, *arguments)
    assert told.exit_code == 2
    assert message in " ".join(told.output.split())
    assert "Traceback" not in told.output


@pytest.mark.parametrize(
    ("line", "message"),
    [("no json", "line 1 is no JSON"), ('{"words": 3}', "line 1 has no text in 'text'"), ('{"text": " "}', "line 1")],
)
def test_lines_that_are_none_are_told(place, line, message):
    told = run("watch", place / "alarm", "--model", place / "model", text=f"{line}\n")
    assert told.exit_code == 2
    assert message in " ".join(told.output.split())


def test_a_folder_that_holds_no_monitor_is_refused(place):
    told = run("watch", place / "made", text="")
    assert told.exit_code == 2
    assert "give what `pellucid monitor` wrote" in " ".join(told.output.split())
