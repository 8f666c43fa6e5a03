"""The command `probe`: lists, refuses, and writes a folder."""

from types import SimpleNamespace

import pytest
import torch
import typer
from torch import nn
from typer.testing import CliRunner

import pellucid.subjects.language_model as language_model
from pellucid.cli.probe import probe
from pellucid.nets.state_transformer import Block


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.layers = nn.Embedding(128, 16), nn.ModuleList(Block(16, 2) for _ in range(2))

    def forward(self, ids):
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x)
        return SimpleNamespace(logits=x)


@pytest.fixture
def run(monkeypatch, tmp_path):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = Tiny().eval()
    model = SimpleNamespace(
        model=network, layers=("layers.0", "layers.1"), context=40, device=torch.device("cpu"), width=16,
        encode=lambda texts: [[ord(letter) for letter in text] for text in texts],
        tokenizer=SimpleNamespace(bos_token_id=None),
    )  # fmt: skip
    monkeypatch.setattr(language_model, "load_model", lambda name: model)
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.command()(probe)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_lists_the_built_in_texts(run):
    told = run("--list")
    assert told.exit_code == 0
    assert "negated_cities" in told.output


def test_asks_for_what_is_missing(run, tmp_path):
    assert run("model").exit_code == 2
    (tmp_path / "a.csv").write_text("text,y\na,1\nb,0\n")
    assert run("model", "a.csv").exit_code == 2  # neither a label nor a target
    assert run("model", "a.csv", "--label", "y", "--layer", "7").exit_code == 2


def test_writes_a_folder(run, tmp_path):
    rows = "".join(f"{'abcde'[i % 5]}{'fgh'[i % 3]}{'xz'[i % 2]},{i % 2}\n" for i in range(60))
    (tmp_path / "ends.csv").write_text(f"text,end\n{rows}")
    told = run("model", "ends.csv", "--label", "end", "--layer", "1", "--quiet", "--no-open")
    assert told.exit_code == 0, told.output
    assert told.stdout.strip() == "probe-ends"
    written = {path.name for path in (tmp_path / "probe-ends").iterdir()}
    assert {"finding.json", "report.html", "direction.safetensors", "probe_predictions.safetensors"} <= written
