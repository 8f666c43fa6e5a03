"""Steering: against a model whose logits are known by hand, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from pellucid.artifacts import Dictionary, SteeredTexts
from pellucid.core import load_finding
from pellucid.look import DictionaryAtSite, FeatureSteering, FeatureStep, SteeredModel, Steering
from pellucid.look.steering.feature_steps import steering_edit
from pellucid.report import report_html
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.site import Site

LETTERS = "_.abcdefgh"


class Letters:
    """A tokenizer of ten letters; the first is BOS, the second EOS."""

    bos_token_id, eos_token_id = 0, 1

    def __call__(self, texts, **given):
        return {"input_ids": [[LETTERS.index(letter) for letter in text] for text in texts]}

    def batch_decode(self, ids):
        return [LETTERS[i[0]] for i in ids]


class Next(nn.Module):
    """Says the letter after each one, by logits that are what the last layer puts out, times 4."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(10, 10)
        self.table.weight.data = torch.roll(torch.eye(10), 1, 1)
        self.blocks = nn.ModuleList([nn.Identity(), nn.Identity()])
        self.head = nn.Linear(10, 10, bias=False)
        self.head.weight.data = 4 * torch.eye(10)

    def get_input_embeddings(self):
        return self.table

    def get_output_embeddings(self):
        return self.head

    def forward(self, input_ids):
        x = self.table(input_ids)
        for block in self.blocks:
            x = block(x)
        return SimpleNamespace(logits=self.head(x))


@pytest.fixture(scope="module")
def model():
    return LanguageModel(Next().requires_grad_(False), Letters(), "next")


@pytest.fixture(scope="module")
def dictionary():
    """Feature i is the letter i."""
    eye = torch.eye(10)
    return Dictionary("TopK", eye, eye, torch.zeros(10), torch.zeros(10), k=2)


def subject(model, dictionary, *steps, prompts=("ab",), path="blocks.0"):
    return SteeredModel(model, dictionary, path, prompts, tuple(FeatureStep.parse(step) for step in steps))


def test_a_letter_that_is_added_enough_is_all_that_is_written(model, dictionary):
    finding = Steering(tokens=3, words=1).explain(subject(model, dictionary, "9=+5"))
    found = finding.artifact
    assert found.plain == ("cde",)
    assert found.steered == ("hhh",)
    assert found.promoted == ("h",)
    plain = torch.eye(10)[[3, 4, 5, 6, 7]] * 4  # what is said at a, b, c, d, e
    steered = plain + 4 * 5 * torch.eye(10)[9]
    p, q = plain.log_softmax(-1), steered.log_softmax(-1)
    first = torch.eye(10)[2] * 4  # at BOS, which is left alone
    kl = (p.exp() * (p - q)).sum(-1)
    assert found.kl[0] == pytest.approx(float(torch.cat([torch.zeros(1), kl]).mean()), rel=1e-4)
    rise = torch.cat([torch.zeros(1), (q - p)[:, 9]])
    assert found.promoted_change[0] == pytest.approx(float(rise.mean()), rel=1e-4)
    assert first.argmax() == 2
    assert finding.claim("promoted").value > finding.claim("promoted").baseline
    assert finding.claim("perplexity").value > finding.claim("perplexity").baseline


def test_a_feature_that_is_set_is_that_wherever_it_was_another(model, dictionary):
    """The letter d is taken out where it is said: the model then finds all letters alike, says the first, and ends."""
    assert Steering(tokens=4).explain(subject(model, dictionary, "5=0")).artifact.steered == ("c_",)
    nothing = Steering(tokens=3).explain(subject(model, dictionary, "9=0")).artifact
    assert nothing.steered == nothing.plain
    assert nothing.kl[0] == pytest.approx(0, abs=1e-6)
    assert nothing.promoted == ()


def test_text_ends_where_the_model_ends_it(model, dictionary):
    found = Steering(tokens=9).explain(subject(model, dictionary, "1=+9")).artifact
    assert found.steered == ("",)
    assert found.steered_perplexity[0] > 10


@given(amount=st.floats(-50, 50), sets=st.booleans(), seed=st.integers(0, 99))
def test_what_is_done_to_each_token_is_what_is_said(amount, sets, seed):
    generator = torch.Generator().manual_seed(seed)
    eye = torch.eye(6)
    dictionary = Dictionary("TopK", eye, eye, torch.zeros(6), torch.zeros(6), k=6)
    x = torch.randn(2, 5, 6, generator=generator)
    directions = torch.stack([torch.zeros(1, 6), eye[[3]]])
    moved = steering_edit(dictionary, (FeatureStep(3, amount, sets),), directions, 1)(x)
    assert torch.equal(moved[0], x[0])
    assert torch.equal(moved[1, 0], x[1, 0])
    want = torch.full((4,), amount) if sets else x[1, 1:, 3] + amount
    want = torch.where((x[1, 1:, 3] < 0) & sets, x[1, 1:, 3] + amount, want)  # below 0 it does not fire
    assert torch.allclose(moved[1, 1:, 3], want, atol=1e-4)
    others = [0, 1, 2, 4, 5]
    assert torch.equal(moved[1, :, others], x[1, :, others])


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("1792=+8", FeatureStep(1792, 8.0)),
        ("3 = -0.5", FeatureStep(3, -0.5)),
        ("3=8", FeatureStep(3, 8.0, True)),
        ("3=0", FeatureStep(3, 0.0, True)),
        ("3=+1e2", FeatureStep(3, 100.0)),
    ],
)
def test_steps_are_read(text, step):
    assert FeatureStep.parse(text) == step
    assert FeatureStep.parse(step.text) == step


@pytest.mark.parametrize("text", ["", "8", "x=8", "3=", "3=+", "-1=8", "3=nan", "3=inf", "3=1e999", "3==8", "3=8,4=8"])
def test_what_is_no_step_is_refused(text):
    with pytest.raises(ValueError, match="is no step"):
        FeatureStep.parse(text)


def test_bad_input_says_what_to_do(model, dictionary):
    with pytest.raises(ValueError, match="feature 10 is none of 10"):
        subject(model, dictionary, "10=+1")
    with pytest.raises(ValueError, match="a prompt is empty"):
        subject(model, dictionary, "1=+1", prompts=(" ",))
    with pytest.raises(ValueError, match="no feature is steered"):
        subject(model, dictionary)
    with pytest.raises(ValueError, match="name one twice"):
        subject(model, dictionary, "1=+1", "1=0")
    with pytest.raises(ValueError, match="matches no module"):
        subject(model, dictionary, "1=+1", path="blocks.7")
    with pytest.raises(ValueError, match="tokens=0"):
        Steering(tokens=0).explain(subject(model, dictionary, "1=+1"))
    crossing = Dictionary(
        "Crosscoder", torch.eye(20)[:, :4], torch.eye(20)[:4], torch.zeros(4), torch.zeros(20), k=1,
        sites=(("a", 10), ("b", 10)),
    )  # fmt: skip
    with pytest.raises(ValueError, match="writes elsewhere than it reads"):
        subject(model, crossing, "1=0")


def test_it_is_saved_and_has_a_page(model, dictionary, tmp_path):
    finding = Steering(tokens=2).explain(subject(model, dictionary, "9=+5", prompts=("ab", "<c>".strip("<>"))))
    finding.save(tmp_path)
    again = load_finding(tmp_path)
    assert again.artifact == finding.artifact
    page = report_html(finding)
    assert "a random direction" in page
    assert isinstance(again.artifact, SteeredTexts)


@pytest.fixture(scope="module")
def tried(model, dictionary):
    """Of ten features, eight ever fire on the text."""
    tokens = torch.randint(2, 10, (8, 40), generator=torch.Generator().manual_seed(0))
    place = DictionaryAtSite(dictionary, Site(model, "blocks.0", tokens))
    return FeatureSteering(words=1, least_words=99, rows=8).explain(place)


def test_features_of_a_linear_model_move_their_words_and_random_directions_as_often_as_not(tried):
    found = tried.artifact
    assert len(found.features) == 8
    for i, feature in enumerate(found.features.tolist()):
        assert found.words[i] == (LETTERS[feature],)
    assert (found.promoted > 0).all()
    claim = tried.claim("moves_promoted")
    assert claim.value == 100
    assert 0 <= claim.baseline <= 90
    assert tried.claim("kl").value > 0


def test_the_change_is_that_of_the_logits(tried, model):
    """By hand, of one feature: one is added to the logit's letter, times 4."""
    found = tried.artifact
    tokens = torch.randint(2, 10, (8, 40), generator=torch.Generator().manual_seed(0))
    plain = model.model(tokens).logits[:, :-1]
    feature = int(found.features[0])
    moved = plain + 4 * float(found.strength[0]) * torch.eye(10)[feature]
    change = (moved.log_softmax(-1) - plain.log_softmax(-1))[..., feature].mean()
    assert found.promoted[0] == pytest.approx(float(change), rel=1e-4)
    assert found.tokens == 8 * 39


def test_features_to_try_that_are_not_there_are_refused(model, dictionary):
    tokens = torch.randint(2, 9, (8, 10), generator=torch.Generator().manual_seed(0))
    place = DictionaryAtSite(dictionary, Site(model, "blocks.0", tokens))
    with pytest.raises(ValueError, match="feature 99 is none"):
        FeatureSteering(chosen=(99,)).explain(place)
    with pytest.raises(ValueError, match="no feature that is asked for fires"):
        FeatureSteering(chosen=(0,)).explain(place)
    with pytest.raises(ValueError, match="times=nan"):
        FeatureSteering(times=float("nan")).explain(place)
