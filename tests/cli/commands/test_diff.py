"""The command `diff`: on a tiny model and one that was made of it; and what it refuses, in a line."""

from __future__ import annotations

import pytest
import torch
from typer.testing import CliRunner

from pellucid.cli import app
from pellucid.core import load_finding

transformers = pytest.importorskip("transformers")
OPTIONS = ("--width", 48, "--k", 3, "--tokens", 6000, "--length", 32, "--no-open")


def run(*arguments: object):
    return CliRunner().invoke(app, ["diff", *map(str, arguments)])


@pytest.fixture(scope="module")
def place(tiny_model, tmp_path_factory):
    """The model, and one whose first layer puts out something more at one word: its embedding has a new direction."""
    place = tmp_path_factory.mktemp("compared")
    (place / "base").symlink_to(tiny_model.folder)
    model = transformers.LlamaForCausalLM.from_pretrained(tiny_model.folder)
    with torch.no_grad():
        model.get_input_embeddings().weight[7] += 3 * torch.randn(16, generator=torch.Generator().manual_seed(1))
    model.save_pretrained(place / "tuned")
    transformers.AutoTokenizer.from_pretrained(tiny_model.folder).save_pretrained(place / "tuned")
    (place / "text.txt").write_text(tiny_model.text)
    return place


def test_two_models_are_compared(place):
    told = run(place / "base", place / "tuned", "--text", place / "text.txt", *OPTIONS, "--output", place / "out")
    assert told.exit_code == 0, told.output
    assert "beside itself" in told.output
    finding = load_finding(place / "out")
    assert finding.artifact.names == ("model", "tuned")
    assert finding.claim("tuned_only").baseline is not None
    assert "Where latents write" in (place / "out" / "report.html").read_text()


def test_a_model_beside_itself(place):
    told = run(place / "base", place / "base", "--text", place / "text.txt", *OPTIONS, "--output", place / "same")
    assert told.exit_code == 0, told.output
    found = load_finding(place / "same").artifact
    assert len(found.of("first only")) == len(found.of("second only")) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--layer", "9"), "layer=9 is not in model"),
        (("--width", "2"), "width=2 is smaller than k=3"),
        (("--tokens", "100"), "fewer than 20 sequences"),
        (("--text", "nowhere"), "is neither file nor folder"),
    ],
)
def test_bad_input_is_told_in_one_line(place, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    told = run(place / "base", place / "tuned", "--text", place / "text.txt", *OPTIONS, *arguments)
    assert told.exit_code == 2
    assert message in " ".join(told.output.split())
    assert "Traceback" not in told.output
