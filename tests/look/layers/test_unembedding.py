"""The effect of a direction on the logits is the derivative of what comes after the last layer, whatever that is."""

import pytest
import torch
from torch import nn

from pellucid.look.layers.unembedding import effective_unembedding, last_layer
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.model_inputs import ModelInputs

transformers = pytest.importorskip("transformers")
SIZES = {"vocab_size": 30, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
LAST = {"Llama": "model.layers.1", "Gemma": "model.layers.1", "GPTNeoX": "gpt_neox.layers.1", "GPT2": "transformer.h.1",
        "OPT": "model.decoder.layers.1", "T5": "decoder.block.1"}  # fmt: skip


class Numbers:
    def batch_decode(self, rows):
        return [str(row[0]) for row in rows]


def made(kind):
    """GPT-2 and GPT-NeoX have a layer norm, T5 multiplies what it puts out, OPT projects it to fewer dimensions."""
    t = transformers
    sizes = {
        "GPT2": {"vocab_size": 30, "n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 32},
        "OPT": {"vocab_size": 30, "hidden_size": 16, "ffn_dim": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
                "word_embed_proj_dim": 8, "max_position_embeddings": 32, "do_layer_norm_before": False},
        "T5": {"vocab_size": 30, "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2,
               "decoder_start_token_id": 0},
    }.get(kind, {**SIZES, "head_dim": 8, "num_key_value_heads": 2})  # fmt: skip
    name = {"GPT2": "GPT2LMHeadModel", "T5": "T5ForConditionalGeneration"}.get(kind, f"{kind}ForCausalLM")
    torch.manual_seed(0)
    network = getattr(t, name)(getattr(t, f"{kind}Config")(**sizes)).eval().requires_grad_(False)
    for path, value in network.named_parameters():
        if "norm" in path or "ln_" in path:
            value.copy_(torch.randn(value.shape) * 0.3 + 0.5)  # a gain, a bias, a mean: all of them count
    return LanguageModel(network, Numbers(), kind)


@pytest.mark.parametrize("kind", sorted(LAST))
def test_it_is_what_a_small_step_along_a_direction_adds(kind):
    model = made(kind)
    tokens = torch.randint(3, 30, (2, 7), generator=torch.Generator().manual_seed(1))
    inputs = ModelInputs.of(tokens).completed(model)
    assert last_layer(model, inputs) == LAST[kind]
    found = effective_unembedding(model, inputs)
    assert found is not None
    module = model.model.get_submodule(LAST[kind])

    def logits(step):
        def hook(module, args, output):
            return (output[0] + step, *output[1:]) if isinstance(output, tuple) else output + step

        handle = module.register_forward_hook(hook)
        try:
            return model.model(**inputs.with_names(model).named).logits
        finally:
            handle.remove()

    model.model.double()
    for seed in range(3):
        direction = (
            torch.randn(found.matrix.shape[1], generator=torch.Generator().manual_seed(seed)) + 1.0
        )  # with a mean
        step = 1e-4 * direction.double()
        true = (logits(step) - logits(-step)).mean((0, 1)) / 2e-4
        given = (found.matrix @ direction).double()
        assert torch.allclose(true, given, rtol=1e-3, atol=1e-3 * float(true.abs().max()))


def test_tokens_that_are_padding_do_not_count():
    model = made("Llama")
    tokens = torch.randint(3, 30, (1, 7), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(tokens)
    padded = ModelInputs.of(
        {"input_ids": nn.functional.pad(tokens, (0, 5)), "attention_mask": nn.functional.pad(mask, (0, 5))}
    )
    one, two = (effective_unembedding(model, inputs) for inputs in (ModelInputs.of(tokens), padded))
    assert torch.allclose(one.matrix, two.matrix, atol=1e-4)
