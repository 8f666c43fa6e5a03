"""What a model is given: the tokens are found whatever else is there, and padding changes nothing."""

from __future__ import annotations

from itertools import permutations

import pytest
import torch
from torch import nn

from pellucid.subjects.models.model_inputs import DECODER_TOKENS, ModelInputs
from pellucid.subjects.models.site import Site

pytest.importorskip("transformers")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


LAYER = {"gpt2": "transformer.h.1", "llama": "model.layers.1", "bert": "bert.encoder.layer.1",
         "opt": "model.decoder.layers.1"}  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(["input_ids", "attention_mask", "position_ids"])))
def test_the_tokens_are_found_in_any_order(order):
    tokens = torch.randint(0, 9, (2, 5), generator=generator())
    named = {
        "input_ids": tokens,
        "attention_mask": torch.ones_like(tokens),
        "position_ids": torch.arange(5).expand(2, 5),
    }
    found = ModelInputs.of({name: named[name] for name in order})
    assert torch.equal(found.tokens, tokens)
    assert found.mask.all()


@pytest.mark.parametrize("kind", sorted(LAYER))
def test_a_row_padded_on_the_left_is_the_row_without_padding(tiny, kind):
    model, tokens = tiny(kind), torch.randint(3, 40, (3, 9), generator=generator())
    mask = torch.ones_like(tokens)
    mask[0, :5], mask[1, :2] = 0, 0
    site = Site(model, LAYER[kind], {"attention_mask": mask, "input_ids": tokens.masked_fill(mask == 0, 1)})
    found = site.activations()
    plain = [Site(model, LAYER[kind], tokens[row : row + 1, int(first):]).activations().values
             for row, first in enumerate((5, 2, 0))]  # fmt: skip
    assert torch.allclose(found.values, torch.cat(plain), atol=1e-4)


class Counts(nn.Module):
    """Adds its place, whatever the mask: nothing can tell it of padding on the left."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(40, 4)

    def forward(self, input_ids, attention_mask=None):
        return self.table(input_ids) + torch.arange(input_ids.shape[1])[:, None]


def test_padding_that_a_model_cannot_be_told_of_is_refused():
    tokens = torch.randint(3, 40, (3, 9), generator=generator())
    mask = torch.ones_like(tokens)
    mask[1, :4] = 0
    with pytest.raises(ValueError, match=r"row 1 is padded on the left.*% off.*pad on the right"):
        Site(Counts(), "table", {"input_ids": tokens, "attention_mask": mask})


@pytest.mark.parametrize("kind", ["t5", "bart"])
def test_a_decoder_is_asked_for_the_text_again(tiny, kind):
    model, tokens = tiny(kind), torch.randint(3, 40, (3, 9), generator=generator())
    layer = {"t5": "{}.block.1", "bart": "model.{}.layers.1"}[kind]
    encoder, decoder = (Site(model, layer.format(side), tokens) for side in ("encoder", "decoder"))
    assert torch.equal(encoder.tokens, tokens)
    assert torch.equal(decoder.tokens[:, 1:], tokens[:, :-1])
    given = {"input_ids": tokens, DECODER_TOKENS: tokens[:, :4]}
    short = Site(model, layer.format("decoder"), given)
    assert short.length == 4
    assert torch.equal(short.tokens, tokens[:, :4])


def test_excluded_tokens_are_read_but_not_judged(tiny):
    model, tokens = tiny("llama"), torch.randint(3, 40, (3, 9), generator=generator())
    tokens[:, 0] = 1
    whole = Site(model, LAYER["llama"], tokens).activations()
    some = Site(model, LAYER["llama"], tokens, excluded_tokens=(1,)).activations()
    assert some.count == 24
    assert torch.equal(some.values, whole.values[whole.tokens != 1])


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match="inputs is empty"):
        ModelInputs.of({})
    with pytest.raises(ValueError, match=r"inputs\['b'\] has shape \(3,\); give \(rows, ...\), the same rows each"):
        ModelInputs.of({"a": torch.ones(2, 4), "b": torch.ones(3)})
