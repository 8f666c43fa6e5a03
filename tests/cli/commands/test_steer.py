"""The command `steer`: on a tiny model, from a folder to a page; and what it refuses, in a line."""

from __future__ import annotations

import pytest
import torch
from typer.testing import CliRunner

from pellucid.artifacts import Dictionary
from pellucid.cli import app
from pellucid.core import Finding, Provenance, load_finding

pytest.importorskip("transformers")


def run(*arguments: object):
    return CliRunner().invoke(app, ["steer", *map(str, arguments)])


@pytest.fixture(scope="module")
def place(tiny_model, tmp_path_factory):
    """A tiny model, a dictionary at its first layer, and text."""
    place = tmp_path_factory.mktemp("steered")
    (place / "model").symlink_to(tiny_model.folder)
    rows = torch.nn.functional.normalize(torch.randn(24, 16, generator=torch.Generator().manual_seed(0)), dim=1)
    dictionary = Dictionary("TopK", rows.T, rows, torch.zeros(24), torch.zeros(16), k=3)
    told = Provenance("look.TopKSAE", {"layer": "model.layers.0", "model": "model"}, 0, "")
    Finding(dictionary, (), told).save(place / "made")
    (place / "text.txt").write_text(tiny_model.text)
    return place


def test_texts_side_by_side(place):
    arguments = (place / "model", "--dictionary", place / "made", "--feature", "3=+9", "--prompt", "the cat")
    told = run(*arguments, "--tokens", 4, "--output", place / "out", "--no-open")
    assert told.exit_code == 0
    assert "by itself:" in told.output
    assert "3=+9:" in told.output
    finding = load_finding(place / "out")
    assert finding.artifact.prompts == ("the cat",)
    assert finding.provenance.settings["layer"] == "model.layers.0"
    assert "perplexity to itself" in (place / "out" / "report.html").read_text()


def test_features_tried_on_text(place):
    arguments = (place / "model", "--dictionary", place / "made", "--top", 3, "--text", place / "text.txt")
    told = run(*arguments, "--output", place / "tried", "--no-open")
    assert told.exit_code == 0
    assert "Of 3 features" in told.output
    assert load_finding(place / "tried").claim("moves_promoted").baseline is not None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to steer"),
        (("--feature", "3=+1"), "nothing to steer"),
        (("--feature", "3+1", "--prompt", "a"), "feature='3+1' is no step"),
        (("--top", "3", "--prompt", "a"), "leave --feature and --prompt out"),
        (("--feature", "99=+1", "--prompt", "a"), "feature 99 is none of 24"),
        (("--feature", "3=+1", "--prompt", " "), "a prompt is empty"),
        (("--feature", "3=+1", "--prompt", "a", "--layer", "7"), "layer=7 is not in model"),
        (("--feature", "3=+1", "--prompt", "a", "--layer", "lm_head"), "has width 20, the dictionary 16"),
        (("--feature", "3=+1", "--prompt", "a", "--tokens", "500"), "are beyond the context of 128"),
    ],
)
def test_bad_input_is_told_in_one_line(place, tmp_path, arguments, message):
    told = run(place / "model", "--dictionary", place / "made", *arguments, "--output", tmp_path / "out")
    assert told.exit_code == 2
    assert message in " ".join(told.output.split())
    assert "Traceback" not in told.output


def test_a_folder_without_a_dictionary_is_refused(place, tmp_path):
    told = run(place / "model", "--dictionary", place / "model", "--feature", "3=+1", "--prompt", "a")
    assert told.exit_code == 2
    assert "pellucid:" in told.output
