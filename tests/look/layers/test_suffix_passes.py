"""The end of a row comes out as in a whole pass, or it is not used."""

import pytest
import torch

from pellucid.look.layers.layer_passes import CachedPrefix
from pellucid.look.layers.suffix_passes import SuffixPasses
from pellucid.subjects.models.hooks import logits_of
from pellucid.subjects.models.model_inputs import ModelInputs

transformers = pytest.importorskip("transformers")
SIZES = {"vocab_size": 40, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 4, "num_attention_heads": 2,
         "max_position_embeddings": 64, "initializer_range": 0.5, "pad_token_id": 0, "bos_token_id": 1,
         "eos_token_id": 2}  # fmt: skip
SITES = {"Llama": "model.layers.1", "GPTNeoX": "gpt_neox.layers.1", "Bloom": "transformer.h.1",
         "GPT2": "transformer.h.1", "Mamba": "backbone.layers.1"}  # fmt: skip


def prefix_of(kind, **inputs):
    torch.manual_seed(0)
    name = "GPT2LMHeadModel" if kind == "GPT2" else f"{kind}ForCausalLM"
    network = getattr(transformers, name)(getattr(transformers, f"{kind}Config")(**SIZES)).eval().requires_grad_(False)
    tokens = torch.randint(3, 40, (3, 12), generator=torch.Generator().manual_seed(1))
    return CachedPrefix.of(network, ModelInputs.of({"input_ids": tokens, **inputs} if inputs else tokens), SITES[kind])


@pytest.mark.parametrize("kind", sorted(set(SITES) - {"Mamba"}))
@pytest.mark.parametrize("start", [0, 5, 11])
def test_the_end_of_a_row_with_an_edit_is_that_of_a_whole_pass(kind, start):
    prefix = prefix_of(kind)
    passes = SuffixPasses.of(prefix, 1)
    step = torch.randn(16, generator=torch.Generator().manual_seed(2))
    whole = prefix.run(torch.tensor([1]), {SITES[kind]: lambda x: x + step * (torch.arange(12) >= start)[:, None]})
    short = passes.run(start, 2, {SITES[kind]: lambda x: x + step})
    assert short.shape == (2, 12 - start, 40)
    for row in short:
        assert torch.allclose(row, logits_of(whole)[0, start:], rtol=1e-3, atol=1e-4)


def test_what_keeps_no_keys_or_is_padded_has_no_such_passes():
    assert SuffixPasses.of(prefix_of("Mamba"), 0) is None
    assert SuffixPasses.of(prefix_of("Llama", attention_mask=torch.ones(3, 12).long()), 0) is None
    assert (
        SuffixPasses.of(CachedPrefix.of(prefix_of("Llama").network, ModelInputs.of(torch.ones(1, 9).long()), ""), 0)
        is None
    )
