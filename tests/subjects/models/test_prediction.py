"""What a model predicts is found by running it; its losses are those of cross-entropy on what is text."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch.nn.functional import cross_entropy

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.look.evaluation.loss_recovered import measure_loss
from pellucid.look.evaluation.sample import take_sample
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.prediction import CLASS, MASKED, NEXT, Prediction
from pellucid.subjects.models.site import Site

transformers = pytest.importorskip("transformers")


def tokens_of(rows=4, length=10):
    return torch.randint(3, 40, (rows, length), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("kind", ["gpt2", "llama", "opt", "t5", "bart"])
def test_causal_models_predict_the_next_token(tiny, kind):
    model, tokens = tiny(kind), tokens_of()
    found = Prediction.of(model, Site(model, "", tokens).given)
    assert found.kind == NEXT
    with torch.no_grad():
        output = model(**found.inputs.with_names(model).named)
    read = found.inputs.predicted
    expected = cross_entropy(output.logits[:, :-1].transpose(1, 2), read[:, 1:], reduction="none")
    assert torch.allclose(found.losses(output)[:, :-1], expected, atol=1e-5)
    assert (found.losses(output)[:, -1] == 0).all()


def test_a_masked_model_predicts_what_is_hidden(tiny):
    model, tokens = tiny("bert"), tokens_of()
    tokenizer = SimpleNamespace(mask_token_id=2, all_special_ids=[0, 2])
    found = Prediction.of(LanguageModel(model, tokenizer), tokens)
    assert found.kind == MASKED
    hidden = found.labels >= 0
    assert (found.inputs.tokens[hidden] == 2).all()
    assert torch.equal(found.labels[hidden], tokens[hidden])
    assert found.counts.tolist() == [2] * 4
    assert Prediction.of(model, tokens) is None  # without a tokenizer nothing can be hidden


def test_a_classifier_is_asked_for_its_own_first_choice():
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=40, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, num_labels=3
    )
    model, tokens = transformers.BertForSequenceClassification(config).eval(), tokens_of()
    found = Prediction.of(model, tokens)
    assert found.kind == CLASS
    with torch.no_grad():
        output = model(tokens)
    assert torch.equal(found.labels[:, 0], output.logits.argmax(-1))
    assert torch.allclose(found.losses(output)[:, 0], -output.logits.log_softmax(-1).amax(-1))


def test_hidden_states_are_not_taken_for_logits(tiny):
    assert Prediction.of(tiny("llama").model, tokens_of() % 16) is None


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("mask_first", [False, True])
def test_the_cross_entropy_is_that_of_the_text_alone(tiny, side, mask_first):
    model, tokens = tiny("llama"), tokens_of()
    mask = torch.ones_like(tokens)
    for row, pads in enumerate((6, 0, 3, 5)):
        mask[row, :pads] = mask[row, :pads] if side == "right" else 0
        mask[row, len(mask[row]) - pads :] = 0 if side == "right" and pads else 1
    named = {"input_ids": tokens.masked_fill(mask == 0, 2), "attention_mask": mask}
    named = dict(reversed(named.items())) if mask_first else named
    eye = torch.eye(16)
    exact = Dictionary("TopK", torch.cat([eye, -eye]).T, torch.cat([eye, -eye]), torch.zeros(32), torch.zeros(16), k=16)
    site = Site(model, "model.layers.1", named)
    data = measure_loss(exact, site, take_sample(exact, site))[1]
    total, count = 0.0, 0
    for row in range(len(tokens)):
        text = tokens[row][mask[row].bool()]
        with torch.no_grad():
            logits = model(text[None]).logits[0]
        total += float(cross_entropy(logits[:-1], text[1:], reduction="sum"))
        count += len(text) - 1
    assert data["judged_tokens"] == count
    assert data["cross_entropy"]["model"] == pytest.approx(total / count, abs=1e-4)
    assert data["cross_entropy"]["dictionary"] == pytest.approx(total / count, abs=1e-3)
