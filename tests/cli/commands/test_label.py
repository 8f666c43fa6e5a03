"""The command `label`: what it prints and writes, and what it refuses, in a line."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from typer.testing import CliRunner

from pellucid.artifacts import Dictionary, FeatureAtlas, FeatureFiring, TrainingCurve
from pellucid.cli import app
from pellucid.core import Finding, Provenance

torch = pytest.importorskip("torch")


def run(*arguments: object):
    return CliRunner().invoke(app, ["label", *map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What `pellucid features` writes, of two features: one fires at the first two words, one at the third."""
    texts = np.random.default_rng(0).integers(0, 90, (60, 64))
    rows, positions = (one.ravel() for one in np.indices(texts.shape))
    fires = np.stack([texts.ravel() < 2, texts.ravel() == 2], 1) * 1.0
    firing = FeatureFiring.of_codes(rows, positions, fires, np.tile([0, 1], (texts.size, 1)), 2)
    few, none = np.zeros((2, 2), int), np.full(2, np.nan)
    atlas = FeatureAtlas(
        name="a layer", vocabulary=("<b>", "\n", " c", *(f" w{i}" for i in range(87))), texts=texts,
        density=fires.mean(0),
        maximum=np.ones(2), histogram=np.ones((2, 4), int), example_rows=few, example_positions=few,
        example_values=np.ones((2, 2, 3)), promoted=few, promoted_values=few * 1.0, suppressed=few,
        suppressed_values=few * 1.0, nearest=few, cosines=few * 1.0, ablation_estimate=none, ablation=none,
        ablation_error=none, before=1, spread=1, tokens=texts.size,
    )  # fmt: skip
    eye = torch.eye(2)
    dictionary = Dictionary("TopK", eye, eye, torch.zeros(2), torch.zeros(2), k=1)
    told = Provenance("look.TopKSAE", {"table": "Features of a layer"}, 0, "")
    place = tmp_path_factory.mktemp("labels")
    return Finding(dictionary, (), told, {"atlas": atlas, "firing": firing}).save(place / "made")


def test_token_tables_are_labels_that_ask_nobody(folder, tmp_path):
    told = run(folder, "--output", tmp_path / "out", "--no-open")
    assert told.exit_code == 0
    assert "Token tables of 2 features" in told.output
    rows = list(csv.DictReader((tmp_path / "out" / "labels.csv").open()))
    assert [row["feature"] for row in rows] == ["0", "1"]
    assert float(rows[1]["table_fuzzing"]) > 0.7
    page = (tmp_path / "out" / "features.html").read_text()
    assert "token table" in page
    report = (tmp_path / "out" / "report.html").read_text()
    assert "<b>" not in report.split("</style>")[1].split("<main")[0]


def test_a_server_labels_and_its_costs_are_told_first(folder, tmp_path, serve):
    url, asked = serve(lambda said: "[1, 0, 1, 0, 1]" if "described as" in said else "a <i>label</i>")
    arguments = (folder, "--model", "fake", "--base-url", url, "--output", tmp_path / "out", "--no-open")
    costs = run(*arguments, "--costs")
    assert costs.exit_code == 0
    assert not asked
    assert not (tmp_path / "out").exists()
    told = run(*arguments)
    assert told.exit_code == 0
    number = told.output.split("is asked ")[1].split(" questions")[0]
    assert 0 < len(asked) <= int(number)
    report = (tmp_path / "out" / "report.html").read_text()
    assert "a &lt;i&gt;label&lt;/i&gt;" in report


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--only", "1,x"), "only='x' is no number of a feature"),
        (("--only", "7", "--model", "m"), "feature 7 is none of 2"),
        (("--model", "m", "--base-url", "localhost"), "is no address"),
        (("--model", "m", "--local", "n"), "name one"),
        (("--model", "m", "--base-url", "http://127.0.0.1:9/v1"), "no label was given"),
        (("--local", "./nowhere"), "is no folder"),
    ],
)
def test_bad_input_is_told_in_one_line(folder, tmp_path, arguments, message):
    told = run(folder, *arguments, "--output", tmp_path / "out")
    assert told.exit_code == 2
    assert message in " ".join(told.output.split())
    assert "Traceback" not in told.output


def test_folders_without_features_are_refused(tmp_path):
    assert "holds no finding.json" in " ".join(run(tmp_path).output.split())
    curve = TrainingCurve([0], [1.0], [0.5])
    other = Finding(curve, (), Provenance("Training", {}, 0, "")).save(tmp_path / "other")
    assert "give a folder that `pellucid features`" in " ".join(run(other).output.split())
