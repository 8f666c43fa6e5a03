import json
from dataclasses import replace

import pytest
import torch
from typer.testing import CliRunner

from pellucid.artifacts.features.effects import Effects
from pellucid.cli import app
from pellucid.jobs.layers import open_layers
from pellucid.jobs.sources import measure_folder, source
from pellucid.jobs.subjects.corpus import find_corpus
from pellucid.look.layers.layer_effects import LayerSwap
from pellucid.plot.layers import draw_effects
from pellucid.subjects.models.loading.load_model import load_model

transformers = pytest.importorskip("transformers")
TEXT = "the cat sat on the mat and the dog ran to the cat " * 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from tokenizers import Tokenizer, models, pre_tokenizers

    place = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=20, hidden_size=16, intermediate_size=32, num_hidden_layers=6, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=64, initializer_range=0.3,
    )  # fmt: skip
    transformers.LlamaForCausalLM(config).save_pretrained(place)
    words = {word: i for i, word in enumerate(["<s>", "</s>", "?", *sorted(set(TEXT.split()))])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>").save_pretrained(
        place
    )
    return place


@pytest.fixture(scope="module")
def finding(folder):
    return open_layers(load_model(folder), [TEXT], rows=4, length=16)


def test_a_map_of_all_layers(finding):
    effects = finding.artifact
    assert len(effects.parts) == len(effects.groups) == 6
    assert {"KL, deleted", "KL, swapped", "entropy, logit lens", "attention, near"} <= set(effects.measures)
    assert len(finding.claims) >= 6
    assert json.loads(json.dumps(finding.to_dict()))["artifact"]["kind"] == "effects"


def test_it_is_drawn(finding):
    figure = draw_effects(finding.artifact)
    assert len(figure.axes) == 4
    words = {text.get_text().replace("\n", " ") for axes in figure.axes for text in axes.texts}
    assert words == set(finding.artifact.groups)


def test_effects_that_are_not_of_layers_become_bars():
    effects = Effects(("a -> b", "b -> c"), ("attribution",), ((1.0,), (-2.0,)), units=("nats",))
    axes = draw_effects(effects).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b -> c", "a -> b"]


def test_bad_input(folder):
    model = load_model(folder)
    with pytest.raises(ValueError, match="empty corpus"):
        open_layers(model, ["  "], rows=1, length=16)
    with pytest.raises(ValueError, match=r"give load_model\(name\), or LanguageModel\(model, tokenizer\)"):
        open_layers(model.model, [TEXT], rows=1, length=16)
    with pytest.raises(ValueError, match="text 2 of texts is a int; give text"):
        open_layers(model, [TEXT, 3], rows=1, length=16)
    with pytest.raises(ValueError, match="use that many rows, or more text"):
        open_layers(model, [TEXT], rows=10_000, length=16)
    with pytest.raises(ValueError, match="beyond the model's context"):
        open_layers(model, [TEXT], rows=1, length=65)


def test_the_command_resumes_and_writes(folder, tmp_path, monkeypatch):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(TEXT)
    out = tmp_path / "out"
    command = ["layers", str(folder), "--text", str(tmp_path / "corpus"), "--rows", "4", "--length", "16", "-q"]
    command += ["--output", str(out), "--no-open"]

    def killed(self, *args, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(LayerSwap, "explain", killed)
        assert CliRunner().invoke(app, command).exit_code == 130
    done = CliRunner().invoke(app, [*command, "--resume"])
    assert done.exit_code == 0, done.output
    assert (out / "report.html").is_file()
    data = json.loads((out / "finding.json").read_text())
    assert data["provenance"]["method"] == "layers"
    assert not list(tmp_path.glob(".out*"))


def test_the_command_tells_what_is_wrong(folder, tmp_path):
    done = CliRunner().invoke(app, ["layers", "./nowhere", "--output", str(tmp_path / "x")])
    assert done.exit_code == 2
    assert "is no folder" in done.output
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(app, ["layers", str(folder), "--text", str(tmp_path / "empty")])
    assert done.exit_code == 2
    assert "empty corpus" in done.output


def test_claims_are_measured_again_from_the_model(folder, finding, tmp_path):
    """Of the model and the text that are named, and of no others."""
    text = tmp_path / "cats.txt"
    text.write_text(TEXT)
    told = source("layers", str(text), rows=4, length=16, model="tiny")
    kept = open_layers(load_model(folder), find_corpus(text, tokens=256), rows=4, length=16)
    kept = replace(kept, provenance=replace(kept.provenance, source=told))
    honest = kept.save(tmp_path / "honest")
    checked = measure_folder(honest, text, str(folder))
    assert len(checked) == len(kept.claims)
    assert all(entry.ok and entry.measured for entry in checked)
    assert {entry.status for entry in measure_folder(honest, text)} == {"unchecked"}
    rows = [list(row) for row in kept.artifact.values]
    rows[0][0] += 0.5
    edited = replace(kept, artifact=replace(kept.artifact, values=tuple(map(tuple, rows)))).save(tmp_path / "edited")
    assert {entry.status for entry in measure_folder(edited, text, str(folder))} == {"fails"}
