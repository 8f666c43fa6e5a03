"""What a direction does to the logits of classes is the derivative of the head, whatever it pools and leaves out."""

import pytest
import torch

from pellucid.look.layers.class_readout import class_readout
from pellucid.look.layers.unembedding import logit_effects
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.model_inputs import ModelInputs

transformers = pytest.importorskip("transformers")
SIZES = {"vocab_size": 30, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
         "num_attention_heads": 2, "initializer_range": 0.4, "pad_token_id": 0}  # fmt: skip


def made(head="SequenceClassification", kind="Bert", **more):
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind}Config")(**SIZES, **more)
    network = getattr(transformers, f"{kind}For{head}")(config).eval().requires_grad_(False)
    return LanguageModel(network, None, kind)


def tokens(rows=3, length=7):
    return torch.randint(3, 30, (rows, length), generator=torch.Generator().manual_seed(1))


def test_padding_does_not_count_where_each_token_has_a_class():
    model = made("TokenClassification", num_labels=4)
    mask = torch.ones(1, 7).long()
    padded = {
        "input_ids": torch.nn.functional.pad(tokens(1), (0, 5)),
        "attention_mask": torch.nn.functional.pad(mask, (0, 5)),
    }
    one, two = (class_readout(model, ModelInputs.of(given)) for given in (tokens(1), padded))
    assert torch.allclose(one.matrix, two.matrix, atol=1e-5)


def test_names_are_those_of_the_model():
    names = {0: "bad", 1: "fair", 2: "good"}
    found = class_readout(made(id2label=names, num_labels=3), ModelInputs.of(tokens()))
    assert found.words == ("bad", "fair", "good")
    assert found.softmax


@pytest.mark.parametrize("more", [{"num_labels": 1}, {"num_labels": 3, "problem_type": "multi_label_classification"}])
def test_logits_that_are_no_distribution_are_not_centred(more):
    found = class_readout(made(**more), ModelInputs.of(tokens()))
    direction = torch.nn.functional.normalize(torch.randn(1, 16, generator=torch.Generator().manual_seed(2)), dim=1)
    up, most, _, _ = logit_effects(found, direction, 1)
    assert float(up[0, 0]) == pytest.approx(float((found.matrix @ direction[0])[most[0, 0]]), rel=1e-4)


def test_hidden_states_have_no_classes():
    torch.manual_seed(0)
    network = transformers.BertModel(transformers.BertConfig(**SIZES)).eval()
    assert class_readout(LanguageModel(network, None, "bert"), ModelInputs.of(tokens())) is None
