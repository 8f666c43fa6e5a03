"""The command `export`: what other tools would read is what was found, and what cannot be written is refused."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from pellucid.artifacts import Dictionary, FeatureAtlas, FeatureFiring, FeatureLabels, read_dictionary
from pellucid.cli import app
from pellucid.core import Finding, Provenance

torch = pytest.importorskip("torch")


def run(*arguments: object):
    return CliRunner().invoke(app, ["export", *map(str, arguments)])


def dictionary(**options):
    rows = torch.nn.functional.normalize(torch.randn(3, 4, generator=torch.Generator().manual_seed(0)), dim=1)
    return Dictionary("TopK", rows.T, rows, torch.zeros(3), torch.zeros(4), k=1, **options)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Feature 0 fires at the first word, feature 1 at the second, feature 2 never."""
    texts = np.random.default_rng(0).integers(0, 5, (12, 8))
    rows, positions = (one.ravel() for one in np.indices(texts.shape))
    fires = np.stack([texts.ravel() == 0, texts.ravel() == 1], 1) * np.linspace(1, 2, texts.size)[:, None]
    firing = FeatureFiring.of_codes(rows, positions, fires, np.tile([0, 1], (texts.size, 1)), 3)
    few, none = np.array([[0, 1], [2, -1], [-1, -1]]), np.full(3, np.nan)
    atlas = FeatureAtlas(
        name="a layer", vocabulary=("a\n", '"quote"', "ü", ",", "</script>"), texts=texts,
        density=np.array([*(fires > 0).mean(0), 0.0]), maximum=np.array([*fires.max(0), 0.0]),
        histogram=np.ones((3, 4), int), example_rows=few, example_positions=few,
        example_values=np.ones((3, 2, 3)), promoted=few, promoted_values=few * 1.0, suppressed=few,
        suppressed_values=few * 1.0, nearest=few, cosines=few * 1.0, ablation_estimate=none, ablation=none,
        ablation_error=none, before=1, spread=1, tokens=texts.size,
    )  # fmt: skip
    place = tmp_path_factory.mktemp("exported")
    told = Provenance("look.TopKSAE", {"model": "small", "layer": "model.layers.7", "text": "letters"}, 0, "")
    parts = {"atlas": atlas, "firing": firing}
    Finding(dictionary(), (), told, parts).save(place / "made")
    Finding(dictionary(router=torch.ones(1, 4)), (), told, parts).save(place / "routed")
    Finding(dictionary(), (), told).save(place / "bare")
    scores = {name: [0.75] for name in FeatureLabels.scores}
    labels = FeatureLabels("someone", np.array([1]), ('a "label"',), (("x",),), **scores, passages=np.array([4]))
    Finding(labels, (), told).save(place / "labels")
    beyond = FeatureLabels("someone", np.array([9]), ("far",), (("x",),), **scores, passages=np.array([4]))
    Finding(beyond, (), told).save(place / "beyond")
    return place, atlas, firing


def test_neuronpedia_gets_where_features_fire_and_what_they_write(place):
    folder, atlas, firing = place
    told = run(folder / "made", "--to", "neuronpedia", "--labels", folder / "labels", "--output", folder / "np")
    assert told.exit_code == 0, told.output
    batch = json.loads((folder / "np" / "batch-0.json").read_text())
    assert (batch["model_id"], batch["layer"], batch["sae_set"]) == ("small", 7, "pellucid")
    assert [one["feature_index"] for one in batch["features"]] == [0, 1]
    for one in batch["features"]:
        feature = one["feature_index"]
        seen = np.zeros(atlas.texts.shape)
        where, strength = firing.of(feature)
        seen[firing.rows[where], firing.positions[where]] = strength
        assert len(one["activations"]) == int((seen > 0).any(1).sum())
        given = {tuple(text["tokens"]): text["values"] for text in one["activations"]}
        for row in np.flatnonzero((seen > 0).any(1)):
            words = tuple(atlas.vocabulary[i] for i in atlas.texts[row])
            assert given[words] == pytest.approx(seen[row].tolist(), rel=1e-4)
        tops = [max(text["values"]) for text in one["activations"]]
        assert tops == sorted(tops, reverse=True)
        assert all(text["values"][text["qualifying_token_index"]] == max(text["values"]) for text in one["activations"])
        assert one["vector"] == pytest.approx(dictionary().decoder[feature].tolist(), rel=1e-4)
    assert batch["features"][1]["pos_str"] == ["ü"]
    line = json.loads((folder / "np" / "explanations.jsonl").read_text())
    assert (line["index"], line["description"], line["layer"]) == ("1", 'a "label"', "7-pellucid")


def test_tables_have_every_feature_and_every_firing(place):
    folder, _, firing = place
    told = run(folder / "made", "--to", "csv", "--labels", folder / "labels", "--output", folder / "csv")
    assert told.exit_code == 0, told.output
    rows = list(csv.DictReader((folder / "csv" / "features.csv").open()))
    assert [row["label"] for row in rows] == ["", 'a "label"', ""]
    assert json.loads(rows[0]["promoted"]) == ["a\n", '"quote"']
    assert rows[0]["loss_each_firing"] == ""
    fired = list(csv.DictReader((folder / "csv" / "firings.csv").open()))
    assert len(fired) == len(firing.features)
    assert {(row["token"], row["feature"]) for row in fired} == {("a\n", "0"), ('"quote"', "1")}


def test_sae_lens_gets_the_dictionary(place):
    folder = place[0]
    assert run(folder / "made", "--to", "sae-lens", "--output", folder / "sl").exit_code == 0
    again = read_dictionary(folder / "sl")
    x = torch.randn(50, 4, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(again.reconstruct(x), dictionary().reconstruct(x), atol=1e-5)


def test_parquet_is_read_back_where_it_can_be_written(place):
    folder = place[0]
    told = run(folder / "made", "--to", "parquet", "--output", folder / "pq")
    parquet = pytest.importorskip("pyarrow.parquet")
    assert told.exit_code == 0, told.output
    table = parquet.read_table(folder / "pq" / "features.parquet").to_pydict()
    assert table["promoted"][0] == ["a\n", '"quote"']
    assert table["loss_each_firing"] == [None] * 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("made", "--to", "pickle"), "to='pickle' is no format; use one of neuronpedia"),
        (("bare", "--to", "neuronpedia"), "does not say where its features fire"),
        (("routed", "--to", "sae-lens"), "sae-lens has no experts"),
        (("labels", "--to", "csv"), "no dictionary"),
        (("made", "--to", "csv", "--labels", "made"), "give labels"),
        (("made", "--to", "csv", "--labels", "beyond"), "go up to feature 9"),
        (("made", "--to", "csv", "--output", "made"), "or not empty"),
        (("nowhere", "--to", "csv"), "holds no finding.json"),
    ],
)
def test_what_cannot_be_written_is_told_in_one_line(place, monkeypatch, arguments, message):
    monkeypatch.chdir(place[0])
    told = run(*arguments)
    assert told.exit_code == 2
    assert message in " ".join(told.output.split())
