"""The command `probe`: lists, refuses, and writes a folder."""

from types import SimpleNamespace

import pytest
import torch
import typer
from torch import nn
from typer.testing import CliRunner

import pellucid.subjects.models.loading.load_model as loading
from pellucid.cli.commands.probe import probe
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
    monkeypatch.setattr(loading, "load_model", lambda name, **given: model)
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


def test_warns_of_columns_that_repeat_and_tells_several_classes(run, tmp_path):
    rows = "".join(
        f"{'abcde'[i % 5]}{'fgh'[i // 2 % 3]}{i} {'xyz'[i % 3]},{'xyz'[i % 3]},{i // 3}\n" for i in range(90)
    )
    (tmp_path / "ends.csv").write_text(f"text,end,thing\n{rows}")
    told = run("model", "ends.csv", "--label", "end", "--layer", "0", "--no-open", "--read", "mean")
    assert told.exit_code == 0, told.output
    assert "give --group thing" in told.stderr
    assert "tells 3 classes apart" in told.stdout
    report = (tmp_path / "probe-ends" / "report.html").read_text()
    assert "the mean over the tokens is read" in report
    assert "read as" in report  # the confusion matrix
    grouped = run("model", "ends.csv", "--label", "end", "--classes", "2", "--group", "thing", "--no-open")
    assert grouped.exit_code == 0, grouped.output
    assert "warning" not in grouped.stderr
    assert run("model", "ends.csv", "--label", "end", "--read", "middle").exit_code == 2


def test_goes_on_where_it_was_interrupted(run, tmp_path, monkeypatch):
    from pellucid.jobs import probe as job

    rows = "".join(f"{'abcde'[i % 5]}{'fgh'[i % 3]}{'xz'[i % 2]},{i % 2}\n" for i in range(60))
    (tmp_path / "ends.csv").write_text(f"text,end\n{rows}")
    command = ("model", "ends.csv", "--label", "end", "--layer", "1", "--quiet", "--no-open")
    real = job.open_probe
    with monkeypatch.context() as patch:
        patch.setattr(job, "open_probe", lambda *args, **given: (_ for _ in ()).throw(KeyboardInterrupt))
        stopped = run(*command)
    assert stopped.exit_code == 130
    assert "--resume" in stopped.stderr
    assert (tmp_path / ".probe-ends.checkpoint" / "reading" / "texts-00000.safetensors").is_file()
    assert real is job.open_probe
    assert run(*command, "--resume").exit_code == 0
    assert not (tmp_path / ".probe-ends.checkpoint").exists()
