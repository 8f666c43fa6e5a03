"""The survey of features: examples are where the features fire, effects are those of taking them away."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import torch
from torch import nn

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.artifacts.features.feature_atlas import FeatureAtlas
from pellucid.cli.show.features import feature_rows
from pellucid.core import load_finding
from pellucid.look.dictionaries.dictionary_at_site import DictionaryAtSite
from pellucid.look.dictionaries.feature_survey import FeatureSurvey
from pellucid.report import dashboard_html, page_data
from pellucid.subjects.models.activations import Activations
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.site import Site

VOCABULARY = 12


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def place():
    """One feature for each token, and one that never fires."""
    net = nn.Sequential(nn.Embedding(VOCABULARY, VOCABULARY), nn.Linear(VOCABULARY, VOCABULARY))
    net[0].weight.data = torch.eye(VOCABULARY)
    net[1].weight.data = torch.randn(VOCABULARY, VOCABULARY, generator=generator(1))
    net[1].bias.data = torch.zeros(VOCABULARY)
    rows = torch.cat([torch.eye(VOCABULARY), -torch.ones(1, VOCABULARY)])
    zeros = torch.zeros(VOCABULARY + 1)
    dictionary = Dictionary("TopK", rows.T, rows, zeros, torch.zeros(VOCABULARY), k=2)
    tokens = torch.randint(0, VOCABULARY, (10, 16), generator=generator())
    return DictionaryAtSite(dictionary, Site(net, "0", tokens))


@pytest.fixture(scope="module")
def finding(place):
    return FeatureSurvey(examples=4, spread=1, before=3, after=2, exact_effects=12).explain(place)


def test_examples_are_where_the_feature_fires(finding, place):
    atlas = finding.artifact
    assert atlas.alive.tolist() == list(range(VOCABULARY))
    for feature in atlas.alive:
        for number in range(4):
            example = atlas.example(feature, number)
            if example:
                strengths = [strength for word, strength in example if word == str(feature)]
                assert strengths == [1.0] * len(strengths)
                assert sum(strength for _, strength in example) == len(strengths) > 0
    assert atlas.histogram.sum(1).tolist() == [int((place.site.tokens == i).sum()) for i in range(VOCABULARY)] + [0]


def test_effects_are_those_of_taking_the_feature_away(finding, place):
    """The true effect by hand, for one feature: the logits after its token become what the bias says, which is 0."""
    atlas, tokens = finding.artifact, place.site.tokens
    feature = int(np.flatnonzero(np.isfinite(atlas.ablation))[0])
    logits = place.site.model(tokens)[:, :-1]
    loss = -logits.log_softmax(-1).gather(-1, tokens[:, 1:, None])[..., 0]
    change = np.log(VOCABULARY) - loss[tokens[:, :-1] == feature].detach()
    assert float(change.min()) - 1e-4 <= atlas.ablation[feature] <= float(change.max()) + 1e-4
    assert any("correlate with" in claim.statement for claim in finding.claims)


def test_it_is_repeatable_and_survives_saving(finding, place, tmp_path):
    again = FeatureSurvey(examples=4, spread=1, before=3, after=2, exact_effects=12).explain(place)
    assert again.artifact == finding.artifact
    finding.save(tmp_path)
    assert load_finding(tmp_path).artifact == finding.artifact


def test_the_page_holds_all_of_it(finding):
    page = dashboard_html(finding.artifact, [("features fire at a token", "2.0")], report="report.html")
    assert "<script src" not in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    data = page_data(finding.artifact)
    assert data["id"] == list(range(VOCABULARY))
    assert len(json.dumps(data)) < 20_000
    assert data["acts"][0][0][3] == "z"
    assert set("".join(data["acts"][0])) <= set("0z")


def test_a_page_without_features_is_still_a_page(finding):
    atlas = finding.artifact
    arrays = {
        name: np.zeros_like(getattr(atlas, name))
        for name in ("density", "maximum", "histogram", "example_values", "ablation_estimate", "ablation")
    }
    dead = FeatureAtlas(**{**vars(atlas), **arrays, "example_rows": np.full_like(atlas.example_rows, -1)})
    assert page_data(dead)["id"] == []
    assert "0 of 13 features" in dashboard_html(dead)


def test_bad_input_says_what_to_do(place):
    with pytest.raises(ValueError, match="no tokens to show"):
        FeatureSurvey().explain(DictionaryAtSite(place.dictionary, Activations(torch.rand(50, VOCABULARY))))
    with pytest.raises(ValueError, match="spread=9 of 8 examples"):
        FeatureSurvey(spread=9).explain(place)
    with pytest.raises(ValueError, match="bins=0"):
        FeatureSurvey(bins=0).explain(place)


class _Numbers:
    bos_token_id, eos_token_id, pad_token_id = 1, 2, 0

    def batch_decode(self, rows):
        return [str(row[0]) for row in rows]


def _survey_of_a_classifier(labels):
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=30, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        initializer_range=0.4, num_labels=labels,
    )  # fmt: skip
    network = transformers.BertForSequenceClassification(config).eval().requires_grad_(False)
    rows = nn.functional.normalize(torch.randn(24, 16, generator=generator(1)), dim=1)
    dictionary = Dictionary("TopK", rows.T, rows, torch.zeros(24), torch.zeros(16), k=3)
    site = Site(LanguageModel(network, _Numbers(), "bert"), "bert.encoder.layer.0", torch.randint(3, 30, (6, 9)))
    method = FeatureSurvey(examples=2, spread=1, words=3, exact_effects=4, random_effects=4)
    return method.explain(DictionaryAtSite(dictionary, site)).artifact


def test_features_of_a_classifier_promote_classes_and_move_their_logits(tmp_path):
    atlas = _survey_of_a_classifier(3)
    names = {"LABEL_0", "LABEL_1", "LABEL_2"}
    assert atlas.promotes == "classes"
    assert {word for feature in atlas.alive for word in atlas.words(feature)} == names
    run = np.flatnonzero(atlas.is_run)
    assert len(run) == 8
    for feature in run:
        found = atlas.classes(feature)
        assert {name for name, _, _ in found} == names
        assert [abs(change) for _, change, _ in found] == sorted((abs(change) for _, change, _ in found), reverse=True)
    assert not atlas.classes(int(np.flatnonzero(~atlas.is_run)[0]))
    assert "How the logits change without it" in dashboard_html(atlas)
    assert len(page_data(atlas)["moved"]) == len(atlas.alive)


def test_of_a_model_that_says_one_number_there_is_no_loss_but_a_logit():
    atlas = _survey_of_a_classifier(1)
    assert not atlas.is_run.any()
    moved = [feature for feature in atlas.alive if atlas.classes(feature)]
    assert len(moved) == 8
    assert any(change != 0 for feature in moved for _, change, _ in atlas.classes(feature))
    assert set(atlas.by_effect()[:8]) == set(moved)
    table = feature_rows(atlas, most=2)
    assert table.headings[3] == "logit without it"
    assert table.rows[0][3].startswith("LABEL_0 ")
